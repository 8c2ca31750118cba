"""Functions of a definition mean the same on the page as in Python: random programs are run by both."""

from __future__ import annotations

import ast
import copy
import json
import linecache
import math
import random
import signal
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from twinbean.bean.functions import emit
from twinbean.errors import EmissionError

RUNTIME = Path(__file__).parents[2] / "static" / "src"
LARGEST = 2**53 - 1

# Runs every call of every function and says what came out: kind and value, or the name of the exception.
RUN_ON_PAGE = """
async (text) => {
  const { py } = await import("http://runtime/python.js");
  const { Dict, PythonError, typeName } = await import("http://runtime/python-format.js");
  const describe = (value) => {
    if (Array.isArray(value)) return ["list", value.map(describe)];
    if (value instanceof Dict) return ["dict", [...value.items()].map((item) => item.map(describe))];
    return [typeName(value), typeof value === "string" ? value : py.repr(value)];
  };
  return JSON.parse(text).map(({ source, given }) => {
    try {
      const value = (0, eval)(source)(py)(...given.map((node) => py.decode(node)));
      return { value: describe(value), text: py.str(value) };
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      return { error: error.name, message: error.message };
    }
  });
}
"""


@pytest.fixture
def runtime(page: Any) -> Any:
    """A page that can import the run-time."""
    page.route("http://runtime/*", lambda route: route.fulfill(**_served(route.request.url)))
    page.goto("http://runtime/")
    return page


def _served(url: str) -> dict[str, str]:
    name = url.rpartition("/")[2]
    if not name:
        return {"body": "<!doctype html><title>run-time</title>", "content_type": "text/html"}
    return {"body": (RUNTIME / name).read_text("utf-8"), "content_type": "text/javascript"}


def on_page(runtime: Any, calls: Sequence[tuple[str, Sequence[object]]]) -> list[dict[str, Any]]:
    """What emitted functions give for their arguments."""
    payload = [{"source": code, "given": [node(value) for value in given]} for code, given in calls]
    return list(runtime.evaluate(RUN_ON_PAGE, json.dumps(payload)))


# ---- the same call in Python


def described(value: object) -> list[Any]:
    if isinstance(value, list):
        return ["list", [described(item) for item in value]]
    if isinstance(value, dict):
        return ["dict", [[described(key), described(item)] for key, item in value.items()]]
    return [type(value).__name__, value if isinstance(value, str) else repr(value)]


def node(value: object) -> object:
    """A value as docs/page-format.md writes it."""
    if isinstance(value, list):
        return [node(item) for item in value]
    if isinstance(value, dict):
        return {"$dict": [[node(key), node(item)] for key, item in value.items()]}
    if isinstance(value, float) and (not math.isfinite(value) or value == int(value)):
        return {"$float": value if math.isfinite(value) else repr(value)}
    return value


class Watch:
    """Remembers whether an int grew beyond what a page can count."""

    def __init__(self) -> None:
        self.beyond = False

    def __call__(self, value: Any) -> Any:
        if type(value) is int and abs(value) > LARGEST:
            self.beyond = True
        return value


