"""JSON that can be worked with: what others wrote is checked here, before a number or a text of it is used.

Python's own reader takes integers of any size, which no float can hold; nests until its stack ends; and makes of
`"\\ud800"`, half of a surrogate pair, a text that no file in UTF-8 can hold.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from twinbean.errors import DataError

# A deeply nested answer of a form has some ten levels.
DEEPEST = 64
_LARGEST = int(sys.float_info.max)


def loads(text: str | bytes, where: str, *, as_is: bool = False) -> Any:
    """The value of a JSON text. Raises DataError, which begins with `where`, for what is no JSON or too much of it.

    NaN and the infinities are read, as tables hold them: whoever takes a number checks it. Half of a surrogate pair,
    which a model's endpoint can send, is read as the six characters of its escape. `as_is` is for what we wrote
    ourselves and must have back to the letter: the value is not looked through.
    """
    try:
        # Not left to json, which reads UTF-16, too.
        value = json.loads(text.decode() if isinstance(text, bytes) else text)
    except UnicodeDecodeError:
        raise DataError(f"{where} is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        # Lines of a journal come as bytes, and `where` says which one.
        line = "" if isinstance(text, bytes) else f"line {error.lineno}, "
        raise DataError(f"{where} is not JSON ({line}column {error.colno}: {error.msg})") from None
    except RecursionError:
        raise DataError(_too_deep(where)) from None
    except ValueError:
        # Python's limit on the digits of an integer, some thousands.
        raise DataError(_too_large(where, "thousands of")) from None
    if as_is:
        return value
    return _escaped(value) if _holds_halves(value, where) else value


def _holds_halves(value: Any, where: str) -> bool:
    """Whether half of a surrogate pair is somewhere in `value`. Raises DataError for what is too deep or too large."""
    level, found = [value], False
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one.keys()
                below += one.values()
            elif isinstance(one, list):
                below += one
            elif isinstance(one, int):
                if not -_LARGEST <= one <= _LARGEST:
                    raise DataError(_too_large(where, str(len(str(abs(one))))))
            elif isinstance(one, str) and not one.isascii():
                found = found or one != escaped(one)
        if not below:
            return found
        level = below
    raise DataError(_too_deep(where))


def escaped(text: str) -> str:
    """`text` as UTF-8 can hold it."""
    return text.encode("utf-8", "backslashreplace").decode()


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {escaped(name): _escaped(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_escaped(one) for one in value]
    return escaped(value) if isinstance(value, str) else value


def _too_large(where: str, digits: str) -> str:
    return f"{where} holds an integer of {digits} digits, expected at most the {len(str(_LARGEST))} of a float"


def _too_deep(where: str) -> str:
    return f"{where} is nested without end: expected JSON of at most {DEEPEST} levels"


def json_lines(content: str | bytes, where: str) -> Iterator[tuple[str, Any]]:
    """Every line's place ("FILE, line 3") and its value; blank lines are left out. Raises DataError naming the line.

    Lines end at line feeds only: the words of people and models can hold U+2028 and every other end of line that
    `str.splitlines` knows.
    """
    for number, line in numbered(content.encode() if isinstance(content, str) else content):
        if line.strip():
            place = f"{where}, line {number}"
            yield place, loads(line, place)


def numbered(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a text, counted from 1, without their line feeds."""
    return enumerate(content.removesuffix(b"\n").split(b"\n") if content else (), start=1)


def finished(content: bytes) -> bytes:
    """A journal without its last line where that is still being written."""
    return content[: content.rfind(b"\n") + 1]


def digest(content: Any, *, of_any: bool = False) -> str:
    """SHA-256 of a JSON value, as runs and pages name it. Raises ValueError for NaN and the infinities, unless `of_any`
    value: then what JSON does not have is taken as Python writes it."""
    import hashlib  # OpenSSL, for which no command's start need wait

    return hashlib.sha256(json.dumps(content, allow_nan=of_any, default=repr if of_any else None).encode()).hexdigest()
