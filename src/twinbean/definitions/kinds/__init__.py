"""Kinds of stimuli, a file each. Each is registered here by one line, and its page's side in static/src/kinds."""

from __future__ import annotations

from typing import Any

from twinbean.definitions.kinds.bandit import BanditKind
from twinbean.definitions.kinds.form import Form as Form
from twinbean.definitions.kinds.form import FormKind
from twinbean.definitions.kinds.html import HtmlKind
from twinbean.definitions.kinds.html_choice import HtmlChoiceKind
from twinbean.definitions.kinds.instructions import Instructions as Instructions
from twinbean.definitions.kinds.instructions import InstructionsKind
from twinbean.definitions.kinds.kind import Kind as Kind
from twinbean.definitions.kinds.slot_machines import SlotMachines as SlotMachines
from twinbean.definitions.kinds.slot_machines import SlotMachinesKind
from twinbean.definitions.kinds.stage import Stage as Stage
from twinbean.definitions.kinds.surveys import LikertKind, MultiChoiceKind, TextSurveyKind
from twinbean.definitions.kinds.symbol import SymbolKind
from twinbean.definitions.kinds.text import TextKind
from twinbean.errors import EmissionError

# In this order a stimulus is looked for, so that a subclass stands before its base.
KINDS: list[Kind] = [
    SlotMachinesKind(),
    BanditKind(),
    InstructionsKind(),
    TextKind(),
    HtmlKind(),
    HtmlChoiceKind(),
    MultiChoiceKind(),
    LikertKind(),
    TextSurveyKind(),
    SymbolKind(),
    FormKind(),
]


def kind_of(stimulus: Any, where: str) -> Kind:
    """The kind of a SweetBean stimulus. Raises EmissionError, naming `where`, for one that no kind plays."""
    for kind in KINDS:
        if isinstance(stimulus, kind.stimuli):
            return kind
    raise EmissionError(f"{where} {_unplayed(stimulus)}; Twinbean plays {', '.join(played_names())}")


def played_names() -> list[str]:
    """The stimuli that are played, by the names of their classes."""
    return sorted({stimulus.__name__ for kind in KINDS for stimulus in kind.stimuli} | _TEXTS)


# SweetBean's own, built on Text.
_TEXTS = {"Feedback", "Fixation", "Flanker", "Stroop"}
# What no words can carry, and what would need a plugin that the page does not have.
_PATTERNS = ("Foraging", "Gabor", "RandomDotPatterns", "RandomObjectKinematogram", "RSVP", "BilateralRSVP")
_MEDIA = ("Image", "Video")


def _unplayed(stimulus: Any) -> str:
    """Why a stimulus is not played."""
    name = type(stimulus).__name__
    if name in _PATTERNS:
        return "shows what no words could tell a model as people see it"
    if name in _MEDIA:
        return "shows a file, which is not part of the page and which a model could not read"
    if name == "Generic":
        return f"is for the jsPsych plugin {stimulus.arg['type']}, which the page does not have"
    return "is of no kind that is known here"


def reserved_names() -> frozenset[str]:
    """The names of a row that make the record; an effect must not overwrite them."""
    return frozenset[str]().union(*(kind.responses for kind in KINDS if kind.is_trial))
