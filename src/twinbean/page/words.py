"""What the page itself says, and in which language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from twinbean import _assets
from twinbean.errors import TaskError

# Languages that are written from right to left, unless their tag names another script (RFC 5646).
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})
_SCRIPTS_RIGHT_TO_LEFT = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})


def wording() -> dict[str, str]:
    """Every word that the page itself says, by name: what `PageOptions(words=...)` can replace."""
    sources = _assets.static() / "src"
    return _words_in(sources / "words.json") | _words_in(sources / "pairing" / "words.json")


def _words_in(path: Path) -> dict[str, str]:
    words: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return words


def direction_of(language: str) -> Literal["ltr", "rtl"]:
    """In which direction a language (a BCP 47 tag) is written."""
    primary, *others = language.lower().split("-")
    script = next((part for part in others if len(part) == 4 and part.isalpha()), None)
    rightwards = script in _SCRIPTS_RIGHT_TO_LEFT if script else primary in _RIGHT_TO_LEFT
    return "rtl" if rightwards else "ltr"


def check_language(language: str) -> None:
    """Raise TaskError for what is no language tag."""
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language):
        raise TaskError(f"language is {language!r}, expected a tag such as 'en' or 'pt-BR'")


def check_words(words: Mapping[str, str]) -> None:
    """Raise TaskError for words that the page never says, and for placeholders that it never fills in."""
    if not words:
        return
    known = wording()
    for name, text in words.items():
        if name not in known:
            raise TaskError(f"words has {name!r}, which the page never says; it says {', '.join(known)}")
        unknown = set(re.findall(r"\{(\w+)\}", text)) - set(re.findall(r"\{(\w+)\}", known[name]))
        if unknown:
            raise TaskError(f"words[{name!r}] has {{{min(unknown)}}}, which is never filled in; it is {known[name]!r}")
    # Who speaks to the browser says what they see on the machine.
    machine = words.get("machine", known["machine"])
    if not machine.startswith("{label}"):
        raise TaskError(f"words['machine'] is {machine!r}, expected it to begin with {{label}}, which is what is seen")
