"""What has no exact form on a page is refused with a sentence that helps."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from function_files import written
from twinbean.transpile import Refused, transpile


class Holder:
    """What a page knows nothing of."""


LOOP: list[object] = []
LOOP.append(LOOP)
OUTSIDE: dict[str, object] = {
    "holder": Holder(),
    "numpy_number": np.float64(0.5),
    "HALF": 0.5,
    "FLOATS": (0.5, 1.5),
    "PAIR": (1, 2),
    "NESTED": ((1, 2),),
    "LOOP": LOOP,
}


def refusal(source: str, name: str = "f", **known: object) -> str:
    with pytest.raises(Refused) as caught:
        transpile(written(source, **known)[name])
    return str(caught.value)


def test_the_error_names_the_file_the_line_and_the_remedy() -> None:
    message = refusal("def f(x):\n    y = 2\n    return x ** 0.5\n")
    assert message.startswith("task_")
    assert message.endswith(
        ", line 3: `x ** 0.5` cannot be carried to a page exactly: "
        "** of floats may differ in the last digit; write x * x, or compute it beforehand"
    )


REFUSED = {
    "f = lambda x: x ** 0.5": "write x \\* x",
    "f = lambda x: 1.5 ** x": "write x \\* x",
    "f = lambda x: x ** -1": "write 1 / x",
    "f = lambda x: x ** HALF": "write x \\* x",
    "f = lambda x: pow(x, 2)": "write x \\*\\* y",
    "f = lambda x: x + unknown": "pass unknown as an argument",
    "f = lambda x: x + __name__": "pass __name__ as an argument",
    "f = lambda x: x + holder": "holder is a Holder; pass its value",
    "f = lambda x: x + numpy_number": "0.5\\) has no exact form",
    "f = lambda x: x + PAIR": "PAIR is a tuple",
    "f = lambda x: x in NESTED": "NESTED: \\(1, 2\\) has no exact form",
    "f = lambda x: LOOP": "LOOP holds itself",
    "f = lambda x: PAIR(x)": "PAIR is a value",
    "f = lambda x: str": "called, not passed on",
    "f = lambda x: sum([0.5, x])": "rounds floats changed in Python 3.12",
    "f = lambda x: sum(FLOATS)": "rounds floats changed in Python 3.12",
    "f = lambda x: sum(x, [])": "sum takes something to go through",
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
    "f = lambda x: x & 1": "only \\+ - \\* / // % \\*\\* are known",
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
    "f = lambda x: sorted(x, key=x.get)": "key=lambda x: ...",
    "f = lambda x: sorted(x, key=x)": "x is a value",
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
    "f = lambda x: f'{x:x}'": "fill, < > \\^",
    "f = lambda x: f'{x:#.2f}'": "fill, < > \\^",
    "f = lambda x: f'{x:08,}'": "comma or the filling zeros",
    "f = lambda x: f'{x:999}'": "width up to 200",
    "f = lambda x: 'a %x' % x": "write an f-string",
    "f = lambda x: '%(a)s' % x": "write an f-string",
    "f = lambda x: '%s %s' % x": "2 places for values, and 1 are given",
    "f = lambda x: '%s' % (x, x)": "1 places for values, and 2 are given",
    "f = lambda x: 'none' % x": "0 places",
    "f = lambda x: '%.2d' % x": "not among its formats",
    "f = lambda x: '%05s' % x": "not among its formats",
    "f = lambda x: '100 %' % x": "write an f-string",
    "f = lambda x: f'{x} %d' % x": "as one f-string",
    "f = lambda x: x.center(9)": "x:\\^9",
    "f = lambda x: x.zfill(3)": "x:03",
    "f = lambda x: f'{x:e}'": "fill, < > \\^",
    "f = lambda x: f'{x:_}'": "fill, < > \\^",
    "f = lambda x: x.format(1)": "write an f-string",
    "f = lambda x: '{} {0}'.format(x)": "name each argument plainly",
    "f = lambda x: '{a}'.format(x)": "name each argument plainly",
    "f = lambda x: '{0.real}'.format(x)": "name each argument plainly",
    "f = lambda x: '{:{}}'.format(x, 3)": "fill, < > \\^",
    "f = lambda x: '{'.format(x)": "its format is not one",
    "f = lambda x: x(1)": "x is a value",
    "f = lambda x: x[0](1)": "call a function by its name",
    "f = lambda x: int(x, 2)": "takes 1 arguments",
    "f = lambda x: x.real": "see docs/functions.md",
    "f = lambda x: print(x)": "leave it out",
    "f = lambda x: __debug__": "pass __debug__",
    "f = lambda x: f(x)": "f calls itself",
    "def f(x):\n    return g(x)\ndef g(x):\n    return f(x)": "f calls itself",
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
    "def f(x):\n    def list(y):\n        return y\n    z = list(x)\n    z.append(1)": "made in this function",
    "def f(x):\n    a, *b = x": "without \\*",
    "def f(x):\n    x.y = 1": "assign to a name",
    "def f(x):\n    def g(y):\n        return x\n    return g(1)": "pass x as an argument",
    "def f(x):\n    def g(y):\n        return y\n    return g": "called, not passed on",
    "def f(x):\n    if x:\n        def g(y):\n            return y": "outside of if",
    "def f(x):\n    def g(y):\n        return y\n    g = 1": "a name of its own",
    "def f(x):\n    def g(y):\n        return y\n    return g(1, 2)": "takes 1 arguments",
    "def f(x=(1, 2)):\n    return x": "no exact form",
    "def f(x, y):\n    x = list(x)\n    if y:\n        x = y\n    x.append(1)": "made in this function",
    "def f(x, y):\n    z = []\n    for w in y:\n        z.append(w)\n        z = y": "made in this function",
    "def f(x, y):\n    z = []\n    while z.pop():\n        z = y": "made in this function",
    "def sorted(x):\n    return x\ndef f(x):\n    y = sorted(x)\n    y.append(1)": "made in this function",
    "import functools\n@functools.cache\ndef g(x):\n    return x\nf = g.__wrapped__": "without a decorator",
}  # fmt: skip


@pytest.mark.parametrize("source", REFUSED)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_what_has_no_exact_form_is_refused_with_what_to_write(source: str) -> None:
    message = refusal(source, random=random, **OUTSIDE)
    assert re.search(REFUSED[source], message), message


def test_math_must_be_the_module() -> None:
    assert "import math at the top" in refusal("f = lambda x: math.floor(x)\n", math=3)


def test_a_function_in_a_function_without_closure_is_emitted() -> None:
    def nested(n: int) -> str:
        """Says how many."""
        return f"{n} left"

    assert transpile(nested).javascript == '(py) => (n) => { return (py.str(n) + " left"); return null; }'


def test_names_that_javascript_keeps_for_itself_are_changed() -> None:
    source = transpile(written("f = lambda new, py, größe: new + py + größe\n")["f"]).javascript
    assert source == "(py) => (new$, py$, gr$f6$$df$e) => py.add(py.add(new$, py$), gr$f6$$df$e)"
