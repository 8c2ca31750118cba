"""A Python function as JavaScript with exactly Python's meaning, or not at all."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType

from twinbean.transpile import statements
from twinbean.transpile.outside import Found, Outside, Script, visible_to
from twinbean.transpile.refusal import Refused
from twinbean.transpile.source import FunctionNode, find_node
from twinbean.transpile.vocabulary import Arity, builtin_name


@dataclass(frozen=True)
class Translated:
    """One function: what was written, what it uses from outside, and its JavaScript, which names what is outside."""

    node: FunctionNode
    defaults: Sequence[object]
    outside: Mapping[str, Found]
    source: str


@dataclass(frozen=True)
class Transpiled:
    """A function with all that it needs: `javascript` is the source `(py) => (a, b) => ...`."""

    translated: Translated
    javascript: str


def transpile(function: Callable[..., object], *, arguments: int = 1) -> Transpiled:
    """Translate a `def`, a `lambda`, or a built-in function such as `max` that is called with so many `arguments`.

    Raises Refused, with file and line, for whatever cannot be carried exactly.
    """
    script = Script(_translate)
    if isinstance(function, FunctionType):
        script.under_way.append(function)
        translated, _ = _translate(function, script)
    elif builtin_name(function) is not None:
        translated = _called(function, arguments, script)
    else:
        raise Refused(f"{function!r} is not a function written in Python: use a def or a lambda")
    source = translated.source
    if script.declared:
        source = f"{{ {' '.join(script.declared)} return {source}; }}"
    return Transpiled(translated, f"(py) => {source}")


def _translate(function: FunctionType, script: Script) -> tuple[Translated, Arity]:
    outside = Outside(visible_to(function), script)
    defaults = function.__defaults__ or ()
    try:
        node = find_node(function)
        source, arity = statements.function(node, defaults, outside)
    except Refused as refused:
        refused.file = refused.file or function.__code__.co_filename
        raise
    return Translated(node, defaults, outside.used, source), arity


def _called(function: Callable[..., object], arguments: int, script: Script) -> Translated:
    """`max` given two arguments is `lambda a0, a1: max(a0, a1)`."""
    names = [f"a{i}" for i in range(arguments)]
    called = function.__name__
    node = ast.parse(f"lambda {', '.join(names)}: {called}({', '.join(names)})", mode="eval").body
    assert isinstance(node, ast.Lambda)
    outside = Outside({called: function}, script)
    source, _ = statements.function(node, (), outside)
    return Translated(node, (), outside.used, source)
