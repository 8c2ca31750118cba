"""Stages of a trial: screens of machines that follow each other at every element of a timeline.

What a choice leads to is a side effect, as whatever depends on earlier choices; the stage only says which screens are
one trial, where in it a choice stands, and whether it pays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twinbean.errors import EmissionError

if TYPE_CHECKING:
    from twinbean.definitions.blocks import Definition


def pays(arguments: Mapping[str, Any]) -> bool:
    """Whether choices of this screen pay."""
    stage = arguments.get("stage")
    return stage is None or bool(stage["pays"])


def check_stage(stage: Mapping[str, Any] | None, where: str) -> None:
    """Raise EmissionError, naming `where`, for a stage whose number or pay is not written down."""
    if stage is None:
        return
    if type(stage["number"]) is not int or stage["number"] < 1:
        raise EmissionError(f"{where}: stage is {stage['number']!r}, expected the number of the choice, from 1")
    if type(stage["pays"]) is not bool:
        raise EmissionError(f"{where}: pays is {stage['pays']!r}, expected True or False")


def check_stages(definition: Definition) -> None:
    """Machines of a block are the stages 1, 2, ... of one trial, or have none; so are those of a phase.

    Raises EmissionError naming the block or the phase.
    """
    by_phase: dict[str, set[bool]] = {}
    for number, block in enumerate(definition.blocks, start=1):
        trials = [screen.arguments for screen in block.screens if screen.is_trial]
        stages = [arguments["stage"]["number"] if "stage" in arguments else None for arguments in trials]
        if any(stages) and stages != list(range(1, len(stages) + 1)):
            raise EmissionError(
                f"block {number} has machines of the stages {', '.join(str(stage or 'none') for stage in stages)}, "
                f"expected 1, 2, ... in this order, or none"
            )
        if trials and not any(map(pays, trials)):
            raise EmissionError(f"block {number} has no stage that pays")
        by_phase.setdefault(block.phase, set()).update(stage is not None for stage in stages)
    for phase, staged in by_phase.items():
        if len(staged) > 1:
            raise EmissionError(
                f"in the phase {phase!r} some trials have stages and others none, and would be counted as one: "
                f"give them phases of their own"
            )
