"""Random screens that only people see, and what they press there; a replay has none of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from sweetbean.stimulus import Foraging, Gabor, RandomDotPatterns, RandomObjectKinematogram
from sweetbean.variable import FunctionVariable, SharedVariable


class PatternScreens:
    """The part of a maker of games that makes them."""

    rng: random.Random
    state: dict[str, SharedVariable]
    responses: list[Any]

    def maybe(self, feature: str, p: float = 0.5) -> bool:
        raise NotImplementedError

    def pattern_screens(self, screens: list[Any]) -> Iterator[Any]:
        if self.maybe("random objects", 0.1):
            yield self.random_objects(screens)
        if self.maybe("Gabor patches", 0.1):
            yield self.gabor(screens)
        if self.maybe("foraging", 0.1):
            yield self.foraging(screens)

    def random_objects(self, screens: list[Any]) -> Any:
        count: Any = FunctionVariable("count", lambda s: 5 if s else 9, [self.state["score"]])
        keys = self.rng.choice([[], ["y", "n"]])
        given: dict[str, Any] = {"choices": keys, "correct_key": self.rng.choice(["y", ""])}
        if self.rng.random() < 0.5:
            screens.append(RandomDotPatterns(200, [count, 7], 2, **given))
        else:
            screens.append(RandomObjectKinematogram(200, count, oob_color="teal", **given))
        return self.pressed([*keys, None]) if keys else (lambda _: None)

    def gabor(self, screens: list[Any]) -> Any:
        patch = {"y_px": 0, "sigma_px": 8, "sf_cpp": 0.1, "orientation_deg": 30, "contrast": 0.5, "phase_deg": 0}
        patches = [patch | {"x_px": 10 * number} for number in range(self.rng.randint(1, 3))]
        keys = self.rng.choice([["f", "j"], None])
        named = {"f": 0, "j": len(patches) - 1} if keys else None
        screens.append(
            Gabor(
                FunctionVariable("patches", lambda s, p: p if s else p[:], [self.state["score"], patches]),
                canvas_width=60,
                canvas_height=40,
                response_keys=keys,
                keymap_to_patch_index=named,
                duration=300,
            )
        )
        return self.pressed([*(keys or ["ArrowLeft", "ArrowRight"]), None])

    def foraging(self, screens: list[Any]) -> Any:
        targets = [{"text": "<b>"}, {"shape": "circle", "color": "red"}][: self.rng.randint(1, 2)]
        distractors: list[Any] = [{"html": "<b>!</b>"}, {"text": self.rng.choice(["O", "漢"])}]
        mode = self.rng.choice(["random", "grid", "circle"])
        screens.append(Foraging(targets, distractors, mode, duration=500, seed=self.rng.choice([None, 3])))

        def respond(_: int) -> None:
            wrong = [["distractor", self.rng.randrange(2)]] if self.rng.random() < 0.5 else []
            found = [["target", number] for number in range(self.rng.randint(0, len(targets)))]
            self.responses.append({"clicks": [*wrong, *found]})

        return respond

    def pressed(self, keys: list[str | None]) -> Any:
        def respond(_: int) -> None:
            self.responses.append(self.rng.choice(keys))

        return respond
