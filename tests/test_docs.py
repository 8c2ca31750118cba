"""What the README and docs/ say can be done is done here, in order, each document in a folder of its own.

A ```console block holds commands after `$ `; a ```python block goes on in the names of the ones before it; a ```text
block after one is what it prints; ```python NAME is a file to be saved. What a document leaves open is written `...`.
"""

from __future__ import annotations

import contextlib
import fnmatch
import io
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from twinbean import resources
from twinbean.cli import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RUN = ("README.md", "tutorial.md")


@dataclass(frozen=True)
class Fence:
    """One fenced block of a document."""

    kind: str
    name: str
    text: str
    line: int


def fences(document: Path) -> list[Fence]:
    text = document.read_text(encoding="utf-8")
    found = re.finditer(r"^```(\w*) ?(.*?)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Fence(match[1], match[2], match[3], text[: match.start()].count("\n") + 1) for match in found]


def printed_by_python(text: str, names: dict[str, object], where: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, where, "exec"), names)
    return out.getvalue()


def check_console(text: str, where: str) -> None:
    """Each `$ twinbean ...` with the lines that it prints."""
    for command, expected in re.findall(r"^\$ twinbean (.*(?:\\\n.*)*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            app(command.replace("\\\n", " ").split(), standalone_mode=False)
        check_printed(out.getvalue(), expected, f"{where}: twinbean {command}")


def check_printed(printed: str, expected: str, where: str) -> None:
    pattern = "".join(
        "*" if part == "..." else re.sub(r"([*?[])", r"[\1]", part) for part in re.split(r"(\.\.\.)", expected)
    )
    assert fnmatch.fnmatchcase(printed.strip(), pattern.strip()), f"{where} printed\n{printed}\nand not\n{expected}"


@pytest.mark.parametrize("name", RUN)
def test_what_a_document_does_can_be_done(name, tmp_path, monkeypatch):
    document = next(path for path in DOCUMENTS if path.name == name)
    monkeypatch.chdir(tmp_path)
    # The session that a reader would have played.
    shutil.copy(resources.example_sessions()[0], "bandit.json")
    Path("people").mkdir()
    for session in resources.example_sessions():
        shutil.copy(session, "people")
    names: dict[str, object] = {"__name__": "__main__"}
    monkeypatch.setattr(sys, "argv", ["twinbean"])
    blocks = fences(document)
    done = 0
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        where = f"{name}:{block.line}"
        if block.name:
            Path(block.name).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            check_console(block.text, where)
            done += 1
        elif block.kind == "python":
            printed = printed_by_python(block.text, names, where)
            if after is not None and after.kind == "text":
                check_printed(printed, after.text, where)
            done += 1
    assert done >= 3


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_links_to_is_there(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not target.startswith(("http:", "https:")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_option_that_a_document_names_exists(document):
    options = known_options()
    for command, rest in re.findall(r"`(?:\$ )?twinbean (\w+)([^`\n]*)`", document.read_text(encoding="utf-8")):
        assert command in options, f"{document.name} names the command {command!r}"
        for option in re.findall(r"(?<=\s)(--[a-z-]+)", rest):
            assert option in options[command], f"{document.name} gives `twinbean {command}` the option {option}"


def known_options() -> dict[str, set[str]]:
    """The options of each command, those of its own commands included."""
    import typer

    def options(command) -> set[str]:
        own = {text for parameter in command.params for text in (*parameter.opts, *parameter.secondary_opts)}
        return own.union(*(options(sub) for sub in getattr(command, "commands", {}).values()))

    return {name: options(command) for name, command in typer.main.get_command(app).commands.items()}
