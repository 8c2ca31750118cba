"""Plug points: what comes with Twinbean and what other packages offer as entry points, found by the same names."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twinbean.errors import TwinbeanError

BUILT_IN = "twinbean"


def packages() -> tuple[str, ...]:
    """The distributions that offer anything to Twinbean, by name."""
    from importlib import metadata

    everything = metadata.entry_points()
    groups = [group for group in everything.groups if group.startswith("twinbean.")]
    return tuple(sorted({one.dist.name for group in groups for one in everything.select(group=group) if one.dist}))


@dataclass(frozen=True)
class Entry:
    """One thing that can be loaded: `target` is "module:name", `origin` the distribution that it comes from."""

    name: str
    target: str
    origin: str

    @property
    def is_built_in(self) -> bool:
        return self.origin == BUILT_IN


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Everything of one sort by name; nothing is imported before it is asked for.

    `group` is that of the entry points, `what` a word for one of them, `built_in` a table from name to "module:name".
    Errors about one entry name it and its package, so that a broken one stands in nobody else's way.
    """

    group: str
    what: str
    built_in: Mapping[str, str]
    error: type[TwinbeanError] = TwinbeanError

    def entries(self) -> Iterator[Entry]:
        """What comes with Twinbean in its order, then what others offer, by name. A name may be offered twice."""
        for name, target in self.built_in.items():
            yield Entry(name, target, BUILT_IN)
        from importlib import metadata  # imports email and much else, which a command's start need not wait for

        offered = metadata.entry_points(group=self.group)
        found = {Entry(one.name, one.value, one.dist.name if one.dist else "an unnamed package") for one in offered}
        yield from sorted(found, key=lambda entry: (entry.name, entry.origin))

    def plugins(self) -> Iterator[Entry]:
        """What other packages offer."""
        return (entry for entry in self.entries() if not entry.is_built_in)

    def names(self) -> tuple[str, ...]:
        """Every name, once."""
        return tuple(dict.fromkeys(entry.name for entry in self.entries()))

    def find(self, name: str) -> Entry | None:
        """The entry of that name, or None. What comes with Twinbean keeps its name. Raises where plugins share one."""
        if name in self.built_in:
            return Entry(name, self.built_in[name], BUILT_IN)
        found = [entry for entry in self.plugins() if entry.name == name]
        if len(found) > 1:
            raise self.error(self.clash(found))
        return found[0] if found else None

    def refusal(self, entry: Entry) -> str | None:
        """Why the entry cannot be used by its name, in a sentence; None where it can."""
        if entry.is_built_in:
            return None
        shared = [other for other in self.entries() if other.name == entry.name]
        return self.clash(shared) if len(shared) > 1 else None

    def load(self, entry: Entry) -> Any:
        """What the entry's target is. Raises one sentence that names the entry, whatever its import raised."""
        module, _, attribute = entry.target.partition(":")
        try:
            found: Any = importlib.import_module(module)
            for name in filter(None, attribute.split(".")):
                found = getattr(found, name)
        except Exception as error:
            if entry.is_built_in:
                raise
            raise self.error(f"{self.describe(entry)} cannot be loaded: {type(error).__name__}: {error}") from error
        return found

    def describe(self, entry: Entry) -> str:
        """The entry in words: what it is, its name, and where it comes from."""
        return f"{self.what} {entry.name!r} of {entry.origin}"

    def clash(self, found: list[Entry]) -> str:
        """The sentence about one name that is offered more than once."""
        origins = " and ".join(entry.origin for entry in found)
        return f"{self.what} {found[0].name!r} is offered by {origins}: uninstall one, or give the plugin another name"
