"""Random trials with several choices, where what is offered next depends on what was chosen before."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sweetbean.stimulus import Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.definitions.stimuli import SlotMachines
from twinbean.sessions import Trial

NAMES = ("red", "", "__proto__", "漢", "state 4")


def reach(place, response, turn):
    """Where a choice leads: by chance somewhere else, and nowhere new without one."""
    return place if response is None else (response + turn) % 3


def chosen(places, place):
    return places[place]


def named(place):
    return NAMES[place]


def likely(turn):
    return "common" if turn == 0 else "rare"


def lettered(place, count):
    return ["abc"[place] + str(arm) for arm in range(count)]


class StagedTrials:
    """The part of a maker of games that makes them."""

    rng: random.Random
    trials: list[Trial]
    responses: list[Any]

    def used(self, feature: str) -> None:
        raise NotImplementedError

    def maybe(self, feature: str, p: float = 0.5) -> bool:
        raise NotImplementedError

    def arms(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def effects(self) -> list[SideEffect]:
        raise NotImplementedError

    def leading_on(self, timeline: list[dict[str, Any]]) -> dict[str, Any]:
        """What makes machines the first stage of a trial; whether they pay is left open."""
        self.place = SharedVariable("place", 0)
        for element in timeline:
            element["turn"] = self.rng.choice([0, 0, 1])
        reached = FunctionVariable("reach", reach, [self.place, DataVariable("response", 0), TimelineVariable("turn")])
        return {"stage": 1, "side_effects": [*self.effects(), SideEffect(self.place, reached)]}

    def later_stages(
        self, screens: list[Any], askers: list[Callable[[int], None]], timeline: list[dict[str, Any]], limited: bool
    ) -> None:
        """Adds what comes behind the first stage."""
        if self.maybe("text between the stages"):
            screens.append(Text(duration=50, text=FunctionVariable("named", named, [self.place])))
        for stage in range(2, self.rng.choice([2, 2, 3]) + 1):
            count = self.rng.randint(2, 4)
            for element in timeline:
                element[f"places {stage}"] = [[self.arms()[arm % 2] for arm in range(count)] for _ in range(3)]
            state = FunctionVariable("named", named, [self.place]) if self.maybe("states by name") else self.place
            options: dict[str, Any] = {}
            if self.maybe("transitions on record"):
                options["transition"] = FunctionVariable("likely", likely, [TimelineVariable("turn")])
            screens.append(
                SlotMachines(
                    bandits=FunctionVariable("chosen", chosen, [TimelineVariable(f"places {stage}"), self.place]),
                    labels=FunctionVariable("lettered", lettered, [self.place, count]),
                    duration=500 if limited else None,
                    side_effects=self.effects(),
                    stage=stage,
                    state=state,
                    **options,
                )
            )
            askers.append(self._responses(count, limited))

    def _responses(self, count: int, limited: bool) -> Callable[[int], None]:
        def respond(index: int) -> None:
            arm: int | None = self.rng.randrange(count)
            if limited and self.maybe("a later stage is missed", 0.5):
                arm = None
            self.responses.append(arm)
            self.trials.append(Trial(trial=len(self.trials), choice=arm, missed=arm is None))

        return respond
