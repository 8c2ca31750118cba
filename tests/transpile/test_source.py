"""The source of a function object is found, and is proven to be its own."""

from __future__ import annotations

import functools
import linecache
import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from function_files import written
from twinbean.transpile import Refused, transpile


def test_a_lambda_becomes_a_function_of_the_runtime() -> None:
    assert transpile(lambda sc, val: sc + val).javascript == "(py) => (sc, val) => py.add(sc, val)"


def test_lambdas_that_share_a_line_are_told_apart() -> None:
    first, second, third = (lambda x: x + 1), (lambda x: x + 2), (lambda x: x)
    emitted = [transpile(function).javascript.partition("(x) => ")[2] for function in (first, second, third)]
    assert emitted == ["py.add(x, 1)", "py.add(x, 2)", "x"]


def test_lambdas_that_return_a_constant_are_told_apart() -> None:
    functions = (lambda x: 1), (lambda x: 1.0), (lambda x: True), (lambda y: True), (lambda: "b"), (lambda: -1)
    emitted = [transpile(function).javascript.removeprefix("(py) => ") for function in functions]
    assert emitted == ["(x) => 1", "(x) => py.float(1.0)", "(x) => true", "(y) => true", '() => "b"', "() => (-1)"]


@pytest.mark.parametrize("first", ["", "from __future__ import annotations; "])
def test_lambdas_that_share_a_line_are_told_apart_without_columns(first: str) -> None:
    """`-X no_debug_ranges` leaves no columns; what cannot be told apart by what it does is refused."""
    check = (
        "import linecache\n"
        "from twinbean.transpile import transpile\n"
        f"source = '{first}a, b = (lambda x: x + 1), (lambda x: x + 2)\\n'\n"
        "linecache.cache['f.py'] = (1, None, [source], 'f.py')\n"
        "exec(compile(source, 'f.py', 'exec'))\n"
        "print(transpile(b).javascript)"
    )
    command = [sys.executable, "-X", "no_debug_ranges", "-c", check]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "(py) => (x) => py.add(x, 2)\n"


def test_lambdas_within_a_call_and_over_several_lines_are_found() -> None:
    kept = [
        functools.partial(lambda *given: given, lambda x: x[0], lambda x: x[1]),
        (
            lambda a,
            b: (a)
            if a > b
            else (b)
        ),
    ]  # fmt: skip
    assert [transpile(function).javascript for function in (*kept[0].args, kept[1])] == [
        "(py) => (x) => py.item(x, 0)",
        "(py) => (x) => py.item(x, 1)",
        '(py) => (a, b) => (py.truth(py.compare(a, ">", b)) ? a : b)',
    ]


def test_a_lambda_within_a_lambda_is_the_inner_one() -> None:
    make: Callable[[], Callable[[int], int]] = lambda: lambda x: x - 1  # noqa: E731
    assert transpile(make()).javascript == "(py) => (x) => py.sub(x, 1)"


def test_equal_code_in_two_files_is_looked_at_twice() -> None:
    usual = written("f = lambda x: len(x)\n")["f"]
    shadowed = written("f = lambda x: len(x)\n# another file\n", len=lambda x: 7)["f"]
    assert usual.__code__ == shadowed.__code__
    assert transpile(usual).javascript == "(py) => (x) => py.len(x)"
    assert transpile(shadowed).javascript == "(py) => { const len$1 = (x) => 7; return (x) => len$1(x); }"


def test_defaults_are_constants_of_their_own_type() -> None:
    source = "fs = [lambda x, y=y: x + y for y in (1, 1.0, True, -0.5, 'a<b', None)]\n"
    emitted = [transpile(function).javascript for function in written(source)["fs"]]
    assert [text.partition("y = ")[2].partition(") =>")[0] for text in emitted] == [
        "1",
        "py.float(1.0)",
        "true",
        "(-0.5)",
        '"a\\u003cb"',
        "null",
    ]


def test_a_file_that_has_changed_since_is_refused() -> None:
    function = written("f = lambda x: x + 1\n")["f"]
    name = function.__code__.co_filename
    linecache.cache[name] = (20, None, ["f = lambda x: x + 2\n"], name)
    with pytest.raises(Refused, match="has changed since it was loaded"):
        transpile(function)


def test_a_function_without_a_file_is_refused() -> None:
    namespace: dict[str, Any] = {}
    exec(compile("f = lambda x: x", "<nowhere>", "exec"), namespace)
    with pytest.raises(Refused, match="write the function in a file"):
        transpile(namespace["f"])


@pytest.mark.parametrize("callable_", [print, functools.partial(lambda x: x), dict, math.exp])
def test_what_is_no_python_function_is_refused(callable_: Callable[..., object]) -> None:
    with pytest.raises(Refused, match="use a def or a lambda"):
        transpile(callable_)
