"""Functions reach the page as they are written, or are refused with a sentence that helps."""

from __future__ import annotations

import functools
import linecache
import math
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from twinbean.bean.functions import emit

from twinbean.bean import function_vocabulary as known
from twinbean.errors import EmissionError

WHERE = "block 1, stimulus 2 (Text), argument text"
OUTSIDE = 3
DOCUMENT = Path(__file__).parents[2] / "docs" / "functions.md"


def written(source: str, **known: object) -> dict[str, Any]:
    """The functions of a file with this text."""
    name = f"task_{abs(hash(source))}.py"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"math": math, **known}
    exec(compile(source, name, "exec", dont_inherit=True), namespace)
    return namespace


def refusal(source: str, name: str = "f", **known: object) -> str:
    with pytest.raises(EmissionError) as caught:
        emit(written(source, **known)[name], where=WHERE)
    return str(caught.value)


def documented(heading: str, column: int, *, skip: tuple[str, ...] = ()) -> list[str]:
    """The pieces of Python in one column of a table of docs/functions.md."""
    section = DOCUMENT.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [row.replace("\\|", "\0").split("|") for row in section.splitlines() if row.startswith("| ")]
    cells = [row[column].partition(";")[0] for row in rows if row[1].strip() not in skip]
    return [code.replace("\0", "|") for cell in cells for code in re.findall("`([^`]+)`", cell)]


# ---- which function


def test_a_lambda_becomes_a_function_of_the_runtime() -> None:
    assert emit(lambda sc, val: sc + val, where=WHERE) == "(py) => (sc, val) => py.add(sc, val)"


def test_the_source_does_not_depend_on_where_it_is_used() -> None:
    def double(x: int) -> int:
        return x * 2

    assert emit(double, where="here") == emit(double, where="there")


def test_lambdas_that_share_a_line_are_told_apart() -> None:
    first, second, third = (lambda x: x + 1), (lambda x: x + 2), (lambda x: x)
    emitted = [emit(function, where=WHERE).partition("(x) => ")[2] for function in (first, second, third)]
    assert emitted == ["py.add(x, 1)", "py.add(x, 2)", "x"]


def test_lambdas_that_return_a_constant_are_told_apart() -> None:
    functions = (lambda x: 1), (lambda x: 1.0), (lambda x: True), (lambda y: True), (lambda: "b"), (lambda: -1)
    emitted = [emit(function, where=WHERE).removeprefix("(py) => ") for function in functions]
    assert emitted == ["(x) => 1", "(x) => py.float(1.0)", "(x) => true", "(y) => true", '() => "b"', "() => (-1)"]


