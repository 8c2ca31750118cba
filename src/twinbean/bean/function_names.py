"""The names of a function: its parameters, what it assigns, and which names hold lists of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from twinbean.bean.function_source import FunctionNode
from twinbean.bean.function_vocabulary import BUILTINS, MATH, METHODS, refusal

# Words that JavaScript keeps for itself in modules, what emitted code uses, and `py`.
RESERVED = re.compile(
    "arguments|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|"
    "false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|"
    "public|py|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield|Infinity|NaN"
)


def script_name(name: str) -> str:
    """Python's name as a JavaScript name: plain where it can be, unique in any case."""
    ascii_name = re.sub(r"[^\x00-\x7f]", lambda match: f"${ord(match[0]):x}$", name)
    return f"{ascii_name}$" if RESERVED.fullmatch(ascii_name) else ascii_name


def parameters(node: FunctionNode) -> list[str]:
    arguments = node.args
    for starred in (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs):
        if starred:
            raise refusal(starred, "use plain parameters, without * and **")
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]


def stored(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def pattern(target: ast.expr, written: Callable[[str], str]) -> str:
    match target:
        case ast.Name(id=name):
            return written(name)
        case ast.Tuple(elts=elements):
            return f"[{', '.join(pattern(element, written) for element in elements)}]"
    raise refusal(target, "take values apart into plain names")


def bindings(statements: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Every name that statements assign, with the value where it is a single one.

    `x += ...` is none: it leaves x the list that it was, or makes a new one.
    """
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield name, value
            case ast.Assign(targets=targets):
                yield from ((name, None) for target in targets for name in stored(target))
            case ast.For(target=target, body=body):
                yield from ((name, None) for name in stored(target))
                yield from bindings(body)
            case ast.While(body=body):
                yield from bindings(body)
            case ast.If(body=body, orelse=orelse):
                yield from bindings([*body, *orelse])
            case ast.FunctionDef(name=name):
                yield name, None


def own_names(node: FunctionNode, assigned: Sequence[tuple[str, ast.expr | None]]) -> set[str]:
    """Names that never stand for a list or dict that came from outside; `assigned` is what `bindings` gave."""
    hidden = {name for part in ast.walk(node) if isinstance(part, ast.comprehension) for name in stored(part.target)}
    hidden |= {argument.arg for part in ast.walk(node) if isinstance(part, ast.arguments) for argument in part.args}
    others = {name for name, value in assigned if value is None or not _is_new(value)}
    return {name for name, _ in assigned} - others - hidden


def _is_new(node: ast.expr) -> bool:
    """Does evaluating it always give an object that nobody else holds, or one that cannot change?"""
    match node:
        case ast.Constant() | ast.List() | ast.Dict() | ast.ListComp() | ast.DictComp() | ast.JoinedStr():
            return True
        case ast.BinOp() | ast.UnaryOp() | ast.Compare() | ast.Subscript(slice=ast.Slice()):
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _is_new(body) and _is_new(orelse)
        case ast.Call(func=ast.Name(id=name)):
            return name in BUILTINS or name in ("list", "sorted", "any", "all")
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in MATH or (name in METHODS and name != "get")
    return False


def is_number(node: ast.expr) -> bool:
    """Is it a number, whatever the values it is made of?"""
    match node:
        case ast.Constant(value=int() | float()) | ast.UnaryOp() | ast.Compare():
            return True
        case ast.BinOp(op=ast.Sub() | ast.Div() | ast.FloorDiv()):
            return True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return is_number(left) or is_number(right)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return is_number(left) and is_number(right)
        case ast.IfExp(body=body, orelse=orelse):
            return is_number(body) and is_number(orelse)
        case ast.Call(func=ast.Name(id=name)):
            return name in BUILTINS and name not in ("str", "repr")
    return False
