"""Writes random functions of the part of Python that a page can have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from random_expressions import KINDS, Expressions

# What every function finds in its module.
MODULE = '''
LEVELS = (3, 1.5, 2)
NAMES = ["a", "b", True, None]
TEMPLATE = "%s: %.1f"

def inmost(p):
    """Called by what is called."""
    return [p, len(LEVELS), NAMES[0]]

def outer(p, q=1):
    return inmost(p)[0] or q or LEVELS[0]
'''


@dataclass(frozen=True)
class Program:
    """One function and the arguments that it is called with."""

    source: str
    calls: Sequence[Sequence[object]]


class Writer(Expressions):
    """Writes one random function."""

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
        if choice < 0.72:
            return [f"{name} = list({self.gone_through(0)})", f"{name}.append({self.any(0)})"]
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
