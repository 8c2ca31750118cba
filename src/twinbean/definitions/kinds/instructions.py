"""Pages of instructions, and the cover story that a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twinbean.definitions.kinds.kind import Arguments, Kind
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.kinds.stimulus import Stimulus
from twinbean.definitions.labels import PLACEHOLDER, with_labels
from twinbean.errors import EmissionError


class Instructions(Stimulus):
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


class InstructionsKind(Kind):
    name = "Instructions"
    stimuli = (Instructions,)
    arguments = ("pages", "markup")
    responses = frozenset({"response"})

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        if arguments["markup"] and stimulus.text is None:
            raise EmissionError(f"{where} has markup, which a model cannot read: give text= with the same in words")

    def play(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        pages = [with_labels(page, stage.labels) for page in arguments["pages"]]
        text = with_labels(stimulus.text, stage.labels) if stimulus.text is not None else "\n".join(pages)
        if PLACEHOLDER in (stimulus.text or "".join(arguments["pages"])):
            stage.labels_listed(stage.labels)
        stage.say(text, separator="\n")
        return arguments | {"pages": pages, "response": None}
