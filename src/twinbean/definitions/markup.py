"""HTML that says on the page what its words say: read here for a model, built by static/src/markup.js for people.

Only what leaves the words as they are is let pass. What carries a meaning of its own (a picture, a list's numbers, a
field to fill in), hides something or runs is refused by name, on both sides alike.
"""

from __future__ import annotations

import html
import re
from typing import Any

from twinbean.errors import EmissionError

_BLOCK = re.compile(r"p|div|h[1-6]|ul|li|section|article|header|footer|main|center|blockquote|br|hr").fullmatch
_INLINE = re.compile(r"span|b|strong|i|em|u|small|big|mark|code|kbd|abbr|cite|font|button").fullmatch
_VOID = frozenset({"br", "hr"})
# Those of size, weight, slant, side and colour are followed; the others neither add words nor take any away.
_STYLE = re.compile(
    r"color|background-color|font-(size|weight|style|family)|text-align|line-height|"
    r"margin(-top|-bottom)?|padding|border(-radius)?|width|height"
).fullmatch
# A tag with its attributes, a comment, or what a browser would take for one of them and we do not.
_MARK = re.compile(
    r"""<!--.*?-->"""
    r"""|<(?P<end>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)"""
    r"""(?P<attributes>(?:[ \t\r\n\f]+[^ \t\r\n\f"'<>/=]+(?:[ \t\r\n\f]*=[ \t\r\n\f]*"""
    r"""(?:"[^"]*"|'[^']*'|[^ \t\r\n\f"'=<>`]+))?)*)[ \t\r\n\f]*/?>"""
    r"""|(?P<odd><[A-Za-z/!?])""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([^ \t\r\n\f"'<>/=]+)(?:[ \t\r\n\f]*=[ \t\r\n\f]*(?:"([^"]*)"|'([^']*)'|([^ \t\r\n\f"'=<>`]+)))?"""
)
# What HTML takes for white space; a no-break space is none of it.
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def words_of(source: str, where: str) -> str:
    """The words of an HTML text, each block on a line. Raises EmissionError, naming `where`, for what words cannot say
    and for what is not written as HTML."""
    lines: list[str] = [""]
    open_tags: list[str] = []
    at = 0
    for mark in _MARK.finditer(source):
        lines[-1] += html.unescape(source[at : mark.start()])
        at = mark.end()
        if mark["odd"]:
            raise EmissionError(f"{where}: {source[mark.start() :][:20]!r} is no tag of HTML; write &lt; for <")
        if mark["tag"]:
            tag = mark["tag"].lower()
            _check(tag, mark["attributes"], where)
            _nest(tag, open_tags, where, ends=bool(mark["end"]))
            if _BLOCK(tag):
                lines.append("")
    lines[-1] += html.unescape(source[at:])
    shown = (_BLANKS.sub(" ", line).replace("\xa0", " ").strip(" ") for line in lines)
    return "\n".join(line for line in shown if line)


def has_looks(source: Any) -> bool:
    """Whether the page may show the words of an HTML text in a way that a model is not told of."""
    if not isinstance(source, str):
        return True
    tags = {(mark["tag"] or "br").lower() for mark in _MARK.finditer(source)}
    return not tags <= {"p", "div", "span", "br"} or "style" in source.lower()


def _nest(tag: str, open_tags: list[str], where: str, *, ends: bool) -> None:
    """Keep what is open; the browsers' repairs of tags in another order are nobody's guess."""
    if tag in _VOID:
        return
    if not ends:
        open_tags.append(tag)
    elif open_tags[-1:] == [tag]:
        open_tags.pop()
    else:
        found = f"<{open_tags[-1]}> is open" if open_tags else "nothing is open"
        raise EmissionError(f"{where} has </{tag}> where {found}: close the tags in the order in which they stand")


def _check(tag: str, attributes: str, where: str) -> None:
    if not _BLOCK(tag) and not _INLINE(tag):
        raise EmissionError(f"{where} has <{tag}>, of which a model would read nothing: say the same in words")
    for name, *values in _ATTRIBUTE.findall(attributes):
        name, value = name.lower(), "".join(values)
        if name == "hidden" or name.startswith("on"):
            raise EmissionError(f"{where} has {name}= at <{tag}>, which the page does not do: leave it out")
        if name == "style":
            for declaration in html.unescape(value).split(";"):
                style = declaration.partition(":")[0].strip().lower()
                if style and not _STYLE(style):
                    raise EmissionError(
                        f"{where} has the style {style!r} at <{tag}>, which can change what is read; the page knows "
                        f"colour, size, weight, slant, side and the space around"
                    )
