"""The same call of a function in Python and, transpiled, on a page."""

from __future__ import annotations

import ast
import copy
import json
import linecache
import math
import random
import re
import resource
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from random_functions import MODULE, Writer
from twinbean.transpile import Refused, transpile

LARGEST = 2**53 - 1

# Runs every call of every function and says what came out: kind and value, or the name of the exception.
RUN_ON_PAGE = """
async (text) => {
  const { py } = await import("http://runtime/index.js");
  const { Dict, typeName } = await import("http://runtime/values.js");
  const { PythonError } = await import("http://runtime/errors.js");
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


def on_page(runtime: Any, calls: Sequence[tuple[str, Sequence[object]]]) -> list[dict[str, Any]]:
    """What emitted functions give for their arguments."""
    payload = [{"source": code, "given": [node(value) for value in given]} for code, given in calls]
    return list(runtime.evaluate(RUN_ON_PAGE, json.dumps(payload)))


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

    def whole(self, value: Any) -> Any:
        if isinstance(value, float) and math.isfinite(value):
            self(int(value))
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

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """`%d` makes a whole number of what it is given."""
        if isinstance(node.op, ast.Mod):
            values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            whole = [ast.Call(ast.Name("_whole", ast.Load()), [value], []) for value in values]
            if isinstance(node.left, ast.Constant) and re.search("%[-+0-9]*[di]", str(node.left.value)):
                node.right = ast.Tuple(list(whole), ast.Load())
        return self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.AST]:
        after = ast.parse(ast.unparse(node.target), mode="eval").body
        super().generic_visit(node)
        return [node, ast.Expr(shown(after))]


def shown(node: ast.expr) -> ast.Call:
    return ast.Call(ast.Name("_watch", ast.Load()), [node], [])


class TooLong(BaseException):
    """A random program whose lists grow without end, in themselves or once they are written out."""


def outcome(function: Callable[..., object], given: Sequence[object]) -> dict[str, Any]:
    try:
        value = function(*copy.deepcopy(list(given)))
        return {"value": described(value), "text": str(value)}
    except MemoryError:
        raise TooLong from None
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


@contextmanager
def at_most(seconds: float, *, more_bytes: int = 2**29) -> Iterator[None]:
    """Raises TooLong after `seconds`; MemoryError where the process wants so much more memory than it has."""

    def stop(*_: object) -> None:
        raise TooLong

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more_bytes, limits[1]))
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, limits)


def compiled(source: str, name: str, **known: object) -> dict[str, Any]:
    """The functions of a module whose source `transpile` can find."""
    namespace: dict[str, Any] = {"math": math, **known}
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec", dont_inherit=True), namespace)
    return namespace


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
    source = MODULE + "".join(program.source for program in programs)
    plain = compiled(source, f"<programs {seed}>")
    watch = Watch()
    watched = compiled(
        ast.unparse(ast.fix_missing_locations(Watched().visit(ast.parse(source)))),
        f"<w {seed}>",
        _watch=watch,
        _whole=watch.whole,
    )
    emitted: list[Emitted] = []
    for i, program in enumerate(programs):
        name = f"f{i}"
        try:
            code = transpile(plain[name]).javascript
        except Refused as error:
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


def agree(runtime: Any, function: Callable[..., object], calls: Sequence[Sequence[object]]) -> None:
    code = transpile(function).javascript
    for given, page in zip(calls, on_page(runtime, [(code, given) for given in calls]), strict=True):
        python = outcome(function, given)
        assert {**page, "message": ""} == {**python, "message": ""}, given
