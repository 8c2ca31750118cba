"""Random practices that leave nothing in the score, and parts in an order of the participant's, also behind them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sweetbean.variable import SharedVariable

from other_screens import INHERITED
from twinbean.definitions.counterbalancing import Conditions, Counterbalanced, balanced_square
from twinbean.definitions.structure import Phase
from twinbean.sessions import Trial

# The number of a practice before parts; theirs are from 2 and from 8 on.
_PRACTICE = 1_000


class OrderedParts:
    rng: random.Random
    maybe: Callable[..., bool]
    part: Callable[[int], list[Any]]
    state: dict[str, SharedVariable]
    responses: list[Any]
    trials: list[Trial]
    given: list[tuple[int, Any]]
    passes: list[int]

    def ordered(self, recorded: dict[str, str]) -> list[Any]:
        """Parts that participants play differently, and what comes before them."""
        ordered = self.maybe("parts in an order of the participant's", 0.15)
        conditioned = self.maybe("one of several conditions", 0.15)
        blocks: list[Any] = []
        if (ordered or conditioned) and self.maybe("a phase that resets before parts in an order or condition", 0.8):
            blocks.append(self.practised(self.part(_PRACTICE)))
        if ordered:
            blocks.append(self.counterbalanced(recorded))
        if conditioned:
            blocks.append(self.conditions(recorded))
        return blocks

    def practised(self, part: list[Any]) -> Phase:
        """The same as a phase that leaves nothing in the score."""
        resets = list(self.state.values()) if self.maybe("a phase that resets everything", 0.9) else []
        return Phase(self.rng.choice(["practice", "__proto__"]), part, resets=resets or [self.state["score"]])

    def _part(self, number: int) -> list[Any]:
        part = self.part(number)
        return [self.practised(part)] if self.maybe("a phase that resets as one of the parts", 0.5) else part

    def counterbalanced(self, recorded: dict[str, str]) -> Counterbalanced:
        """Parts that are made in the order in which they are played, so that the responses are."""
        names = [*INHERITED[:2], "B"][: self.rng.choice([2, 2, 2, 3])]
        played = self.rng.choice(balanced_square(len(names)))
        made, passes = {}, {}
        for place in played:
            before = len(self.passes)
            made[place] = self._part(2 + place)
            passes[place] = self.passes[before:]
            del self.passes[before:]
        self.passes += [count for place in range(len(names)) for count in passes[place]]
        recorded["order"] = ", ".join(names[place] for place in played)
        return Counterbalanced({name: made[place] for place, name in enumerate(names)})

    def conditions(self, recorded: dict[str, str]) -> Conditions:
        """Parts of which the responses hold those of one."""
        names = ["gains", "__proto__", "losses"][: self.rng.choice([2, 2, 3])]
        recorded["frame"] = self.rng.choice(names)
        parts = {}
        for number, name in enumerate(names):
            kept = [list(one) for one in (self.responses, self.trials, self.given)]
            parts[name] = self._part(8 + number)
            if name != recorded["frame"]:
                self.responses[:], self.trials[:], self.given[:] = kept
        return Conditions(parts, name="frame")
