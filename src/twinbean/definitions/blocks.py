"""A checked experiment: what the page and a play both start from."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sweetbean import Block, Experiment
from sweetbean.variable import FunctionVariable, SharedVariable

from twinbean.definitions.counterbalancing import Arrangement
from twinbean.definitions.files import ShownFile
from twinbean.definitions.kinds import Kind
from twinbean.definitions.looping import LoopingExperiment
from twinbean.definitions.structure import DefinedLoop
from twinbean.definitions.variables import effect_name, variables_in
from twinbean.definitions.wording import Wording, wording
from twinbean.sessions.session import MAIN


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One stimulus of a block with its arguments, normalised: tuples are lists, numpy numbers are plain numbers."""

    stimulus: Any
    kind: Kind
    arguments: Mapping[str, Any]
    where: str

    @property
    def is_trial(self) -> bool:
        return self.kind.is_trial

    @property
    def stage(self) -> int:
        """Which of the choices of its trial it is."""
        return int(self.arguments["stage"]["number"]) if "stage" in self.arguments else 1

    @property
    def effects(self) -> tuple[Any, ...]:
        """SweetBean's side effects, in the order in which they run."""
        return tuple(self.stimulus.side_effects or ())

    @cached_property
    def variables(self) -> tuple[Any, ...]:
        """Every variable that the arguments and effects read or set."""
        of_effects = [[effect.get_variable, effect.set_variable] for effect in self.effects]
        return tuple(variables_in([*self.arguments.values(), *of_effects]))

    def recorded(self) -> frozenset[str]:
        """The names in this screen's row."""
        effects = {effect_name(effect) for effect in self.effects}
        return frozenset(self.arguments) | self.kind.responses | effects

    def skipped(self) -> frozenset[str]:
        """Of these names those that hold nothing in a replay, since only people are asked."""
        return self.kind.responses if self.kind.people_only else frozenset()


