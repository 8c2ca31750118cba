"""Writes random expressions of the part of Python that a page can have."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

NUMBERS = ("int", "float", "bool")
KINDS = (*NUMBERS, "str", "list", "dict", "none")
TEXTS = ("", "a", "Bandit", "it's", 'say "hi"', "tab\tline\n", "\\", "\u00e9\u00df\u0130", "\U0001f600x\ufb01",
         "\ue000", "</b>&", " 12 ", "-7", "3.50", "1e3", "nan", "a,b,,c", "\x00\x7f\xa0\u2028", "\u03b1\u03b2",
         "ABC abc", "10", "9")  # fmt: skip
FLOATS = (0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.1, 2.675, 3.0, -7.0, 1e16, 1e15, 123456789.125, 1e-5, 0.0001, 5e-324, 1e300,
          -1e308, 1e22, 1e23, math.inf, -math.inf, math.nan, 9007199254740993.0, 0.3, 1 / 3, 99.995, 1e21)  # fmt: skip
INTS = (0, 1, 2, 3, -1, -2, -7, 10, 11, 60, 100, 255, -1000, 12345, 999999, 2**31, 2**53 - 1, 1 - 2**53, 10**15)
SPECIFICATIONS = (".0f", ".1f", ".2f", ".3f", ".10f", "f", "g", ".3g", ".0", ".2", ".10", ".0%",
                  ".1%", "d", ",", ",.2f", "+", "+.2f", "5", "<8", ">8", "^9", "*^9", "08", "08.3f",
                  "<08", "s", ".2s", "10s", ">10.3", "#>4", "05d", "x>6.1f", "\u00e9<4", "<", "020.5g")  # fmt: skip


@dataclass
class Expressions:
    """`names` are its variables with the kind of value that they usually hold."""

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
            lambda: f"outer({part()}, {self.any(0)})",
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
            lambda: f"({part()} ** {self.small(depth)})",
            lambda: f"({self.any(0)} ** {self.draw.choice((0, 1, 2, 3))})",
            lambda: f"sum({self.gone_through(depth)})",
            lambda: f"sum([{self.comprehension(self.fresh(), lambda: self.expression('int', 0), depth)}])",
            lambda: f"LEVELS[{self.small(0)} - 2]",
            lambda: f"outer({part()})",
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
            lambda: self.percent(depth),
            lambda: self.percent(depth),
            lambda: f"{part()}.join({self.expression('list', depth)})",
            lambda: f"{part()}.join({self.comprehension(name, lambda: self.expression('str', depth), depth)})",
            lambda: self.either("str", depth),
        )

    def percent(self, depth: int) -> str:
        """A template of `%`, sometimes one of the module's own."""
        draw = self.draw
        number = draw.choice(
            ("%d", "%i", "%5d", "%-5d|", "%05d", "%+d", "%f", "%.2f", "%8.3f", "%-8.1f|", "%+.0f", "%g", "%08.2f")
        )
        text = draw.choice(("%s", "%r", "%9s", "%-9s|", "%.2s", "%6.3r"))
        return self.pick(
            lambda: f"('{number} %%' % {self.number(depth)})",
            lambda: f"('<{text}>' % {self.any(depth)})",
            lambda: f"('{text} of {number}' % ({self.any(depth)}, {self.number(depth)}))",
            lambda: f"(TEMPLATE % ({self.any(depth)}, {self.number(0)}))",
        )

    def write_list(self, depth: int) -> str:
        kind = self.draw.choice(KINDS)
        name = self.fresh()
        draw = self.draw
        return self.pick(
            lambda: self.listed(kind, depth),
            lambda: f"({self.expression('list', depth)} + {self.expression('list', depth)})",
            lambda: f"(NAMES + {self.expression('list', depth)})",
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
        by = self.draw.choice(("len", "abs", "outer", f"lambda {name}: {by}", f"lambda {name}: {by}"))
        return f"sorted({self.gone_through(depth)}, key={by})"

    def gone_through(self, depth: int) -> str:
        return self.pick(
            lambda: self.expression("list", depth),
            lambda: self.expression("list", depth),
            lambda: self.expression("str", depth),
            lambda: f"{self.expression('dict', depth)}{self.draw.choice(('', '.keys()', '.values()'))}",
            lambda: f"range({self.small(depth)})",
            lambda: f"range({self.small(depth)}, {self.small(depth)} * 2, {self.draw.choice((1, 2, -1, -3))})",
            lambda: self.draw.choice(("LEVELS", "NAMES")),
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
        parts = (("", "", "*<", "_>", "^"), ("", "+", "-"), ("", "0"), ("", "4", "12"), ("", "", ",", ","))
        ends = (("", ".0", ".2", ".7"), ("", "d", "f", "g", "%", "s"))
        return "".join(draw.choice(part) for part in (*parts, *ends))

    def hidden(self, depth: int, write: Callable[[int], str] | None = None) -> str:
        """Before Python 3.12 an f-string holds no quotes of its own kind and no backslash, so texts stay outside."""
        code = (write or self.any)(depth)
        return f"({code})" if not set("\"'\\{}:!") & set(code) else self.draw.choice(sorted(self.names))


def repr_(value: object) -> str:
    """A value as a program writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(repr_, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{repr_(key)}: {repr_(item)}' for key, item in value.items())}}}"
    if isinstance(value, float) and not math.isfinite(value):
        return "(math.inf)" if value > 0 else "(-math.inf)" if value < 0 else "(math.nan)"
    return f"({value!r})" if isinstance(value, int | float) else repr(value)
