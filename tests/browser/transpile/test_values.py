"""What a random program seldom meets: every float, every character, SweetBean's own functions."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from typing import Any

import pytest

from functions_on_page import LARGEST, agree, on_page
from twinbean.transpile import transpile


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
            f"{x:g} {x:.3g} {x:.1} {x:.4} {x:.17} {x:.1%} {x:,.2f} {x:,}",
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
    code = transpile(lambda a, b: a * b + 1).javascript
    results = on_page(runtime, [(code, (LARGEST, 1)), (code, (LARGEST - 1, 1)), (code, (-LARGEST, 2))])
    assert [result.get("error") or result["text"] for result in results] == ["PageLimit", str(LARGEST), "PageLimit"]


@pytest.mark.parametrize(
    "function", [lambda s: s.upper(), lambda s: s.lower(), lambda s: [s]], ids=["upper", "lower", "repr"]
)
def test_no_character_has_another_case_or_repr_on_the_page(runtime: Any, function: Callable[[str], object]) -> None:
    """Equal, or refused at run time where versions of Unicode differ. From plane 4 on there is hardly a character."""
    characters = [chr(c) for c in [*range(0xD800), *range(0xE000, 0x32000), *range(0x32000, 0x110000, 97)]]
    code = transpile(function).javascript
    texts = runtime.evaluate(
        """async ([code, characters]) => {
          const { py } = await import("http://runtime/index.js");
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
        return [len(s), s[::-1], s[1:], s.find(t), s < t, sorted(s + t), list(s), max(s, t)]

    pairs = [("a\U0001f600b", "\u20ac"), ("\u4f60\U0001f600", "\U0001f600"), ("\ufe0f", "\U0001f600"), ("", "x")]
    agree(runtime, text, pairs)


def test_functions_of_sweetbeans_own_stimuli_agree(runtime: Any) -> None:
    from sweetbean.stimulus import Feedback, Flanker, Text

    import twinbean.definitions  # noqa: F401  (patches SweetBean before it is imported)

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
