"""Kinds of stimuli that other packages offer as entry points, and the scripts that show them on the page."""

from __future__ import annotations

import sys
from importlib import resources
from typing import Any

from twinbean import _assets
from twinbean._messages import shortened
from twinbean._plugins import Entry, Registry
from twinbean.definitions.kinds.asking import AskingKind
from twinbean.definitions.kinds.bandit import BanditKind
from twinbean.definitions.kinds.kind import Kind
from twinbean.errors import EmissionError


class KindRegistry(Registry):
    """What could not be played on both sides is no kind: a list of plugins and an export say so alike."""

    def load(self, entry: Entry) -> Any:
        found = super().load(entry)
        if not entry.is_built_in and (problem := _problem(found, entry.name)):
            raise self.error(f"{self.describe(entry)} {problem}")
        return found


def plugged(registry: Registry) -> tuple[dict[Entry, Kind], dict[Entry, str]]:
    """The kinds of other packages, and a sentence for each that cannot be used."""
    kinds: dict[Entry, Kind] = {}
    refused: dict[Entry, str] = {}
    for entry in registry.plugins():
        try:
            if refusal := registry.refusal(entry):
                raise registry.error(refusal)
            kinds[entry] = registry.load(entry)()
        except registry.error as error:
            refused[entry] = str(error)
    return kinds, refused


def script_of(kind: type[Kind]) -> str | None:
    """The JavaScript that registers a kind on the page; None for a kind that every page has.

    Raises EmissionError where the file is not in the package.
    """
    if kind.script is None:
        return None
    # A kind that is derived from another package's has its script from there.
    home = next(base for base in kind.__mro__ if "script" in vars(base)).__module__
    package = sys.modules[home].__package__
    if package == __package__:
        return (_assets.static() / "vendor" / kind.script).read_text(encoding="utf-8")
    if not package:
        raise EmissionError(f"has the script {kind.script!r}, and its module {home} lies in no package beside it")
    try:
        return resources.files(package).joinpath(kind.script).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise EmissionError(f"has no script {kind.script!r} in {package} ({type(error).__name__})") from None


def _problem(found: Any, name: str) -> str | None:
    """Why what an entry point gives is no kind of that name, after a word for it; None where it is."""
    if not isinstance(found, type) or not issubclass(found, Kind):
        return f"is {shortened(found)}, expected a subclass of twinbean.Kind"
    missing = [one for one in ("name", "stimuli", "arguments", "responses", "script") if not getattr(found, one, None)]
    if missing:
        return f"does not say its {missing[0]}"
    if found.name != name:
        return f"calls itself {found.name!r}, expected {name!r}"
    if not (found.people_only or issubclass(found, AskingKind | BanditKind)):
        return "is neither an AskingKind nor people_only, so that nobody could read its responses"
    if issubclass(found, AskingKind) and found.offer is AskingKind.offer:
        return "has no method offer"
    try:
        script_of(found)
    except EmissionError as error:
        return str(error)
    return None
