"""Texts of others, as they can be shown: on a terminal, in a message, in the cell of a table."""

from __future__ import annotations


def printable(text: str) -> str:
    """`text` on one line; what a terminal would obey (escape sequences, marks of direction) is written out."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in " ".join(text.split())
    )


def short(text: str, most: int = 300) -> str:
    """The same, cut to `most` characters; the length of what was cut is told."""
    # A server's words can be megabytes: only so much of them is looked at.
    line = printable(text[: 2 * most])
    if len(line) <= most and len(text) <= 2 * most:
        return line
    end = f"... ({len(text)} characters)"
    return line[: most - len(end)] + end
