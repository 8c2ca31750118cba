"""The code in docs/report.md and docs/cognitive-models.md runs as it is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from twinbean import _assets, read, replay

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["report.md", "cognitive-models.md"])
def test_the_code_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for example in _assets.example_sessions():
        shutil.copy(example, tmp_path / "data" / example.name)
    replay("two_armed_bandit", read("data"), model="wsls2", after=3, run="results/after_3")
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    exec("\n".join(blocks), {})
