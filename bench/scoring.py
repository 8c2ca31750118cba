"""Seconds to score recorded choices: one forward pass a session, and three other ways.

    python bench/scoring.py [--trials 100] [--sessions 4] [--naive-every 1] [--threads 2]

The seed's loop samples a token where scoring gives probabilities; its cost is one pass over the whole transcript at
every choice. It is timed on one of the sessions, on every `--naive-every`-th of its choices (scaled up). Fairer: the
prompts of all sessions in left-padded batches by `generate`, as many; and a session's prompts over transformers' own
cache. All are given per session.
"""

from __future__ import annotations

import argparse

import torch
from seed import compare, every, seed_pipeline, session, timed
from ways import by_batches, by_prefix_cache

from twinbean.scoring.choices import ChoiceScore, score
from twinbean.subjects.local import load
from twinbean.subjects.local.forced import ForcedScorer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument("--naive-every", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    language_model = load(options.model)
    sessions = [session(options.trials, number) for number in range(options.sessions)]
    n_tokens = sum(len(language_model.encoder.prompt(one.text)) for one in sessions)

    scorer = ForcedScorer(language_model)
    score([session(3, 0)], scorer=scorer)
    scores: list[list[ChoiceScore]] = []
    ours = timed(lambda: scores.extend(score(sessions, scorer=scorer))) * (1 / options.sessions)

    generate = seed_pipeline(language_model)
    generate("You press <<")
    prompts = [sessions[0].text[: span.start] for span in every(options.naive_every, sessions[0].spans)]
    naive = timed(lambda: [generate(prompt) for prompt in prompts]) * options.naive_every

    by_session = [[one.text[: span.start] for span in one.spans] for one in sessions]
    steps = every(options.naive_every, list(zip(*by_session, strict=True)))
    batches = timed(lambda: [by_batches(language_model, step) for step in steps])
    cached = timed(lambda: by_prefix_cache(language_model, by_session[0]))

    found = [one for each in scores for one in each]
    compare(
        f"Scoring, {options.model}, T = {options.trials}",
        n_choices=options.trials,
        ways=[
            ("the seed's loop", naive),
            ("left-padded batches", batches * (options.naive_every / options.sessions)),
            ("a prefix cache a session", cached),
            ("one pass a session", ours),
        ],
        notes=[
            f"{options.sessions} sessions of {n_tokens / options.sessions:.0f} tokens; the seed's loop timed on every "
            f"{options.naive_every}th choice of one of them and scaled.",
            f"Mean NLL over the legal labels {-sum(one.logp_legal for one in found) / len(found):.3f} nats "
            f"(chance 0.693), mean legal mass {sum(one.legal_mass for one in found) / len(found):.3f}.",
        ],
    )


if __name__ == "__main__":
    main()
