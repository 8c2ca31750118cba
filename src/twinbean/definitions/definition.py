"""A SweetBean experiment is read, checked and put in order.

What cannot be made equal on the page and in a replay is refused here, before anybody plays.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

from sweetbean import Experiment
from sweetbean.variable import CodeVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.definitions.blocks import DefinedBlock, Screen
from twinbean.definitions.blocks import Definition as Definition
from twinbean.definitions.blocks import tags_shown as tags_shown
from twinbean.definitions.files import ShownFile, found
from twinbean.definitions.kinds import kind_of, reserved_names
from twinbean.definitions.payoffs import SCORE, check_score
from twinbean.definitions.phases import check_phases
from twinbean.definitions.reads import check_reads
from twinbean.definitions.stages import check_stages
from twinbean.definitions.structure import DefinedLoop, Placed, structure
from twinbean.definitions.values import normalise as normalise
from twinbean.definitions.variables import effect_name, variables_in
from twinbean.errors import EmissionError, TaskError


def is_experiment(found: Any) -> bool:
    return isinstance(found, Experiment)


def define(experiment: Any, *, unknown_payoffs: bool = False, folder: Path | None = None) -> Definition:
    """Check and normalise a SweetBean experiment; a payoff of None is let pass where there may be unknown ones. Files
    that it shows are looked for in `folder`, else in the working folder.

    Raises EmissionError, naming block and stimulus, for what the page and the replay could not do alike.
    """
    if not isinstance(experiment, Experiment):
        raise TaskError(f"expected a sweetbean.Experiment, found {type(experiment).__name__}")
    made = structure(experiment.blocks)
    loops = made.loops
    beside = folder or Path()
    blocks = tuple(_block(number, entry, beside) for number, entry in enumerate(made.blocks, start=1))
    for loop in loops:
        for variable in variables_in(loop.until):
            if isinstance(variable, FunctionVariable):
                _check_arguments(variable, f"{loop.where}, until")
    definition = Definition(
        blocks=blocks,
        shared=_shared(blocks, loops),
        loops=tuple(loops),
        arrangements=tuple(made.arrangements),
        unknown_payoffs=unknown_payoffs,
        files=_files(blocks, beside),
    )
    _check_payoffs(definition)
    check_reads(definition)
    check_stages(definition)
    check_phases(definition)
    _check_answer_names(definition)
    if not any(block.screens for block in blocks):
        raise EmissionError("the experiment has no stimulus: there is nothing to show")
    return definition


def _block(number: int, entry: Placed, folder: Path) -> DefinedBlock:
    block, where = entry.block, f"block {number}"
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
    if not _is_json(timeline):
        for index, element in enumerate(timeline):
            for variable in variables_in(element):
                raise EmissionError(
                    f"{where}, timeline element {index} holds a {type(variable).__name__}; variables belong to the "
                    f"stimuli"
                )
    screens = tuple(
        _screen(stimulus, f"{where}, stimulus {index} ({type(stimulus).__name__})", timeline, folder)
        for index, stimulus in enumerate(block.stimuli, start=1)
    )
    return DefinedBlock(screens=screens, timeline=timeline, phase=entry.phase)


def _is_json(value: Any) -> bool:
    """Whether there is no variable in what is normalised."""
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True


def _screen(stimulus: Any, where: str, timeline: Sequence[Mapping[str, Any]], folder: Path) -> Screen:
    kind = kind_of(stimulus, where)
    arguments = kind.beside(kind.read(stimulus, where), folder, where)
    screen = Screen(stimulus=stimulus, kind=kind, arguments=arguments, where=where)
    kind.check(stimulus, arguments, where)
    for variable in screen.variables:
        if isinstance(variable, TimelineVariable):
            for index, element in enumerate(timeline):
                if variable.name not in element:
                    names = ", ".join(map(repr, element)) or "nothing"
                    raise EmissionError(f"{where}: timeline element {index} has no {variable.name!r} (found {names})")
        if isinstance(variable, FunctionVariable):
            _check_arguments(variable, where)
    kind.check_timeline(arguments, timeline, where)
    for effect in screen.effects:
        name = effect_name(effect)
        if name in reserved_names():
            raise EmissionError(f"{where}: a side effect sets {name!r}, which is what the trial records; rename it")
    return screen


def _files(blocks: Sequence[DefinedBlock], folder: Path) -> dict[str, ShownFile]:
    files: dict[str, ShownFile] = {}
    for block in blocks:
        for screen in block.screens:
            for sort, name in screen.kind.files(screen.arguments, block.timeline, screen.where):
                if name not in files:
                    files |= found([name], folder, sort, screen.where)
    return files


def _check_payoffs(definition: Definition) -> None:
    for block in definition.blocks:
        for screen in block.screens:
            screen.kind.check_payoffs(
                screen.arguments, block.timeline, screen.where, unknown=definition.unknown_payoffs
            )
            if screen.is_trial and SCORE in definition.shared and SCORE in map(effect_name, screen.effects):
                check_score(definition.shared[SCORE])


def _check_answer_names(definition: Definition) -> None:
    seen: dict[str, str] = {}
    for screen in definition.screens():
        for name in screen.kind.answer_names(screen.arguments):
            if name in seen:
                raise EmissionError(f"{screen.where} asks for {name!r}, as {seen[name]} does; give it another name")
            seen[name] = screen.where


def _takes(function: Any, n: int) -> bool:
    """Whether it is a plain function of so many parameters, as most are; a signature takes long to make."""
    if not isinstance(function, FunctionType) or vars(function):
        return False
    return function.__code__.co_argcount == n and not function.__code__.co_kwonlyargcount


def _check_arguments(variable: Any, where: str) -> None:
    if not isinstance(variable.args, list | tuple):
        raise EmissionError(
            f"{where}: the arguments of function {variable.name!r} are {variable.args!r}, expected a list of them"
        )
    if _takes(variable.fct, len(variable.args)):
        return
    try:
        inspect.signature(variable.fct).bind(*variable.args)
    except TypeError as error:
        raise EmissionError(
            f"{where}: function {variable.name!r} cannot be called with its {len(variable.args)} arguments: {error}"
        ) from None
    except ValueError:
        return  # a built-in function without a signature, such as max, whose arguments emission counts


def _shared(blocks: Sequence[DefinedBlock], loops: Sequence[DefinedLoop]) -> dict[str, Any]:
    """Where each shared variable starts."""
    read = [(screen.where, screen.variables) for block in blocks for screen in block.screens]
    read += [(loop.where, tuple(variables_in(loop.until))) for loop in loops]
    shared: dict[str, Any] = {}
    for where, variables in read:
        for variable in variables:
            if not isinstance(variable, SharedVariable):
                continue
            value = normalise(variable.value, f"shared variable {variable.name!r}")
            if variable.name in shared and repr(shared[variable.name]) != repr(value):
                raise EmissionError(
                    f"{where}: shared variable {variable.name!r} starts at {value!r} here and at "
                    f"{shared[variable.name]!r} elsewhere; give it one start"
                )
            shared[variable.name] = value
    return shared
