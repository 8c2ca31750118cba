"""Calls: of functions from outside and within, of built-in functions, of methods."""

from __future__ import annotations

import ast
from typing import cast

from twinbean.transpile import vocabulary as known
from twinbean.transpile.expressions import expression, items, sequence, translates
from twinbean.transpile.iteration import elements
from twinbean.transpile.names import parameters, script_name
from twinbean.transpile.outside import Constant, Helper
from twinbean.transpile.refusal import INSTEAD, refusal
from twinbean.transpile.scope import Scope
from twinbean.transpile.text import format_call, template


@translates(ast.Call)
def _call(node: ast.Call, scope: Scope) -> str:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        text = template(node.func.value, scope)
        if text is not None:
            return format_call(node, text, scope)
    if isinstance(node.func, ast.Name) and scope.builtin(node.func) in known.COLLECTORS:
        return _collected(node, scope.builtin(node.func) or "", scope)
    if any(isinstance(argument, ast.Starred) for argument in node.args) or node.keywords:
        raise refusal(node, "give plain arguments by position")
    match node.func:
        case ast.Name(id=name):
            return _function(node, name, scope)
        case ast.Attribute(value=owner, attr=name):
            return _method(node, owner, name, scope)
    raise refusal(node, "call a function by its name")


def _function(node: ast.Call, name: str, scope: Scope) -> str:
    if name in scope.functions:
        return f"{script_name(name)}({_arguments(node, scope.functions[name], scope)})"
    found = scope.found(node.func)
    if isinstance(found, Helper):
        return f"{found.script}({_arguments(node, found.arity, scope)})"
    builtin = scope.builtin(node.func) or ""
    if builtin in known.GONE_THROUGH:
        raise refusal(node, f"{name} may stand after `in` of a for and in list(...), sorted(...) and the like")
    if builtin in known.FUNCTIONS:
        return _builtin(node, builtin, scope)
    if builtin.startswith("math."):
        return _builtin(node, builtin, scope)
    what = "a value" if isinstance(found, Constant) or name in scope.locals else "not among the functions of a page"
    raise refusal(node, f"{name} is {what}; call a function by its name")


def _builtin(node: ast.Call, name: str, scope: Scope) -> str:
    arity = known.FUNCTIONS.get(name, (1, 1))
    if name == "len" and len(node.args) == 1:
        return f"py.len({sequence(node.args[0], scope)})"
    return f"py.{'truth' if name == 'bool' else name.removeprefix('math.')}({_arguments(node, arity, scope)})"


def _method(node: ast.Call, owner: ast.expr, name: str, scope: Scope) -> str:
    builtin = scope.builtin(node.func)
    if builtin is not None:
        return _builtin(node, builtin, scope)
    if name == "join" and len(node.args) == 1:
        return f'py.method({expression(owner, scope)}, "join")([...{elements(node.args[0], scope)}])'
    if isinstance(owner, ast.Name) and owner.id in INSTEAD and scope.is_outside(owner.id) and not scope.is_math(owner):
        raise refusal(node, INSTEAD[owner.id])
    if name in known.METHODS:
        of = sequence(owner, scope) if name in ("count", "index") else expression(owner, scope)
        return f'py.method({of}, "{name}")({_arguments(node, known.METHODS[name], scope)})'
    if name in known.CHANGING_METHODS:
        given = _arguments(node, known.CHANGING_METHODS[name], scope)
        return f'py.method({changed(owner, scope)}, "{name}")({given})'
    raise refusal(node, INSTEAD.get(name, f"{name} is not among the functions that a page has"))


def changed(container: ast.expr, scope: Scope) -> str:
    """A list or dict that is about to change: only one that the function made itself."""
    if isinstance(container, ast.Name) and container.id in scope.own:
        return expression(container, scope)
    raise refusal(
        container, "only a list or dict made in this function can change; make one first, as in `x = list(x)`"
    )


def _arguments(node: ast.Call, allowed: known.Arity, scope: Scope) -> str:
    least, most = allowed
    if not least <= len(node.args) <= most:
        raise refusal(node, f"it takes {least if least == most else f'{least} to {most}'} arguments here")
    return ", ".join(expression(argument, scope) for argument in node.args)


def _collected(node: ast.Call, name: str, scope: Scope) -> str:
    """list, sorted, min, max, sum, any, all: they go through what they are given."""
    allowed = known.OPTIONS.get(name, frozenset())
    options = {keyword.arg or "": keyword.value for keyword in node.keywords}
    if not options.keys() <= allowed or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise refusal(node, f"{name} takes {' and '.join(sorted(allowed)) or 'no options'} here")
    if len(node.args) == 1:
        given = [elements(node.args[0], scope)]
    elif len(node.args) > 1 and name in ("min", "max") and "default" not in options:
        given = [items(node.args, scope)]
    else:
        raise refusal(node, f"{name} takes something to go through")
    if name == "sum":
        _check_whole(node, node.args[0], scope)
    if options:
        given.append(_key(options["key"], scope) if "key" in options else "null")
        given += [expression(value, scope) for option, value in options.items() if option != "key"]
    return f"py.{name}({', '.join(given)})"


def _check_whole(node: ast.Call, values: ast.expr, scope: Scope) -> None:
    """What is known of a sum at export; the rest is seen when it is played."""
    found = scope.known_value(values)
    known_values = list(found) if isinstance(found, list | tuple) else []
    if isinstance(values, ast.List | ast.Tuple):
        known_values = [scope.known_value(value) for value in values.elts]
    if any(isinstance(value, float) for value in known_values):
        raise refusal(node, "how sum() rounds floats changed in Python 3.12; add up in a loop")


def _key(node: ast.expr, scope: Scope) -> str:
    if isinstance(node, ast.Name):  # key=len is key=lambda x: len(x)
        call = ast.copy_location(ast.Call(node, [ast.Name("$item", ast.Load())], []), node)
        parameter, body = "$item", cast("ast.expr", ast.fix_missing_locations(call))
    elif isinstance(node, ast.Lambda) and len(parameters(node)) == 1 and not node.args.defaults:
        parameter, body = parameters(node)[0], node.body
    else:
        raise refusal(node, "write key=lambda x: ... with one parameter")
    with scope.hiding({parameter}):
        scope.assign({parameter}, new=False)
        return f"({script_name(parameter)}) => {expression(body, scope)}"
