"""The proof: random games, played in a real Chromium and in Python, show and record the same.

`make parity` plays thousands; `--games N` says how many, `--first S` from which seed.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from differences import differences
from games import Game, random_game
from twinbean.definitions.arms import stated_labels
from twinbean.definitions.definition import define
from twinbean.definitions.emission import emit_definition
from twinbean.page import harness
from twinbean.play.game import Play, Played, Seat

# A feature that hardly ever occurs proves nothing.
LEAST = 30
BATCH = 25


def emitted(game: Game, definition) -> list:
    emission = emit_definition(definition)
    document = {
        "format": 2,
        "task": "random",
        "title": "Random",
        "language": "en",
        "fingerprint": "",
        "seed": 0,
        "parameters": {},
        "variant": 0,
        "labels": list(game.labels or stated_labels(definition)),
        "shared": emission.shared,
        "blocks": list(emission.blocks),
        "loops": list(emission.loops),
    }
    return [document, list(emission.functions), game.responses]


def replayed(game: Game, definition) -> Played:
    def ask(question):
        raise AssertionError(f"trial {question.trial} is not on record")

    seat = Seat(participant="p", session="s", task="random", labels=game.labels)
    return Play(definition, seat, ask, record=game.record).run()


@pytest.fixture(scope="module")
def bench(browser):
    page = browser.new_page()
    page.set_content(harness())
    yield page
    page.close()


def test_page_and_replay_play_the_same_game(bench, pytestconfig, capsys):
    games, first = pytestconfig.getoption("--games"), pytestconfig.getoption("--first")
    features: Counter[str] = Counter()
    trials = 0
    wrong = []
    for start in range(first, first + games, BATCH):
        seeds = range(start, min(start + BATCH, first + games))
        made = [random_game(seed) for seed in seeds]
        definitions = [define(game.experiment) for game in made]
        inputs = [emitted(game, definition) for game, definition in zip(made, definitions, strict=True)]
        # As text: Playwright loses an entry named __proto__.
        pages = json.loads(bench.evaluate(PLAY_ALL, json.dumps(inputs)))
        for seed, game, definition, page in zip(seeds, made, definitions, pages, strict=True):
            features.update(game.features.keys())
            played = replayed(game, definition)
            trials += len(played.session.trials)
            if "error" in page:
                wrong.append(f"game {seed}: the page stopped: {page['error']}")
            else:
                wrong += [
                    f"game {seed}: {difference}" for difference in differences(page, played, definition, game.passes)
                ]
    with capsys.disabled():
        print(f"\nparity: {games} games, {trials} trials, {len(wrong)} differences")
        for feature, count in sorted(features.items()):
            print(f"  {count:6d} {feature}")
    assert wrong[:20] == []
    assert bench.evaluate("window.broken") is None
    if games >= 300:
        assert {feature: count for feature, count in features.items() if count < LEAST} == {}


PLAY_ALL = """async (games) => {
  const played = [];
  for (const [definition, functions, responses] of JSON.parse(games)) {
    try {
      played.push(await twinbean.playDefinition(definition, functions, responses));
    } catch (error) {
      played.push({ error: String(error) });
    }
  }
  // JSON.stringify writes -0 as 0.
  const kept = (_, value) => (Object.is(value, -0) ? "minus nought" : value);
  return JSON.stringify(played, kept).replaceAll('"minus nought"', "-0.0");
}"""
