"""SweetBean's HtmlKeyboardResponse: people see HTML, a model reads its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sweetbean.stimulus import HtmlKeyboardResponse

from twinbean.definitions.kinds.keyed import KeyedKind
from twinbean.definitions.kinds.kind import Arguments
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.markup import has_looks, words_of
from twinbean.errors import EmissionError, TaskError


class HtmlKind(KeyedKind):
    name = "HtmlKeyboardResponse"
    stimuli = (HtmlKeyboardResponse,)
    arguments = ("stimulus", *KeyedKind.arguments)

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        super().check(stimulus, arguments, where)
        if isinstance(arguments["stimulus"], str):
            words_of(arguments["stimulus"], where)

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        yield from super().untold(stimulus, arguments)
        if has_looks(arguments["stimulus"]):
            yield "looks of HTML"

    def words(self, arguments: Arguments, stage: Stage, where: str) -> str:
        return stage.wording.sight(html_words(arguments["stimulus"], where), arguments["duration"])


def html_words(source: Any, where: str) -> str:
    """As `words_of`, of what a task has made while it is played. Raises TaskError."""
    if not isinstance(source, str):
        raise TaskError(f"{where}: the HTML is {source!r}, expected text")
    try:
        return words_of(source, where)
    except EmissionError as error:
        raise TaskError(str(error)) from None
