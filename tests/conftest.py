"""Shared by all tests: SweetBean is imported as the package imports it, and one mend can be taken away."""

from __future__ import annotations

import os

from twinbean.bean import compat


def pytest_configure() -> None:
    """`make mutants` names one mend in the environment, which is then put back to upstream's behaviour."""
    mutant = os.environ.get("TWINBEAN_MUTANT")
    if mutant:
        setattr(compat._BaseStimulus, mutant, compat.UPSTREAM[mutant])
