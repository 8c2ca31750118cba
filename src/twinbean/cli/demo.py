"""The whole loop, once, on real parts: export, play in a browser, replay and score with a language model, compare."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from rich.console import Console

from twinbean import _assets
from twinbean._files import write_text
from twinbean._random import generator
from twinbean.collect.reading import read
from twinbean.comparison import compare, fit_models, read_notes
from twinbean.page.export import export
from twinbean.report import write_report
from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.subjects.registry import open_subject
from twinbean.testing.browser import BrowserNotFound, launch
from twinbean.testing.player import WinStayLoseShift, play_page

TASK, MODEL = "crossing_machines", "smollm2"
AFTER, SAMPLES, SEED = 3, 2, 0
PEOPLE = 5
RUNS = (f"after_{AFTER}", "simulated", "scored")


def run_demo(folder: Path) -> Path:
    """Run the loop into `folder`; returns the report. What an earlier demo left there is used again."""
    console = Console(file=sys.stderr, highlight=False)
    exported = export(TASK, seed=SEED)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "page.html"
    write_text(page, exported)
    console.print(f"1. Exported {TASK} to {page}: open it in any browser to play it yourself.")

    sessions = _play(page, folder / "people", console)
    people = read(folder / "people")
    console.print(f"   {sessions}")

    console.print(f"3. Replaying each session after {AFTER} choices with {MODEL}, {SAMPLES} samples.")
    with console.status("waiting for the model"):
        subject = open_subject(MODEL)
        replay(TASK, people, model=subject, after=AFTER, samples=SAMPLES, seed=SEED, run=folder / f"after_{AFTER}")
        console.print(f"4. Simulating {SAMPLES} whole sessions with {MODEL}.")
        replay(TASK, model=subject, samples=SAMPLES, seed=SEED, run=folder / "simulated")

    console.print(f"5. Asking {MODEL} for the likelihood of every recorded choice.")
    with console.status("waiting for the model"):
        score(TASK, people, model=MODEL, seed=SEED, run=folder / "scored")

    console.print("6. Fitting cognitive models and comparing.")
    runs = [folder / "people", *(folder / name for name in RUNS)]
    everything = read(runs)
    report = write_report(
        compare(everything, fits=fit_models(everything), runs=read_notes(runs), seed=SEED), folder / "report"
    )
    console.print(f"   Its numbers come from trials.csv in {', '.join(map(str, runs[1:]))}.")
    return report


def _play(page: Path, folder: Path, console: Console) -> str:
    """Fill `folder` with sessions; returns one sentence that says who played."""
    folder.mkdir(exist_ok=True)
    if any(folder.glob("*.json")):
        console.print(f"2. The sessions of an earlier demo are in {folder}: they are used again.")
        return "They are not people's: a noisy win-stay-lose-shift program made them."
    try:
        with launch() as browser:
            console.print(f"2. A program plays the page {PEOPLE} times in a headless Chromium, clicking.")
            for number in range(1, PEOPLE + 1):
                name = f"program-{number}"
                player = WinStayLoseShift(generator(SEED, name, purpose="demo"))
                rows = play_page(browser, page, player, participant=name, on_trial=lambda choices: None)
                write_text(folder / f"{name}.json", json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        return (
            "These sessions are not people's: a noisy win-stay-lose-shift program made them, through the page "
            "that people would see."
        )
    except BrowserNotFound as error:
        console.print(f"2. {error}")
        for example in _assets.example_sessions(TASK):
            shutil.copy(example, folder / example.name)
        return (
            "Without a browser, the sessions shipped with Twinbean stand in: a noisy win-stay-lose-shift program "
            "made them, recorded from the page in a headless Chromium."
        )
