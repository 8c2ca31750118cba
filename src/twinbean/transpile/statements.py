"""Statements, and the function that they make."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from twinbean.transpile import vocabulary as known
from twinbean.transpile.assignments import bindings, borrowed, is_new
from twinbean.transpile.calls import changed
from twinbean.transpile.expressions import expression, in_place, longhand, name, operator, sequence
from twinbean.transpile.iteration import elements, taken
from twinbean.transpile.literals import constant, literal
from twinbean.transpile.names import parameters, script_name
from twinbean.transpile.outside import Outside
from twinbean.transpile.refusal import refusal
from twinbean.transpile.scope import Scope
from twinbean.transpile.source import FunctionNode


def function(
    node: FunctionNode, defaults: Sequence[object], outside: Outside, around: Scope | None = None
) -> tuple[str, known.Arity]:
    """A whole function and its arity; `defaults` are the values of its last parameters."""
    if isinstance(node, ast.AsyncFunctionDef):
        raise refusal(node, "use a plain def")
    names = parameters(node)
    arity = len(names) - len(defaults), len(names)
    heads = [script_name(name) for name in names]
    for i, value in enumerate(defaults, arity[0]):
        heads[i] += f" = {literal(value, line=node.lineno)}"
    body = node.body if isinstance(node.body, list) else []
    assigned = [name for name, _ in bindings(body)]
    scope = Scope(outside, locals={*names, *assigned}, bound=set(names))
    if around is not None:
        scope.functions = {name: arity for name, arity in around.functions.items() if name not in scope.locals}
        scope.enclosing = (around.enclosing | around.locals) - scope.functions.keys() - scope.locals
    if isinstance(node, ast.Lambda):
        return f"({', '.join(heads)}) => {expression(node.body, scope)}", arity
    if node.decorator_list:
        raise refusal(node.decorator_list[0], "write the function without a decorator")
    inner = {part.name for part in body if isinstance(part, ast.FunctionDef)}
    for taken_twice in sorted(part for part in inner if part in names or assigned.count(part) > 1):
        raise refusal(node, f"give the inner function {taken_twice} a name of its own")
    scope.inner = frozenset(inner)
    code = block(body, scope)
    variables = sorted({*assigned} - {*names} - inner)
    declared = f"let {', '.join(map(script_name, variables))}; " if variables else ""
    return f"({', '.join(heads)}) => {{ {declared}{code} return null; }}", arity


def block(statements: Sequence[ast.stmt], scope: Scope) -> str:
    return " ".join(filter(None, (statement(node, scope) for node in statements)))


def statement(node: ast.stmt, scope: Scope) -> str:
    match node:
        case ast.Return(value=value):
            code = f"return {expression(value, scope) if value else 'null'};"
            scope.unreachable()
            return code
        case ast.Break() | ast.Continue():
            scope.unreachable()
            return "break;" if isinstance(node, ast.Break) else "continue;"
        case ast.Assign(targets=[_, _, *_] as targets, value=value):
            code = expression(value, scope)
            stores = [_store(target, "$value", scope) for target in targets]
            return f"{{ const $value = {code}; {' '.join(stores)} }}"
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
            new = is_new(value, scope)
            code = sequence(value, scope) if isinstance(target, ast.Tuple) else expression(value, scope)
            return _store(target, code, scope, new=new)
        case ast.AugAssign():
            return _augmented(node, scope)
        case ast.If():
            return _branches(node, scope)
        case ast.While(orelse=[]) | ast.For(orelse=[]):
            return _loop(node, scope)
        case ast.Pass() | ast.Expr(value=ast.Constant(value=str())):
            return ""
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name)) as call) if name in known.CHANGING_METHODS:
            return f"{expression(call, scope)};"
        case ast.FunctionDef():
            return _inner(node, scope)
    shown = node.value if isinstance(node, ast.Expr) else node
    raise refusal(shown, "write it with =, if, for, while (without else) and return")


def _store(target: ast.expr, code: str, scope: Scope, *, new: bool = False) -> str:
    match target:
        case ast.Name():
            return taken(target, code, scope, new=new)
        case ast.Tuple():
            return taken(target, code, scope)
        case ast.Subscript(value=container, slice=key) if not isinstance(key, ast.Slice):
            return f"py.setItem({code}, {changed(container, scope)}, {expression(key, scope)});"
    raise refusal(target, "assign to a name, or to an item of a list or dict made in the function")


def _augmented(node: ast.AugAssign, scope: Scope) -> str:
    changes, method = in_place(node, scope), operator(node, node.op)
    match node.target:
        case ast.Name() as target if not changes or target.id in scope.own:
            current = name(target, scope)
            return f"{current} = py.{'i' * changes}{method}({current}, {expression(node.value, scope)});"
        case ast.Subscript(value=container, slice=key) if not changes and not isinstance(key, ast.Slice):
            held, at = changed(container, scope), expression(key, scope)
            value = f"py.{method}(py.item({held}, $at), {expression(node.value, scope)})"
            return f"{{ const $at = {at}; py.setItem({value}, {held}, $at); }}"
    raise refusal(node, f"{longhand(node)}, because a list would change in place")


def _branches(node: ast.If, scope: Scope) -> str:
    condition = f"py.truth({expression(node.test, scope)})"
    before = scope.state()
    code = f"if ({condition}) {{ {block(node.body, scope)} }}"
    after = scope.state()
    scope.restore(before)
    if node.orelse:
        code += f" else {{ {block(node.orelse, scope)} }}"
    scope.join(after)
    return code


def _loop(node: ast.For | ast.While, scope: Scope) -> str:
    """What its body makes uncertain is uncertain from its first round on, and its body may never run."""
    if isinstance(node, ast.For):
        source = elements(node.iter, scope, node.target)
    scope.own = scope.own - borrowed([node], scope)
    if isinstance(node, ast.While):
        test = expression(node.test, scope)
    before = scope.state()
    if isinstance(node, ast.For):
        first = taken(node.target, "$element", scope)
        code = f"for (const $element of {source}) {{ {first} {block(node.body, scope)} }}"
    else:
        code = f"while (py.truth({test})) {{ {block(node.body, scope)} }}"
    scope.restore(before)
    return code


def _inner(node: ast.FunctionDef, scope: Scope) -> str:
    """A function within the function; of what is around it, it sees other functions and what is outside both."""
    if node.name not in scope.inner:
        raise refusal(node, "write the inner function outside of if, for and while")
    defaults = [constant(default) for default in node.args.defaults]
    source, arity = function(node, defaults, scope.outside, scope)
    scope.functions[node.name] = arity
    return f"const {script_name(node.name)} = {source};"
