"""What is gone through: comprehensions, and what stands after `in` of a for and in list(...), sorted(...)."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from twinbean.transpile import vocabulary as known
from twinbean.transpile.expressions import expression, items, sequence, translates
from twinbean.transpile.names import pattern, script_name, stored
from twinbean.transpile.refusal import refusal
from twinbean.transpile.scope import Scope


@translates(ast.ListComp)
def _list(node: ast.ListComp, scope: Scope) -> str:
    return f"py.list({comprehension(node.generators, [node.elt], scope)})"


@translates(ast.DictComp)
def _dict(node: ast.DictComp, scope: Scope) -> str:
    return f"py.dict({comprehension(node.generators, [node.key, node.value], scope)})"


def comprehension(generators: Sequence[ast.comprehension], result: Sequence[ast.expr], scope: Scope) -> str:
    """A JavaScript generator; its first source is evaluated outside, as in Python."""
    if any(generator.is_async for generator in generators):
        raise refusal(result[0], "write it without async")
    targets = {name for generator in generators for name in stored(generator.target)}
    first = elements(generators[0].iter, scope, generators[0].target)
    with scope.hiding(targets):
        code, closing = "", ""
        for i, generator in enumerate(generators):
            source = elements(generator.iter, scope, generator.target) if i else "$source"
            code += f"for (const $element of {source}) {{ {taken(generator.target, '$element', scope)} "
            closing += " }"
            for test in generator.ifs:
                code += f"if (py.truth({expression(test, scope)})) {{ "
                closing += " }"
        value = expression(result[0], scope) if len(result) == 1 else items(result, scope)
    declared = f"let {', '.join(map(script_name, sorted(targets)))}; "
    return f"(function* ($source) {{ {declared}{code}yield {value};{closing} }})({first})"


def taken(target: ast.expr, code: str, scope: Scope, *, new: bool = False) -> str:
    """The names of a target take the value, or its parts."""
    written = pattern(target, script_name)
    scope.assign(stored(target), new=new)
    if isinstance(target, ast.Name):
        return f"{written} = {code};"
    return f"{written} = py.unpack({code}, {pattern(target, lambda _: '0')});"


def elements(node: ast.expr, scope: Scope, target: ast.expr | None = None) -> str:
    """Something to go through. Those that give pairs need a target that takes the pairs apart."""
    match node:
        case ast.GeneratorExp(elt=element, generators=generators):
            return comprehension(generators, [element], scope)
        case ast.Tuple():
            return sequence(node, scope)
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[], keywords=[]) if name in known.VIEWS:
            if name == "items":
                _pairs(node, target, 2)
            return f'py.view({expression(owner, scope)}, "{name}")'
        case ast.Call(func=function, keywords=[]):
            name = scope.builtin(function) or ""
            if name in known.GONE_THROUGH:
                return _iterator(node, name, scope, target)
    return f"py.iter({sequence(node, scope)})"


def _iterator(node: ast.Call, name: str, scope: Scope, target: ast.expr | None) -> str:
    least, most = known.GONE_THROUGH[name]
    if not least <= len(node.args) <= most or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise refusal(node, f"{name} takes {least} to {most} arguments here")
    if name == "range":
        return f"py.range({', '.join(expression(argument, scope) for argument in node.args)})"
    if name == "reversed":
        return f"py.reversed({_reversible(node.args[0], scope)})"
    if name == "zip":
        targets = _pairs(node, target, len(node.args))
        sources = [elements(source, scope, part) for source, part in zip(node.args, targets, strict=True)]
        return f"py.zip({', '.join(sources)})"
    numbered = elements(node.args[0], scope, _pairs(node, target, 2)[1])
    return f"py.enumerate({', '.join([numbered, *(expression(start, scope) for start in node.args[1:])])})"


def _reversible(node: ast.expr, scope: Scope) -> str:
    if isinstance(node, ast.Call) and scope.builtin(node.func) == "range":
        return elements(node, scope)
    return sequence(node, scope)


def _pairs(node: ast.Call, target: ast.expr | None, count: int) -> Sequence[ast.expr]:
    if not isinstance(target, ast.Tuple) or len(target.elts) != count:
        raise refusal(node, f"go through it with {count} names, as in `for a, b in ...`")
    return target.elts
