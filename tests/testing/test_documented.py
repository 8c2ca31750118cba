"""What docs/api-models.md says can be done is done here, against the server that it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from test_docs import check_console, fences, printed_by_python
from twinbean.subjects.endpoint.prompting.prompter import MEMORIES
from twinbean.subjects.endpoint.reading import READINGS
from twinbean.testing.responders import Script, note_keeper
from twinbean.testing.server import serve

DOCUMENT = Path(__file__).parents[2] / "docs" / "api-models.md"
SHOWN = "http://127.0.0.1:8000/v1"


def test_its_commands_do_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (prices,) = [block for block in fences(DOCUMENT) if block.name == "prices.toml"]
    (tmp_path / prices.name).write_text(prices.text, encoding="utf-8")
    blocks = [block for block in fences(DOCUMENT) if block.kind == "console"]
    assert len(blocks) == 2
    with serve(Script(note_keeper, model="note-keeper")) as server:
        for block in blocks:
            assert block.text.count("$ ") in (1, 3)
            check_console(block.text.replace(SHOWN, server.base_url), f"api-models.md:{block.line}")
    assert (tmp_path / "results" / "report" / "report.html").exists()
    assert list((tmp_path / "results" / "report" / "figures").glob("*.png"))


def test_its_python_runs():
    (block,) = [block for block in fences(DOCUMENT) if block.kind == "python"]
    assert printed_by_python(block.text, {}, "api-models.md").startswith("http://127.0.0.1:")


@pytest.mark.parametrize("name", [*MEMORIES, *READINGS])
def test_it_tells_of_every_memory_and_reading(name):
    assert f"| `{name}` |" in DOCUMENT.read_text(encoding="utf-8")
