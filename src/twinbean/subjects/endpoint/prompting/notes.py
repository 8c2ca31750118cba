"""The notes in a model's reply."""

from __future__ import annotations

import re

_TAGGED = re.compile(r"<HISTORY>(.*?)</HISTORY>", re.DOTALL)
_ANY_CASE = re.compile(r"<history>((?:(?!<history>).)*)</history>", re.DOTALL | re.IGNORECASE)


def read_notes(reply: str, *, seed_compatible: bool = False) -> str | None:
    """What stands between `<HISTORY>` and `</HISTORY>`, None where there is no such pair.

    The last pair counts, in any case, and the blanks around its content do not; `seed_compatible` takes the first
    pair as it stands, as the seed's `re.findall("<HISTORY>((?:.*?|\\n)*?)</HISTORY>", ...)[0]` does.
    """
    if seed_compatible:
        found = _TAGGED.search(reply)
        return found.group(1) if found else None
    pairs = _ANY_CASE.findall(reply)
    return pairs[-1].strip() if pairs else None
