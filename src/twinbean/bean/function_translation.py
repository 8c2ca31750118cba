"""The syntax tree of a function, translated to calls of the page's run-time.

Every method below that writes JavaScript is one line of the whitelist; what has no method is refused. Three questions
are settled here, before a page exists, because Python's answer at run time could not be given on a page:

- Is a name certainly assigned where it is read? (Python versions differ in what they raise.)
- Would a list be changed that the function did not make? (It belongs to the timeline, which the page keeps as JSON.)
- Is a tuple or an iterator a value? (They have no form on a page; they may stand where they are gone through.)
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from string import Formatter

from twinbean.bean.function_source import FunctionNode, Refused

LARGEST = 2**53 - 1
RESERVED = frozenset(
    [
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "py",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "Infinity",
        "NaN",
    ]
)
ARITHMETIC: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
}
UNARY: Mapping[type[ast.unaryop], str] = {ast.USub: "py.neg(", ast.UAdd: "py.pos(", ast.Not: "!py.truth("}
COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
# Built-in functions and methods: how few and how many arguments they take.
BUILTINS = {"abs": (1, 1), "bool": (1, 1), "float": (1, 1), "int": (1, 1), "len": (1, 1), "repr": (1, 1),
            "round": (1, 2), "str": (1, 1)}  # fmt: skip
MATH = {"ceil", "fabs", "floor", "sqrt", "trunc"}
MATH_CONSTANTS = {"inf": "Infinity", "nan": "py.nan", "pi": "3.141592653589793"}
GONE_THROUGH = {"enumerate": (1, 2), "range": (1, 3), "reversed": (1, 1), "zip": (1, 9)}
COLLECTORS = {"all", "any", "list", "max", "min", "sorted"}
OPTIONS = {"max": {"key", "default"}, "min": {"key", "default"}, "sorted": {"key", "reverse"}}
METHODS = {"center": (1, 2), "copy": (0, 0), "count": (1, 1), "endswith": (1, 1), "find": (1, 1), "get": (1, 2),
           "index": (1, 1), "join": (1, 1), "ljust": (1, 2), "lower": (0, 0), "lstrip": (0, 1), "replace": (2, 2),
           "rjust": (1, 2), "rstrip": (0, 1), "split": (0, 1), "startswith": (1, 1), "strip": (0, 1),
           "upper": (0, 0), "zfill": (1, 1)}  # fmt: skip
CHANGING_METHODS = {"append": (1, 1), "extend": (1, 1), "insert": (2, 2), "pop": (0, 1)}
VIEWS = {"items", "keys", "values"}
INSTEAD = {
    "sum": "add up in a loop, because how it rounds floats changed in Python 3.12",
    "pow": "multiply, because ** may differ in the last digit",
    "print": "leave it out",
    "capitalize": "write s[:1].upper() + s[1:].lower()",
    "sort": "write x = sorted(x)",
    "reverse": "write x = x[::-1]",
    "isinstance": "leave the types to the definition",
    "dict": "write {...}, a comprehension or d.copy()",
    "set": "use a list",
    "tuple": "use a list",
    "random": "draw the values in Python and put them into the timeline",
}
REFUSED: Mapping[type[ast.AST], str] = {
    ast.Pow: "multiply instead of **, which may differ in the last digit (x * x)",
    ast.Tuple: "use a list: a page has no tuples",
    ast.Set: "use a list: a page has no sets",
    ast.SetComp: "use a list: a page has no sets",
    ast.GeneratorExp: "use it only as the argument of any, all, list, sorted, min, max or join, or write a list",
    ast.Lambda: "use a lambda only as key= of sorted, min or max",
    ast.NamedExpr: "assign on a line of its own, without :=",
    ast.Starred: "write the items out, without *",
    ast.Import: "import math at the top of the file; nothing else can be used",
    ast.ImportFrom: "import math at the top of the file; nothing else can be used",
    ast.Global: "pass the value as an argument",
    ast.Nonlocal: "pass the value as an argument",
    ast.Try: "test the values beforehand with if",
    ast.Raise: "return a value that says so",
    ast.Assert: "leave it out",
    ast.With: "do without it",
    ast.Delete: "make a new list or dict without the item",
    ast.Match: "use if and elif",
    ast.ClassDef: "use dicts and lists",
    ast.Yield: "return a list",
    ast.YieldFrom: "return a list",
    ast.Await: "return the value",
    ast.AsyncFunctionDef: "use a plain def",
    ast.Is: "compare with ==; `is` only with None, True and False",
    ast.IsNot: "compare with !=; `is not` only with None, True and False",
}
SPECIFICATION = re.compile(r"(?:(.)?([<>=^]))?([-+ ])?(0)?(\d+)?([,_])?(?:\.(\d+))?([defgs%])?", re.DOTALL)


@dataclass(frozen=True)
class Translation:
    """JavaScript, and the global names (built-in functions, `math`) whose usual meaning it relies on."""

    source: str
    names: frozenset[str]


def translate(node: FunctionNode, defaults: Sequence[object]) -> Translation:
    """A whole function; `defaults` are the values of its last parameters."""
    function = _Function(node, defaults)
    return Translation(f"(py) => {function.source}", frozenset(function.names))


def literal(value: object, *, line: int) -> str:
    """A constant, as JavaScript that makes the run-time's value of it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) <= LARGEST:
            return str(value) if value >= 0 else f"({value})"
        case float() if value != value or value in (float("inf"), float("-inf")):
            raise Refused(f"the number {value!r} is written out: use math.inf or math.nan", line=line)
        case float():
            return f"py.float({value!r})"
        case str() if not any("\ud800" <= character <= "\udfff" for character in value):
            return json.dumps(value).replace("<", "\\u003c")
    raise Refused(f"{value!r} has no exact form on a page: use None, True, text and numbers to 2^53", line=line)


