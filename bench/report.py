"""A report over people of Thoma et al. 2025, SmolLM2, a learner, and each person's own fitted model.

    python bench/report.py ../shared/data/psych201_thoma2025/prompts.jsonl.zip results/thoma

People chose 99 times between two houses and saw both outcomes, so that models can go on from any choice. All models
continue each session after the first half; the fitted model knows that half only.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path

from twinbean.cognitive import fit
from twinbean.comparison import compare, fit_models, read_notes
from twinbean.report import write_report
from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.sessions import Session, Trial, read, write_table
from twinbean.sessions.psych101 import read_transcripts
from twinbean.subjects.fitted import fitted

AFTER, SEED = 50, 0
_OUTCOME = re.compile(r"At house '(.)', there is (an|no) animal hiding")


def people(path: Path, *, condition: str, number: int) -> list[Session]:
    """The oldest participants of one condition: houses are arms, in the order in which the text names them."""
    found = []
    for transcript, line in zip(read_transcripts(path), _lines(path), strict=True):
        if line["condition"] != condition:
            continue
        ends = [*(span.start for span in transcript.spans[1:]), len(transcript.text)]
        trials = []
        for t, (span, end) in enumerate(zip(transcript.spans, ends, strict=True)):
            shown = dict(_OUTCOME.findall(transcript.text[span.end : end]))
            outcomes = tuple(int(shown[label] == "an") for label in span.labels)
            label = transcript.text[span.start : span.end]
            choice = span.labels.index(label)
            trials.append(
                Trial(
                    trial=t,
                    choice=choice,
                    label=label,
                    reward=outcomes[choice],
                    outcomes=outcomes,
                    offered=(0, 1),
                    labels=span.labels,
                    feedback="all",
                )
            )
        session = Session(
            participant=transcript.participant,
            session=transcript.participant,
            task="probability_learning",
            trials=tuple(trials),
        )
        found.append((float(line["age"]), session))
    found.sort(key=lambda pair: -pair[0])
    return [session for _, session in found[:number]]


def _lines(path: Path) -> list[dict[str, str]]:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read("prompts.jsonl").decode("utf-8").splitlines() if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("transcripts", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=24)
    parser.add_argument("--condition", default="static_high")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    sessions = people(arguments.transcripts, condition=arguments.condition, number=arguments.people)
    write_table(sessions, folder / "people.csv")
    started = time.perf_counter()

    def log(what: str) -> None:
        print(f"{time.perf_counter() - started:6.1f} s  {what}", flush=True)

    known = [session.replace(trials=session.trials[:AFTER]) for session in sessions]
    first_half = fit(known, models=["rw_stick"], method="map", reward_unit=1)
    for name, model in (("rw", "rw"), ("own_fit", fitted(first_half, "rw_stick")), ("smollm2", "smollm2")):
        replay("recorded", sessions, model=model, after=AFTER, samples=2, seed=SEED, run=folder / f"{name}_after")
        log(f"{name} played")
    for name in ("rw", "smollm2"):
        score("recorded", sessions, model=name, seed=SEED, run=folder / f"{name}_scored")
        log(f"{name} scored")
    data = [folder / "people.csv", *(folder / f"{name}_after" for name in ("rw", "own_fit", "smollm2"))]
    data += [folder / f"{name}_scored" for name in ("rw", "smollm2")]
    everything = read(data)
    fits = fit_models(everything, seed=SEED)
    log("fitted")
    comparison = compare(everything, fits=fits, runs=read_notes(data), seed=SEED)
    log(str(write_report(comparison, folder / "report")))


if __name__ == "__main__":
    main()
