"""A Bandit that people can play by keyboard, touch or mouse, and whose words for a model can be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sweetbean.stimulus import Bandit

from twinbean.definitions.kinds.bandit import BanditKind, numbers
from twinbean.definitions.kinds.kind import Arguments, Timeline
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.variables import timeline_lists


class SlotMachines(Bandit):  # type: ignore[misc]
    """A Bandit that people can play by keyboard, touch or mouse and a model reads.

    `bandits` is a list of `{"color": css colour, "value": payoff}`, with `"expected"` where the payoff is a draw whose
    mean is known. `labels` are what stands on the machines, one each; without them capital letters are drawn for each
    participant. `offered` lists the arms (from 0) that can be chosen at this trial, all when None. A `forced` trial
    offers one arm: it is shown and learned from, but neither asked nor scored. `feedback="all"` shows what
    the machines not chosen would have paid. `duration` (ms) ends the trial as missed when nothing was chosen;
    `time_after_response` (ms) is how long the outcome stays.

    `wording` is how a model reads a trial: "psych101" (`You press <<K>> and get 7 points.`), "sweetbean" (SweetBean's
    own sentences), or a Jinja2 template of one trial that contains `{{ answer }}` and may use `reward`, `labels`,
    `offered`, `trial` and `foregone`; what stands before the answer must not depend on what was chosen.
    """

    def __init__(
        self,
        duration: Any = None,
        bandits: Any = None,
        *,
        labels: Sequence[str] | Any | None = None,
        offered: Sequence[int] | Any | None = None,
        forced: bool | Any = False,
        feedback: Literal["chosen", "all"] = "chosen",
        time_after_response: Any = 1500,
        wording: str = "psych101",
        side_effects: Any = None,
    ) -> None:
        super().__init__(duration, bandits, time_after_response, side_effects)
        self.arg.update({"labels": labels, "offered": offered, "forced": forced, "feedback": feedback})
        self.wording = wording


class SlotMachinesKind(BanditKind):
    name = "SlotMachines"
    stimuli = (SlotMachines,)
    arguments = (*BanditKind.arguments, "labels", "offered", "forced", "feedback")
    draws_places = True

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        yield from super().untold(stimulus, arguments)
        if stimulus.wording != "sweetbean":
            yield "colours"

    def wording(self, stimulus: Any) -> str:
        return str(stimulus.wording)

    def draws_labels(self, arguments: Arguments) -> bool:
        return not arguments["labels"]

    def stated_labels(self, arguments: Arguments, timeline: Timeline) -> Iterator[tuple[str, ...]]:
        for given in timeline_lists(arguments["labels"], timeline):
            yield tuple(map(str, given)) if isinstance(given, list | tuple) else ()

    def labels(self, arguments: Arguments, n_arms: int, stage: Stage) -> tuple[str, ...]:
        given = arguments["labels"]
        return tuple(map(str, given)) if given else stage.drawn_labels or numbers(n_arms)
