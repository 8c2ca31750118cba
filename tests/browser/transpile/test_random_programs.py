"""Functions of a definition mean the same on the page as in Python: random programs are run by both."""

from __future__ import annotations

from typing import Any

import pytest

from functions_on_page import run_both


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_random_programs_mean_the_same_on_the_page(runtime: Any) -> None:
    campaign = run_both(runtime, seed=1, functions=1000, calls=4)
    assert campaign.disagreements == []
    assert sum(campaign.refused.values()) < 100
    assert campaign.outcomes["equal"] > 1000
    assert campaign.outcomes["page limit"] + campaign.outcomes["beyond 2^53"] < 300
    assert {"TypeError", "ValueError", "IndexError", "ZeroDivisionError", "AttributeError"} <= campaign.outcomes.keys()