class Watched(ast.NodeTransformer):
    """Shows the value of every expression to `_watch`."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        plain = ast.Constant | ast.GeneratorExp | ast.Lambda | ast.Tuple | ast.JoinedStr | ast.Slice
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        return shown(node) if isinstance(node, ast.expr) and loaded and not isinstance(node, plain) else node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        node.value = self.visit(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return shown(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.AST]:
        after = ast.parse(ast.unparse(node.target), mode="eval").body
        super().generic_visit(node)
        return [node, ast.Expr(shown(after))]


def shown(node: ast.expr) -> ast.Call:
    return ast.Call(ast.Name("_watch", ast.Load()), [node], [])


@dataclass(frozen=True)
class Program:
    """One function and the arguments that it is called with."""

    source: str
    calls: Sequence[Sequence[object]]


class TooLong(BaseException):
    """A random program whose lists grow without end."""


def outcome(function: Callable[..., object], given: Sequence[object]) -> dict[str, Any]:
    try:
        value = function(*copy.deepcopy(list(given)))
        return {"value": described(value), "text": str(value)}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def compiled(source: str, name: str, **known: object) -> dict[str, Any]:
    """The functions of a module whose source `emit` can find."""
    namespace: dict[str, Any] = {"math": math, **known}
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec", dont_inherit=True), namespace)
    return namespace


# ---- random programs

NUMBERS = ("int", "float", "bool")
KINDS = (*NUMBERS, "str", "list", "dict", "none")
TEXTS = ("", "a", "Bandit", "it's", 'say "hi"', "tab\tline\n", "\\", "\u00e9\u00df\u0130", "\U0001f600x\ufb01",
         "\ue000", "</b>&", " 12 ", "-7", "3.50", "1e3", "nan", "a,b,,c", "\x00\x7f\xa0\u2028", "\u03b1\u03b2",
         "ABC abc", "10", "9")  # fmt: skip
FLOATS = (0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.1, 2.675, 3.0, -7.0, 1e16, 1e15, 123456789.125, 1e-5, 0.0001, 5e-324, 1e300,
          -1e308, 1e22, 1e23, math.inf, -math.inf, math.nan, 9007199254740993.0, 0.3, 1 / 3, 99.995, 1e21)  # fmt: skip
INTS = (0, 1, 2, 3, -1, -2, -7, 10, 11, 60, 100, 255, -1000, 12345, 999999, 2**31, 2**53 - 1, 1 - 2**53, 10**15)
SPECIFICATIONS = (".0f", ".1f", ".2f", ".3f", ".10f", "f", ".0e", ".3e", "e", "g", ".3g", ".0", ".2", ".10", ".0%",
                  ".1%", "d", ",", ",.2f", "_", "+", "+.2f", " d", "5", "<8", ">8", "^9", "*^9", "=+8", "08", "08.3f",
                  "<08", "s", ".2s", "10s", ">10.3", "#>4", "05d", "x>6.1f", "\u00e9<4", "<", "020.5g")  # fmt: skip


@dataclass
class Writer:
    """Writes one random function; `names` are its variables with the kind of value that they usually hold."""

    draw: random.Random
    names: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    helper: bool = False

    def value(self, kind: str, depth: int = 2) -> object:
        draw = self.draw
        if draw.random() < 0.015:
            kind = draw.choice(KINDS)
        if kind == "int":
            return draw.choice(INTS) if draw.random() < 0.6 else draw.randint(-50, 50)
        if kind == "float":
            return draw.choice(FLOATS) if draw.random() < 0.6 else round(draw.gauss(0, 50), draw.randint(0, 6))
        if kind == "bool":
            return draw.random() < 0.5
        if kind == "str":
            return "".join(draw.choice(TEXTS) for _ in range(draw.choice((1, 1, 1, 2))))
        if kind == "none" or not depth:
            return None
        inner = draw.choice(KINDS)
        if kind == "list":
            return [self.value(inner, depth - 1) for _ in range(draw.choice((0, 1, 2, 3, 3, 4, 6)))]
        keys: list[Any] = [self.value(draw.choice(("str", "str", "int", "float", "bool", "none"))) for _ in range(3)]
        return {key: self.value(inner, depth - 1) for key in keys if not isinstance(key, list | dict)}

    def expression(self, kind: str, depth: int) -> str:
        draw = self.draw
        if draw.random() < 0.01:
            kind = draw.choice(KINDS)
        usable = [name for name, held in self.names.items() if held == kind]
        if usable and draw.random() < (0.35 if depth else 0.8):
            return draw.choice(usable)
        if depth <= 0:
            return repr_(self.value(kind, 1))
        return str(getattr(self, f"write_{kind}")(depth - 1))

    def any(self, depth: int) -> str:
        return self.expression(self.draw.choice(KINDS), depth)

    def number(self, depth: int) -> str:
        return self.expression(self.draw.choice(("int", "float", "float", "bool")), depth)

    def small(self, depth: int) -> str:
        return f"({self.expression('int', depth)} % {self.draw.choice((3, 5, 7))})"

    def same(self, depth: int) -> tuple[str, str]:
        kind = self.draw.choice(KINDS)
        other = self.draw.choice(NUMBERS) if kind in NUMBERS else kind
        return self.expression(kind, depth), self.expression(other, depth)

    def pick(self, *ways: Callable[[], str]) -> str:
        return self.draw.choice(ways)()

    def either(self, kind: str, depth: int) -> str:
        def part() -> str:
            return self.expression(kind, depth)

        return self.pick(
            lambda: f"({part()} if {self.any(depth)} else {part()})",
            lambda: f"({part()} {self.draw.choice(('and', 'or'))} {part()})",
            lambda: f"[{part()}, {part()}][{self.draw.choice((0, 1, -1, -2))}]",
            lambda: f"{{1: {part()}, 'k': {part()}}}[{self.draw.choice(('1', 'True', repr('k'), '1.0'))}]",
            lambda: f"{self.draw.choice(('min', 'max'))}({part()}, {part()})",
            lambda: f"{self.draw.choice(('min', 'max'))}({self.listed(kind, depth)}, default={part()})",
            lambda: f"max({part()}, {part()}, key=lambda w: {self.with_name('w', lambda: self.any(0))})",
            lambda: f"helper({part()})" if self.helper else part(),
            lambda: f"{self.expression('dict', depth)}.get({self.any(0)}, {part()})",
        )

    def listed(self, kind: str, depth: int) -> str:
        return "[" + ", ".join(self.expression(kind, depth) for _ in range(self.draw.randint(0, 3))) + "]"

    def write_none(self, depth: int) -> str:
        return "None" if self.draw.random() < 0.5 else self.either("none", depth)

    def write_int(self, depth: int) -> str:
        def part() -> str:
            return self.expression(self.draw.choice(("int", "int", "int", "bool")), depth)

        return self.pick(
            *[lambda: f"({part()} {self.draw.choice(('+', '-', '*', '//', '%'))} {part()})"] * 4,
            lambda: f"{self.draw.choice('+-')}{part()}",
            lambda: f"len({self.expression(self.draw.choice(('str', 'list', 'dict')), depth)})",
            lambda: (
                f"{self.draw.choice(('int', 'round', 'math.floor', 'math.ceil', 'math.trunc'))}({self.number(depth)})"
            ),
            lambda: f"round({part()}, {self.draw.randint(-3, 2)})",
            lambda: f"int({self.expression('str', depth)})",
            lambda: f"abs({part()})",
            lambda: self.search(("count", "find", "index"), depth),
            lambda: f"{self.expression('list', depth)}.{self.draw.choice(('count', 'index'))}({self.any(0)})",
            lambda: self.either("int", depth),
        )

    def write_float(self, depth: int) -> str:
        def part() -> str:
            return self.number(depth)

        return self.pick(
            *[lambda: f"({part()} {self.draw.choice(('+', '-', '*', '/', '//', '%'))} {part()})"] * 5,
            lambda: f"-{part()}",
            lambda: f"float({self.expression(self.draw.choice((*NUMBERS, 'str')), depth)})",
            lambda: f"round({part()}, {self.draw.choice((0, 1, 2, 2, 3, 5, 17, -1, -2, 400, -400))})",
            lambda: f"{self.draw.choice(('abs', 'math.sqrt', 'math.fabs'))}({part()})",
            lambda: self.draw.choice(("math.pi", "math.inf", "math.nan")),
            lambda: self.either("float", depth),
        )

    def write_bool(self, depth: int) -> str:
        def comparison() -> str:
            a, b = self.same(depth)
            return f"({a} {self.draw.choice(('==', '!=', '<', '<=', '>', '>='))} {b})"

        name = self.fresh()
        return self.pick(
            *[comparison] * 4,
            lambda: f"({self.number(depth)} < {self.number(depth)} <= {self.number(depth)} != {self.any(0)})",
            lambda: f"({self.any(depth)} is {self.draw.choice(('', 'not '))}{self.draw.choice(('None', 'True'))})",
            lambda: f"({self.any(depth)} {self.draw.choice(('in', 'not in'))} {self.expression('list', depth)})",
            lambda: f"({self.any(0)} in ({self.any(depth)}, {self.any(0)}))",
            lambda: f"({self.expression('str', depth)} in {self.expression(self.draw.choice(('str', 'dict')), depth)})",
            lambda: f"(not {self.any(depth)})",
            lambda: f"bool({self.any(depth)})",
            lambda: f"{self.draw.choice(('any', 'all'))}({self.expression('list', depth)})",
            lambda: f"{self.draw.choice(('any', 'all'))}({self.comprehension(name, lambda: self.any(depth), depth)})",
            lambda: self.search(("startswith", "endswith"), depth),
            lambda: self.either("bool", depth),
        )

    def write_str(self, depth: int) -> str:
        def part() -> str:
            return self.expression("str", depth)

        name = self.fresh()
        draw = self.draw
        return self.pick(
            lambda: f"({part()} + {part()})",
            lambda: f"({part()} * {self.small(depth)})",
            *[lambda: 'f"<{' + self.hidden(depth) + "}" + draw.choice(("", "!", "\u00e9 {{}}")) + '"'] * 3,
            *[lambda: 'f"{' + self.hidden(depth, self.number) + ":" + self.specification() + '}"'] * 3,
            lambda: 'f"{' + self.hidden(depth) + draw.choice(("!r", "!s", "!r:>9", ":>6", ":.1f")) + '}"',
            lambda: f"'{{}} {{:{self.specification()}}}'.format({self.any(depth)}, {self.number(depth)})",
            lambda: f"'{{1}}{{b!r}}{{0:>5}}{{1}}'.format({self.any(0)}, {self.any(depth)}, b={self.any(0)})",
            lambda: f"{draw.choice(('str', 'repr'))}({self.any(depth)})",
            lambda: f"{part()}[{self.expression('int', 0)}]",
            lambda: f"{part()}[{self.slice(depth)}]",
            lambda: f"{part()}.{draw.choice(('upper', 'lower', 'strip', 'lstrip', 'rstrip'))}()",
            lambda: f"{part()}.{draw.choice(('strip', 'lstrip', 'rstrip'))}({part()})",
            lambda: f"{part()}.replace({part()}, {part()})",
            lambda: f"{part()}.{draw.choice(('ljust', 'rjust', 'center', 'zfill'))}({self.small(depth)} + 4)",
            lambda: f"{part()}.{draw.choice(('ljust', 'rjust', 'center'))}(9, {part()})",
            lambda: f"{part()}.join({self.expression('list', depth)})",
            lambda: f"{part()}.join({self.comprehension(name, lambda: self.expression('str', depth), depth)})",
            lambda: self.either("str", depth),
        )

    def write_list(self, depth: int) -> str:
        kind = self.draw.choice(KINDS)
        name = self.fresh()
        draw = self.draw
        return self.pick(
            lambda: self.listed(kind, depth),
            lambda: f"({self.expression('list', depth)} + {self.expression('list', depth)})",
            lambda: f"({self.expression('list', depth)} * {self.small(0)})",
            lambda: f"{self.expression('list', depth)}[{self.slice(depth)}]",
            lambda: f"list({self.gone_through(depth)})",
            lambda: f"sorted({self.gone_through(depth)}{draw.choice(('', ', reverse=True'))})",
            lambda: self.ranked(name, depth),
            lambda: f"{self.expression('str', depth)}.split({draw.choice(('', self.expression('str', 0)))})",
            *[lambda: f"[{self.comprehension(name, lambda: self.any(depth), depth)}]"] * 3,
            lambda: self.either("list", depth),
        )

    def write_dict(self, depth: int) -> str:
        a, b = self.fresh(), self.fresh() + "2"
        pairs = [f"{self.any(0)}: {self.any(depth)}" for _ in range(self.draw.randint(0, 3))]
        return self.pick(
            lambda: "{" + ", ".join(pairs) + "}",
            lambda: f"{{{a}: {self.any(depth)} for {a} in {self.gone_through(depth)}}}",
            lambda: f"{{{b}: {a} for {a}, {b} in {self.paired(depth)}}}",
            lambda: f"{self.expression('dict', depth)}.copy()",
            lambda: self.either("dict", depth),
        )

    def search(self, methods: Sequence[str], depth: int) -> str:
        return f"{self.expression('str', depth)}.{self.draw.choice(methods)}({self.expression('str', 0)})"

    def ranked(self, name: str, depth: int) -> str:
        by = self.with_name(name, lambda: self.any(depth))
        return f"sorted({self.gone_through(depth)}, key=lambda {name}: {by})"

    def gone_through(self, depth: int) -> str:
        return self.pick(
            lambda: self.expression("list", depth),
            lambda: self.expression("list", depth),
            lambda: self.expression("str", depth),
            lambda: f"{self.expression('dict', depth)}{self.draw.choice(('', '.keys()', '.values()'))}",
            lambda: f"range({self.small(depth)})",
            lambda: f"range({self.small(depth)}, {self.small(depth)} * 2, {self.draw.choice((1, 2, -1, -3))})",
            lambda: f"reversed({self.expression('list', depth)})",
            lambda: f"reversed(range({self.small(depth)}))",
        )

    def paired(self, depth: int) -> str:
        return self.pick(
            lambda: f"zip({self.gone_through(depth)}, {self.gone_through(depth)})",
            lambda: f"enumerate({self.gone_through(depth)})",
            lambda: f"enumerate({self.gone_through(depth)}, {self.draw.randint(-1, 3)})",
            lambda: f"{self.expression('dict', depth)}.items()",
            lambda: f"[{self.listed('int', 0)}, 'xy']",
        )

    def comprehension(self, name: str, value: Callable[[], str], depth: int) -> str:
        source = self.gone_through(depth)
        with_condition = self.draw.random() < 0.4
        code = f"{self.with_name(name, value)} for {name} in {source}"
        return code + (f" if {self.with_name(name, lambda: self.any(0))}" if with_condition else "")

    def with_name(self, name: str, write: Callable[[], str]) -> str:
        held = self.names
        self.names = {**held, name: self.draw.choice(KINDS)}
        code = write()
        self.names = held
        return code

    def fresh(self) -> str:
        return self.draw.choice("uvw") + str(len(self.names))

    def slice(self, depth: int) -> str:
        def bound() -> str:
            return self.draw.choice(("", str(self.draw.randint(-4, 4)), self.expression("int", 0)))

        return f"{bound()}:{bound()}{self.draw.choice(('', '', ':' + bound()))}"

    def specification(self) -> str:
        draw = self.draw
        if draw.random() < 0.5:
            return draw.choice(SPECIFICATIONS)
        parts = (("", "", "*<", "_>", "^", "="), ("", "+", "-", " "), ("", "0"), ("", "4", "12"), ("", "", ",", "_"))
        ends = (("", ".0", ".2", ".7"), ("", "d", "e", "f", "g", "%", "s"))
        return "".join(draw.choice(part) for part in (*parts, *ends))

    def hidden(self, depth: int, write: Callable[[int], str] | None = None) -> str:
        """Before Python 3.12 an f-string holds no quotes of its own kind and no backslash, so texts stay outside."""
        code = (write or self.any)(depth)
        return f"({code})" if not set("\"'\\{}:!") & set(code) else self.draw.choice(sorted(self.names))

    # ---- statements

    def block(self, depth: int, indent: str) -> list[str]:
        lines: list[str] = []
        for _ in range(self.draw.randint(1, 3)):
            lines += [indent + line for line in self.statement(depth)]
        return lines

    def statement(self, depth: int) -> list[str]:
        draw = self.draw
        name = draw.choice(["x", "y", "z"])
        lists = sorted(n for n in self.own if self.names.get(n) == "list")
        dicts = sorted(n for n in self.own if self.names.get(n) == "dict")
        choice = draw.random()
        if depth and choice < 0.12:
            return [f"if {self.any(1)}:", *self.block(depth - 1, "    "), "else:", *self.block(depth - 1, "    ")]
        if depth and choice < 0.2:
            exits = ["    if " + self.expression("bool", 1) + ":", "        " + draw.choice(("break", "continue"))]
            return self.loop(f"for {name} in {self.gone_through(1)}:", [*exits, *self.block(depth - 1, "    ")], depth)
        if depth and choice < 0.25:
            targets = draw.choice((f"i, {name} in", f"i, (x, {name}) in enumerate(zip({self.gone_through(1)},"))
            source = f"{self.gone_through(1)}))" if "zip" in targets else self.paired(1)
            return self.loop(f"for {targets} {source}:", self.block(depth - 1, "    "), depth)
        if depth and choice < 0.28:
            return self.loop(f"while {self.any(0)} or True:", self.block(depth - 1, "    "), depth)
        if lists and choice < 0.42:
            way = draw.choice(("append({})", "extend({})", "pop()", "insert({}, {})", "pop({})"))
            return [f"{draw.choice(lists)}.{way.format(self.expression('int', 0), self.any(0))}"]
        if lists and choice < 0.48:
            return [
                f"{draw.choice(lists)}[{self.expression('int', 0)}] {draw.choice(('=', '-=', '//='))} {self.any(1)}"
            ]
        if lists and choice < 0.54:
            return [f"{draw.choice(lists)} += {self.expression('list', 1)}", f"{draw.choice(lists)} *= {self.small(0)}"]
        if dicts and choice < 0.62:
            key = self.any(0)
            return [f"{draw.choice(dicts)}[{key}] = {self.any(1)}", f"{draw.choice(dicts)}[{key}] += 1"]
        if choice < 0.68:
            return [f"x, y = {draw.choice((self.any(1) + ', ' + self.any(1), self.expression('list', 1)))}"]
        if choice < 0.78:
            return [
                f"{name} {draw.choice(('+=', '-=', '/=', '//=', '%='))} {draw.choice(('1', '2.5', '0.1', 'len(x)'))}"
            ]
        if choice < 0.82:
            return [f"return {self.any(2)}"]
        if choice < 0.86:
            return [f"{name} = z = {self.any(2)}"]
        return [f"{name} = {self.any(2)}"]

    def loop(self, head: str, body: list[str], depth: int) -> list[str]:
        """A list may grow while it is gone through, so every loop ends after three rounds."""
        count = f"n{depth}"
        return [f"{count} = 0", head, f"    {count} += 1", f"    if {count} > 3:", "        break", *body]

    def program(self, name: str, calls: int) -> Program:
        draw = self.draw
        kinds = [draw.choice(KINDS[:-1]) for _ in range(draw.randint(1, 3))]
        self.names = {"p": draw.choice(KINDS), "q": "int"}
        helper = [f"    def helper(p, q={draw.randint(-2, 2)}):", f"        return {self.any(2)}"]
        self.names = dict(zip("abc", kinds, strict=False))
        parameters = ", ".join(self.names)
        if draw.random() < 0.5:
            source = f"{name} = lambda {parameters}: {self.any(3)}\n"
        else:
            head = helper
            self.helper = True
            for local in ("x", "y", "z", "own_list", "own_dict"):
                kind = {"own_list": "list", "own_dict": "dict"}.get(local) or draw.choice(KINDS)
                start = {"list": self.listed("int", 1), "dict": "{'k': 1, 2: [3]}"}.get(kind)
                head.append(f"    {local} = {start if local.startswith('own') else self.expression(kind, 1)}")
                self.names[local] = kind
            self.own = {"own_list", "own_dict"}
            body = self.block(2, "    ") + self.block(2, "    ")
            result = f"    return [{self.any(2)}, x, y, z, own_list, own_dict]"
            source = "\n".join([f"def {name}({parameters}):", *head, *body, result]) + "\n"
        given = [[self.value(kind) for kind in kinds] for _ in range(calls)]
        return Program(source, given)


def repr_(value: object) -> str:
    """A value as a program writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(repr_, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{repr_(key)}: {repr_(item)}' for key, item in value.items())}}}"
    if isinstance(value, float) and not math.isfinite(value):
        return "(math.inf)" if value > 0 else "(-math.inf)" if value < 0 else "(math.nan)"
    return f"({value!r})" if isinstance(value, int | float) else repr(value)


# ---- both sides


@dataclass(frozen=True)
class Emitted:
    """One call of an emitted function, and what Python makes of it."""

    source: str
    code: str
    given: Sequence[object]
    python: dict[str, Any]
    beyond: bool


@dataclass
class Campaign:
    """What came of a number of random programs."""

    functions: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)


