"""Random games, played by the page's harness in some browser and in Python, and compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from differences import differences
from file_screens import SHOWN
from games import Game, random_game
from twinbean.definitions.arms import stated_labels
from twinbean.definitions.definition import Definition, define
from twinbean.definitions.emission import emit_definition, resets_of
from twinbean.definitions.kinds import script_of
from twinbean.definitions.kinds.patterns import GaborKind
from twinbean.play.game import Play, Played, Seat

_BATCH = 10
# Of the screens that only people see.
SCRIPTS = tuple(filter(None, [script_of(GaborKind)]))
_PLAY_ALL = """async (games) => {
  const played = [];
  for (const [definition, functions, responses] of JSON.parse(games)) {
    // A game never waits, and a page that does not answer for long is taken for hung.
    await new Promise((resolve) => setTimeout(resolve));
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


@dataclass
class Parity:
    """What was played, and every difference in a sentence."""

    games: int = 0
    trials: int = 0
    wrong: list[str] = field(default_factory=list)
    features: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        counts = [f"  {count:6d} {feature}" for feature, count in sorted(self.features.items())]
        told = f"parity: {self.games} games, {self.trials} trials, {len(self.wrong)} differences"
        return "\n".join([told, *counts])


def compare(evaluate: Callable[[str, str], Any], *, games: int, first: int) -> Parity:
    """Plays the games of the seeds from `first` on; `evaluate` calls a JavaScript function in the harness's page."""
    parity = Parity()
    for start in range(first, first + games, _BATCH):
        seeds = range(start, min(start + _BATCH, first + games))
        made = [random_game(seed) for seed in seeds]
        definitions = [_arranged(game) for game in made]
        inputs = [_emitted(game, definition) for game, definition in zip(made, definitions, strict=True)]
        # As text: Playwright loses an entry named __proto__.
        pages = json.loads(evaluate(_PLAY_ALL, json.dumps(inputs)))
        for seed, game, definition, page in zip(seeds, made, definitions, pages, strict=True):
            played = _replayed(game, definition)
            parity.games += 1
            parity.trials += len(played.session.trials)
            parity.features.update(game.features.keys())
            if "error" in page:
                parity.wrong.append(f"game {seed}: the page stopped: {page['error']}")
            else:
                found = differences(page, played, definition, game.passes, game.ends)
                parity.wrong += [f"game {seed}: {difference}" for difference in found]
    return parity


def _arranged(game: Game) -> Definition:
    definition = define(game.experiment, folder=SHOWN)
    (way,) = [way for way in definition.arrangements if way.recorded == game.recorded]
    return definition.arranged(way)


def _emitted(game: Game, definition: Definition) -> list[Any]:
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
        "files": {name: file.address() for name, file in definition.files.items()},
        **({"order": list(definition.order), **resets_of(definition, definition.way)} if game.recorded else {}),
    }
    return [document, list(emission.functions), game.responses]


def _replayed(game: Game, definition: Any) -> Played:
    def ask(question: Any) -> Any:
        raise AssertionError(f"trial {question.trial} is not on record")

    seat = Seat(participant="p", session="s", task="random", labels=game.labels)
    return Play(definition, seat, ask, record=game.record).run()
