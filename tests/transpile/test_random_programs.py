"""Random functions, called with random values in Python and in Node.js, give the same."""

from __future__ import annotations

from typing import Any

import pytest

from functions_on_page import run_both


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("seed", [2, 3])
def test_random_programs_mean_the_same_in_node(runtime: Any, seed: int) -> None:
    campaign = run_both(runtime, seed=seed, functions=400, calls=3)
    assert campaign.disagreements == []
    assert campaign.outcomes["equal"] > 300
    assert sum(campaign.refused.values()) < 60