def run_both(runtime: Any, *, seed: int, functions: int, calls: int) -> Campaign:
    """Random functions of one seed, each called in Python and on the page."""
    campaign = Campaign(functions=functions)
    draw = random.Random(seed)
    programs = [Writer(draw).program(f"f{i}", calls) for i in range(functions)]
    source = "".join(program.source for program in programs)
    plain = compiled(source, f"<programs {seed}>")
    watch = Watch()
    watched = compiled(
        ast.unparse(ast.fix_missing_locations(Watched().visit(ast.parse(source)))), f"<w {seed}>", _watch=watch
    )
    emitted: list[Emitted] = []
    for i, program in enumerate(programs):
        name = f"f{i}"
        try:
            code = emit(plain[name], where="here")
        except EmissionError as error:
            campaign.refused[str(error).rpartition(": ")[2]] += 1
            continue
        for given in program.calls:
            watch.beyond = False
            try:
                with at_most(0.2):
                    python = outcome(plain[name], given)
                    outcome(watched[name], given)
            except TooLong:
                campaign.outcomes["too long"] += 1
            else:
                emitted.append(Emitted(program.source, code, given, python, watch.beyond))
    for case, page in zip(emitted, on_page(runtime, [(case.code, case.given) for case in emitted]), strict=True):
        verdict = judged(case.python, page, beyond=case.beyond)
        campaign.outcomes[verdict] += 1
        if verdict == "different":
            report = f"{case.source}{case.code}\n{case.given}\npython {case.python}\npage   {page}\n"
            campaign.disagreements.append(report)
    return campaign


