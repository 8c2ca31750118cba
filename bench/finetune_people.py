"""The people of the fine-tuning benchmark: who is on which side, and which of their trials count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from twinbean.sessions import Session, Trial
from twinbean.sessions.foreign import Columns, read_foreign
from twinbean.sessions.psych101 import read_transcripts
from twinbean.sessions.transcripts import Transcript
from twinbean.training.splits import Split, split_people

SPLIT = (64, 16, 21)
TRIALS = 60
TRAIN_BLOCKS = (0, 2, 4, 6, 8, 10)
VALIDATION_BLOCKS = (5,)
# Late ones, so that there are earlier blocks of the same person for the cognitive models.
TEST_BLOCKS = (3, 7, 11)
# Of the 483 people of Thoma et al. (2025) every 20th, and their first choices.
EVERY, UNSEEN, UNSEEN_CHOICES = 20, 24, 24


@dataclass(frozen=True, kw_only=True)
class Study:
    """`people` with all their trials, and the `sessions` of those trials that are learned or predicted."""

    people: Sequence[Session]
    sessions: Sequence[Session]
    split: Split

    def side(self, name: str) -> list[Session]:
        """Everything of the people on one side."""
        members = set(getattr(self.split, name))
        return [one for one in self.people if one.participant in members]

    @property
    def tested(self) -> list[Session]:
        """The trials that test people are predicted at."""
        return [one for one in self.sessions if one.participant in set(self.split.test)]

    @property
    def first_tested(self) -> list[Session]:
        """The first of their blocks alone, for what would take too long otherwise."""
        return [cut(one, TEST_BLOCKS[:1]) for one in self.side("test")]


def study(data: Path) -> Study:
    """The 101 people of Dezfouli et al. (2019), split alike in each diagnosis."""
    columns = Columns(choice="key", participant="ID", reward="reward", block="trial", keep=("diag",))
    people = read_foreign(data / "dezfouli2019" / "choices_diagno.csv.gz", columns)
    groups = {one.participant: str(one.kept["diag"]) for one in people}
    split = split_people(groups, ratio=SPLIT)
    blocks = {"train": TRAIN_BLOCKS, "validation": VALIDATION_BLOCKS, "test": TEST_BLOCKS}
    sessions = [cut(one, blocks[split.sides[one.participant]]) for one in people]
    return Study(people=people, sessions=sessions, split=split)


def unseen(data: Path) -> list[Transcript]:
    """People of another task, houses in which an animal hides, whose both outcomes are told."""
    everybody = read_transcripts(data / "psych201_thoma2025" / "prompts.jsonl.zip")
    return [
        replace(one, text=one.text[: one.spans[UNSEEN_CHOICES - 1].end], spans=one.spans[:UNSEEN_CHOICES])
        for one in everybody[::EVERY][:UNSEEN]
    ]


def cut(person: Session, blocks: Sequence[int], trials: int = TRIALS) -> Session:
    """The first trials of some blocks, numbered anew."""
    kept = [trial for number, place, trial in placed(person) if number in blocks and place < trials]
    return person.replace(trials=tuple(replace(trial, trial=i) for i, trial in enumerate(kept)))


def placed(person: Session) -> Iterator[tuple[int, int, Trial]]:
    """Every trial with the number of its block, from 0, and its place in it."""
    for number, (_, group) in enumerate(groupby(person.trials, key=lambda trial: trial.block)):
        for place, trial in enumerate(group):
            yield number, place, trial
