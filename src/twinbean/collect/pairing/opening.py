"""Which model plays beside a study's visitors, and whether it can: found out before anybody is let in."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinbean.collect import settings
from twinbean.collect.pairing.folders import SETTING
from twinbean.collect.pairing.player import Player, open_player
from twinbean.collect.starting import Wanted, settings_of
from twinbean.collect.store import StudyError, Transaction
from twinbean.collect.study import Settings, Study
from twinbean.play.scheduler import Failed, play_all
from twinbean.play.seating import seat_simulated
from twinbean.subjects.base import Subject
from twinbean.subjects.endpoint.endpoint import resolve
from twinbean.subjects.learners import Learner
from twinbean.subjects.registry import SubjectOptions, is_api_model
from twinbean.tasks.task import load

# What may be said anew without making it another model.
_CIRCUMSTANCES = ("max_calls", "max_cost", "prices", "concurrency", "timeout_s")
_KINDS: Mapping[str, type] = {"bool": bool, "int": int, "float": float, "str": str, "Path": Path}
_NOT_SAID = ("calls_file", "spent", "retry_policy", "transport", "more")


@dataclass(frozen=True, kw_only=True)
class PairWanted:
    """The model's name, and options of it as `replay` has them, by the names of `SubjectOptions` or of its plugin."""

    model: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        kept = {name: value for name, value in sorted(self.options.items()) if name not in _CIRCUMSTANCES}
        return json.dumps({"model": self.model, "options": kept}, default=str)

    @property
    def said(self) -> str:
        """As it is said on the command line."""
        return " ".join([self.model, *(f"{name.replace('_', '-')}={one}" for name, one in self.options.items())])


def options_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Options by the names of the command line, with values as JSON has them or text.

    Raises StudyError for a value of another type than the option's; a name that is none is the model's to refuse.
    """
    types = {one.name: str(one.type) for one in dataclasses.fields(SubjectOptions) if one.name not in _NOT_SAID}
    found: dict[str, Any] = {}
    for name, value in said.items():
        known = "timeout_s" if name == "timeout" else name
        found[known] = _as(name, value, types[known]) if known in types else value
    return found


def _as(name: str, value: Any, type_: str) -> Any:
    kind = _KINDS[type_.partition(" | ")[0]]
    if kind in (str, Path):
        return kind(str(value))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if (kind is bool and isinstance(value, bool)) or (kind is int and is_number and value == int(value)):
        return kind(value)
    if kind is float and is_number:
        return float(value)
    what = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
    raise StudyError(f"--pair-option {name.replace('_', '-')} is {str(value)!r}, expected {what}")


def open_model(folder: Path, wanted: Wanted, pair: PairWanted) -> Player:
    """The model, loaded, which is able to play the study's task under each of its conditions. Nothing is written.

    Raises StudyError or SubjectError, each in a sentence, where it is not.
    """
    found = settings_of(folder, wanted)
    if found.closed_loop:
        raise StudyError("--pair cannot be had in a closed loop, whose conditions are asked for later: leave one out")
    _check_bounded(pair)
    player = open_player(folder, pair.model, pair.options)
    for name, condition in found.conditions.items():
        _check(player.subject, found, {**found.parameters, **condition.values}, f" under {name}" if name else "")
    return player


def _check_bounded(pair: PairWanted) -> None:
    """Whoever has the study's link can have the model play, again and again."""
    if not is_api_model(pair.model) or {"max_calls", "max_cost"} & pair.options.keys():
        return
    endpoint = resolve(pair.model, pair.options.get("base_url"))
    if not endpoint.is_own:
        raise StudyError(
            f"--pair {pair.model} asks {endpoint.host} for whoever opens the study, without a bound: add --pair-option "
            f"max-calls=N, or max-cost=AMOUNT with prices=FILE"
        )


def _check(subject: Subject, study: Settings, parameters: Mapping[str, Any], under: str) -> None:
    task = load(study.task)
    (seating,) = seat_simulated(task, subject.name, samples=1, seed=study.seed, given=parameters)
    if not seating.trials_per_session:
        raise StudyError(
            f"--pair {subject.name} has nothing to play: {task.name!r} asks for no choice among options{under} that a "
            "model can make"
        )
    # What a learner cannot learn from is known once it has played, which takes no time; a language model reads all.
    if isinstance(subject, Learner):
        (result,) = play_all([seating], subject)
        if isinstance(result, Failed):
            raise StudyError(f"--pair {subject.name} cannot play {task.name!r}{under}: {result.reason}")


def remember(study: Study, wanted: PairWanted) -> None:
    """A study has one pair for good: courses of different models would be read as one model's. Raises StudyError."""

    def change(transaction: Transaction) -> str:
        before = settings.get(transaction, SETTING)
        if before is None:
            settings.put(transaction, SETTING, wanted.identity)
        return before or wanted.identity

    before = study.store.write(change).result()
    if before != wanted.identity:
        known = json.loads(before)
        had = PairWanted(model=known["model"], options=known["options"]).said
        raise StudyError(
            f"{study.folder} was served with --pair {had}, and {wanted.said} would be another pair: use a new folder"
        )
