"""The proof: random games, played in a real Chromium and in Python, show and record the same.

`make parity` plays thousands; `--games N` says how many, `--first S` from which seed.
"""

from __future__ import annotations

import json
import math
from collections import Counter

import pytest

from games import Game, random_game
from twinbean.bean.definition import define
from twinbean.bean.emission import emit_definition
from twinbean.bean.game import Play, Played, Seat
from twinbean.page import harness

# A feature that hardly ever occurs proves nothing.
LEAST = 30
BATCH = 25


def emitted(game: Game, definition) -> list:
    emission = emit_definition(definition)
    document = {
        "format": 1,
        "task": "random",
        "title": "Random",
        "language": "en",
        "fingerprint": "",
        "seed": 0,
        "parameters": {},
        "variant": 0,
        "labels": list(game.labels or ()),
        "shared": emission.shared,
        "blocks": list(emission.blocks),
    }
    return [document, list(emission.functions), game.responses]


def replayed(game: Game, definition) -> Played:
    def ask(question):
        raise AssertionError(f"trial {question.trial} is not on record")

    seat = Seat(participant="p", session="s", task="random", labels=game.labels)
    return Play(definition, seat, ask, record=game.record).run()


def as_json(value):
    """What a value is once it has been through a JSON file; NaN is null there."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return value


def differences(page: dict, played: Played) -> list[str]:
    """Everything in which the page and the replay differ: rows, what stood on the screen, the state at the end."""
    found = []
    if len(page["rows"]) != len(played.rows):
        found.append(f"{len(page['rows'])} rows on the page, {len(played.rows)} in the replay")
    trials = iter(played.session.trials)
    for number, (row, shown, computed) in enumerate(zip(page["rows"], page["shown"], played.rows, strict=False)):
        beans = {name.removeprefix("bean_"): value for name, value in row.items() if name.startswith("bean_")}
        expected = as_json(computed)
        found += [
            f"row {number}, {name}: page {beans.get(name)!r}, replay {expected.get(name)!r}"
            for name in sorted(beans.keys() | expected.keys())
            if name not in beans or name not in expected or beans[name] != expected[name]
        ]
        if shown["kind"] == "Text":
            found += unequal(number, "text", shown["text"], str(computed["text"]))
        elif shown["kind"] == "Instructions":
            found += unequal(number, "pages", shown["text"], computed["pages"])
        else:
            found += machines_differ(number, shown, computed, next(trials))
    last = {}
    for row in played.rows:
        last |= row
    found += [
        f"at the end, {name}: page {value!r}, replay {as_json(last[name])!r}"
        for name, value in page["shared"].items()
        if name in last and value != as_json(last[name])
    ]
    return found


def unequal(number: int, what: str, page, replay) -> list[str]:
    return [] if page == replay else [f"screen {number}, {what}: page {page!r}, replay {replay!r}"]


def machines_differ(number: int, shown: dict, row: dict, trial) -> list[str]:
    values = [str(bandit["value"]) for bandit in row["bandits"]]
    seen = [None] * len(values)
    revealed = [trial.choice] if row["feedback"] == "chosen" else row["offered"]
    for arm in [] if trial.missed else revealed:
        seen[arm] = values[arm]
    return [
        *unequal(number, "labels", shown["labels"], list(trial.labels)),
        *unequal(number, "payoffs before the choice", shown["before"], [None] * len(values)),
        *unequal(number, "payoffs after it", shown["payoffs"], seen),
        *unequal(number, "notice of a miss", bool(shown["text"]), trial.missed),
    ]


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
                wrong += [f"game {seed}: {difference}" for difference in differences(page, played)]
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
  return JSON.stringify(played);
}"""