def judged(python: dict[str, Any], page: dict[str, Any], *, beyond: bool) -> str:
    if page.get("error") == "PageLimit":
        if "2^53" in page["message"]:
            return "beyond 2^53" if beyond else "different"
        return "page limit"
    if "error" in python:
        return python["error"] if python["error"] == page.get("error") else "different"
    return "equal" if not beyond and python == page else "different"


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_random_programs_mean_the_same_on_the_page(runtime: Any) -> None:
    campaign = run_both(runtime, seed=1, functions=1000, calls=4)
    assert campaign.disagreements == []
    assert sum(campaign.refused.values()) < 100
    assert campaign.outcomes["equal"] > 1000
    assert campaign.outcomes["page limit"] + campaign.outcomes["beyond 2^53"] < 300
    assert {"TypeError", "ValueError", "IndexError", "ZeroDivisionError", "AttributeError"} <= campaign.outcomes.keys()


# ---- what a random program seldom meets


def agree(runtime: Any, function: Callable[..., object], calls: Sequence[Sequence[object]]) -> None:
    code = emit(function, where="here")
    for given, page in zip(calls, on_page(runtime, [(code, given) for given in calls]), strict=True):
        python = outcome(function, given)
        assert {**page, "message": ""} == {**python, "message": ""}, given


