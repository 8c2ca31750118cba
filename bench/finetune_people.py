"""The people of the fine-tuning benchmark: who is on which side, and which of their trials count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from twinbean.sessions import Session
from twinbean.sessions.foreign import Columns, read_foreign
from twinbean.training.splits import Split, split_people

SPLIT = (64, 16, 21)
TRIALS = 60
TRAIN_BLOCKS = (0, 2, 4, 6, 8, 10)
VALIDATION_BLOCKS = (5,)
# Late ones, so that there are earlier blocks of the same person for the cognitive models.
TEST_BLOCKS = (3, 7, 11)


@dataclass(frozen=True, kw_only=True)
class Study:
    """`people` with all their trials, and the `sessions` of those trials that are learned or predicted."""

    people: Sequence[Session]
    sessions: Sequence[Session]
    split: Split


def study(file: Path) -> Study:
    """The 101 people of Dezfouli et al. (2019), split alike in each diagnosis."""
    columns = Columns(choice="key", participant="ID", reward="reward", block="trial", keep=("diag",))
    people = read_foreign(file, columns)
    groups = {one.participant: str(one.kept["diag"]) for one in people}
    split = split_people(groups, ratio=SPLIT)
    blocks = {"train": TRAIN_BLOCKS, "validation": VALIDATION_BLOCKS, "test": TEST_BLOCKS}
    sessions = [cut(one, blocks[split.sides[one.participant]]) for one in people]
    return Study(people=people, sessions=sessions, split=split)


def cut(person: Session, blocks: Sequence[int], trials: int = TRIALS) -> Session:
    """The first trials of some blocks, numbered anew."""
    kept = [
        trial
        for number, (_, group) in enumerate(groupby(person.trials, key=lambda trial: trial.block))
        if number in blocks
        for trial in list(group)[:trials]
    ]
    return person.replace(trials=tuple(replace(trial, trial=i) for i, trial in enumerate(kept)))