class _Function:
    """One function under translation: its names, and which of them are certainly assigned so far."""

    def __init__(self, node: FunctionNode, defaults: Sequence[object]) -> None:
        body = node.body if isinstance(node.body, list) else [ast.Return(node.body)]
        self.parameters = _parameters(node)
        self.arity = (len(self.parameters) - len(defaults), len(self.parameters))
        bindings = list(_bindings(body))
        self.locals = {*self.parameters, *(name for name, _ in bindings)}
        self.own = _own(node, bindings) - set(self.parameters)
        self.bound = set(self.parameters)
        self.helpers: dict[str, tuple[int, int]] = {}
        self.names: set[str] = set()
        written = [_name(name) for name in self.parameters]
        for i, value in enumerate(defaults, self.arity[0]):
            written[i] += f" = {literal(value, line=node.lineno)}"
        if isinstance(node, ast.Lambda):
            self.source = f"({', '.join(written)}) => {self.expression(node.body)}"
            return
        if node.decorator_list:
            raise refusal(node.decorator_list[0], "write the function without a decorator")
        code = self.block(body)
        variables = sorted(self.locals - set(self.parameters) - set(self.helpers))
        declared = f"let {', '.join(map(_name, variables))}; " if variables else ""
        self.source = f"({', '.join(written)}) => {{ {declared}{code} return null; }}"

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
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name)) as call) if name in CHANGING_METHODS:
                return f"{self.expression(call)};"
            case ast.FunctionDef():
                return self.helper(node)
        raise refusal(node, "write it with =, if, for, while (without else) and return")

    def store(self, target: ast.expr, code: str) -> str:
        match target:
            case ast.Name(id=name):
                self.bound.add(name)
                return f"{_name(name)} = {code};"
            case ast.Tuple():
                self.bound |= _stored(target)
                return f"{_pattern(target, _name)} = py.unpack({code}, {_pattern(target, lambda _: '0')});"
            case ast.Subscript(value=container, slice=key) if not isinstance(key, ast.Slice):
                return f"py.setItem({code}, {self.changed(container)}, {self.expression(key)});"
        raise refusal(target, "assign to a name, or to an item of a list or dict made in the function")

    def augmented(self, node: ast.AugAssign) -> str:
        # `x += y` and `x *= y` change a list in place; but x += 1 raises if x is one, like x = x + 1.
        in_place = isinstance(node.op, ast.Mult) or (isinstance(node.op, ast.Add) and not _is_number(node.value))
        longhand = f"write x = x {_written(ast.BinOp(ast.Name('_'), node.op, ast.Name('_')))[2]} ..."
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
        if node.name in self.bound or node.name in self.helpers:
            raise refusal(node, "give the inner function a name of its own")
        defaults = [_constant(default) for default in node.args.defaults]
        inner = _Function(node, defaults)
        self.names |= inner.names
        self.helpers[node.name] = inner.arity
        return f"const {_name(node.name)} = {inner.source};"

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
                if isinstance(op, ast.Mod) and (isinstance(left, ast.JoinedStr) or _is_text(left)):
                    raise refusal(node, "write an f-string")
                return f"py.{self.operator(node, op)}({self.expression(left)}, {self.expression(right)})"
            case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
                return f"{UNARY[type(op)]}{self.expression(operand)})"
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
                if name in MATH_CONSTANTS:
                    self.names.add("math")
                    return MATH_CONSTANTS[name]
                raise refusal(node, f"of math there are {', '.join(sorted([*MATH, *MATH_CONSTANTS]))}")
            case ast.Call():
                return self.call(node)
        raise refusal(node, "see docs/functions.md for what can be written")

    def items(self, nodes: Sequence[ast.expr]) -> str:
        return f"[{', '.join(map(self.expression, nodes))}]"

    def operator(self, node: ast.AST, op: ast.operator) -> str:
        if type(op) not in ARITHMETIC:
            raise refusal(node, REFUSED.get(type(op), "only + - * / // % are known"))
        return ARITHMETIC[type(op)]

    def name(self, node: ast.expr, name: str) -> str:
        if name in self.helpers:
            raise refusal(node, "a function can be called, not passed on")
        if name not in self.locals:
            raise refusal(node, INSTEAD.get(name, f"pass {name} as an argument of the function"))
        if name not in self.bound:
            raise refusal(node, f"{name} may be read before it has a value; give it one at the start")
        return _name(name)

    def comparison(self, node: ast.Compare) -> str:
        left = self.expression(node.left)
        if len(node.ops) == 1:
            op, right = node.ops[0], node.comparators[0]
            if isinstance(op, ast.Is | ast.IsNot):
                if not isinstance(right, ast.Constant) or not (right.value is None or isinstance(right.value, bool)):
                    raise refusal(node, "use `is` only with None, True and False; otherwise ==")
                return f"({left} {'===' if isinstance(op, ast.Is) else '!=='} {self.expression(right)})"
            return f'py.compare({left}, "{COMPARISONS[type(op)]}", {self.operand(op, right)})'
        links = []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if type(op) not in COMPARISONS:
                raise refusal(node, "use `is` in a comparison of its own")
            links.append(f'["{COMPARISONS[type(op)]}", () => {self.operand(op, right)}]')
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
        match node:
            case ast.FormattedValue(value=value, conversion=conversion, format_spec=specification):
                return self.formatted(node, self.expression(value), chr(max(conversion, 0)), _plain(specification))
        return self.expression(node)

    def formatted(self, node: ast.AST, code: str, conversion: str, specification: str | None) -> str:
        if conversion == "a" or specification is None:
            raise refusal(node, "write the format out, such as {x:.2f} or {x!r}")
        if conversion in ("r", "s"):
            code = f"py.{'repr' if conversion == 'r' else 'str'}({code})"
        if specification:
            return f"py.format({code}, {_specification(node, specification)})"
        return code if conversion in ("r", "s") else f"py.str({code})"

    def format_call(self, node: ast.Call, template: str) -> str:
        """`"...{}".format(...)` on a literal: the arguments are evaluated once, in order, used or not."""
        names = [*map(str, range(len(node.args))), *(keyword.arg or "" for keyword in node.keywords)]
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        pieces, count = ['""'], 0
        try:
            parts = list(Formatter().parse(template))
        except ValueError as error:
            raise refusal(node, f"its format is not one ({error})") from None
        for text, field, specification, conversion in parts:
            if text:
                pieces.append(literal(text, line=node.lineno))
            if field is None:
                continue
            if not field:
                field, count = str(count), count + 1
            if (
                field not in names
                or not re.fullmatch("[^{}]*", specification or "")
                or (count and field.isdigit() and int(field) >= count)
            ):
                raise refusal(node, "name each argument plainly, or write an f-string")
            pieces.append(self.formatted(node, f"${names.index(field)}", conversion or "", specification or ""))
        parameters = ", ".join(f"${i}" for i in range(len(given)))
        return f"(({parameters}) => {self.joined(pieces)})({', '.join(map(self.expression, given))})"

    # ---- calls

    def call(self, node: ast.Call) -> str:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as template), attr="format")):
                return self.format_call(node, template)
            case ast.Call(func=ast.Name(id=name)) if name in COLLECTORS and name not in self.locals:
                self.names.add(name)
                return self.collected(node, name)
        if any(isinstance(argument, ast.Starred) for argument in node.args) or node.keywords:
            raise refusal(node, "give plain arguments by position")
        match node.func:
            case ast.Name(id=name) if name in self.helpers:
                return f"{_name(name)}({self.arguments(node, self.helpers[name])})"
            case ast.Name(id=name) if name in BUILTINS and name not in self.locals:
                self.names.add(name)
                return f"py.{'truth' if name == 'bool' else name}({self.arguments(node, BUILTINS[name])})"
            case ast.Name(id=name) if name in GONE_THROUGH and name not in self.locals:
                raise refusal(node, f"{name} may stand after `in` of a for and in list(...), sorted(...) and the like")
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if name in MATH and "math" not in self.locals:
                self.names.add("math")
                return f"py.{name}({self.arguments(node, (1, 1))})"
            case ast.Attribute(value=owner, attr="join"):
                if len(node.args) != 1:
                    raise refusal(node, "join takes one argument")
                return f'py.method({self.expression(owner)}, "join", [...{self.elements(node.args[0])}])'
            case ast.Attribute(value=owner, attr=name) if name in METHODS:
                arguments = self.arguments(node, METHODS[name])
                return f"py.method({', '.join(filter(None, [self.expression(owner), json.dumps(name), arguments]))})"
            case ast.Attribute(value=owner, attr=name) if name in CHANGING_METHODS:
                arguments = self.arguments(node, CHANGING_METHODS[name])
                return f"py.method({', '.join(filter(None, [self.changed(owner), json.dumps(name), arguments]))})"
            case ast.Attribute(attr=name) | ast.Name(id=name):
                raise refusal(node, INSTEAD.get(name, f"{name} is not among the functions that a page has"))
        raise refusal(node, "call a function by its name")

    def arguments(self, node: ast.Call, allowed: tuple[int, int]) -> str:
        least, most = allowed
        if not least <= len(node.args) <= most:
            raise refusal(node, f"it takes {least if least == most else f'{least} to {most}'} arguments here")
        return ", ".join(map(self.expression, node.args))

    def collected(self, node: ast.Call, name: str) -> str:
        """list, sorted, min, max, any, all: they go through what they are given."""
        options = {keyword.arg or "": keyword.value for keyword in node.keywords}
        if not options.keys() <= OPTIONS.get(name, set()) or any(isinstance(a, ast.Starred) for a in node.args):
            raise refusal(node, f"{name} takes {' and '.join(sorted(OPTIONS.get(name, {'no options'})))} here")
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
        if not isinstance(node, ast.Lambda) or len(_parameters(node)) != 1 or node.args.defaults:
            raise refusal(node, "write key=lambda x: ... with one parameter")
        with self.inner({_parameters(node)[0]}):
            self.bound |= set(_parameters(node))
            return f"({_name(_parameters(node)[0])}) => {self.expression(node.body)}"

    # ---- what is gone through

    def elements(self, node: ast.expr, target: ast.expr | None = None) -> str:
        """Something to go through. Those that give pairs need a target that takes the pairs apart."""
        match node:
            case ast.GeneratorExp(elt=element, generators=generators):
                return self.comprehension(generators, [element])
            case ast.Tuple(elts=elements):
                return self.items(elements)
            case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[], keywords=[]) if name in VIEWS:
                if name == "items":
                    self.pairs(node, target, [None, None])
                return f'py.view({self.expression(owner)}, "{name}")'
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if (
                name in GONE_THROUGH and name not in self.locals
            ):
                return self.iterator(node, name, args, target)
        return f"py.iter({self.expression(node)})"

    def iterator(self, node: ast.Call, name: str, args: Sequence[ast.expr], target: ast.expr | None) -> str:
        self.names.add(name)
        least, most = GONE_THROUGH[name]
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
        targets = {name for generator in generators for name in _stored(generator.target)}
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
        declared = f"let {', '.join(map(_name, sorted(targets)))}; "
        return f"(function* ($source) {{ {declared}{code}yield {value};{closing} }})({first})"

    @contextmanager
    def inner(self, names: set[str]) -> Iterator[None]:
        """Names that hide those of the function until the end of a comprehension or lambda."""
        kept = self.locals, self.bound
        self.locals, self.bound = self.locals | names, self.bound - names
        yield
        self.locals, self.bound = kept


