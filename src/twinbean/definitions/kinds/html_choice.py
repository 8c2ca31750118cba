"""SweetBean's HtmlChoice: one of several pieces of HTML is chosen. It is no trial, unless `choice` makes it one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from sweetbean.stimulus import HtmlChoice

from twinbean.definitions.kinds.html import html_words
from twinbean.definitions.kinds.kind import Arguments, Kind
from twinbean.definitions.kinds.offer import Offer
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.labels import check_labels
from twinbean.definitions.markup import has_looks, words_of
from twinbean.definitions.wording import listed
from twinbean.errors import EmissionError, TaskError


class HtmlChoiceKind(Kind):
    name = "HtmlChoice"
    stimuli = (HtmlChoice,)
    arguments: ClassVar[tuple[str, ...]] = ("html_array", "values", "duration", "time_after_response")
    responses = frozenset({"response", "value"})

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        options, values = arguments["html_array"], arguments["values"]
        if isinstance(options, list) and isinstance(values, list) and (not options or len(options) != len(values)):
            raise EmissionError(f"{where} has {len(options)} options and {len(values)} values, expected as many")
        for number, option in enumerate(options if isinstance(options, list) else []):
            if isinstance(option, str):
                words_of(option, f"{where}, option {number}")

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        options = arguments["html_array"]
        if not isinstance(options, list) or any(has_looks(option) for option in options):
            yield "looks of HTML"

    def offer(self, arguments: Arguments, where: str) -> Offer:
        """What can be chosen, each option by its words. Raises TaskError."""
        options, values = arguments["html_array"], arguments["values"]
        if not isinstance(options, list) or not isinstance(values, list) or not 0 < len(options) == len(values):
            raise TaskError(f"{where} has the options {options!r} and the values {values!r}, expected as many")
        words = [html_words(option, f"{where}, option {number}") for number, option in enumerate(options)]
        labels = tuple(text.replace("\n", " ") for text in words)
        check_labels(labels, len(labels), where)
        offered = f"You can choose {listed(labels, 'or')}. You choose "
        missed = None if arguments["duration"] is None else f"{offered}nothing in time."
        return Offer(labels=labels, values=tuple(range(len(labels))), opening=offered, missed=missed)

    def play(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        response = stage.respond(self.offer(arguments, where))
        return arguments | {
            "response": response,
            "value": None if response is None else arguments["values"][response],
        }