def test_lambdas_that_share_a_line_are_told_apart_without_columns() -> None:
    """`-X no_debug_ranges` leaves no columns; what cannot be told apart by what it does is refused."""
    check = (
        "import linecache\n"
        "from twinbean.bean.functions import emit\n"
        "source = 'a, b = (lambda x: x + 1), (lambda x: x + 2)\\n'\n"
        "linecache.cache['f.py'] = (1, None, [source], 'f.py')\n"
        "exec(compile(source, 'f.py', 'exec'))\n"
        "print(emit(b, where=''))"
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
    assert [emit(function, where=WHERE) for function in (*kept[0].args, kept[1])] == [
        "(py) => (x) => py.item(x, 0)",
        "(py) => (x) => py.item(x, 1)",
        '(py) => (a, b) => (py.truth(py.compare(a, ">", b)) ? a : b)',
    ]


def test_a_lambda_within_a_lambda_is_the_inner_one() -> None:
    make: Callable[[], Callable[[int], int]] = lambda: lambda x: x - 1  # noqa: E731
    assert emit(make(), where=WHERE) == "(py) => (x) => py.sub(x, 1)"


def test_equal_code_in_two_files_is_looked_at_twice() -> None:
    honest = written("f = lambda x: len(x)\n")["f"]
    shadowed = written("f = lambda x: len(x)\n# another file\n", len=lambda x: 7)["f"]
    assert honest.__code__ == shadowed.__code__
    assert emit(honest, where=WHERE) == "(py) => (x) => py.len(x)"
    with pytest.raises(EmissionError, match="give your own a different name"):
        emit(shadowed, where=WHERE)


def test_defaults_are_constants_of_their_own_type() -> None:
    source = "fs = [lambda x, y=y: x + y for y in (1, 1.0, True, -0.5, 'a<b', None)]\n"
    emitted = [emit(function, where=WHERE) for function in written(source)["fs"]]
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
    with pytest.raises(EmissionError, match="has changed since it was loaded"):
        emit(function, where=WHERE)


def test_a_function_without_a_file_is_refused() -> None:
    namespace: dict[str, Any] = {}
    exec(compile("f = lambda x: x", "<nowhere>", "exec"), namespace)
    with pytest.raises(EmissionError, match="write the function in a file"):
        emit(namespace["f"], where=WHERE)


@pytest.mark.parametrize("callable_", [len, functools.partial(lambda x: x), int, math.floor])
def test_what_is_no_python_function_is_refused(callable_: Callable[..., object]) -> None:
    with pytest.raises(EmissionError, match="use a def or a lambda"):
        emit(callable_, where=WHERE)


def test_the_error_names_the_stimulus_the_file_the_line_and_the_remedy() -> None:
    message = refusal("def f(x):\n    y = 2\n    return x ** y\n")
    assert message.startswith(f"{WHERE}: task_")
    assert message.endswith(
        ", line 3: `x ** y` cannot be carried to a page exactly: "
        "multiply instead of **, which may differ in the last digit (x * x)."
    )


# ---- what is refused

REFUSED = {
    "f = lambda x: x ** 2": "multiply instead of",
    "f = lambda x: x + score": "pass score as an argument",
    "f = lambda x: sum(x)": "rounds floats changed in Python 3.12",
    "f = lambda x: random.random()": "draw the values in Python",
    "f = lambda x: random.choice(x)": "draw the values in Python",
    "f = lambda x: np.mean(x)": "plain Python numbers",
    "f = lambda x: math.exp(x)": "exp is not among",
    "f = lambda x: math.e": "of math there are",
    "f = lambda x: {1, x}": "no sets",
    "f = lambda x: (x, 1)": "no tuples",
    "f = lambda x: b'a'": "no exact form",
    "f = lambda x: 2j": "no exact form",
    "f = lambda x: 9007199254740992": "numbers to 2\\^53",
    "f = lambda x: '\\ud800'": "no exact form",
    "f = lambda x: x & 1": "only \\+ - \\* / // % are known",
    "f = lambda x: ~x": "see docs/functions.md",
    "f = lambda *x: x": "without \\* and \\*\\*",
    "f = lambda **x: x": "without \\* and \\*\\*",
    "f = lambda *, x: x": "without \\* and \\*\\*",
    "f = lambda x: (y := x)": "without :=",
    "f = lambda x: [*x]": "without \\*",
    "f = lambda x: {**x}": "see docs/functions.md",
    "f = lambda x: len(*x)": "by position",
    "f = lambda x: max(*x)": "max takes",
    "f = lambda x: (y for y in x)": "only as the argument of any",
    "f = lambda x: lambda y: y": "only as key=",
    "f = lambda x: sorted(x, key=len)": "key=lambda x: ...",
    "f = lambda x: list(zip(x, x))": "with 2 names",
    "f = lambda x: [p for p in enumerate(x)]": "with 2 names",
    "f = lambda x: [k for k in x.items()]": "with 2 names",
    "f = lambda x: x.keys()": "keys is not among",
    "f = lambda x: range(x)": "after `in` of a for",
    "f = lambda x: x.title()": "write the capitals",
    "f = lambda x: x.capitalize()": "s\\[:1\\].upper\\(\\)",
    "f = lambda x: x.isdigit()": "isdigit is not among",
    "f = lambda x: x.append(1)": "made in this function",
    "f = lambda x: x[0].pop()": "made in this function",
    "f = lambda x: x is 'a'": "only with None, True and False",
    "f = lambda x: 1 < x is None": "in a comparison of its own",
    "f = lambda x: f'{x!a}'": "write the format out",
    "f = lambda x: f'{x:{x}}'": "write the format out",
    "f = lambda x: f'{x:x}'": "fill, < > \\^ =",
    "f = lambda x: f'{x:#.2f}'": "fill, < > \\^ =",
    "f = lambda x: f'{x:08,}'": "comma or the filling zeros",
    "f = lambda x: f'{x:999}'": "width up to 200",
    "f = lambda x: 'a %s' % x": "write an f-string",
    "f = lambda x: x.format(1)": "write an f-string",
    "f = lambda x: '{} {0}'.format(x)": "name each argument plainly",
    "f = lambda x: '{a}'.format(x)": "name each argument plainly",
    "f = lambda x: '{0.real}'.format(x)": "name each argument plainly",
    "f = lambda x: '{:{}}'.format(x, 3)": "fill, < > \\^ =",
    "f = lambda x: '{'.format(x)": "its format is not one",
    "f = lambda x: x(1)": "x is not among",
    "f = lambda x: x[0](1)": "call a function by its name",
    "f = lambda x: int(x, 2)": "takes 1 arguments",
    "f = lambda x: x.real": "see docs/functions.md",
    "f = lambda x: print(x)": "leave it out",
    "f = lambda x: __debug__": "pass __debug__",
    "f = lambda x: [y for x in x for y in z for z in y]": "may be read before it has a value",
    "def f(x):\n    import math": "import math at the top",
    "def f(x):\n    global y": "pass the value as an argument",
    "def f(x):\n    yield x": "return a list",
    "async def f(x):\n    return x": "use a plain def",
    "def f(x):\n    try:\n        return 1\n    except ValueError:\n        return 2": "test the values beforehand",
    "def f(x):\n    raise ValueError": "return a value that says so",
    "def f(x):\n    with x:\n        return 1": "do without it",
    "def f(x):\n    assert x": "leave it out",
    "def f(x):\n    del x": "without the item",
    "def f(x):\n    match x:\n        case 1:\n            return 1": "use if and elif",
    "def f(x):\n    class A: pass": "use dicts and lists",
    "def f(x):\n    for y in x:\n        pass\n    else:\n        return 1": "without else",
    "def f(x):\n    for y in x:\n        pass\n    return y": "y may be read before it has a value",
    "def f(x):\n    if x:\n        y = 1\n    return y": "y may be read before it has a value",
    "def f(x):\n    x += [1]\n    return x": "write x = x \\+ ...",
    "def f(x, y):\n    x *= y\n    return x": "write x = x \\* ...",
    "def f(x):\n    x[0] = 1": "made in this function",
    "def f(x):\n    y = x\n    y.append(1)": "made in this function",
    "def f(x):\n    y = x['a']\n    y[0] = 1": "made in this function",
    "def f(x):\n    y = [x]\n    y[0][0] = 1": "made in this function",
    "def f(x):\n    y = [x]\n    y[0] += x": "a list would change in place",
    "def f(x):\n    y = x.get(1)\n    y.append(1)": "made in this function",
    "def f(x):\n    y = [1]\n    for y in x:\n        y.append(1)": "made in this function",
    "def f(x):\n    y = []\n    return [y.pop() for y in x]": "made in this function",
    "def f(x):\n    def list(y):\n        return y\n    z = list(x)\n    z.append(1)": "a name of its own",
    "def f(x):\n    a, *b = x": "without \\*",
    "def f(x):\n    x.y = 1": "assign to a name",
    "def f(x):\n    def g(y):\n        return x\n    return g(1)": "pass x as an argument",
    "def f(x):\n    def g(y):\n        return y\n    return g": "called, not passed on",
    "def f(x):\n    if x:\n        def g(y):\n            return y": "outside of if",
    "def f(x):\n    def g(y):\n        return y\n    g = 1": "a name of its own",
    "def f(x):\n    def g(y):\n        return y\n    return g(1, 2)": "takes 1 arguments",
    "def f(x=[]):\n    return x": "no exact form",
    "import functools\n@functools.cache\ndef g(x):\n    return x\nf = g.__wrapped__": "without a decorator",
}  # fmt: skip


@pytest.mark.parametrize("source", REFUSED)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_what_has_no_exact_form_is_refused_with_what_to_write(source: str) -> None:
    message = refusal(source, score=OUTSIDE, random=random)
    assert re.search(REFUSED[source], message), message


def test_a_closure_is_refused_by_the_name_of_what_it_holds() -> None:
    held = 3
    with pytest.raises(EmissionError, match="pass held as an argument of the function"):
        emit(lambda x: x + held, where=WHERE)


def test_math_must_be_the_module() -> None:
    assert "import math at the top" in refusal("f = lambda x: math.floor(x)\n", math=3)


def test_a_function_in_a_function_without_closure_is_emitted() -> None:
    def nested(n: int) -> str:
        """Says how many."""
        return f"{n} left"

    assert emit(nested, where=WHERE) == '(py) => (n) => { return (py.str(n) + " left"); return null; }'


def test_names_that_javascript_keeps_for_itself_are_changed() -> None:
    source = emit(written("f = lambda new, py, größe: new + py + größe\n")["f"], where=WHERE)
    assert source == "(py) => (new$, py$, gr$f6$$df$e) => py.add(py.add(new$, py$), gr$f6$$df$e)"


# ---- docs/functions.md

IN_WORDS = ("functions", "statements", "lists and dicts that the function makes itself")
SUPPORTED = documented("What can be written", 2, skip=IN_WORDS)


def test_the_document_lists_the_whole_vocabulary() -> None:
    text = DOCUMENT.read_text("utf-8").partition("## What is refused")[0]
    functions = (known.BUILTINS, known.COLLECTORS, known.GONE_THROUGH, known.MATH, known.MATH_CONSTANTS)
    words = {word for table in (*functions, known.METHODS, known.CHANGING_METHODS, known.VIEWS) for word in table}
    assert {word for word in words if not re.search(rf"\b{word}\b", text)} == set()


@pytest.mark.parametrize("code", SUPPORTED)
def test_what_the_document_shows_can_be_written(code: str) -> None:
    assert emit(written(f"f = lambda x, y: {code}\n")["f"], where=WHERE).startswith("(py) => (x, y) => ")


def test_what_the_document_calls_refused_is_refused() -> None:
    refused = 0
    for code in documented("What is refused", 1):
        source = f"def f(x, y):\n    {code}\n    return x\n" if "+=" in code else f"f = lambda x, y: ({code})\n"
        try:
            function = written(source)["f"]
        except SyntaxError:
            continue  # a keyword, whose statement is among those tested above
        refused += 1
        with pytest.raises(EmissionError):
            emit(function, where=WHERE)
    assert refused > 20