# ---- what a node says by itself


def refusal(node: ast.AST, instead: str) -> Refused:
    """`instead` is what to write, unless the kind of node has a better word."""
    instead = REFUSED.get(type(node), instead)
    return Refused(
        f"`{_written(node)}` cannot be carried to a page exactly: {instead}", line=getattr(node, "lineno", 0)
    )


def _written(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).split("\n")[0]


def _name(name: str) -> str:
    """Python's name as a JavaScript name: plain where it can be, unique in any case."""
    ascii_name = re.sub(r"[^\x00-\x7f]", lambda match: f"${ord(match[0]):x}$", name)
    return f"{ascii_name}$" if ascii_name in RESERVED else ascii_name


def _parameters(node: FunctionNode) -> list[str]:
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        raise refusal(node, "use plain parameters, without * and **")
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]


def _stored(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _pattern(target: ast.expr, written: Callable[[str], str]) -> str:
    match target:
        case ast.Name(id=name):
            return written(name)
        case ast.Tuple(elts=elements):
            return f"[{', '.join(_pattern(element, written) for element in elements)}]"
    raise refusal(target, "take values apart into plain names")


def _bindings(statements: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Every name that statements assign, with the value where it is a single one."""
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield name, value
            case ast.AugAssign(target=ast.Name()):
                pass  # gives the name no other list than it had, or a new one
            case ast.FunctionDef(name=name):
                yield name, None
            case ast.Assign() | ast.For():
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                yield from ((name, None) for target in targets for name in _stored(target))
        for field in ("body", "orelse"):
            if not isinstance(statement, ast.FunctionDef):
                yield from _bindings(getattr(statement, field, []))


def _own(node: FunctionNode, bindings: Sequence[tuple[str, ast.expr | None]]) -> set[str]:
    """Names that never stand for a list or dict that came from outside."""
    hidden = {name for part in ast.walk(node) if isinstance(part, ast.comprehension) for name in _stored(part.target)}
    hidden |= {argument.arg for part in ast.walk(node) if isinstance(part, ast.arguments) for argument in part.args}
    others = {name for name, value in bindings if value is None or not _is_new(value)}
    return {name for name, _ in bindings} - others - hidden


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


def _is_number(node: ast.expr) -> bool:
    """Is it a number, whatever the values it is made of?"""
    match node:
        case ast.Constant(value=int() | float()) | ast.UnaryOp() | ast.Compare():
            return True
        case ast.BinOp(op=ast.Sub() | ast.Div() | ast.FloorDiv()):
            return True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _is_number(left) or _is_number(right)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return _is_number(left) and _is_number(right)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_number(body) and _is_number(orelse)
        case ast.Call(func=ast.Name(id=name)):
            return name in BUILTINS and name not in ("str", "repr")
    return False


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise refusal(node, "give a parameter a constant as its default") from None


def _plain(specification: ast.expr | None) -> str | None:
    """The text of a format specification; None if it is computed."""
    if specification is None:
        return ""
    parts = specification.values if isinstance(specification, ast.JoinedStr) else []
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    return "".join(map(str, texts)) if len(texts) == len(parts) else None


def _specification(node: ast.AST, text: str) -> str:
    """A format specification taken apart, as JavaScript (see `Spec` in python-format.js)."""
    match = SPECIFICATION.fullmatch(text)
    if not match:
        raise refusal(
            node, f"of the format {text!r} only fill, < > ^ =, sign, 0, width, comma, .digits and defgs% are known"
        )
    fill, align, sign, zero, width, group, precision, kind = match.groups()
    if group and (zero or align == "="):
        raise refusal(node, "leave out either the comma or the filling zeros")
    if int(width or 0) > 200 or int(precision or 0) > 60:
        raise refusal(node, "use a width up to 200 and up to 60 digits")
    return json.dumps(
        {
            "fill": fill or ("0" if zero else " "),
            "align": align,
            "sign": sign,
            "zero": bool(zero),
            "width": int(width or 0),
            "group": group,
            "precision": None if precision is None else int(precision),
            "type": kind,
        }
    ).replace("<", "\\u003c")
