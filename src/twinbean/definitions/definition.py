"""A SweetBean experiment, checked and in order: what the page and a play both start from.

What cannot be made equal on both sides is refused here, before anybody plays.
"""

from __future__ import annotations

import copy
import inspect
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Blank, Text
from sweetbean.variable import CodeVariable, DataVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.definitions.payoffs import SCORE, check_bandits, check_score
from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.errors import EmissionError, TaskError

# The names of a row that make the record; an effect must not overwrite them.
RECORDED = frozenset({"bandits", "response", "value", "missed", "labels", "positions", "offered", "forced", "feedback"})
_OF_BANDIT = ("bandits", "duration", "time_after_response")
_OF_SLOT_MACHINES = (*_OF_BANDIT, "labels", "offered", "forced", "feedback")
_OF_TEXT = ("text", "color", "duration", "choices", "correct_key")
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "SlotMachines": _OF_SLOT_MACHINES,
    "Bandit": _OF_BANDIT,
    "Instructions": ("pages", "markup"),
    "Text": _OF_TEXT,
}
_RESPONSES: Mapping[str, frozenset[str]] = {
    "SlotMachines": RECORDED,
    "Bandit": RECORDED,
    "Instructions": frozenset({"response"}),
    "Text": frozenset({"response", "correct"}),
}


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One stimulus of a block with its arguments, normalised: tuples are lists, numpy numbers are plain numbers."""

    stimulus: Any
    kind: str
    arguments: Mapping[str, Any]
    where: str

    @property
    def is_trial(self) -> bool:
        return self.kind in ("Bandit", "SlotMachines")


@dataclass(frozen=True, kw_only=True)
class DefinedBlock:
    """The screens of one SweetBean block and its timeline, one element at least."""

    screens: tuple[Screen, ...]
    timeline: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A checked experiment: its blocks in order and its shared variables at their start.

    `unknown_payoffs` is for tasks made from a record, which does not say what the arms not chosen would have paid.
    """

    blocks: tuple[DefinedBlock, ...]
    shared: Mapping[str, Any]
    unknown_payoffs: bool = False

    def screens(self) -> Iterator[Screen]:
        for block in self.blocks:
            yield from block.screens

    @property
    def trials_per_session(self) -> int:
        return sum(len(block.timeline) * sum(screen.is_trial for screen in block.screens) for block in self.blocks)

    @property
    def n_arms(self) -> int:
        """The most arms that a trial shows, as far as the definition says without being played."""
        return max(
            count_arms(screen.arguments["bandits"], block.timeline)
            for block in self.blocks
            for screen in block.screens
            if screen.is_trial
        )

    def experiment(self) -> tuple[Experiment, list[Any]]:
        """A copy for one play, and its stimuli in the order in which they are shown first.

        SweetBean keeps state on its stimuli, so every play has its own; arguments and timelines are only ever read.
        """
        copies: list[Any] = []
        blocks = []
        for block in self.blocks:
            stimuli = []
            for screen in block.screens:
                stimulus = copy.copy(screen.stimulus)
                stimulus.arg = dict(screen.arguments)
                stimuli.append(stimulus)
            copies.extend(stimuli)
            blocks.append(Block(stimuli, timeline=block.timeline))
        return Experiment(blocks), copies


def count_arms(bandits: Any, timeline: Sequence[Mapping[str, Any]]) -> int:
    """The most arms that `bandits` stands for; 0 where only a function knows."""
    if isinstance(bandits, list):
        return len(bandits)
    if isinstance(bandits, TimelineVariable):
        return max(len(element[bandits.name]) for element in timeline)
    return 0


def is_experiment(found: Any) -> bool:
    return isinstance(found, Experiment)


def define(experiment: Any, *, unknown_payoffs: bool = False) -> Definition:
    """Check and normalise a SweetBean experiment; a payoff of None is let pass where there may be unknown ones.

    Raises EmissionError, naming block and stimulus, for what the page and the replay could not do alike.
    """
    if not isinstance(experiment, Experiment):
        raise TaskError(f"expected a sweetbean.Experiment, found {type(experiment).__name__}")
    blocks = tuple(_block(number, block) for number, block in enumerate(experiment.blocks, start=1))
    definition = Definition(blocks=blocks, shared=_shared(blocks), unknown_payoffs=unknown_payoffs)
    _check_payoffs(definition)
    _check_data(definition)
    if not any(screen.is_trial for screen in definition.screens()):
        raise EmissionError("the experiment has no Bandit and no SlotMachines: there is nothing to choose")
    return definition


