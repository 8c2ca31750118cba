"""SweetBean's screens of text, some of which a key ends: Text, Blank, and what SweetBean builds on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sweetbean.stimulus import Blank, Text

from twinbean.definitions.kinds.kind import Arguments, Kind
from twinbean.definitions.kinds.stage import Stage
from twinbean.errors import EmissionError


class TextKind(Kind):
    name = "Text"
    stimuli = (Text, Blank)
    arguments = ("text", "color", "duration", "choices", "correct_key")
    responses = frozenset({"response", "correct"})

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        blank = {"text": "", "color": "white"} if isinstance(stimulus, Blank) else {}
        return super().read(stimulus, where) | blank

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        if arguments["duration"] is None and arguments["choices"] == []:
            raise EmissionError(
                f"{where} has neither a duration nor choices, so the page would never go on: give it one"
            )

    def notes(self, arguments: Arguments, where: str) -> Iterator[str]:
        text = arguments["text"]
        if isinstance(text, str) and (tag := re.search(r"</?[A-Za-z][^<>]*>", text)):
            yield (
                f"{where}: {tag[0]} is shown as it is written, not as HTML; for formatted pages use "
                f"twinbean.Instructions(pages, markup=True, text=...)"
            )

    def play(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        stage.say(stage.wording.screen(arguments))
        keys = [str(key).upper() for key in arguments["choices"] or ()]
        response = stage.press(keys) if keys else None
        correct_key = arguments["correct_key"]
        correct = None if not correct_key or response is None else response == str(correct_key).upper()
        return arguments | {"response": response, "correct": correct}
