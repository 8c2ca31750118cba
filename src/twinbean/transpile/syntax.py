"""What an author wrote, in a form to be hashed: a function's syntax tree with all that it uses.

Layout, comments, docstrings, annotations and Python's version leave no trace in it, nor does the JavaScript that the
function becomes; names, constants, operators, and the functions and constants from outside do. `lambda x: x + 1` and
`def f(x): return x + 1` are one.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from typing import Any

from twinbean.transpile.function import Translated, Transpiled
from twinbean.transpile.outside import Builtin, Constant, Found

# Where something stands, what it is for, and what ast.parse adds from one version of Python to the next.
_WITHOUT_MEANING = frozenset({"annotation", "ctx", "kind", "returns", "simple", "type_comment", "type_params"})


def syntax(transpiled: Transpiled) -> str:
    """Canonical JSON, the same in Python 3.11 to 3.13."""
    tree = _function(transpiled.translated)
    return json.dumps(tree, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _function(translated: Translated) -> dict[str, Any]:
    node = translated.node
    body = node.body if isinstance(node.body, list) else [ast.Return(node.body)]
    return {
        "parameters": [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)],
        "defaults": [_value(value) for value in translated.defaults],
        "body": _block(body),
        "outside": {name: _found(found) for name, found in translated.outside.items()},
    }


def _found(found: Found) -> Any:
    if isinstance(found, Builtin):
        return {"builtin": found.name}
    if isinstance(found, Constant):
        return {"constant": _value(found.value)}
    return {"function": _function(found.translated)}


def _block(statements: Sequence[ast.stmt]) -> list[Any]:
    return [_tree(node) for node in statements if not _says_nothing(node)]


def _says_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant(value=str())) | ast.AnnAssign(value=None):
            return True
    return False


def _tree(node: Any) -> Any:
    match node:
        case ast.Constant(value=value):
            return {"Constant": _value(value)}
        case ast.arg(arg=name):
            return name
        case ast.JoinedStr(values=parts):
            return {"JoinedStr": [_tree(part) for part in _merged(parts)]}
        case ast.AnnAssign(target=target, value=value):
            return {"Assign": {"targets": [_tree(target)], "value": _tree(value)}}
        case ast.AST():
            fields = {name: value for name, value in ast.iter_fields(node) if name not in _WITHOUT_MEANING}
            kept = {name: _tree(value) for name, value in fields.items() if value is not None and value != []}
            return {type(node).__name__: kept} if kept else type(node).__name__
        case [ast.stmt(), *_]:
            return _block(node)
        case list():
            return [_tree(part) for part in node]
    return node


def _merged(parts: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """The pieces of an f-string; Python 3.12 cuts its text in other places than Python 3.11."""
    text = ""
    for part in parts:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        if text:
            yield ast.Constant(text)
        text = ""
        yield part
    if text:
        yield ast.Constant(text)


def _value(value: object) -> list[Any]:
    """A constant with its type: 1, 1.0 and True are three."""
    kind = type(value).__name__
    match value:
        case list() | tuple():
            return [kind, [_value(item) for item in value]]
        case dict():
            return [kind, [[_value(key), _value(item)] for key, item in value.items()]]
        case float():
            return [kind, value.hex()]
    return [kind, str(value)]