def _block(number: int, block: Any) -> DefinedBlock:
    where = f"block {number}"
    if isinstance(block.timeline, CodeVariable):
        raise EmissionError(
            f"{where}: the timeline is JavaScript code, which a replay cannot run; give a list of dicts"
        )
    timeline = tuple(
        normalise(element, f"{where}, timeline element {index}") for index, element in enumerate(block.timeline)
    ) or ({},)
    for index, element in enumerate(timeline):
        if not isinstance(element, dict):
            raise EmissionError(f"{where}, timeline element {index} is {element!r}, expected a dict")
        for variable in _variables(element):
            raise EmissionError(
                f"{where}, timeline element {index} holds a {type(variable).__name__}; variables belong to the stimuli"
            )
    screens = tuple(
        _screen(stimulus, f"{where}, stimulus {index} ({type(stimulus).__name__})", timeline)
        for index, stimulus in enumerate(block.stimuli, start=1)
    )
    return DefinedBlock(screens=screens, timeline=timeline)


def _screen(stimulus: Any, where: str, timeline: Sequence[Mapping[str, Any]]) -> Screen:
    kind = _kind(stimulus, where)
    arguments = {name: normalise(stimulus.arg.get(name), f"{where}, {name}") for name in _ARGUMENTS[kind]}
    if isinstance(stimulus, Blank):
        arguments |= {"text": "", "color": "white"}
    screen = Screen(stimulus=stimulus, kind=kind, arguments=arguments, where=where)
    if kind == "Text" and arguments["duration"] is None and arguments["choices"] == []:
        raise EmissionError(f"{where} has neither a duration nor choices, so the page would never go on: give it one")
    if kind == "Instructions" and arguments["markup"] and stimulus.text is None:
        raise EmissionError(f"{where} has markup, which a model cannot read: give text= with the same in words")
    for variable in variables(screen):
        if isinstance(variable, TimelineVariable):
            for index, element in enumerate(timeline):
                if variable.name not in element:
                    found = ", ".join(map(repr, element)) or "nothing"
                    raise EmissionError(f"{where}: timeline element {index} has no {variable.name!r} (found {found})")
        if isinstance(variable, FunctionVariable):
            _check_arguments(variable, where)
    for effect in stimulus.side_effects or ():
        name = effect_name(effect)
        if name in RECORDED:
            raise EmissionError(f"{where}: a side effect sets {name!r}, which is what the trial records; rename it")
    return screen


def _check_payoffs(definition: Definition) -> None:
    for block in definition.blocks:
        for screen in block.screens:
            if not screen.is_trial:
                continue
            bandits = screen.arguments["bandits"]
            check_bandits(bandits, block.timeline, screen.where, unknown=definition.unknown_payoffs)
            if SCORE in definition.shared and SCORE in map(effect_name, screen.stimulus.side_effects or ()):
                check_score(definition.shared[SCORE])


def _check_arguments(variable: Any, where: str) -> None:
    if not isinstance(variable.args, list | tuple):
        raise EmissionError(
            f"{where}: the arguments of function {variable.name!r} are {variable.args!r}, expected a list of them"
        )
    try:
        inspect.signature(variable.fct).bind(*variable.args)
    except TypeError as error:
        raise EmissionError(
            f"{where}: function {variable.name!r} cannot be called with its {len(variable.args)} arguments: {error}"
        ) from None
    except ValueError:
        return  # a built-in function without a signature, such as max, whose arguments emission counts


def _kind(stimulus: Any, where: str) -> str:
    for cls, kind in ((SlotMachines, "SlotMachines"), (Bandit, "Bandit"), (Instructions, "Instructions")):
        if isinstance(stimulus, cls):
            return kind
    if isinstance(stimulus, Text | Blank):
        return "Text"
    raise EmissionError(
        f"{where} has no text that a model could read; Twinbean plays Bandit, SlotMachines, Instructions, Text, "
        f"Feedback, Fixation, Blank, Stroop and Flanker"
    )


def effect_name(effect: Any) -> str:
    """Under which name an effect's value stands in the row."""
    target = effect.set_variable
    if isinstance(target, DataVariable):
        return str(target.raw_name)
    if isinstance(target, SharedVariable):
        return str(target.name)
    raise EmissionError(f"a side effect sets {target!r}; it can set a SharedVariable or a DataVariable")


def variables(screen: Screen) -> Iterator[Any]:
    """Every variable that a screen's arguments and effects read or set."""
    yield from _variables(list(screen.arguments.values()))
    for effect in screen.stimulus.side_effects or ():
        yield from _variables([effect.get_variable, effect.set_variable])


