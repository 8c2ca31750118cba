"""A Bandit that people can play by keyboard, touch or mouse, and whose words for a model can be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sweetbean.stimulus import Bandit

from twinbean.definitions.kinds.bandit import BanditKind, numbers
from twinbean.definitions.kinds.kind import Arguments, Timeline
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.payoffs import check_nothing_paid
from twinbean.definitions.stages import check_stage, pays
from twinbean.definitions.values import normalise
from twinbean.definitions.variables import timeline_lists
from twinbean.errors import EmissionError


class SlotMachines(Bandit):  # type: ignore[misc]
    """A Bandit that people can play by keyboard, touch or mouse and a model reads.

    `bandits` is a list of `{"color": css colour, "value": payoff}`, with `"expected"` where the payoff is a draw whose
    mean is known. Where a trial has several choices, `stage` counts them from 1, each is a screen of its own, `state`
    names where the earlier ones led, and `transition` is "common" or "rare" where a stage leads somewhere by chance;
    what does not pay (`pays=False`) has the value 0, which nobody is shown. `labels` are what stands on the machines,
    one each; without them capital letters are drawn for each participant. `offered` lists the arms (from 0) that can be
    chosen at this trial, all when None. A `forced` trial offers one arm: it is shown and learned from, but neither
    asked nor scored. `feedback="all"` shows what the machines not chosen would have paid. `duration` (ms) ends the
    trial as missed when nothing was chosen; `time_after_response` (ms) is how long the outcome stays. The places of
    `ordered` machines mean something, as on a line: everybody has them in the order of the list.

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
        stage: int | None = None,
        state: str | Any | None = None,
        transition: str | Any | None = None,
        pays: bool = True,
        ordered: bool = False,
    ) -> None:
        super().__init__(duration, bandits, time_after_response, side_effects)
        self.arg.update({"labels": labels, "offered": offered, "forced": forced, "feedback": feedback})
        if stage is None and not (state is None and transition is None and pays is True):
            raise EmissionError(
                "SlotMachines are given state, transition or pays, and no stage: give stage=1 or higher"
            )
        if stage is not None:
            self.arg["stage"] = {"number": stage, "state": state, "transition": transition, "pays": pays}
        if ordered:
            self.arg["ordered"] = True
        self.wording = wording


class SlotMachinesKind(BanditKind):
    name = "SlotMachines"
    stimuli = (SlotMachines,)
    arguments = (*BanditKind.arguments, "labels", "offered", "forced", "feedback")

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        found = super().read(stimulus, where)
        # Only where they are given, so that other tasks stay what they are.
        more = [name for name in ("stage", "ordered") if name in stimulus.arg]
        return found | {name: normalise(stimulus.arg[name], where) for name in more}

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        check_stage(arguments.get("stage"), where)

    def check_payoffs(self, arguments: Arguments, timeline: Timeline, where: str, *, unknown: bool) -> None:
        super().check_payoffs(arguments, timeline, where, unknown=unknown)
        if not pays(arguments):
            check_nothing_paid(arguments["bandits"], timeline, where)

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        yield from super().untold(stimulus, arguments)
        if stimulus.wording != "sweetbean":
            yield "colours"

    def wording(self, stimulus: Any) -> str:
        return str(stimulus.wording)

    def draws_labels(self, arguments: Arguments) -> bool:
        return not arguments["labels"]

    def draws_places(self, arguments: Arguments) -> bool:
        return arguments.get("ordered") is not True

    def stated_labels(self, arguments: Arguments, timeline: Timeline) -> Iterator[tuple[str, ...]]:
        for given in timeline_lists(arguments["labels"], timeline):
            yield tuple(map(str, given)) if isinstance(given, list | tuple) else ()

    def labels(self, arguments: Arguments, n_arms: int, stage: Stage) -> tuple[str, ...]:
        given = arguments["labels"]
        return tuple(map(str, given)) if given else stage.drawn_labels or numbers(n_arms)
