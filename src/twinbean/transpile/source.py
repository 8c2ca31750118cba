"""The syntax tree of a function object, taken from its file and proven to be the function's own.

`inspect.getsource` gives lines; of two lambdas on one line it cannot tell which is meant. Here the whole file is
compiled again: a node is a function's source only if the code compiled from it equals the function's code and the
node stands at the columns which that code records.
"""

from __future__ import annotations

import ast
import dis
import inspect
import linecache
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from types import CodeType, FunctionType

from twinbean.transpile.refusal import Refused

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FLAGS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR | inspect.CO_COROUTINE


def find_node(function: FunctionType) -> FunctionNode:
    """The `def` or `lambda` that a function was made from. Raises Refused if that cannot be proven."""
    return _found(_Code(function))


class _Code:
    """The very code of a function: equal code can stand in two files, and on one line twice."""

    def __init__(self, function: FunctionType) -> None:
        self.code = function.__code__
        self.module = function.__globals__

    def __hash__(self) -> int:
        return id(self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Code) and self.code is other.code


@lru_cache(maxsize=4096)
def _found(function: _Code) -> FunctionNode:
    code = function.code
    line = code.co_firstlineno
    linecache.checkcache(code.co_filename)
    source = "".join(linecache.getlines(code.co_filename, function.module))
    if not source:
        raise Refused("its source cannot be read: write the function in a file", line=line)
    try:
        nodes, codes = _functions(source)
    except SyntaxError:
        nodes, codes = {}, {}
    if not any(_is_same(code, other) for other in codes.get(line, ())):
        raise Refused("its file has changed since it was loaded: start again", line=line)
    found = _holders(nodes.get(line, ()), code)
    if len(found) != 1:
        raise Refused("another function stands on the same line: put each on a line of its own", line=line)
    return found[0]


@lru_cache(maxsize=8)
def _functions(source: str) -> tuple[dict[int, list[FunctionNode]], dict[int, list[CodeType]]]:
    """Every function of a file by its first line: as nodes and as compiled code."""
    tree = ast.parse(source)
    nodes: dict[int, list[FunctionNode]] = {}
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode):
            nodes.setdefault(_first_line(node), []).append(node)
    codes: dict[int, list[CodeType]] = {}
    for code in _nested(compile(source, "<source>", "exec", dont_inherit=True)):
        codes.setdefault(code.co_firstlineno, []).append(code)
    return nodes, codes


def _first_line(node: FunctionNode) -> int:
    """As in `co_firstlineno`, where a decorated function begins at its first decorator."""
    if not isinstance(node, ast.Lambda) and node.decorator_list:
        return node.decorator_list[0].lineno
    return node.lineno


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _nested(constant)


def _is_same(code: CodeType, other: CodeType) -> bool:
    return code == other and list(code.co_positions()) == list(other.co_positions())


def _holders(nodes: Iterable[FunctionNode], code: CodeType) -> Sequence[FunctionNode]:
    """The nodes that the code can have come from: of lambdas within lambdas, the innermost that holds all of it."""
    if code.co_name != "<lambda>":
        return [node for node in nodes if not isinstance(node, ast.Lambda) and node.name == code.co_name]
    # The first and last instructions may stand for the whole function; they have no columns (0 to 0).
    recorded = [(line, column, end, end_column) for line, end, column, end_column in code.co_positions() if end_column]
    bodies = [(node, _span(node.body)) for node in nodes if isinstance(node, ast.Lambda)]
    holding = [(node, span) for node, span in bodies if all(_holds(span, position) for position in recorded)]
    inner = [node for node, span in holding if not any(_holds(span, other) for _, other in holding if other != span)]
    if len(inner) < 2:
        return inner
    # Python 3.12 records no column for a lambda that returns a constant. Lambdas that read alike are alike.
    return [node for node in inner if _reading(_compiled(node)) == _reading(code)][:1]


def _compiled(node: ast.Lambda) -> CodeType:
    code = compile(ast.Expression(node), "<lambda>", "eval", dont_inherit=True)
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)][-1]


def _reading(code: CodeType) -> tuple[object, ...]:
    """What a function does, apart from functions within it (whose addresses keep them from being alike)."""
    instructions = [(instruction.opname, repr(instruction.argval)) for instruction in dis.get_instructions(code)]
    # The other flags say where it stands: in a function, or in a file with imports from __future__.
    return instructions, code.co_varnames, code.co_argcount, code.co_flags & _FLAGS


def _span(node: ast.expr) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _holds(outer: Sequence[int | None], inner: Sequence[int | None]) -> bool:
    """Do the lines and columns of `outer` enclose those of `inner`?"""
    return tuple(outer[:2]) <= tuple(inner[:2]) and tuple(inner[2:]) <= tuple(outer[2:])
