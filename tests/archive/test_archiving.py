"""What both forms of an archive have: no names, who was left out and why, checksums, a codebook; all or nothing."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import twinbean
from archives import PANEL_IDS
from checkout import ROOT
from collecting import Called
from taking_part import take_part
from twinbean import _assets
from twinbean.archive.about import About, read_about
from twinbean.archive.archiving import write_archive
from twinbean.archive.content import gather
from twinbean.cli import app
from twinbean.errors import DataError
from twinbean.sessions.codebook import PARTICIPANTS, TRIALS, Column
from twinbean.sessions.columns import COLUMNS, STAGE_COLUMNS
from twinbean.sessions.session import OF_PARTICIPANT

FORMS = ["bids", "psych-ds"]


def text_of(folder: Path) -> str:
    return "\n".join(str(path.relative_to(folder)) + path.read_text() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("form", FORMS)
def test_no_id_of_anybody_is_in_any_file(contents, form, tmp_path):
    write_archive(contents["a_study"], tmp_path / "data", form)
    text = text_of(tmp_path / "data")
    assert not [one for one in (*PANEL_IDS, "left-early", "no-good-data", "of the panel", "submission") if one in text]
    assert contents["a_study"].sessions[0].participant in text


@pytest.mark.parametrize("form", FORMS)
def test_people_of_pages_are_numbered_whatever_the_page_called_them(form, tmp_path):
    sessions = [
        one.replace(participant=PANEL_IDS[0], session=PANEL_IDS[0])
        for one in twinbean.read(_assets.example_sessions()[:1])
    ]
    device = {"device": {"browser": "A browser of few"}, "ids": {"study_id": PANEL_IDS[1]}}
    twinbean.sessions.write_table(
        [one.replace(details={**one.details, **device}) for one in sessions], tmp_path / "people.csv"
    )
    content = gather([tmp_path / "people.csv"], about=About())
    write_archive(content, tmp_path / "data", form)
    text = text_of(tmp_path / "data")
    assert not [one for one in (*PANEL_IDS, "A browser of few") if one in text]
    assert [one.participant for one in twinbean.read(tmp_path / "data")] == ["001"]
    assert content.removed == ["ids", "device"]
    assert "Known and not in these data: ids, device." in text


def test_names_that_are_public_can_be_kept(tmp_path):
    twinbean.sessions.write_table(
        [one.replace(participant="s_005_") for one in twinbean.read(_assets.example_sessions()[:1])],
        tmp_path / "people.csv",
    )
    write_archive(gather([tmp_path / "people.csv"], about=About(), keep_names=True), tmp_path / "data", "bids")
    assert [one.participant for one in twinbean.read(tmp_path / "data")] == ["s_005_"]
    assert (tmp_path / "data" / "sub-s005").is_dir()


def test_an_id_in_an_answer_stops_the_archive_until_the_answer_is_left_out(tmp_path):
    task = tmp_path / "asks.py"
    task.write_text(
        "from sweetbean import Block, Experiment\nfrom twinbean import Form, Options\n"
        "def build(*, rng):\n"
        "    options = [{'text': 'a', 'attributes': {'x': 1}}, {'text': 'b', 'attributes': {'x': 2}}]\n"
        f"    asked = Form.single_choice('Your id?', {list(PANEL_IDS)})\n"
        "    form = Form({'panel': asked}, ask_model=True)\n"
        "    return Experiment([Block([Options(options)]), Block([form])])\n"
    )
    with Called(tmp_path / "study", str(task)) as study:
        for one in PANEL_IDS:
            take_part(study, one)
    with pytest.raises(DataError, match="under 'panel' holds the id of one: leave it out by --without panel"):
        gather([tmp_path / "study"], about=About())
    content = gather([tmp_path / "study"], about=About(), leave_out=["panel"])
    assert all("panel" not in one.participant_details for one in content.sessions)
    assert content.removed == ["panel"]
    write_archive(content, tmp_path / "data", "bids")
    assert PANEL_IDS[0] not in text_of(tmp_path / "data").replace(
        content.words["asks"].columns["panel"].description, ""
    )


def test_what_nobody_is_known_by_cannot_be_left_out(studies):
    with pytest.raises(DataError, match="nothing is known of the participants under 'shoe_size'"):
        gather(studies["a_study"], about=About(), leave_out=["shoe_size"])


@pytest.mark.parametrize("form", FORMS)
def test_who_was_left_out_is_counted_with_the_reason(studies, form, tmp_path):
    content = gather(studies["a_study"], about=About(), finished=True, rules=["median_rt < 300", "missed>0.5"])
    write_archive(content, tmp_path / "data", form)
    rows = dict(re.findall(r"^\| (.+) \| (\d+) \|$", (tmp_path / "data" / "README.md").read_text(), re.MULTILINE))
    assert rows == {
        "the participant is excluded": "1",
        "a test visit": "1",
        "not played to its end": "1",
        "median_rt < 300": "0",
        "missed>0.5 (missed more than 0.5 of the trials)": "0",
    }


@pytest.mark.parametrize("form", FORMS)
def test_the_checksums_are_those_of_every_file(contents, form, tmp_path):
    write_archive(contents["a_study"], tmp_path, form)
    done = subprocess.run(["sha256sum", "-c", "checksums.sha256"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {line.removesuffix(": OK") for line in done.stdout.splitlines()} == there - {"checksums.sha256"}
    (tmp_path / "README.md").write_text("changed")
    assert subprocess.run(
        ["sha256sum", "--quiet", "-c", "checksums.sha256"], cwd=tmp_path, capture_output=True
    ).returncode


def test_every_column_that_twinbean_writes_is_documented_in_one_place():
    assert list(TRIALS) == [*COLUMNS[:8], *STAGE_COLUMNS, *COLUMNS[8:]]
    assert set(OF_PARTICIPANT) <= set(PARTICIPANTS)


def test_the_documentation_has_the_same_words():
    text = (ROOT / "docs" / "archives.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.*) \| (.*) \|$", text, re.MULTILINE)
    said = {name: (one.description, one.units or "", levels_of(one)) for name, one in (TRIALS | PARTICIPANTS).items()}
    assert {name: tuple(map(str.strip, rest)) for name, *rest in rows} == said


def levels_of(column: Column) -> str:
    return "; ".join(f"{level}: {meaning}" for level, meaning in column.levels.items())


@pytest.mark.parametrize("form", FORMS)
def test_the_codebook_describes_every_column_of_every_table(contents, form, tmp_path):
    write_archive(contents["a_whole_study"], tmp_path, form)
    described = set(re.findall(r"^\| `(\w+)` \| \S", (tmp_path / "CODEBOOK.md").read_text(), re.MULTILINE))
    for path in [*tmp_path.rglob("*.tsv"), *tmp_path.rglob("*.csv")]:
        columns = re.split(r"[\t,]", path.read_text().splitlines()[0])
        assert set(columns) <= described


def test_nothing_is_written_over_and_nothing_by_halves(contents, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="is there already: name a folder that is new or empty"):
        write_archive(contents["a_study"], tmp_path / "data", "bids")
    monkeypatch.setattr("twinbean.archive.bids.codebook", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_archive(contents["a_study"], tmp_path / "new", "bids")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_the_command_takes_licence_and_words_of_the_researcher(studies, tmp_path, description, capsys):
    about = tmp_path / "about.toml"
    about.write_text(
        'title = "Mine"\n[columns.stakes]\ndescription = "How much"\nlevels = {small = "10", large = "1000"}\n'
    )
    [study] = studies["a_whole_study"]
    command = ["archive", str(study), "--as", "psych-ds", "-o", str(tmp_path / "out"), "--about", str(about)]
    app([*command, "--licence", "CC-BY-4.0"], standalone_mode=False)
    assert capsys.readouterr().out.endswith("out: 3 sessions, 12 trials\n")
    found = description(tmp_path / "out")
    assert (found["name"], found["license"]) == ("Mine", "https://creativecommons.org/licenses/by/4.0/")
    [stakes] = [one for one in found["variableMeasured"] if one["name"] == "stakes"]
    assert stakes["description"] == "How much"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 1", "about.toml: title is 1, expected text"),
        ("tittle = 'x'", "about.toml has 'tittle', expected title, description"),
        ("title = ", "about.toml is not TOML"),
        ("[columns.x]\nunits = 'ms'", "about.toml: columns.x.description is missing"),
    ],
)
def test_words_that_are_none_are_refused(text, message, tmp_path):
    (tmp_path / "about.toml").write_text(text)
    with pytest.raises(DataError, match=message):
        read_about(tmp_path / "about.toml")
