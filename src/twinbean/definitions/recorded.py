"""A definition for people whose task nobody has written down: built from what each of them was paid."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sweetbean import Block, Experiment
from sweetbean.variable import TimelineVariable

from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.errors import RecordMismatch
from twinbean.sessions import Session, Trial

COVER = "In this task, you repeatedly choose between the machines {labels}. Try to get as many points as you can."


def recorded_experiment(person: Session, *, instructions: str = COVER, wording: str = "psych101") -> Experiment:
    """One person's session as a definition: a block a block, and for every trial what is known of each arm's payoff.

    What an arm that was not chosen would have paid is mostly unknown; a replay that chooses it stops there. Raises
    RecordMismatch when a payoff of a chosen arm is unknown.
    """
    if not person.trials:
        raise RecordMismatch(f"participant {person.participant!r} has no trials")
    if any(trial.stage is not None for trial in person.trials):
        raise RecordMismatch(
            f"participant {person.participant!r} chose in stages, and where the choices that were not made would have "
            f"led is not on record: give the task itself"
        )
    n_arms = max(len(trial.outcomes) for trial in person.trials)
    blocks = [Block([Instructions(instructions)])]
    grouped = [list(trials) for _, trials in groupby(person.trials, key=lambda trial: trial.block)]
    for number, trials in enumerate(grouped, start=1):
        if len(grouped) > 1:
            blocks.append(Block([Instructions(f"Block {number}:")]))
        blocks.append(_block(person, trials, n_arms, wording))
    return Experiment(blocks)


def _block(person: Session, trials: Sequence[Trial], n_arms: int, wording: str) -> Block:
    elements = []
    for trial in trials:
        if trial.choice is not None and (not trial.outcomes or trial.outcomes[trial.choice] is None):
            raise RecordMismatch(
                f"participant {person.participant!r}, trial {trial.trial}: what the chosen arm paid is not on record"
            )
        values: list[Any] = [None] * n_arms
        values[: len(trial.outcomes)] = trial.outcomes
        # One draw says nothing of what an arm pays on average.
        means = trial.expected if len(trial.expected) == n_arms else (None,) * n_arms
        element: dict[str, Any] = {
            f"arm_{arm}": {"value": _plain(value), "expected": mean}
            for arm, (value, mean) in enumerate(zip(values, means, strict=True))
        }
        element |= {
            "offered": list(trial.offered or range(n_arms)),
            "forced": trial.forced,
            "feedback": trial.feedback,
        }
        elements.append(element)
    machines = SlotMachines(
        bandits=[TimelineVariable(f"arm_{arm}") for arm in range(n_arms)],
        offered=TimelineVariable("offered"),
        forced=TimelineVariable("forced"),
        feedback=TimelineVariable("feedback"),
        wording=wording,
    )
    return Block([machines], timeline=elements)


def _plain(value: float | None) -> float | int | None:
    """Points that are whole numbers read "7", not "7.0"; tables hold them as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
