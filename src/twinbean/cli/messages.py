"""An error as one line that a terminal can show and a person can read: values are shortened, paths never."""

from __future__ import annotations

import os
import re
import sys

LONGEST = 300
_LONGEST_WORD = 60
# Of a longer message the middle is not even looked at; no path is as long as half of it.
_READ = 20_000
_AROUND = "'\"`,;:()[]{}"


def one_line(message: str) -> str:
    """`message` in one line of about 300 characters, with control characters escaped.

    Its beginning says where and its end what was expected, so what is left out is in the middle: first of single long
    words, then whole words. A path keeps every character.
    """
    if len(message) > _READ:
        message = f"{message[: _READ // 2]} ... {message[-_READ // 2 :]}"
    words = re.sub(r"[^ -~]", _visible, " ".join(re.split(r"[ \t\r\n]+", message.strip(" \t\r\n")))).split(" ")
    if len(" ".join(words)) <= LONGEST:
        return " ".join(words)
    words = [word if len(word) <= _LONGEST_WORD or is_path(word) else f"{word[:40]}...{word[-15:]}" for word in words]
    # Paths are kept, and so do not count.
    excess = sum(len(word) + 1 for word in words if not is_path(word)) + len(" ...") - LONGEST + 1
    if excess <= 0:
        return " ".join(words)
    kept, length, left_out = [], 0, False
    for word in words:
        length += 0 if is_path(word) else len(word) + 1
        if length > LONGEST * 2 // 3 and excess > 0 and not is_path(word):
            excess -= len(word) + 1
            if not left_out:
                kept.append("...")
            left_out = True
            continue
        kept.append(word)
        left_out = False
    return " ".join(kept)


def is_path(word: str) -> bool:
    """Whether a word of a message is a path: one that is there, or looks like one on the command line."""
    bare = word.strip(_AROUND)
    looks_like_one = "/" in bare or re.search(r"\.\w{1,8}$", bare) is not None
    return looks_like_one and (os.path.lexists(bare) or any(bare in argument for argument in sys.argv[1:]))


def _visible(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isprintable() else character.encode("unicode_escape").decode()
