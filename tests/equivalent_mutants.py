"""Mutants that no test can notice, since they do what the code does: (module, line, mutated line) and why."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str, str], str] = {}
