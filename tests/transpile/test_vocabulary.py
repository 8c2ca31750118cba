"""docs/functions.md is the whole vocabulary, and all of it is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from function_files import written
from twinbean.transpile import Refused, transpile
from twinbean.transpile import vocabulary as known

DOCUMENT = Path(__file__).parents[2] / "docs" / "functions.md"


def documented(heading: str, column: int, *, skip: tuple[str, ...] = ()) -> list[str]:
    """The pieces of Python in one column of a table of docs/functions.md."""
    section = DOCUMENT.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [row.replace("\\|", "\0").split("|") for row in section.splitlines() if row.startswith("| ")]
    cells = [row[column].partition(";")[0] for row in rows if row[1].strip() not in skip]
    return [code.replace("\0", "|") for cell in cells for code in re.findall("`([^`]+)`", cell)]


IN_WORDS = (
    "functions",
    "names from outside",
    "statements",
    "lists and dicts that the function made itself, as by `x = list(x)`",
)
SUPPORTED = documented("What can be written", 2, skip=IN_WORDS)


def test_the_functions_that_the_document_shows_are_carried() -> None:
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    shown: list[tuple[Callable[..., object], int]] = []
    names = dict.fromkeys(("SharedVariable", "DataVariable", "SideEffect"), lambda *given: None)
    collect = lambda name, function, given: shown.append((function, len(given)))  # noqa: E731
    written("".join(blocks), FunctionVariable=collect, score=None, won=None, **names)
    assert len(shown) == 5
    for function, arguments in shown:
        assert transpile(function, arguments=arguments).javascript.startswith("(py) => ")


def test_the_document_lists_the_whole_vocabulary() -> None:
    text = DOCUMENT.read_text("utf-8").partition("## What is refused")[0]
    functions = (known.FUNCTIONS, known.COLLECTORS, known.GONE_THROUGH, known.MATH, known.MATH_CONSTANTS)
    words = {word for table in (*functions, known.METHODS, known.CHANGING_METHODS, known.VIEWS) for word in table}
    assert {word for word in words if not re.search(rf"\b{word}\b", text)} == set()


@pytest.mark.parametrize("code", SUPPORTED)
def test_what_the_document_shows_can_be_written(code: str) -> None:
    assert transpile(written(f"f = lambda x, y: {code}\n")["f"]).javascript.startswith("(py) => (x, y) => ")


def test_what_the_document_calls_refused_is_refused() -> None:
    refused = 0
    for code in documented("What is refused", 1):
        source = f"def f(x, y):\n    {code}\n    return x\n" if "+=" in code else f"f = lambda x, y: ({code})\n"
        try:
            function = written(source)["f"]
        except SyntaxError:
            continue  # a keyword, whose statement is among those tested above
        refused += 1
        with pytest.raises(Refused):
            transpile(function)
    assert refused > 20
