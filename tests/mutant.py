"""One change of the code, of which a test must take notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """`old` in `file` becomes `new`; `tests` must fail. The file lies in `static` or else in `src/twinbean`."""

    what: str
    file: str
    old: str
    new: str
    tests: list[str]

    @property
    def path(self) -> str:
        return self.file if self.file.startswith("static/") else f"src/twinbean/{self.file}"
