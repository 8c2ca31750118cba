"""The normal form of what an author wrote: equal for the same meaning in another layout, different for any change."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from function_files import written
from twinbean.transpile import syntax, transpile

USUAL = """
LIMIT = 3
SHOWN = ["a", 1.0]

def helper(x, y=2):
    return x * y + LIMIT

def f(score, won=1.5):
    total = 0
    for i, part in enumerate(won):
        if part > 0 and i != 2:
            total += helper(part)
    parts = [p for p in SHOWN if p is not None]
    return f"{total:.2f} of {score!r}{parts[-1:]}" if total else "%d" % max(score, key=len)
"""


def normal(source: str) -> str:
    return syntax(transpile(written(source)["f"]))


def test_layout_comments_docstrings_and_annotations_leave_no_trace() -> None:
    other = '''
# another file
SHOWN: list = [ 'a',   1.0,
]
UNUSED = 9
LIMIT = 1 + 2


def helper(x: int, y: int=2) -> int:
    """Says what it does."""
    return (x*y) + LIMIT   # a comment

def f(score: str, won = 3/2) -> "str":
    """More words."""
    total: int = (0)
    pass
    for (i, part) in enumerate(won):
        if (part > 0) and (i != 2): total += helper(part)
    parts = [
        p for p in SHOWN
        if p is not None
    ]
    "a remark"
    return (f'{total:.2f} of '
        f'{score!r}{parts[-1:]}') if total else "%" "d" % max(score, key=len)
'''
    assert normal(other) == normal(USUAL)


def test_a_lambda_and_a_def_that_say_the_same_are_one() -> None:
    assert normal("f = lambda x: x + 1\n") == normal("def f(x):\n    return x + 1\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("LIMIT = 3", "LIMIT = True"),
        ('["a", 1.0]', '["a", 1]'),
        ('["a", 1.0]', '[1.0, "a"]'),
        ('["a", 1.0]', '{"a": 1.0}'),
        ("y=2", "y=3"),
        ("x * y + LIMIT", "x - y + LIMIT"),
        ("x * y + LIMIT", "x * (y + LIMIT)"),
        ("x * y + LIMIT", "LIMIT + x * y"),
        ("won=1.5", "won=1.25"),
        ("won=1.5", "won='1.5'"),
        ("part > 0", "part >= 0"),
        ("part > 0 and", "part > 0 or"),
        ("i != 2", "i == 2"),
        ("total += helper(part)", "total -= helper(part)"),
        ("total += helper(part)", "total += abs(part)"),
        ("total += helper(part)", "total = helper(part)"),
        ("helper(part)", "helper(part, 2)"),
        ("p is not None", "p is None"),
        (" if p is not None", ""),
        (".2f", ".3f"),
        (" of ", " in "),
        ("!r", ""),
        ("[-1:]", "[:-1]"),
        ('"%d"', '"%s"'),
        ("max(", "min("),
        ("key=len", "key=str"),
        ("    total = 0\n", "    total = 0.0\n"),
        ("enumerate(won)", "enumerate(won, 1)"),
    ],
)
def test_every_change_of_meaning_is_seen(old: str, new: str) -> None:
    assert USUAL.count(old) == 1
    assert normal(USUAL.replace(old, new)) != normal(USUAL)


def test_functions_that_are_built_in_have_a_form_too() -> None:
    assert syntax(transpile(max, arguments=2)) != syntax(transpile(min, arguments=2))
    assert syntax(transpile(max, arguments=2)) == syntax(transpile(max, arguments=2))


def test_it_is_json_and_says_nothing_of_javascript() -> None:
    found = json.loads(normal(USUAL))
    assert found.keys() == {"parameters", "defaults", "body", "outside"}
    assert found["parameters"] == ["score", "won"]
    assert found["outside"].keys() == {"SHOWN", "helper", "enumerate", "len", "max"}
    assert "py." not in normal(USUAL)


@pytest.mark.parametrize("python", ["python3.11", "python3.12", "python3.13"])
def test_every_python_gives_the_same(python: str, tmp_path: Path) -> None:
    """The package has no dependency of its own here, so that an interpreter without any can run it."""
    (tmp_path / "task.py").write_text(USUAL.replace("{total:.2f} of ", "{{{total:.2f}}} of {{"), "utf-8")
    program = (
        "import sys, types\n"
        f"sys.path[:0] = [{str(Path(__file__).parents[2] / 'src' / 'twinbean')!r}, {str(tmp_path)!r}]\n"
        "sys.modules['twinbean'] = package = types.ModuleType('twinbean')\n"
        "package.__path__ = [sys.path[0]]\n"
        "sys.path.pop(0)\n"
        "from twinbean.transpile import syntax, transpile\n"
        "import task\n"
        "print(syntax(transpile(task.f)))\n"
    )
    if shutil.which(python) is None or subprocess.run([python, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"{python} is not here")
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == normal(USUAL.replace("{total:.2f} of ", "{{{total:.2f}}} of {{"))
