"""The page's scripts are type-checked: JSDoc types, read by the TypeScript compiler."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPILER = ROOT / "node_modules" / "typescript" / "bin" / "tsc"


def test_the_types_of_the_pages_scripts_agree() -> None:
    if not COMPILER.is_file() or shutil.which("node") is None:
        pytest.skip("TypeScript is not installed: npm ci")
    checked = subprocess.run(["node", str(COMPILER), "-p", str(ROOT)], capture_output=True, text=True, check=False)
    assert checked.stdout == ""
    assert checked.returncode == 0
