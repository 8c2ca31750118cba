"""Whether what happens in a practice stays in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sweetbean.variable import DataVariable, SharedVariable

from twinbean.definitions.blocks import DefinedBlock, Definition, Screen
from twinbean.definitions.payoffs import SCORE
from twinbean.definitions.variables import effect_name, variables_in
from twinbean.errors import EmissionError
from twinbean.sessions.session import MAIN


def check_phases(definition: Definition) -> None:
    """Raises EmissionError where no trial counts, and where the score of the main phase goes on from a practice's."""
    blocks = definition.blocks
    phases = {block.phase for block in blocks if block.n_trials}
    if phases and MAIN not in phases:
        raise EmissionError(f"the experiment has no trial in the phase {MAIN!r}, and only that phase counts")
    for block in blocks:
        for name in block.resets:
            if name not in definition.shared:
                raise EmissionError(f"a phase resets {name!r}, which no stimulus reads or sets")
    for name in sorted(_scores(blocks)):
        _check_score(name, blocks)


def _scores(blocks: Sequence[DefinedBlock]) -> set[str]:
    """What is the running score of main trials, as `twinbean.play.stage.score_in` finds it in their rows."""
    found = set()
    for screen in (screen for block in blocks if block.phase == MAIN for screen in block.screens if screen.is_trial):
        names = {effect_name(effect) for effect in screen.effects if isinstance(effect.set_variable, SharedVariable)}
        found |= {SCORE} & names or (names if len(names) == 1 else set())
    return found


def _check_score(name: str, blocks: Sequence[DefinedBlock]) -> None:
    """A loop comes to the same again, so it is gone through once."""
    practised: tuple[str, Screen] | None = None
    for block in blocks:
        if name in block.resets:
            practised = None
        for screen in block.screens:
            for effect in (effect for effect in screen.effects if effect_name(effect) == name):
                goes_on = any(_is_of(variable, name) for variable in variables_in(effect.get_variable))
                if block.phase == MAIN and goes_on and practised is not None:
                    phase, first = practised
                    raise EmissionError(
                        f"{first.where} sets {name!r} in the phase {phase!r}, and {screen.where} counts on from there: "
                        f"give the phase resets=[...] with that variable, or the practice a variable of its own"
                    )
                if block.phase == MAIN or not any(variables_in(effect.get_variable)):
                    practised = practised if goes_on else None
                else:
                    practised = (goes_on and practised) or (block.phase, screen)


def _is_of(variable: Any, name: str) -> bool:
    """Whether a variable is the shared one of that name, or an entry of a row that says what it was."""
    if isinstance(variable, DataVariable):
        return bool(variable.raw_name == name)
    return isinstance(variable, SharedVariable) and variable.name == name
