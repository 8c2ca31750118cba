"""Twinbean's own SweetBean stimuli: `SlotMachines`, a Bandit whose text can be worded, and `Instructions`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sweetbean.stimulus import Bandit
from sweetbean.stimulus.Stimulus import _BaseStimulus


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


class Instructions(_BaseStimulus):  # type: ignore[misc]
    """Pages that people turn before or between trials, and the cover story that a model reads. It is no trial.

    `pages` is one text or a list of them; `{labels}` in it stands for the labels of the participant's machines. `text`
    is what a model reads instead of the pages, for example where they speak of the screen. Texts are shown as they
    are; `markup=True` shows the pages as HTML, and then `text` must say the same in words.
    """

    type = "twinbeanInstructions"

    def __init__(
        self,
        pages: str | Sequence[str] = (),
        *,
        text: str | None = None,
        markup: bool = False,
        side_effects: Any = None,
    ) -> None:
        super().__init__({"pages": [pages] if isinstance(pages, str) else list(pages), "markup": markup}, side_effects)
        self.text = text

    def _add_special_param(self) -> None:
        """Nothing: the page's engine takes the arguments as they are."""

    def _process_response(self) -> None:
        """Nothing: turning pages is no response."""

    def _set_before(self) -> None:
        """Nothing to prepare on the page."""