def any_float(draw: random.Random) -> float:
    """Every exponent is as likely as any other."""
    return float(struct.unpack("<d", draw.randbytes(8))[0])


def halfway(draw: random.Random) -> float:
    """Numbers that lie, or nearly lie, between two decimals."""
    return draw.randint(-99999, 99999) / draw.choice((2, 4, 8, 16, 20, 200, 2000))


def test_numbers_print_and_round_as_in_python(runtime: Any) -> None:
    def texts(x: float, n: int) -> list[object]:
        return [
            f"{x} {x:.0f} {x:.1f} {x:.2f} {x:.3f} {x:f} {x:.12f}",
            f"{x:.0e} {x:.3e} {x:g} {x:.3g} {x:.1} {x:.4} {x:.17} {x:.1%} {x:,.2f} {x:,}",
            [round(x, 0), round(x, 1), round(x, 2), round(x, n)],
        ]

    draw = random.Random(2)
    numbers = [any_float(draw) for _ in range(1500)] + [halfway(draw) for _ in range(1500)]
    numbers += [float(draw.randint(-(10**17), 10**17)) for _ in range(300)] + [
        1e16,
        1e-4,
        1e-5,
        9.5,
        99.95,
        1e21,
        5e-324,
    ]
    agree(runtime, texts, [(number, draw.randint(-320, 330)) for number in numbers if math.isfinite(number)])


