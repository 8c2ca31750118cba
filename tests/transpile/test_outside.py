"""Constants and functions from outside mean the same on the page; each is carried along once."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import floor as whole_part
from typing import Any

import pytest

from function_files import written
from functions_on_page import agree, on_page, outcome
from twinbean.transpile import transpile

WEIGHT = 2.0
COLORS = ("red", "it's", "</b>")
DEEP = {"a": [1, None, {"b": True}], 2: "two"}
GREETING = "{name}: %s {n:>4}"


def twice(x: Any) -> Any:
    return x * 2


def weighed(x: Any) -> Any:
    return twice(x) + WEIGHT


def test_constants_of_the_file_are_carried(runtime: Any) -> None:
    def told(i: Any, x: Any) -> list[object]:
        return [COLORS[i], x in COLORS, len(COLORS), [c + c for c in COLORS], COLORS.index(x), DEEP["a"], WEIGHT]

    agree(runtime, told, [(0, "red"), (-1, "it's"), (3, "red"), (0, "blue"), ("a", "red"), (True, "</b>")])


def test_functions_of_the_file_are_carried_with_what_they_use_in_turn(runtime: Any) -> None:
    agree(runtime, lambda x, y: [weighed(x), twice(y), weighed(y)], [(1, 2.5), (True, -0.0), ("a", 1), (1, [1])])


def test_names_of_the_function_around_are_carried(runtime: Any) -> None:
    def build(bonus: float, names: list[str]) -> Callable[..., object]:
        def shown(won: Any) -> Any:
            return f"{won + bonus:.1f}"

        return lambda won, arm: [names[arm], shown(won), bonus]

    agree(runtime, build(1.5, ["A", "B"]), [(1, 0), (2.25, 1), (0, 2)])
    agree(runtime, build(3, ["C"]), [(1, 0)])


def test_a_parameter_hides_what_is_outside(runtime: Any) -> None:
    agree(runtime, lambda COLORS, twice: [COLORS, [twice * 2 for twice in twice]], [(1, [2]), ("a", [])])  # noqa: N803


def test_functions_of_two_files_that_share_a_name_stay_two(runtime: Any) -> None:
    other = written("LEVEL = 5\ndef helper(x):\n    return x + LEVEL\n")["helper"]
    both = written(
        "LEVEL = 7\ndef helper(x):\n    return x * LEVEL\nf = lambda x: [helper(x), other(x), LEVEL]\n", other=other
    )
    agree(runtime, both["f"], [(1,), (2.5,)])
    again = written("LEVEL = 1\nf = lambda LEVEL: [other(LEVEL), helper(LEVEL)]\n", other=other, helper=both["helper"])
    agree(runtime, again["f"], [(1,), (2.5,)])


def test_a_built_in_function_under_another_name_is_what_it_is(runtime: Any) -> None:
    agree(runtime, lambda x: whole_part(x), [(1.5,), (-1.5,), ("a",), (math.inf,)])


def test_a_name_that_a_file_gives_to_its_own_is_its_own(runtime: Any) -> None:
    agree(runtime, written("len = lambda x: 7\nf = lambda x: len(x)\n")["f"], [([1],), ("",)])
    agree(runtime, written("max = 3\nf = lambda x: max + x\n")["f"], [(1,), (0.5,)])


def test_templates_of_the_file_are_formatted(runtime: Any) -> None:
    source = "T = '%6s won %-4d| of %.1f%%'\nU = '{a}-{b:>5}'\nf = lambda x, y: [T % (x, y, y), U.format(a=x, b=y)]\n"
    agree(runtime, written(source)["f"], [("ann", 3), (None, 2.75), ([1], True), ("ann", "b")])


@pytest.mark.parametrize(
    ("function", "calls"),
    [
        (max, [(1, 2), ("a", "b"), (1, "a"), (True, 1)]),
        (min, [(1, 2.0), (2, 1)]),
        (round, [(2.675, 2), (12345, -2)]),
        (round, [(2.5,), (-0.5,), ("a",)]),
        (max, [([3, 1],), ([],), ("héllo",), (3,)]),
        (sum, [([1, 2],), ([],), ([True, 5],), (["a"],), (3,)]),
        (len, [([1],), ("\U0001f600",), (1,)]),
        (sorted, [([2, 1],), ("ba",), ([1, "a"],)]),
        (math.floor, [(1.5,), (-1,), (math.nan,)]),
        (str, [(1.0,), (None,)]),
        (bool, [(0,), ([],), ("a",)]),
        (list, [("ab",), ({"k": 1},)]),
    ],
)
def test_a_built_in_function_can_be_the_function(runtime: Any, function: Any, calls: list[Any]) -> None:
    code = transpile(function, arguments=len(calls[0])).javascript
    for given, page in zip(calls, on_page(runtime, [(code, given) for given in calls]), strict=True):
        assert {**page, "message": ""} == {**outcome(function, given), "message": ""}, given


def test_what_two_functions_need_is_written_once() -> None:
    source = transpile(lambda x: [weighed(x), weighed(x), twice(x)]).javascript
    assert source.count("=> ") == 4  # py, twice, weighed, the lambda
    assert source.startswith("(py) => { const twice$1 = (x) => ")


# ---- whole numbers


def test_sums_and_powers_of_whole_numbers_are_exact_or_refused(runtime: Any) -> None:
    limit = 2**53
    power = transpile(lambda x, n: x**n).javascript
    total = transpile(lambda x: sum(x)).javascript
    calls = [(power, (2, 52)), (power, (-2, 53)), (power, (2, 53)), (power, (-3, 33)), (power, (94906265, 2)),
             (power, (94906267, 2)), (power, (-1, limit - 1)), (power, (0, 0)), (power, (7, 10**9)),
             (power, (0, -1)), (power, (2, -1)), (power, (0.5, 2)), (power, (2, 2.0)), (power, ("a", 2)),
             (total, ([limit - 1, 1, -1],)), (total, ([limit - 1, 1],)), (total, ([1, 0.5],)),
             (total, ([0.5],))]  # fmt: skip
    results = [result.get("error") or int(result["text"]) for result in on_page(runtime, calls)]
    assert results == [2**52, "PageLimit", "PageLimit", (-3) ** 33, 94906265**2, "PageLimit", -1, 1, "PageLimit",
                       "ZeroDivisionError", "PageLimit", "PageLimit", "PageLimit", "TypeError",
                       limit - 1, "PageLimit", "PageLimit", "PageLimit"]  # fmt: skip


# ---- lists that grow


def test_a_list_grows_by_a_copy_of_what_was_passed_in(runtime: Any) -> None:
    def remember(history: Any, item: Any) -> Any:
        history = list(history)
        history.append(item)
        if len(history) > 3:
            history = history[1:]
            history[0] = "first"
        history += [len(history)]
        return history

    agree(runtime, remember, [([], 1), ([1, 2], None), ([1, 2, 3], [4]), ("ab", 1), (1, 2)])


def test_a_list_that_was_passed_in_stays_as_it_was(runtime: Any) -> None:
    def both(history: Any) -> Any:
        longer = history + [1]  # noqa: RUF005
        longer.append(2)
        own = list(history)
        own.append(3)
        return [history, longer, own]

    agree(runtime, both, [([],), ([0],)])
