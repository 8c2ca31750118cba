"""Seconds to play sessions with a local model: lock step over a key-value cache, and three other ways.

    python bench/replay.py [--trials 50] [--sessions 64] [--naive-every 1] [--threads 2]

Sessions run through `LocalSubject` as in a replay; the seed would play them one after the other, one prompt a choice.
The wording is the same. The seed's loop is timed on one session, on every `--naive-every`-th of its choices (scaled
up). Fairer: all sessions in one left-padded batch by `generate`, every `--naive-every`-th step (scaled up); and one
session after the other over transformers' own cache, timed on four. All are given per session.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from dataclasses import dataclass

import torch
from seed import INSTRUCTIONS, LABELS, OPENING, compare, every, outcome, seed_pipeline, timed
from ways import by_batches, by_prefix_cache

from twinbean.sessions.questions import Question
from twinbean.subjects.local import LocalSubject, load


@dataclass
class Table:
    """Sessions at one subject; the batch is closed when all of them wait."""

    subject: LocalSubject
    n_trials: int
    left: int
    waiting: int = 0

    async def play(self, number: int) -> None:
        draws, text = random.Random(number), INSTRUCTIONS.format(n_trials=self.n_trials) + OPENING
        for trial in range(self.n_trials):
            question = Question(
                session=str(number), text=text, labels=LABELS, arms=(0, 1), n_arms=2, trial=trial,
                participant=str(number),
            )  # fmt: skip
            asked = asyncio.ensure_future(self.subject.ask(question))
            await asyncio.sleep(0)
            self.waiting += 1
            self.close_if_all_wait()
            answer = await asked
            self.waiting -= 1
            text += f"{answer.label}>>{outcome(draws)}{OPENING}"
        self.left -= 1
        self.subject.end_session(str(number))
        self.close_if_all_wait()

    def close_if_all_wait(self) -> None:
        if self.left and self.waiting == self.left:
            self.subject.close_batch()

    async def play_all(self) -> None:
        await asyncio.gather(*[self.play(number) for number in range(self.left)])


def naive_prompts(n_trials: int, number: int) -> list[str]:
    """What the seed's loop asks in one session, whatever is answered."""
    draws, text, prompts = random.Random(number), INSTRUCTIONS.format(n_trials=n_trials) + OPENING, []
    for _ in range(n_trials):
        prompts.append(text)
        text += f"{draws.choice(LABELS)}>>{outcome(draws)}{OPENING}"
    return prompts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--sessions", type=int, default=64)
    parser.add_argument("--naive-every", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    language_model = load(options.model)
    asyncio.run(Table(LocalSubject(language_model), n_trials=2, left=2).play_all())

    table = Table(LocalSubject(language_model), n_trials=options.trials, left=options.sessions)
    ours = timed(lambda: asyncio.run(table.play_all())) * (1 / options.sessions)

    generate = seed_pipeline(language_model)
    generate(OPENING)
    prompts = every(options.naive_every, naive_prompts(options.trials, 0))
    naive = timed(lambda: [generate(prompt) for prompt in prompts]) * options.naive_every

    all_prompts = [naive_prompts(options.trials, number) for number in range(options.sessions)]
    steps = every(options.naive_every, list(zip(*all_prompts, strict=True)))
    batches = timed(lambda: [by_batches(language_model, step) for step in steps])
    some = all_prompts[: min(4, options.sessions)]
    cached = timed(lambda: [by_prefix_cache(language_model, one) for one in some])

    compare(
        f"Replay, {options.model}, {options.sessions} sessions of T = {options.trials}",
        n_choices=options.trials,
        ways=[
            ("the seed's loop", naive),
            ("left-padded batches", batches * (options.naive_every / options.sessions)),
            ("a prefix cache a session", cached * (1 / len(some))),
            ("lock step", ours),
        ],
        notes=[f"The seed's loop and the batches timed on every {options.naive_every}th choice and scaled."],
    )


if __name__ == "__main__":
    main()