def test_division_and_remainder_are_pythons_for_every_sign_and_size(runtime: Any) -> None:
    def parts(a: float, b: float) -> list[float]:
        return [a // b, a % b, a / b]

    draw = random.Random(3)
    sizes = [(a, b) for a in (10, 1000, 2**31, LARGEST) for b in (10, 1000, 2**31, LARGEST)] * 60
    ints = [(draw.randint(-a, a), draw.choice((-1, 1)) * draw.randint(1, b)) for a, b in sizes]
    edges = [(LARGEST, 2), (-LARGEST, 2), (-LARGEST, LARGEST), (1 - LARGEST, -LARGEST), (0, -3)]
    floats = [(kind(draw), kind(draw)) for kind in (any_float, halfway) for _ in range(800)]
    special = (0.0, -0.0, 3.0, -3.0, 2.0, -2.0, math.inf, -math.inf, math.nan)
    zeros = [(a, b) for a in special for b in special]
    agree(runtime, parts, [*ints, *edges, *floats, *zeros])


def test_a_whole_number_that_a_page_would_spoil_is_an_error(runtime: Any) -> None:
    code = emit(lambda a, b: a * b + 1, where="here")
    results = on_page(runtime, [(code, (LARGEST, 1)), (code, (LARGEST - 1, 1)), (code, (-LARGEST, 2))])
    assert [result.get("error") or result["text"] for result in results] == ["PageLimit", str(LARGEST), "PageLimit"]


@pytest.mark.parametrize(
    "function", [lambda s: s.upper(), lambda s: s.lower(), lambda s: [s]], ids=["upper", "lower", "repr"]
)
def test_no_character_has_another_case_or_repr_on_the_page(runtime: Any, function: Callable[[str], object]) -> None:
    """Equal, or refused at run time where versions of Unicode differ. From plane 4 on there is hardly a character."""
    characters = [chr(c) for c in [*range(0xD800), *range(0xE000, 0x32000), *range(0x32000, 0x110000, 97)]]
    code = emit(function, where="here")
    texts = runtime.evaluate(
        """async ([code, characters]) => {
          const { py } = await import("http://runtime/python.js");
          const called = (0, eval)(code)(py);
          Error.stackTraceLimit = 0; // a million refusals
          return Array.from(characters, (character) => {
            try { return py.str(called(character)); }
            catch (error) { if (error.name !== "PageLimit") throw error; return null; }
          });
        }""",
        [code, "".join(characters)],
    )
    answered = [(c, text) for c, text in zip(characters, texts, strict=True) if text is not None]
    assert [c for c, text in answered if text != str(function(c))] == []
    assert len(answered) > 30_000
    assert {c for c, _ in answered} >= {*map(chr, range(0x180)), "\U0001f389", "\u4f60"}


def test_code_points_are_counted_indexed_and_ordered(runtime: Any) -> None:
    def text(s: str, t: str) -> list[object]:
        return [len(s), s[::-1], s[1:], s.find(t), s < t, sorted(s + t), list(s), s.center(7, "."), max(s, t)]

    pairs = [("a\U0001f600b", "\u20ac"), ("\u4f60\U0001f600", "\U0001f600"), ("\ufe0f", "\U0001f600"), ("", "x")]
    agree(runtime, text, pairs)


def test_functions_of_sweetbeans_own_stimuli_agree(runtime: Any) -> None:
    from sweetbean.stimulus import Feedback, Flanker, Text

    import twinbean.bean  # noqa: F401  (mends SweetBean before it is imported)

    show = Text(text="x").arg["stimulus"].fct
    agree(runtime, show, [("red", "it's"), ("#fff", 3.0), (None, True), ("white", [1, "a"])])
    for name in ("text", "color"):
        choose = Feedback().arg[name].fct
        agree(runtime, choose, [("Yes", "No", value) for value in (True, False, None, 0, 1.0, "", [])])
    flankers = Flanker().arg["text"].fct
    directions = ("left", "right", "l", "R", "LEFT", "", None)
    agree(runtime, flankers, [(a, b, n) for a in directions for b in directions for n in (0, 2, -1, 1.5)])


def test_arguments_that_are_left_out_have_their_defaults(runtime: Any) -> None:
    agree(runtime, lambda a, b=2.0, c="it's", d=None: [a, b, c, d], [(1,), (1, 3), (1, None, None), (1, 2, 3, 4)])


# ---- between the page's JSON and the values


def test_values_arrive_as_the_page_format_writes_them(runtime: Any) -> None:
    nodes = [
        '{"$float": 3}',
        '{"$float": -0.0}',
        '{"$float": "nan"}',
        '{"$float": "-inf"}',
        '{"b": 1, "a": {"$float": 2}}',
        '{"$dict": [["$x", 1], ["2", null], ["1", true]]}',
        "[1, 0.5, []]",
    ]
    texts = runtime.evaluate(
        """async (nodes) => {
          const { py } = await import("http://runtime/python.js");
          return nodes.map((node) => py.str(py.decode(JSON.parse(node))));
        }""",
        nodes,
    )
    values = [3.0, -0.0, math.nan, -math.inf, {"b": 1, "a": 2.0}, {"$x": 1, "2": None, "1": True}, [1, 0.5, []]]
    assert texts == [str(value) for value in values]


def test_records_are_plain_json(runtime: Any) -> None:
    values = [3.0, {"a": [1.0, None, "x"]}, {1: True, None: 2.5, 1.5: [], "__proto__": 0}]
    written = runtime.evaluate(
        """async (nodes) => {
          const { py } = await import("http://runtime/python.js");
          return JSON.stringify(JSON.parse(nodes).map((node) => py.toJSON(py.decode(node))));
        }""",
        json.dumps([node(value) for value in values]),
    )
    assert json.loads(written) == json.loads(json.dumps(values))


def test_a_timeline_entry_is_resolved_by_the_caller_and_refused_without_one(runtime: Any) -> None:
    found = runtime.evaluate(
        """async () => {
          const { py } = await import("http://runtime/python.js");
          const nodes = [{ $timeline: "x" }, { $float: 1 }];
          let refused = "";
          try { py.decode(nodes); } catch (error) { refused = error.message; }
          return [py.str(py.decode(nodes, (kind, name) => kind + name)), refused];
        }"""
    )
    assert found == ["['$timelinex', 1.0]", "$timeline stands for nothing here"]
