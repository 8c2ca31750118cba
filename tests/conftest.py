"""Shared by all tests: SweetBean is imported as the package imports it, and one mend can be taken away."""

from __future__ import annotations

import os

import pytest

from twinbean.bean import compat


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--games", type=int, default=300, help="how many random games tests/browser/test_parity.py plays")
    parser.addoption("--first", type=int, default=0, help="the seed of the first of them")


def pytest_configure() -> None:
    """`make mutants` names one mend in the environment, which is then put back to upstream's behaviour."""
    mutant = os.environ.get("TWINBEAN_MUTANT")
    if mutant:
        setattr(compat._BaseStimulus, mutant, compat.UPSTREAM[mutant])
