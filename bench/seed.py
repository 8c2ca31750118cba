"""The seed's way of asking a local model, and the sessions that the benchmarks put to it and to Twinbean."""

from __future__ import annotations

import gc
import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from twinbean.sessions.transcripts import Span, Transcript
from twinbean.subjects.local import LanguageModel

LABELS = ("B", "K")
INSTRUCTIONS = (
    "You will be choosing between two slot machines, B and K, by pressing their letter. Each machine pays points, "
    "and how many it pays changes slowly. Win as many points as you can in {n_trials} trials.\n"
)
OPENING = "You press <<"


def session(n_trials: int, number: int) -> Transcript:
    """A session in the form of Psych-101 (Binz et al., 2025): random choices and payoffs, keyed by `number`."""
    draws, text, spans = random.Random(number), INSTRUCTIONS.format(n_trials=n_trials), []
    for trial in range(n_trials):
        text += OPENING
        spans.append(Span(start=len(text), end=len(text) + 1, labels=LABELS, arms=(0, 1), trial=trial))
        text += f"{draws.choice(LABELS)}>>{outcome(draws)}"
    return Transcript(participant=str(number), experiment="bench", text=text, spans=tuple(spans), session=str(number))


def outcome(draws: random.Random) -> str:
    """What follows a closed response."""
    return f" and get {draws.randrange(10, 100)} points.\n"


def outcome_words() -> str:
    """Everything that `outcome` can say."""
    return "".join(f" and get {points} points.\n" for points in range(10, 100))


def seed_pipeline(language_model: LanguageModel) -> Callable[[str], str]:
    """`generate(prompt)` as the second seed document makes it, with the model that is loaded already."""
    import transformers

    # It warns at every prompt that max_new_tokens goes before max_length.
    transformers.logging.set_verbosity_error()
    pipe = transformers.pipeline(
        "text-generation",
        model=language_model.model,
        tokenizer=language_model.encoder.tokenizer,
        pad_token_id=0,
        do_sample=True,
        temperature=1.0,
        max_new_tokens=1,
    )

    def generate(prompt: str) -> str:
        text: str = pipe(prompt)[0]["generated_text"][len(prompt) :]
        return text

    return generate


def every(n: int, choices: Sequence[Any]) -> Sequence[Any]:
    """Every n-th choice, the middle one of each n: prompts grow, so the first of each would cost too little."""
    return choices[n // 2 :: n]


@dataclass(frozen=True)
class Seconds:
    """What a piece of work took, on the wall and of the processors; the latter holds on a busy machine, too. `peak` is
    the most memory that the process had meanwhile, in MB, the model among it."""

    wall: float
    processor: float
    peak: float

    def __mul__(self, factor: float) -> Seconds:
        return Seconds(self.wall * factor, self.processor * factor, self.peak)


def timed(work: Callable[[], Any]) -> Seconds:
    """The seconds that `work()` took."""
    gc.collect()
    # Linux counts the peak anew from here on.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Seconds(time.perf_counter() - wall, time.process_time() - processor, _peak())


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def compare(title: str, *, n_choices: int, ways: Sequence[tuple[str, Seconds]], notes: list[str]) -> None:
    """A table of all ways, a session of `n_choices` choices each, with their ratios to the first."""
    columns = ["way", "s a session", "CPU s a session", "choices/s", "ratio", "CPU ratio", "peak MB"]
    first = ways[0][1]
    rows = [
        [
            way,
            f"{took.wall:.2f}",
            f"{took.processor:.2f}",
            f"{n_choices / took.wall:.1f}",
            f"{first.wall / took.wall:.1f}",
            f"{first.processor / took.processor:.1f}",
            f"{took.peak:.0f}",
        ]
        for way, took in ways
    ]
    show(title, columns, rows, notes)


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def show(title: str, columns: list[str], rows: list[list[str]], notes: list[str]) -> None:
    """A table on stdout, with the machine and the versions it was measured with."""
    import torch
    import transformers

    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*row)
    console: Any = Console(width=120)
    console.print(table)
    for note in notes:
        console.print(note)
    console.print(
        f"{processor()}, {torch.get_num_threads()} threads; "
        f"torch {torch.__version__}, transformers {transformers.__version__}, Python {platform.python_version()}"
    )
