"""A choice among options that are described at every trial, such as lotteries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from twinbean.definitions.kinds.bandit import numbers
from twinbean.definitions.kinds.described import undecided
from twinbean.definitions.kinds.kind import Arguments, Kind, Timeline
from twinbean.definitions.kinds.offer import Offer
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.kinds.stimulus import Stimulus
from twinbean.definitions.labels import check_labels
from twinbean.definitions.options import OptionsWording, described_options, outcomes_of
from twinbean.definitions.payoffs import UNTIL_PLAYED, known_in
from twinbean.definitions.variables import timeline_lists
from twinbean.errors import EmissionError, TaskError

_FEEDBACK = ("none", "chosen", "all")


class Options(Stimulus):
    """One of several options is chosen, which the screen describes to people and the text to models.

    `options` is a list of `{"text": what is read of it, "attributes": names to numbers, "value": what it pays}`; the
    last two may be left out. `labels` are what they are called and chosen by, one each; without them capital letters
    are drawn for each participant. `feedback` is "none", or shows what the "chosen" option paid, or "all" of them.
    `duration` (ms) ends the trial as missed when nothing was chosen; `time_after_response` (ms) is how long the choice,
    or what it paid, stays.
    """

    type = "twinbeanOptions"

    def __init__(
        self,
        options: Any,
        *,
        labels: Sequence[str] | Any | None = None,
        feedback: Literal["none", "chosen", "all"] = "none",
        duration: Any = None,
        time_after_response: Any = 800,
        side_effects: Any = None,
    ) -> None:
        arguments = {"options": options, "labels": labels, "feedback": feedback, "duration": duration}
        super().__init__({**arguments, "time_after_response": time_after_response}, side_effects)


class OptionsKind(Kind):
    name = "Options"
    stimuli = (Options,)
    arguments: ClassVar[tuple[str, ...]] = ("options", "labels", "feedback", "duration", "time_after_response")
    responses = frozenset({"response", "value", "missed", "positions"})
    is_trial = True

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        if arguments["feedback"] not in _FEEDBACK:
            raise EmissionError(f"{where}: feedback is {arguments['feedback']!r}, expected {', '.join(_FEEDBACK)}")

    def check_payoffs(self, arguments: Arguments, timeline: Timeline, where: str, *, unknown: bool) -> None:
        for index, element in enumerate(timeline):
            options = known_in(arguments["options"], element)
            if options is not UNTIL_PLAYED:
                place = f"{where}, timeline element {index}"
                self._paying(described_options(options, place), arguments, place)

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        if arguments["duration"] is not None:
            yield "time limits"

    def wording(self, stimulus: Any) -> str:
        return "psych101"

    def n_arms(self, arguments: Arguments, timeline: Timeline) -> int:
        given = timeline_lists(arguments["options"], timeline)
        return max((len(options) for options in given if isinstance(options, list)), default=0)

    def draws_labels(self, arguments: Arguments) -> bool:
        return not arguments["labels"]

    def draws_places(self, arguments: Arguments) -> bool:
        return True

    def stated_labels(self, arguments: Arguments, timeline: Timeline) -> Iterator[tuple[str, ...]]:
        for given in timeline_lists(arguments["labels"], timeline):
            yield tuple(map(str, given)) if isinstance(given, list) else ()

    def play(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        place = f"{where}, trial {stage.n_trials}"
        try:
            options = self._paying(described_options(arguments["options"], place), arguments, place)
        except EmissionError as error:
            raise TaskError(str(error)) from None
        given = arguments["labels"]
        labels = (tuple(map(str, given)) if given else stage.drawn_labels or numbers(len(options)))[: len(options)]
        check_labels(labels, len(options), where)
        trial = undecided(options, labels, stage, feedback=arguments["feedback"])
        told = "".join(f"{label}: {option['text']}. " for label, option in zip(labels, options, strict=True))
        missed = "You press nothing in time."
        offer = Offer(labels=labels, values=trial.offered, opening="You press ", missed=missed)
        wording = OptionsWording(before=told, offer=offer, shown=arguments["feedback"] != "none")
        trial = stage.decide(trial, options, wording=wording)
        return arguments | {
            "options": options,
            "labels": list(labels),
            "positions": list(stage.positions(len(options))),
            "response": trial.choice,
            "value": 0 if trial.missed else trial.reward,
            "missed": trial.missed,
        }

    def _paying(self, options: list[dict[str, Any]], arguments: Arguments, where: str) -> list[dict[str, Any]]:
        if arguments["feedback"] != "none" and not outcomes_of(options):
            raise EmissionError(f"{where} shows what an option pays, and the options have no value")
        return options
