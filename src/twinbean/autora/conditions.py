"""The conditions of a cycle, parameters of a task or what its arms pay; they are kept, so that a loop goes on."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinbean import _json
from twinbean._files import read_text, write_text
from twinbean._messages import names_listed, shortened
from twinbean.errors import RunError, TaskError
from twinbean.tasks.task import Task

if TYPE_CHECKING:
    import pandas as pd

# AutoRA's names: what the arms pay, trials by arms, and what was chosen, one-hot.
REWARDS, CHOICES = "reward-trajectory", "choice-trajectory"
NAME = "conditions.json"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One row of a cycle's conditions. `rewards` has an entry a trial, each with one an arm; empty where the task draws
    them itself."""

    number: int
    parameters: Mapping[str, Any]
    rewards: tuple[tuple[float, ...], ...] = ()

    def task(self, task: Task) -> Task:
        """The task under this condition, but for its parameters."""
        return with_rewards(task, self.rewards) if self.rewards else task

    def said(self) -> dict[str, Any]:
        return dict(self.parameters) | ({REWARDS: [list(row) for row in self.rewards]} if self.rewards else {})


def conditions_in(table: pd.DataFrame, task: Task) -> list[Condition]:
    """The conditions that an experimentalist gave. Raises TaskError for what the task has no parameter for."""
    known = task.parameters()
    unknown = [str(name) for name in table.columns if name != REWARDS and name not in known]
    if unknown or not len(table.columns):
        found = f"the column {unknown[0]!r}" if unknown else "no column"
        raise TaskError(
            f"the conditions have {found}, expected {REWARDS!r} or parameters of {task.name!r} "
            f"({names_listed(known) or 'it has none'})"
        )
    rows = table.to_dict("records")
    return [
        Condition(
            number=number,
            parameters={str(name): _plain(value) for name, value in row.items() if name != REWARDS},
            rewards=_rewards(row[REWARDS], number) if REWARDS in row else (),
        )
        for number, row in enumerate(rows)
    ]


def _plain(value: Any) -> Any:
    """As a run's manifest holds it: numpy's numbers are plain ones."""
    return value.item() if isinstance(value, np.generic) else value


def _rewards(found: Any, number: int) -> tuple[tuple[float, ...], ...]:
    try:
        table = np.asarray(found, dtype=float)
    except (TypeError, ValueError):
        table = np.empty(0)
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] < 2 or not np.isfinite(table).all():
        raise TaskError(
            f"{REWARDS} of condition {number} is {shortened(found)}, expected finite numbers, a row a trial and at "
            f"least two columns, one an arm"
        )
    return tuple(tuple(int(one) if one.is_integer() else one for one in map(float, row)) for row in table)


def keep(folder: Path, conditions: Sequence[Condition], *, seed: int, samples: int) -> None:
    """Write down what a cycle asks for. Raises RunError where the cycle was begun and asked for something else."""
    said = {"seed": seed, "samples": samples, "conditions": [one.said() for one in conditions]}
    path = folder / NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(said, indent=2) + "\n")
        return
    before = _json.loads(read_text(path), str(path))
    for name, now in json.loads(json.dumps(said)).items():
        if not isinstance(before, Mapping) or before.get(name) != now:
            was = before.get(name) if isinstance(before, Mapping) else before
            raise RunError(
                f"{folder} was begun with {name} {shortened(was)}, and now they are {shortened(now)}: give the loop "
                f"another run=, or let whatever draws conditions draw them by a seed"
            )


def with_rewards(task: Task, rewards: Sequence[Sequence[float]]) -> Task:
    """`task` whose arms pay what `rewards` says, as many trials as it has. Everything else of the first trial's arms,
    such as their colours, is every trial's."""

    @functools.wraps(task.build)
    def build(**given: Any) -> Any:
        experiment = task.build(**given)
        found = [block for block in experiment.blocks if any(map(_arms_of, getattr(block, "timeline", ()) or ()))]
        if len(found) != 1:
            raise TaskError(
                f"{task.name!r} has {len(found)} blocks of choices among arms in timelines of their own, and "
                f"{REWARDS} is for a task that has one"
            )
        [block] = found
        block.timeline = [_paying(block.timeline[0], row, task.name) for row in rewards]
        return experiment

    return replace(task, build=build)


def _arms_of(row: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    """Where a row of a timeline has its arms: a list of them under one name, or a name for each."""
    for name, entry in row.items():
        if isinstance(entry, list) and entry and all(isinstance(one, Mapping) and "value" in one for one in entry):
            return [(name, place) for place in range(len(entry))]
    return [(name, None) for name, entry in row.items() if isinstance(entry, Mapping) and "value" in entry]


def _paying(row: Mapping[str, Any], rewards: Sequence[float], task: str) -> dict[str, Any]:
    arms = _arms_of(row)
    if len(arms) != len(rewards):
        raise TaskError(f"{REWARDS} has {len(rewards)} arms, and {task!r} has {len(arms)}")
    paying = {name: [dict(one) for one in entry] if isinstance(entry, list) else entry for name, entry in row.items()}
    for (name, place), reward in zip(arms, rewards, strict=True):
        arm = row[name] if place is None else row[name][place]
        # Of given payoffs no expectation is known.
        made = {key: value for key, value in arm.items() if key != "expected"} | {"value": reward}
        if place is None:
            paying[name] = made
        else:
            paying[name][place] = made
    return paying
