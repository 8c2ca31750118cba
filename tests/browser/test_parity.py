"""The proof: random games, played in a real Chromium and in Python, show and record the same.

`make parity` plays thousands; `--games N` says how many, `--first S` from which seed. Other engines play them in
test_engines.py.
"""

from __future__ import annotations

import pytest

from parity import SCRIPTS, compare
from twinbean.page import harness

# A feature that hardly ever occurs proves nothing: of so many games one has it, and thirty are enough.
ONE_IN, ENOUGH = 30, 30


@pytest.fixture(scope="module")
def bench(browser):
    page = browser.new_page()
    page.set_content(harness(SCRIPTS))
    yield page
    page.close()


def test_page_and_replay_play_the_same_game(bench, pytestconfig, capsys):
    games, first = pytestconfig.getoption("--games"), pytestconfig.getoption("--first")
    parity = compare(bench.evaluate, games=games, first=first)
    with capsys.disabled():
        print(f"\n{parity}")
    assert parity.wrong[:20] == []
    assert bench.evaluate("window.broken") is None
    if games >= 60:
        least = min(games // ONE_IN, ENOUGH)
        assert {feature: count for feature, count in parity.features.items() if count < least} == {}
