"""Kinds of stimuli, a file each. Each is registered here by one line, and its page's side in static/src/kinds."""

from __future__ import annotations

from typing import Any

from twinbean.definitions.kinds.bandit import BanditKind
from twinbean.definitions.kinds.instructions import Instructions as Instructions
from twinbean.definitions.kinds.instructions import InstructionsKind
from twinbean.definitions.kinds.kind import Kind as Kind
from twinbean.definitions.kinds.slot_machines import SlotMachines as SlotMachines
from twinbean.definitions.kinds.slot_machines import SlotMachinesKind
from twinbean.definitions.kinds.stage import Stage as Stage
from twinbean.definitions.kinds.text import TextKind
from twinbean.errors import EmissionError

# In this order a stimulus is looked for, so that a subclass stands before its base.
KINDS: list[Kind] = [
    SlotMachinesKind(),
    BanditKind(),
    InstructionsKind(),
    TextKind(),
]


def kind_of(stimulus: Any, where: str) -> Kind:
    """The kind of a SweetBean stimulus. Raises EmissionError, naming `where`, for one that no kind plays."""
    for kind in KINDS:
        if isinstance(stimulus, kind.stimuli):
            return kind
    raise EmissionError(
        f"{where} has no text that a model could read; Twinbean plays Bandit, SlotMachines, Instructions, Text, "
        f"Feedback, Fixation, Blank, Stroop and Flanker"
    )


def reserved_names() -> frozenset[str]:
    """The names of a row that make the record; an effect must not overwrite them."""
    return frozenset[str]().union(*(kind.responses for kind in KINDS if kind.is_trial))
