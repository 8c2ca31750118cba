"""Options of a choice that are no arms: told anew at every trial, with attributes, and perhaps paying something.

The page does the same (static/src/options.js).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twinbean.definitions.kinds.offer import Offer
from twinbean.definitions.payoffs import EXPECTED
from twinbean.definitions.wording import Choice, Outcome
from twinbean.errors import EmissionError
from twinbean.sessions.attributes import attributes_fault
from twinbean.sessions.jspsych import best_arm
from twinbean.sessions.payoffs import as_payoff
from twinbean.sessions.session import Attributes
from twinbean.sessions.transcripts import OPEN

Option = Mapping[str, Any]


def described_options(found: Any, where: str) -> list[dict[str, Any]]:
    """Options with their `text`, what they pay as numbers. Raises EmissionError, naming `where`, for what are none."""
    if not isinstance(found, list) or len(found) < 2:
        raise EmissionError(f"{where}: options is {found!r}, expected a list of two or more")
    options = []
    for number, given in enumerate(found):
        if not isinstance(given, Mapping) or not isinstance(given.get("text"), str) or not given["text"].strip():
            raise EmissionError(f"{where}, option {number} is {given!r}, expected {{'text': ..., 'attributes': ...}}")
        value = given.get("value")
        if value is not None and as_payoff(value) is None:
            raise EmissionError(f"{where}, option {number} pays {value!r}, {EXPECTED}")
        attributes = given.get("attributes")
        if attributes is not None and (fault := attributes_fault(attributes)) is not None:
            raise EmissionError(f"{where}, option {number} has the attributes {fault}")
        options.append({**given, "value": as_payoff(value), "attributes": dict(attributes or {})})
    if len({option["value"] is None for option in options}) > 1:
        raise EmissionError(f"{where}: of the options some pay something and some do not; give each a value, or none")
    return options


def plain_options(attributes: Any, values: Any, n_options: int, where: str) -> list[dict[str, Any]]:
    """What is recorded of options that the screen itself describes. Raises EmissionError, naming `where`."""
    for name, given in (("attributes", attributes), ("values", values)):
        if given is not None and (not isinstance(given, list) or len(given) != n_options):
            raise EmissionError(f"{where}: {name} is {given!r}, expected one for each of {n_options} options")
    for number, one in enumerate(attributes or ()):
        if (fault := attributes_fault(one)) is not None:
            raise EmissionError(f"{where}, option {number} has the attributes {fault}")
    paid = [as_payoff(value) for value in values or [None] * n_options]
    if None in paid:
        # What is not a number for each is a name, and pays nothing.
        paid = [None] * n_options
    given = attributes or [{}] * n_options
    return [{"value": value, "attributes": dict(one)} for value, one in zip(paid, given, strict=True)]


def attributes_of(options: Sequence[Option]) -> tuple[Attributes, ...]:
    """Those of each option; empty where none has any."""
    found = tuple(option["attributes"] for option in options)
    return found if any(found) else ()


def outcomes_of(options: Sequence[Option]) -> tuple[float, ...]:
    """What each option pays; empty where they pay nothing."""
    return tuple(option["value"] for option in options if option["value"] is not None)


def expected_of(options: Sequence[Option]) -> dict[str, Any]:
    """What a trial says of the best one: nothing where options have attributes, by which alone they can be compared."""
    expected = () if attributes_of(options) else outcomes_of(options)
    return {"expected": expected, "best_arm": best_arm(expected)}


@dataclass(frozen=True, kw_only=True)
class OptionsWording:
    """What is read `before` the `offer`; what the chosen option paid is said where the participant is `shown` it."""

    before: str
    offer: Offer
    shown: bool

    def opening(self, choice: Choice) -> str:
        return f"{self.before}{self.offer.opening}{OPEN}"

    def outcome(self, choice: Choice, outcome: Outcome) -> str:
        if not self.shown:
            return "."
        others = "".join(f" {name} would have paid {value} points." for name, value in outcome.foregone.items())
        return f" and get {outcome.reward} points.{others}"

    def forced(self, choice: Choice, outcome: Outcome) -> str:
        raise AssertionError("a choice among options is never forced")

    def missed(self, choice: Choice) -> str:
        return f"{self.before}{self.offer.missed or ''}"
