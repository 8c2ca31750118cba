"""Random screens that show files, with words in their place, and who answers them."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sweetbean.stimulus import RSVP, BilateralRSVP, Image, Video
from sweetbean.variable import FunctionVariable, SharedVariable

from other_screens import HOSTILE
from twinbean.definitions.stimuli import choice, told

SHOWN = Path(__file__).parent / "fixtures" / "shown"
PICTURES = ("red.png", "__proto__.png", "ünï & <b>.png", "ring.svg")
CLIP = "clip.webm"


def as_address(name: str) -> str:
    kind = "image/png" if name.endswith(".png") else "video/webm"
    return f"data:{kind};base64,{base64.b64encode((SHOWN / name).read_bytes()).decode()}"


class FileScreens:
    """The part of a maker of games that makes them."""

    rng: random.Random
    staged: bool
    state: dict[str, SharedVariable]
    responses: list[Any]

    def maybe(self, feature: str, p: float = 0.5) -> bool:
        raise NotImplementedError

    def hostile(self) -> str:
        raise NotImplementedError

    def decided(self, chosen: int | None) -> None:
        raise NotImplementedError

    def key_responses(self, keys: list[str], *, deadline: str = "") -> Any:
        raise NotImplementedError

    def file_screens(self, screens: list[Any]) -> Iterator[Any]:
        if self.maybe("a picture", 0.25):
            yield self.picture(screens)
        if self.maybe("a video", 0.2):
            yield self.video(screens)
        if self.maybe("RSVP", 0.25):
            yield self.rsvp(screens)

    def picture(self, screens: list[Any]) -> Any:
        name = self.rng.choice(PICTURES)
        words: Any = self.hostile() + "."
        shown: Any = as_address("red.png") if self.rng.random() < 0.2 else name
        if self.maybe("a picture that a function chooses", 0.4):
            words = {one: f"You see {number}: {self.hostile()}" for number, one in enumerate(PICTURES)}
            shown = FunctionVariable("chosen", lambda s, a, b: a if s else b, [self.state["score"], name, PICTURES[0]])
        elif self.rng.random() < 0.4:
            words = FunctionVariable("words", lambda s, w: f"{w} At {s}.", [self.state["score"], words])
        keys = self.rng.choice([[], [" "], ["f", "j"]])
        return self.shown(
            screens, told(Image(300, shown, keys, self.rng.choice(["", "f", None])), words), keys, "picture"
        )

    def video(self, screens: list[Any]) -> Any:
        keys = self.rng.choice([[], ["g"], ["f", "j"]])
        source = self.rng.choice([CLIP, [CLIP, as_address(CLIP)], as_address(CLIP)])
        ends = self.maybe("a video that ends its screen", 0.6)
        video = Video(
            None if ends and self.rng.random() < 0.7 else 400,
            source,
            keys,
            self.rng.choice(["", "f", None]),
            trial_ends_after_video=ends,
            controls=self.rng.random() < 0.3,
            width=self.rng.choice([None, 120]),
        )
        return self.shown(screens, told(video, self.hostile() + "."), keys, "video")

    def rsvp(self, screens: list[Any]) -> Any:
        items = [[self.rng.choice([*HOSTILE, "O", "Q", 1, 20]) for _ in range(self.rng.randint(1, 6))] for _ in "ab"]
        index, side = self.rng.randrange(len(items[0])), "left"
        if self.maybe("a marked item that a function chooses", 0.5):
            index = FunctionVariable("index", lambda s, i: i if s else 0, [self.state["score"], index])
            side = FunctionVariable("side", lambda s, name: name, [self.state["score"], side])
        keys = self.rng.choice([[], ["g"], ["f", "j"]])
        shape, colour = self.rng.choice(["circle", "square", "underline", "none"]), self.rng.choice([None, "red"])
        given: dict[str, Any] = {"target_index": index, "target_shape": shape, "target_color": colour, "choices": keys}
        given |= {"stimulus_duration": self.rng.choice([50, 100]), "isi": self.rng.choice([0, 40])}
        given |= {"mask_html": self.rng.choice([None, "<b>&bull;</b>"]), "end_on_response": self.rng.random() < 0.5}
        if self.maybe("BilateralRSVP"):
            both = [one[: min(map(len, items))] for one in items]
            given["target_index"] = self.rng.randrange(len(both[0]))
            given["distractor_shape"] = self.rng.choice([None, "square"])
            screens.append(BilateralRSVP(*both, target_side=side, **given))
        else:
            streams = [{"id": name, "items": one} for name, one in zip(("left", "constructor"), items, strict=True)]
            n_streams = self.rng.randint(1, 2)
            given |= {"distractor_index": 0, "distractor_side": "left", "distractor_shape": "square"}
            given |= {"decorate_distractors": self.rng.random() < 0.5}
            direction = self.rng.choice(["row", "column"])
            screens.append(RSVP(streams=streams[:n_streams], target_side=side, direction=direction, **given))
        return self.shown(screens, screens.pop(), keys, "stream")

    def shown(self, screens: list[Any], stimulus: Any, keys: list[str], what: str) -> Any:
        """The screen as it is, or as a choice; all of these end by themselves."""
        if not keys or self.staged or not self.maybe(f"a choice at a {what}", 0.65):
            screens.append(stimulus)
            return self.key_responses(keys, deadline=f"a key at a {what} missed") if keys else (lambda _: None)
        screens.append(choice(stimulus, attributes=None))
        options: list[str | None] = [*keys, None]

        def respond(_: int) -> None:
            chosen = self.rng.randrange(len(options))
            self.responses.append(options[chosen])
            self.decided(None if chosen == len(keys) > 1 else chosen)

        return respond
