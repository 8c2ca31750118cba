"""A definition's Python functions as JavaScript, with exactly Python's meaning or not at all.

SweetBean transpiles with Transcrypt, which maps Python's operators to JavaScript's. What `-1 % 3`, `f"{3.0}"`,
`[1] + [2]` or `a[-1]` mean depends on values that exist only at run time, so no list of refusals over such a
translation can be complete. Here a small part of Python is translated to calls of a run-time that has Python's
meaning (static/src/python.js), and everything outside that part is refused at export, with the line and with what to
write instead. It is a whitelist: a construct is in it because random programs of it agreed with Python in a browser.

docs/functions.md is the list for researchers.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType, FunctionType

from twinbean.bean.function_source import Refused, find_node
from twinbean.bean.function_translation import Translation, translate
from twinbean.errors import EmissionError


def emit(function: Callable[..., object], *, where: str) -> str:
    """The JavaScript source `(py) => (a, b) => ...` of a Python function.

    `where` names the stimulus and the argument for the error ("block 1, stimulus 2 (Text), argument text"); the source
    does not depend on it. Raises EmissionError for whatever cannot be carried exactly.
    """
    if not isinstance(function, FunctionType):
        raise EmissionError(f"{where}: {function!r} is not a function written in Python: use a def or a lambda.")
    code = function.__code__
    try:
        translation = _translated(_Key(function))
        _check_names(function, translation)
    except Refused as refused:
        raise EmissionError(f"{where}: {code.co_filename}, line {refused.line}: {refused}.") from None
    return translation.source


class _Key:
    """What a translation depends on. Equal code can stand in two files, and 1 == 1.0 == True among defaults."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self.defaults: Sequence[object] = function.__defaults__ or ()
        code: CodeType = function.__code__
        self.identity = (code, code.co_filename, tuple(code.co_positions()), repr(self.defaults))

    def __hash__(self) -> int:
        return hash(self.identity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.identity == other.identity


@lru_cache(maxsize=4096)
def _translated(key: _Key) -> Translation:
    return translate(find_node(key.function), key.defaults)


def _check_names(function: FunctionType, translation: Translation) -> None:
    """`len` and `math` must mean what they usually do."""
    for name in sorted(translation.names):
        usual = math if name == "math" else getattr(builtins, name)
        found = function.__globals__.get(name, getattr(builtins, name, None))
        if found is not usual:
            instead = "import math at the top of the file" if name == "math" else "give your own a different name"
            raise Refused(f"{name} is {found!r} in this file: {instead}", line=function.__code__.co_firstlineno)