@dataclass(frozen=True, kw_only=True)
class DefinedBlock:
    """The screens of one SweetBean block and its timeline, one element at least."""

    screens: tuple[Screen, ...]
    timeline: tuple[Mapping[str, Any], ...]
    phase: str = MAIN

    @property
    def n_trials(self) -> int:
        """How many trials one pass through the block has."""
        return len(self.timeline) * sum(screen.is_trial for screen in self.screens)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A checked experiment: its blocks in order and its shared variables at their start.

    `unknown_payoffs` is for tasks made from a record, which does not say what the arms not chosen would have paid.
    """

    blocks: tuple[DefinedBlock, ...]
    shared: Mapping[str, Any]
    loops: tuple[DefinedLoop, ...] = ()
    unknown_payoffs: bool = False
    # What screens show from beside the task's file, by the names that they have for it.
    files: Mapping[str, ShownFile] = field(default_factory=dict)
    # The ways of going through the blocks, and the one of a participant.
    arrangements: tuple[Arrangement, ...]
    way: Arrangement | None = None

    def arranged(self, way: Arrangement) -> Definition:
        """As one participant plays it."""
        return replace(self, way=way)

    @property
    def order(self) -> tuple[int, ...]:
        """The numbers of the blocks as they are played, in the first way where it is not settled which."""
        return (self.way or self.arrangements[0]).order

    def resets_in(self, way: Arrangement) -> dict[int, tuple[str, ...]]:
        """The shared variables that are what they were at the start before a block of `way`, by its number: a phase
        that is over has reset them. A block without screens is never reached, and the next one begins anew."""
        found: dict[int, tuple[str, ...]] = {}
        anew: dict[str, None] = {}
        for number in way.order:
            if anew and self.blocks[number].screens:
                found[number] = tuple(anew)
                anew = {}
            anew |= dict.fromkeys(way.resets.get(number, ()))
        return found

    def screens(self) -> Iterator[Screen]:
        for block in self.blocks:
            yield from block.screens

    def variables(self) -> Iterator[Any]:
        """Every variable of its screens and loops."""
        for screen in self.screens():
            yield from screen.variables
        yield from variables_in([loop.until for loop in self.loops])

    @property
    def trials_per_session(self) -> int:
        """How many choices a session has, forced ones too; with loops or conditions, how many it can have at most."""
        return self._most(lambda screen: screen.is_trial)

    @property
    def n_stages(self) -> int:
        """How many choices a trial has."""
        return max(screen.stage for screen in self.screens())

    @property
    def n_trials(self) -> int:
        """How many trials a session has at most, where one of several choices is one."""
        return self._most(lambda screen: screen.is_trial and screen.stage == 1)

    def _most(self, counts: Callable[[Screen], bool]) -> int:
        """How many screens that count a session has, in the longest way through it."""
        ways = (self.way,) if self.way else self.arrangements
        of_block = [
            len(block.timeline) * self.passes(number) * sum(map(counts, block.screens))
            for number, block in enumerate(self.blocks)
        ]
        return max(sum(of_block[number] for number in way.order) for way in ways)

    def passes(self, block: int) -> int:
        """How often a block is played at most."""
        return next((loop.most for loop in self.loops if loop.first <= block <= loop.last), 1)

    @property
    def n_arms(self) -> int:
        """The most arms that a trial shows, as far as the definition says without being played."""
        return max(
            screen.kind.n_arms(screen.arguments, block.timeline) for block in self.blocks for screen in block.screens
        )

    def wording(self) -> Wording:
        """How a session reads for a model: as its first stimulus says that says it, else in SweetBean's own words."""
        named = (screen.kind.wording(screen.stimulus) for screen in self.screens())
        return wording(next((name for name in named if name is not None), "sweetbean"))

    def untold(self) -> list[str]:
        """What the page shows and the text cannot say."""
        return sorted(
            {what for screen in self.screens() for what in screen.kind.untold(screen.stimulus, screen.arguments)}
        )

    def experiment(self) -> tuple[Experiment, list[tuple[Any, Screen, int]]]:
        """A copy for one play, and its stimuli in the order in which they are shown first, each with its screen and the
        number of its block.

        SweetBean keeps state on its stimuli, so every play has its own; arguments and timelines are only ever read.
        """
        copies: list[tuple[Any, Screen, int]] = []
        blocks = []
        for number in self.order:
            block = self.blocks[number]
            stimuli = []
            for screen in block.screens:
                stimulus = copy.copy(screen.stimulus)
                stimulus.arg = dict(screen.arguments)
                stimuli.append(stimulus)
                copies.append((stimulus, screen, number))
            blocks.append(Block(stimuli, timeline=block.timeline))
        place = {number: place for place, number in enumerate(self.order)}
        loops = [
            replace(loop, first=place[loop.first], last=place[loop.last]) for loop in self.loops if loop.first in place
        ]
        anew = self.resets_in(self.way or self.arrangements[0])
        resets = [{name: self.shared[name] for name in anew.get(number, ())} for number in self.order]
        if loops or anew or self._starts_otherwise:
            return LoopingExperiment(blocks, loops, shared=self.shared, resets=resets), copies
        return Experiment(blocks), copies

    @cached_property
    def _starts_otherwise(self) -> bool:
        """Whether a shared variable starts as what the page does not have, such as a tuple, which is a list there."""
        read = (variable for variable in self.variables() if isinstance(variable, SharedVariable))
        return any(repr(variable.value) != repr(self.shared[variable.name]) for variable in read)


def tags_shown(definition: Definition) -> list[str]:
    """What an author may not expect: where texts hold HTML tags, which are shown as they are written, and where nobody
    is told that a phase begins; a sentence each."""
    notes = [note for screen in definition.screens() for note in screen.kind.notes(screen.arguments, screen.where)]
    return [*notes, *_untold_phases(definition)]


def _untold_phases(definition: Definition) -> Iterator[str]:
    """Where trials of another phase begin without a word before them, in any order."""
    silent: set[int] = set()
    for way in definition.arrangements:
        played = [(number, definition.blocks[number]) for number in way.order if definition.blocks[number].screens]
        before = None if any(block.phase != MAIN for _, block in played) else MAIN
        for number, block in played:
            if block.phase != before and block.screens[0].is_trial:
                silent.add(number)
            before = block.phase
    for number in sorted(silent):
        yield (
            f"block {number + 1}: the phase {definition.blocks[number].phase!r} begins with a trial; put Instructions "
            f"before it, so that people and models know whether it counts"
        )


def raising_function(definition: Definition, error: BaseException) -> str | None:
    """The name of the FunctionVariable in whose function `error` was raised; None for another cause."""
    running = {frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)}
    for variable in definition.variables():
        if isinstance(variable, FunctionVariable) and variable.fct.__code__ in running:
            return str(variable.name)
    return None