def _variables(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _variables(item)
    elif isinstance(value, FunctionVariable):
        yield value
        yield from _variables(value.args)
    elif isinstance(value, TimelineVariable | DataVariable | SharedVariable):
        yield value


def tags_shown(definition: Definition) -> list[str]:
    """Where texts hold HTML tags, which are shown as they are written; a sentence a screen."""
    return [
        f"{screen.where}: {tag[0]} is shown as it is written, not as HTML; for formatted pages use "
        f"twinbean.Instructions(pages, markup=True, text=...)"
        for screen in definition.screens()
        if screen.kind == "Text" and isinstance(text := screen.arguments["text"], str)
        if (tag := re.search(r"</?[A-Za-z][^<>]*>", text))
    ]


def raising_function(definition: Definition, error: BaseException) -> str | None:
    """The name of the FunctionVariable in whose function `error` was raised; None for another cause."""
    running = {frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)}
    for screen in definition.screens():
        for variable in variables(screen):
            if isinstance(variable, FunctionVariable) and variable.fct.__code__ in running:
                return str(variable.name)
    return None


def normalise(value: Any, where: str) -> Any:
    """`value` as JSON can carry it, variables left in place. Raises EmissionError for what JSON cannot carry."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if value is None or isinstance(value, bool | str | float):
        return value
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise EmissionError(f"{where} is {value}, and JavaScript counts exactly only to 2**53 - 1")
        return value
    if isinstance(value, list | tuple):
        return [normalise(item, where) for item in value]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise EmissionError(f"{where} has the key {key!r}; on the page keys are text: use {str(key)!r}")
        return {key: normalise(item, where) for key, item in value.items()}
    if isinstance(value, TimelineVariable | DataVariable | SharedVariable | FunctionVariable):
        return value
    raise EmissionError(f"{where} is {value!r}, a {type(value).__name__}, which JSON cannot carry to the page")


def _shared(blocks: Sequence[DefinedBlock]) -> dict[str, Any]:
    shared: dict[str, Any] = {}
    for block in blocks:
        for screen in block.screens:
            for variable in variables(screen):
                if isinstance(variable, SharedVariable):
                    value = normalise(variable.value, f"shared variable {variable.name!r}")
                    if variable.name in shared and repr(shared[variable.name]) != repr(value):
                        raise EmissionError(
                            f"{screen.where}: shared variable {variable.name!r} starts at {value!r} here and at "
                            f"{shared[variable.name]!r} elsewhere; give it one start"
                        )
                    shared[variable.name] = value
    return shared


def _check_data(definition: Definition) -> None:
    """Every row that a DataVariable looks at must be there, at every trial, and hold the name."""
    rows: list[frozenset[str]] = []
    for block in definition.blocks:
        prepared = [(screen, _names(screen), *_reads(screen)) for screen in block.screens]
        for _ in block.timeline:
            for screen, names, in_arguments, in_effects in prepared:
                for name, window in in_arguments:
                    if window == 0:
                        raise EmissionError(
                            f"{screen.where}: DataVariable({name!r}, 0) is the current row, which only side effects "
                            f"have; the row before is DataVariable({name!r}, 1)"
                        )
                    _check_read(screen, name, window, rows, len(rows) - window)
                rows.append(names)
                for name, window in in_effects:
                    _check_read(screen, name, window, rows, len(rows) - 1 - window)


def _check_read(screen: Screen, name: str, window: int, rows: Sequence[frozenset[str]], index: int) -> None:
    if index < 0:
        raise EmissionError(
            f"{screen.where}: DataVariable({name!r}, {window}) looks {window} rows back when there are {len(rows)}"
        )
    if name not in rows[index]:
        raise EmissionError(
            f"{screen.where}: DataVariable({name!r}, {window}) looks at a row without {name!r} "
            f"(it has {', '.join(sorted(rows[index]))})"
        )


def _names(screen: Screen) -> frozenset[str]:
    effects = {effect_name(effect) for effect in screen.stimulus.side_effects or ()}
    return frozenset(_ARGUMENTS[screen.kind]) | _RESPONSES[screen.kind] | effects


def _reads(screen: Screen) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    effects = [effect.get_variable for effect in screen.stimulus.side_effects or ()]
    return tuple(  # type: ignore[return-value]
        {(v.raw_name, v.window) for v in _variables(values) if isinstance(v, DataVariable)}
        for values in (list(screen.arguments.values()), effects)
    )
