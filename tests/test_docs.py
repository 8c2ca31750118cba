"""What the README and docs/ say can be done is done here, in order, each document in a folder of its own.

A ```console block holds commands after `$ `; a ```python block goes on in the names of the ones before it; a ```text
block after one is what it prints; ```python NAME is a file to be saved. What a document leaves open is written `...`.
"""

from __future__ import annotations

import contextlib
import fnmatch
import io
import json
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect

import twinbean
from kind_mutants import KIND_MUTANTS
from mutants import MUTANTS
from program_players import people_of_the_documents
from twinbean import _assets
from twinbean.cli import app
from twinbean.cli.commands import COMMANDS
from twinbean.page.export import document
from twinbean.runs.replaying import replay
from twinbean.sessions.psych101 import read_transcripts
from twinbean.tasks.task import load
from twinbean.testing.browser import launch

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


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
    for command, expected in re.findall(r"^\$ twinbean ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            app(command.replace("\\\n", " ").split(), standalone_mode=False)
        check_printed(out.getvalue(), expected, f"{where}: twinbean {command}")


def check_printed(printed: str, expected: str, where: str) -> None:
    pattern = "".join(
        "*" if part == "..." else re.sub(r"([*?[])", r"[\1]", part) for part in re.split(r"(\.\.\.)", expected)
    )
    assert fnmatch.fnmatchcase(printed.strip(), pattern.strip()), f"{where} printed\n{printed}\nand not\n{expected}"


def nothing_else(request: pytest.FixtureRequest) -> dict[str, object]:
    return {}


def some_people(request: pytest.FixtureRequest) -> dict[str, object]:
    """The folders `data` and `results/after_3`, the run of a learner."""
    shutil.copytree(_assets.example_sessions()[0].parent, "data", ignore=shutil.ignore_patterns("*.py"))
    replay("two_armed_bandit", twinbean.read("data"), model="rw", after=3, samples=2, run="results/after_3")
    return {}


def people_read(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"people": twinbean.read("people")}


def some_transcripts(request: pytest.FixtureRequest) -> dict[str, object]:
    """A table made from another study, and transcripts that carry their own labels."""
    table = "ID,key,paid\n" + "".join(f"{who},{key},{key}\n" for who in "ab" for key in (0, 1, 1))
    Path("study.csv").write_text(table, encoding="utf-8")
    columns = ["--participant", "ID", "--choice", "key", "--reward", "paid"]
    app(["convert", "study.csv", "-o", "study.tidy.csv", *columns], standalone_mode=False)
    told = "You can choose J or S.\n" + "".join(f"You press <<{label}>>. You get 1 point.\n" for label in "JSSJ")
    lines = [json.dumps({"text": told, "experiment": "two", "participant": who}) for who in "ab"]
    Path("prompts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    path = Path("prompts.jsonl")
    return {"path": path, "transcripts": list(read_transcripts(path, labels=["J", "S"]))}


def people_to_learn_from(request: pytest.FixtureRequest) -> dict[str, object]:
    """A table of ten people, and the smallest of models."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    from choosers import person
    from tiny_models import write_tiny_model

    write_tiny_model(Path("base"))
    people = [person(number, diagnosis="ab"[number % 2]) for number in range(10)]
    twinbean.to_table(people).to_csv("study.tidy.csv", index=False)
    return {}


def data_of_others(request: pytest.FixtureRequest) -> dict[str, object]:
    """A table of another study, and a folder of what jsPsych saved of two people."""
    rows = ["a,healthy,L,1,412", "a,healthy,R,0,380", "b,patient,R,1,655", "b,patient,L,0,700", "b,patient,R,1,512"]
    Path("study.csv").write_text("\n".join(["ID,diagnosis,key,paid,ms", *rows]) + "\n", encoding="utf-8")
    Path("jspsych").mkdir()
    for person in ("ann", "bob"):
        screens = [("html-keyboard-response", " "), *(("html-button-response", arm) for arm in (0, 1, 1))]
        saved = [
            {"trial_type": kind, "trial_index": i, "time_elapsed": 900 * i, "rt": 400, "response": said, "points": 1}
            for i, (kind, said) in enumerate(screens)
        ]
        Path("jspsych", f"{person}.json").write_text(json.dumps(saved), encoding="utf-8")
    return {}


def a_definition(request: pytest.FixtureRequest) -> dict[str, object]:
    content = document(load("two_armed_bandit"), parameters={"trials": 2})
    chromium = contextlib.ExitStack()
    request.addfinalizer(chromium.close)
    page = chromium.enter_context(launch()).new_page()
    return {"functions": content.pop("functions"), "definition": content, "page": page, "responses": [0, 1]}


def names_of_sweetbean(request: pytest.FixtureRequest) -> dict[str, object]:
    return {
        "FunctionVariable": FunctionVariable,
        "DataVariable": DataVariable,
        "SharedVariable": SharedVariable,
        "SideEffect": SideEffect,
        "score": None,
        "won": None,
    }


def a_study_served(request: pytest.FixtureRequest) -> dict[str, object]:
    """What docs/collecting.md starts, as it says, with people who take part in it: `study`."""
    blocks = fences(ROOT / "docs" / "collecting.md")
    Path("consent.txt").write_text(next(block.text for block in blocks if block.name == "consent.txt"))
    [line] = [block.text for block in blocks if block.text.startswith("twinbean serve ")]
    command = shlex.split(line.replace("\\\n", " "))
    people_of_the_documents(Path("study"), command)
    return {}


def a_pair_served(request: pytest.FixtureRequest) -> dict[str, object]:
    """A study with two visitors, beside whom a learner has played."""
    from pairs import Paired
    from taking_part import take_part

    with Paired(Path("study"), "rw", parameters={"trials": 4}) as study:
        for who in ("ann", "bob"):
            assert study.told(take_part(study, who))["state"] == "ready"
    return {}


def a_loop_served(request: pytest.FixtureRequest) -> dict[str, object]:
    """The study that docs/autora.md serves, and people who come to it one after another."""
    pytest.importorskip("autora.state", reason="AutoRA is not installed")
    from loop_visitors import Hosted, a_queue_at

    [line] = [block.text for block in fences(ROOT / "docs" / "autora.md") if block.text.startswith("twinbean serve ")]
    task, study, parameters = served_by(shlex.split(line))
    chairs = contextlib.ExitStack()
    request.addfinalizer(chairs.close)
    served = chairs.enter_context(Hosted(study, task=task, parameters=parameters, closed_loop=True))
    chairs.enter_context(a_queue_at(served))
    return {}


def served_by(command: list[str]) -> tuple[str, Path, dict[str, int]]:
    """Task, folder and parameters of `twinbean serve TASK -o STUDY --set NAME=NUMBER ...`."""
    assert command[1] == "serve"
    assert "--closed-loop" in command
    given = [command[place + 1].split("=") for place, option in enumerate(command) if option == "--set"]
    return command[2], Path(command[command.index("-o") + 1]), {name: int(value) for name, value in given}


@pytest.mark.parametrize(
    ("name", "prepared"),
    [
        ("README.md", nothing_else),
        ("tutorial.md", nothing_else),
        ("tasks.md", nothing_else),
        ("studies.md", nothing_else),
        ("sweetbean.md", nothing_else),
        ("cognitive-models.md", some_people),
        ("report.md", some_people),
        ("models.md", some_transcripts),
        ("scoring.md", some_transcripts),
        ("fine-tuning.md", people_to_learn_from),
        ("page.md", a_definition),
        ("converting.md", data_of_others),
        ("collecting.md", a_study_served),
        ("pair.md", a_pair_served),
        ("archives.md", nothing_else),
        ("autora.md", a_loop_served),
        ("functions.md", names_of_sweetbean),
        ("plugins.md", people_read),
        ("python.md", nothing_else),
        ("scale.md", nothing_else),
        ("watching.md", some_people),
    ],
)
def test_what_a_document_does_can_be_done(name, prepared, request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # The sessions that a reader would have played.
    shutil.copy(_assets.example_sessions()[0], "bandit.json")
    shutil.copy(_assets.example_sessions("crossing_machines")[0], "machines.json")
    Path("people").mkdir()
    for session in _assets.example_sessions():
        shutil.copy(session, "people")
    monkeypatch.setattr(sys, "argv", ["twinbean"])
    names = {"__name__": "__main__", **prepared(request)}
    blocks = fences(next(path for path in DOCUMENTS if path.name == name))
    done = 0
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        where = f"{name}:{block.line}"
        if block.name:
            Path(block.name).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            check_console(block.text, where)
        elif block.kind == "python":
            printed = printed_by_python(block.text, names, where)
            if after is not None and after.kind == "text":
                check_printed(printed, after.text, where)
        done += block.kind in ("console", "python")
    assert done


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

    group = typer.main.get_command(app)
    return {name: options(group.get_command(None, name)) for name in COMMANDS}


def test_the_mutants_that_are_documented_are_those_that_are_tried():
    text = (ROOT / "docs" / "parity.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| `(.+)` \|$", text, re.MULTILINE)
    assert rows == [(mutant.what, mutant.tests[0]) for mutant in MUTANTS if mutant not in KIND_MUTANTS]
