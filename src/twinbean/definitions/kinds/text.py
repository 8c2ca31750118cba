"""SweetBean's screens of text, some of which a key ends: Text, Blank, and what SweetBean builds on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sweetbean.stimulus import Blank, Text

from twinbean.definitions.kinds.keyed import KeyedKind
from twinbean.definitions.kinds.kind import Arguments
from twinbean.definitions.kinds.stage import Stage

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


class TextKind(KeyedKind):
    name = "Text"
    stimuli = (Text, Blank)
    arguments = ("text", "color", *KeyedKind.arguments)

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        blank = {"text": "", "color": "white"} if isinstance(stimulus, Blank) else {}
        return super().read(stimulus, where) | blank

    def notes(self, arguments: Arguments, where: str) -> Iterator[str]:
        yield from tags_as_written(arguments["text"], where)

    def words(self, arguments: Arguments, stage: Stage, where: str) -> str:
        return stage.wording.screen(arguments)


def tags_as_written(text: Any, where: str) -> Iterator[str]:
    """A sentence for a text with an HTML tag, which is shown as it is written."""
    if isinstance(text, str) and (tag := _TAG.search(text)):
        yield (
            f"{where}: {tag[0]} is shown as it is written, not as HTML; for formatted pages use "
            f"twinbean.Instructions(pages, markup=True, text=...)"
        )
