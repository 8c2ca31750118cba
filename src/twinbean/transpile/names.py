"""Names as JavaScript writes them, and the names that parameters and targets hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from twinbean.transpile.refusal import refusal
from twinbean.transpile.source import FunctionNode

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
