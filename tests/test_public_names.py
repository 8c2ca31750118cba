"""What `import twinbean` offers: every name is there, costs nothing until it is used, and hides no package."""

from __future__ import annotations

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
