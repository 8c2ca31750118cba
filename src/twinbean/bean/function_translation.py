"""The syntax tree of a function, translated to calls of the page's run-time.

Every method below that writes JavaScript is one line of the whitelist; what has no method is refused. Three questions
are settled here, before a page exists, because Python's answer at run time could not be given on a page:

- Is a name certainly assigned where it is read? (Python versions differ in what they raise.)
- Would a list be changed that the function did not make? (It belongs to the timeline, which the page keeps as JSON.)
- Is a tuple or an iterator a value? (They have no form on a page; they may stand where they are gone through.)
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from string import Formatter

from twinbean.bean import function_vocabulary as known
from twinbean.bean.function_literals import constant, literal, plain, specification
from twinbean.bean.function_names import bindings, is_number, own_names, parameters, pattern, script_name, stored
from twinbean.bean.function_source import FunctionNode
from twinbean.bean.function_vocabulary import refusal, written


@dataclass(frozen=True)
class Translation:
    """JavaScript, and the global names (built-in functions, `math`) whose usual meaning it relies on."""

    source: str
    names: frozenset[str]


def translate(node: FunctionNode, defaults: Sequence[object]) -> Translation:
    """A whole function; `defaults` are the values of its last parameters."""
    function = _Function(node, defaults)
    return Translation(f"(py) => {function.source}", frozenset(function.names))


class _Function:
    """One function under translation: its names, and which of them are certainly assigned so far."""

    def __init__(self, node: FunctionNode, defaults: Sequence[object]) -> None:
        if isinstance(node, ast.AsyncFunctionDef):
            raise refusal(node, "use a plain def")
        body = node.body if isinstance(node.body, list) else [ast.Return(node.body)]
        self.parameters = parameters(node)
        self.arity = (len(self.parameters) - len(defaults), len(self.parameters))
        assigned = list(bindings(body))
        self.locals = {*self.parameters, *(name for name, _ in assigned)}
        self.own = own_names(node, assigned) - set(self.parameters)
        self.bound = set(self.parameters)
        self.inner_functions = {part.name for part in body if isinstance(part, ast.FunctionDef)}
        self.helpers: dict[str, tuple[int, int]] = {}
        self.names: set[str] = set()
        for name in self.inner_functions:
            if name in self.parameters or [n for n, _ in assigned].count(name) > 1 or hasattr(builtins, name):
                raise refusal(node, f"give the inner function {name} a name of its own")
        heads = [script_name(name) for name in self.parameters]
        for i, value in enumerate(defaults, self.arity[0]):
            heads[i] += f" = {literal(value, line=node.lineno)}"
        if isinstance(node, ast.Lambda):
            self.source = f"({', '.join(heads)}) => {self.expression(node.body)}"
            return
        if node.decorator_list:
            raise refusal(node.decorator_list[0], "write the function without a decorator")
        code = self.block(body)
        variables = sorted(self.locals - set(self.parameters) - self.inner_functions)
        declared = f"let {', '.join(map(script_name, variables))}; " if variables else ""
        self.source = f"({', '.join(heads)}) => {{ {declared}{code} return null; }}"

    # ---- statements

    def block(self, statements: Sequence[ast.stmt]) -> str:
        return " ".join(filter(None, map(self.statement, statements)))

    def statement(self, node: ast.stmt) -> str:
        match node:
            case ast.Return(value=value):
                code = f"return {self.expression(value) if value else 'null'};"
                self.bound = set(self.locals)  # what follows is never reached
                return code
            case ast.Break() | ast.Continue():
                self.bound = set(self.locals)
                return "break;" if isinstance(node, ast.Break) else "continue;"
            case ast.Assign(targets=[_, _, *_] as targets, value=value):
                stores = [self.store(target, "$value") for target in targets]
                return f"{{ const $value = {self.expression(value)}; {' '.join(stores)} }}"
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                if isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple):
                    return self.store(target, self.items(value.elts))
                return self.store(target, self.expression(value))
            case ast.AugAssign():
                return self.augmented(node)
            case ast.If():
                return self.branches(node)
            case ast.While(test=test, body=body, orelse=[]):
                condition = f"py.truth({self.expression(test)})"
                before = set(self.bound)
                code = f"while ({condition}) {{ {self.block(body)} }}"
                self.bound = before
                return code
            case ast.For(target=target, iter=elements, body=body, orelse=[]):
                source = self.elements(elements, target)
                before = set(self.bound)
                code = f"for (const $element of {source}) {{ {self.store(target, '$element')} {self.block(body)} }}"
                self.bound = before
                return code
            case ast.Pass() | ast.Expr(value=ast.Constant(value=str())):
                return ""
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name)) as call) if name in known.CHANGING_METHODS:
                return f"{self.expression(call)};"
            case ast.FunctionDef():
                return self.helper(node)
        shown = node.value if isinstance(node, ast.Expr) else node
        raise refusal(shown, "write it with =, if, for, while (without else) and return")

    def store(self, target: ast.expr, code: str) -> str:
        match target:
            case ast.Name(id=name):
                self.bound.add(name)
                return f"{script_name(name)} = {code};"
            case ast.Tuple():
                self.bound |= stored(target)
                return f"{pattern(target, script_name)} = py.unpack({code}, {pattern(target, lambda _: '0')});"
            case ast.Subscript(value=container, slice=key) if not isinstance(key, ast.Slice):
                return f"py.setItem({code}, {self.changed(container)}, {self.expression(key)});"
        raise refusal(target, "assign to a name, or to an item of a list or dict made in the function")

    def augmented(self, node: ast.AugAssign) -> str:
        # `x += y` and `x *= y` change a list in place; but x += 1 raises if x is one, like x = x + 1.
        in_place = isinstance(node.op, ast.Mult) or (isinstance(node.op, ast.Add) and not is_number(node.value))
        longhand = f"write x = x {written(ast.BinOp(ast.Name('_'), node.op, ast.Name('_')))[2]} ..."
        operator = self.operator(node, node.op)
        match node.target:
            case ast.Name(id=name) if not in_place or name in self.own:
                current = self.name(node.target, name)
                return f"{current} = py.{'i' * in_place}{operator}({current}, {self.expression(node.value)});"
            case ast.Subscript(value=container, slice=key) if not in_place and not isinstance(key, ast.Slice):
                changed, at = self.changed(container), self.expression(key)
                value = f"py.{operator}(py.item({changed}, $at), {self.expression(node.value)})"
                return f"{{ const $at = {at}; py.setItem({value}, {changed}, $at); }}"
        raise refusal(node, f"{longhand}, because a list would change in place")

    def changed(self, container: ast.expr) -> str:
        """A list or dict that is about to change: only one that the function made itself."""
        if isinstance(container, ast.Name) and container.id in self.own:
            return self.expression(container)
        raise refusal(container, "only a list or dict made in this function can change; make a new one")

    def branches(self, node: ast.If) -> str:
        condition = f"py.truth({self.expression(node.test)})"
        before = set(self.bound)
        code = f"if ({condition}) {{ {self.block(node.body)} }}"
        after, self.bound = self.bound, before
        if node.orelse:
            code += f" else {{ {self.block(node.orelse)} }}"
        self.bound = after & self.bound
        return code

    def helper(self, node: ast.FunctionDef) -> str:
        """A function within the function; it sees its own parameters only."""
        if node.name not in self.inner_functions:
            raise refusal(node, "write the inner function outside of if, for and while")
        defaults = [constant(default) for default in node.args.defaults]
        inner = _Function(node, defaults)
        self.names |= inner.names
        self.helpers[node.name] = inner.arity
        return f"const {script_name(node.name)} = {inner.source};"

    # ---- expressions

    def expression(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=value):
                return literal(value, line=node.lineno)
            case ast.Name(id=name):
                return self.name(node, name)
            case ast.List(elts=elements):
                return self.items(elements)
            case ast.Dict(keys=keys, values=values) if None not in keys:
                pairs = zip(filter(None, keys), values, strict=True)
                return f"py.dict([{', '.join(self.items(pair) for pair in pairs)}])"
            case ast.JoinedStr(values=pieces):
                return self.joined([self.piece(piece) for piece in pieces])
            case ast.BinOp(left=left, op=op, right=right):
                if isinstance(op, ast.Mod) and isinstance(left, ast.JoinedStr | ast.Constant) and not is_number(left):
                    raise refusal(node, "write an f-string")
                return f"py.{self.operator(node, op)}({self.expression(left)}, {self.expression(right)})"
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if value is not True:
                return literal(-value, line=node.lineno)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in known.UNARY:
                return f"{known.UNARY[type(op)]}{self.expression(operand)})"
            case ast.BoolOp(op=op, values=values):
                method = "and" if isinstance(op, ast.And) else "or"
                code = self.expression(values[-1])
                for value in reversed(values[:-1]):
                    code = f"py.{method}({self.expression(value)}, () => {code})"
                return code
            case ast.Compare():
                return self.comparison(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                choices = f"{self.expression(body)} : {self.expression(orelse)}"
                return f"(py.truth({self.expression(test)}) ? {choices})"
            case ast.Subscript(value=value, slice=ast.Slice(lower=lower, upper=upper, step=step)):
                bounds = [self.expression(bound) if bound else "null" for bound in (lower, upper, step)]
                return f"py.slice({self.expression(value)}, {', '.join(bounds)})"
            case ast.Subscript(value=value, slice=key):
                return f"py.item({self.expression(value)}, {self.expression(key)})"
            case ast.ListComp(elt=element, generators=generators):
                return f"py.list({self.comprehension(generators, [element])})"
            case ast.DictComp(key=key, value=value, generators=generators):
                return f"py.dict({self.comprehension(generators, [key, value])})"
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if "math" not in self.locals:
                if name in known.MATH_CONSTANTS:
                    self.names.add("math")
                    return known.MATH_CONSTANTS[name]
                raise refusal(node, f"of math there are {', '.join(sorted([*known.MATH, *known.MATH_CONSTANTS]))}")
            case ast.Call():
                return self.call(node)
        raise refusal(node, "see docs/functions.md for what can be written")

    def items(self, nodes: Sequence[ast.expr]) -> str:
        return f"[{', '.join(map(self.expression, nodes))}]"

    def operator(self, node: ast.AST, op: ast.operator) -> str:
        if type(op) not in known.ARITHMETIC:
            raise refusal(node, known.REFUSED.get(type(op), "only + - * / // % are known"))
        return known.ARITHMETIC[type(op)]

    def name(self, node: ast.expr, name: str) -> str:
        if name in self.helpers:
            raise refusal(node, "a function can be called, not passed on")
        if name not in self.locals:
            raise refusal(node, known.INSTEAD.get(name, f"pass {name} as an argument of the function"))
        if name not in self.bound:
            raise refusal(node, f"{name} may be read before it has a value; give it one at the start")
        return script_name(name)

    def comparison(self, node: ast.Compare) -> str:
        left = self.expression(node.left)
        if len(node.ops) == 1:
            op, right = node.ops[0], node.comparators[0]
            if isinstance(op, ast.Is | ast.IsNot):
                if not isinstance(right, ast.Constant) or not (right.value is None or isinstance(right.value, bool)):
                    raise refusal(node, "use `is` only with None, True and False; otherwise ==")
                return f"({left} {'===' if isinstance(op, ast.Is) else '!=='} {self.expression(right)})"
            return f'py.compare({left}, "{known.COMPARISONS[type(op)]}", {self.operand(op, right)})'
        links = []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if type(op) not in known.COMPARISONS:
                raise refusal(node, "use `is` in a comparison of its own")
            links.append(f'["{known.COMPARISONS[type(op)]}", () => {self.operand(op, right)}]')
        return f"py.chain({left}, {', '.join(links)})"

    def operand(self, op: ast.cmpop, node: ast.expr) -> str:
        """`x in (1, 2)`: of a tuple only its items count there."""
        if isinstance(op, ast.In | ast.NotIn) and isinstance(node, ast.Tuple):
            return self.items(node.elts)
        return self.expression(node)

    # ---- text

    def joined(self, pieces: Sequence[str]) -> str:
        return f"({' + '.join(pieces)})" if pieces else '""'

    def piece(self, node: ast.expr) -> str:
        if isinstance(node, ast.FormattedValue):
            conversion = chr(node.conversion) if node.conversion > 0 else ""
            return self.formatted(node, self.expression(node.value), conversion, plain(node.format_spec))
        return self.expression(node)

    def formatted(self, node: ast.expr, code: str, conversion: str, form: str | None) -> str:
        if conversion not in ("", "r", "s") or form is None:
            raise refusal(node, "write the format out, such as {x:.2f} or {x!r}")
        shown = f"py.{'repr' if conversion == 'r' else 'str'}({code})"
        if form:
            return f"py.format({shown if conversion else code}, {specification(node, form)})"
        return shown

    def format_call(self, node: ast.Call, template: str) -> str:
        """`"...{}".format(...)` on a literal: the arguments are evaluated once, in order, used or not."""
        names = [*map(str, range(len(node.args))), *(keyword.arg for keyword in node.keywords)]
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        try:
            parts = list(Formatter().parse(template))
        except ValueError as error:
            raise refusal(node, f"its format is not one ({error})") from None
        fields = [field for _, field, _, _ in parts if field is not None]
        numbered = iter(range(len(fields)))
        fields = [field or str(next(numbered)) for field in fields]
        mixed = "" in {field for _, field, _, _ in parts} and any(field.isdigit() for _, field, _, _ in parts if field)
        if mixed or None in names or not {*fields} <= {*names}:
            raise refusal(node, "name each argument plainly, or write an f-string")
        pieces, remaining = ['""'], iter(fields)
        for text, field, form, conversion in parts:
            if text:
                pieces.append(literal(text, line=node.lineno))
            if field is not None:
                code = f"${names.index(next(remaining))}"
                pieces.append(self.formatted(node, code, conversion or "", form or ""))
        heads = ", ".join(f"${i}" for i in range(len(given)))
        return f"(({heads}) => {self.joined(pieces)})({', '.join(map(self.expression, given))})"

    # ---- calls

    def call(self, node: ast.Call) -> str:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as template), attr="format")):
                return self.format_call(node, template)
            case ast.Call(func=ast.Name(id=name)) if name in known.COLLECTORS and name not in self.locals:
                self.names.add(name)
                return self.collected(node, name)
        if any(isinstance(argument, ast.Starred) for argument in node.args) or node.keywords:
            raise refusal(node, "give plain arguments by position")
        match node.func:
            case ast.Name(id=name) if name in self.helpers:
                return f"{script_name(name)}({self.arguments(node, self.helpers[name])})"
            case ast.Name(id=name) if name in known.BUILTINS and name not in self.locals:
                self.names.add(name)
                return f"py.{'truth' if name == 'bool' else name}({self.arguments(node, known.BUILTINS[name])})"
            case ast.Name(id=name) if name in known.GONE_THROUGH and name not in self.locals:
                raise refusal(node, f"{name} may stand after `in` of a for and in list(...), sorted(...) and the like")
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if (
                name in known.MATH and "math" not in self.locals
            ):
                self.names.add("math")
                return f"py.{name}({self.arguments(node, (1, 1))})"
            case ast.Attribute(value=owner, attr="join") if len(node.args) == 1:
                return f'py.method({self.expression(owner)}, "join")([...{self.elements(node.args[0])}])'
            case ast.Attribute(value=owner, attr=name) if name in known.METHODS:
                return f'py.method({self.expression(owner)}, "{name}")({self.arguments(node, known.METHODS[name])})'
            case ast.Attribute(value=owner, attr=name) if name in known.CHANGING_METHODS:
                return (
                    f'py.method({self.changed(owner)}, "{name}")({self.arguments(node, known.CHANGING_METHODS[name])})'
                )
            case ast.Attribute(value=ast.Name(id=module)) if module in known.INSTEAD and module not in self.locals:
                raise refusal(node, known.INSTEAD[module])
            case ast.Attribute(attr=name) | ast.Name(id=name):
                raise refusal(node, known.INSTEAD.get(name, f"{name} is not among the functions that a page has"))
        raise refusal(node, "call a function by its name")

    def arguments(self, node: ast.Call, allowed: tuple[int, int]) -> str:
        least, most = allowed
        if not least <= len(node.args) <= most:
            raise refusal(node, f"it takes {least if least == most else f'{least} to {most}'} arguments here")
        return ", ".join(map(self.expression, node.args))

    def collected(self, node: ast.Call, name: str) -> str:
        """list, sorted, min, max, any, all: they go through what they are given."""
        options = {keyword.arg or "": keyword.value for keyword in node.keywords}
        if not options.keys() <= known.OPTIONS.get(name, set()) or any(isinstance(a, ast.Starred) for a in node.args):
            raise refusal(node, f"{name} takes {' and '.join(sorted(known.OPTIONS.get(name, {'no options'})))} here")
        if len(node.args) == 1:
            elements = self.elements(node.args[0])
        elif len(node.args) > 1 and name in ("min", "max") and "default" not in options:
            elements = self.items(node.args)
        else:
            raise refusal(node, f"{name} takes something to go through")
        given = [elements]
        if options:
            given.append(self.key(options["key"]) if "key" in options else "null")
            given += [self.expression(value) for option, value in options.items() if option != "key"]
        return f"py.{name}({', '.join(given)})"

    def key(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Lambda) or len(parameters(node)) != 1 or node.args.defaults:
            raise refusal(node, "write key=lambda x: ... with one parameter")
        with self.inner({parameters(node)[0]}):
            self.bound |= set(parameters(node))
            return f"({script_name(parameters(node)[0])}) => {self.expression(node.body)}"

    # ---- what is gone through

    def elements(self, node: ast.expr, target: ast.expr | None = None) -> str:
        """Something to go through. Those that give pairs need a target that takes the pairs apart."""
        match node:
            case ast.GeneratorExp(elt=element, generators=generators):
                return self.comprehension(generators, [element])
            case ast.Tuple(elts=elements):
                return self.items(elements)
            case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[], keywords=[]) if name in known.VIEWS:
                if name == "items":
                    self.pairs(node, target, [None, None])
                return f'py.view({self.expression(owner)}, "{name}")'
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if (
                name in known.GONE_THROUGH and name not in self.locals
            ):
                return self.iterator(node, name, args, target)
        return f"py.iter({self.expression(node)})"

    def iterator(self, node: ast.Call, name: str, args: Sequence[ast.expr], target: ast.expr | None) -> str:
        self.names.add(name)
        least, most = known.GONE_THROUGH[name]
        if not least <= len(args) <= most:
            raise refusal(node, f"{name} takes {least} to {most} arguments here")
        if name == "range":
            return f"py.range({self.arguments(node, (1, 3))})"
        if name == "reversed":
            return f"py.reversed({self.reversible(args[0])})"
        inner = [None, args[0]] if name == "enumerate" else list(args)
        targets = self.pairs(node, target, inner)
        sources = [self.elements(source, part) for source, part in zip(inner, targets, strict=True) if source]
        if name == "enumerate":
            sources += [self.expression(start) for start in args[1:]]
        return f"py.{name}({', '.join(sources)})"

    def reversible(self, node: ast.expr) -> str:
        match node:
            case ast.Call(func=ast.Name(id="range")) if "range" not in self.locals:
                return self.elements(node)
        return self.expression(node)

    def pairs(self, node: ast.Call, target: ast.expr | None, parts: Sequence[object]) -> Sequence[ast.expr]:
        if not isinstance(target, ast.Tuple) or len(target.elts) != len(parts):
            raise refusal(node, f"go through it with {len(parts)} names, as in `for a, b in ...`")
        return target.elts

    def comprehension(self, generators: Sequence[ast.comprehension], result: Sequence[ast.expr]) -> str:
        """A JavaScript generator; its first source is evaluated outside, as in Python."""
        if any(generator.is_async for generator in generators):
            raise refusal(result[0], "write it without async")
        targets = {name for generator in generators for name in stored(generator.target)}
        first = self.elements(generators[0].iter, generators[0].target)
        with self.inner(targets):
            code, closing = "", ""
            for i, generator in enumerate(generators):
                source = self.elements(generator.iter, generator.target) if i else "$source"
                code += f"for (const $element of {source}) {{ {self.store(generator.target, '$element')} "
                closing += " }"
                for test in generator.ifs:
                    code += f"if (py.truth({self.expression(test)})) {{ "
                    closing += " }"
            value = self.expression(result[0]) if len(result) == 1 else self.items(result)
        declared = f"let {', '.join(map(script_name, sorted(targets)))}; "
        return f"(function* ($source) {{ {declared}{code}yield {value};{closing} }})({first})"

    @contextmanager
    def inner(self, names: set[str]) -> Iterator[None]:
        """Names that hide those of the function until the end of a comprehension or lambda."""
        kept = self.locals, self.bound
        self.locals, self.bound = self.locals | names, self.bound - names
        yield
        self.locals, self.bound = kept
