"""What `import twinbean` offers: every name is there, costs nothing until it is used, and hides no package."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import twinbean


@pytest.mark.parametrize("name", twinbean.__all__)
def test_a_public_name_is_there(name):
    assert getattr(twinbean, name) is not None


def test_no_public_name_is_a_modules():
    modules = {path.stem for path in Path(twinbean.__file__).parent.iterdir() if path.suffix in ("", ".py")}
    assert not modules & set(twinbean.__all__)


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="module 'twinbean' has no attribute 'bandit'"):
        _ = twinbean.bandit


def test_importing_imports_nothing_heavy():
    code = "import sys, twinbean; print(*{'torch', 'pandas', 'sweetbean', 'matplotlib', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


DOCS = Path(__file__).parents[1] / "docs" / "python.md"
# Names in annotations that are no types of ours: Python's, numpy's and pandas's, and unions of what stands here. How an
# endpoint is reached can be replaced only within `twinbean.subjects.endpoint`, what it has spent only pairs share, and
# the example of a run is for reports.
NOT_OURS = {
    *("Any", "Callable", "Iterable", "Iterator", "Literal", "Mapping", "Path", "Sequence", "None", "False", "True"),
    *("DataFrame", "Series", "Data", "Method", "Across", "Progress", "Window", "Ablation", "Parameters", "Reply"),
    *("Player", "Judge", "Fittable", "Numbers", "Origin", "Feedback", "Awaitable", "Experiment", "ClassVar"),
    *("Prior", "Course", "Rule", "Patience", "Sender", "RetryPolicy", "Transport", "Names", "Attributes", "Example"),
    *("TextSurvey", "Watched", "Spent"),
}


def annotations(name):
    """What a public name says of the types that it takes, returns and holds."""
    found = getattr(twinbean, name)
    if inspect.isfunction(found):
        return [str(one) for one in inspect.get_annotations(found).values()]
    if dataclasses.is_dataclass(found):
        return [str(field.type) for field in dataclasses.fields(found) if not field.name.startswith("_")]
    return []


@pytest.mark.parametrize("name", twinbean.__all__)
def test_every_type_that_a_public_name_takes_or_returns_is_public_too(name):
    words = set(re.findall(r"(?<![.\w'\"])[A-Z]\w+", " ".join(annotations(name))))
    assert words - NOT_OURS <= set(twinbean.__all__)


def test_the_reference_names_everything_public():
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", DOCS.read_text(encoding="utf-8")))))
    assert set(twinbean.__all__) - {"__version__"} <= named
