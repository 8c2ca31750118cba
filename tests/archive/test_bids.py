"""A BIDS dataset passes BIDS's own validator, and reads back as it was written."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import twinbean
from archives import as_said
from twinbean.archive.archiving import write_archive
from twinbean.archive.content import gather
from twinbean.errors import DataError
from twinbean.sessions.tsv import tsv_rows, tsv_text

VALIDATOR = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
# Only who uses tags of HED has a version of it, and only data made of other data have a source.
UNAVOIDABLE = {("JSON_KEY_RECOMMENDED", "HEDVersion"), ("JSON_KEY_RECOMMENDED", "SourceDatasets")}


def validated(folder: Path) -> list[dict]:
    if VALIDATOR is None:
        pytest.skip("bids-validator-deno is not installed")
    try:
        done = subprocess.run([VALIDATOR, "--json", str(folder)], capture_output=True, text=True, timeout=300)
    except OSError as error:
        pytest.skip(f"bids-validator-deno does not run here: {error}")
    if not done.stdout.startswith("{"):
        pytest.skip(f"bids-validator-deno does not run here: {done.stderr[:200]}")
    return json.loads(done.stdout)["issues"]["issues"]


@pytest.mark.parametrize("name", ["a_study", "a_study_with_stages", "a_whole_study"])
def test_the_validator_has_nothing_to_say_of_a_study(contents, about, name, tmp_path):
    known = {"CogAtlasID": "https://example.org/a", "CogPOID": "https://example.org/b"}
    known |= {"InstitutionAddress": "A street", "InstitutionalDepartmentName": "A department"}
    content = contents[name]
    said = about.model_copy(update={"task": known})
    write_archive(type(content)(**{**vars(content), "about": said}), tmp_path / "bids", "bids")
    found = validated(tmp_path / "bids")
    assert {(one["code"], one.get("subCode")) for one in found} == UNAVOIDABLE
    assert {one["severity"] for one in found} == {"warning"}


def test_the_validator_would_say_so(contents, tmp_path):
    write_archive(contents["a_study"], tmp_path / "bids", "bids")
    (tmp_path / "bids" / "notes.txt").write_text("x")
    [sidecar] = (tmp_path / "bids").glob("task-*_beh.json")
    sidecar.write_text(json.dumps({"TaskName": "two_armed_bandit"}))
    found = {one["code"] for one in validated(tmp_path / "bids")}
    assert {"NOT_INCLUDED", "TSV_ADDITIONAL_COLUMNS_UNDEFINED"} <= found


@pytest.mark.parametrize("form", ["bids", "psych-ds"])
@pytest.mark.parametrize("name", ["a_study", "a_study_with_stages", "a_whole_study"])
def test_what_is_archived_reads_back_equal(contents, name, form, tmp_path):
    write_archive(contents[name], tmp_path / "data", form)
    assert as_said(twinbean.read(tmp_path / "data")) == as_said(contents[name].sessions)


def test_people_continued_by_a_model_stand_beside_themselves(contents, tmp_path):
    write_archive(contents["a_study"], tmp_path, "bids")
    for subject in tmp_path.glob("sub-*"):
        files = {path.name.removeprefix(f"{subject.name}_") for path in subject.rglob("*_beh.tsv")}
        model = {f"task-twoarmedbandit_acq-rw_run-{n}_beh.tsv" for n in (1, 2)}
        assert files in ({"task-twoarmedbandit_beh.tsv"}, {"task-twoarmedbandit_beh.tsv", *model})
    people = tsv_rows((tmp_path / "participants.tsv").read_text(), "participants.tsv")
    assert len(people) == len(list(tmp_path.glob("sub-*"))) == 3


def test_every_column_is_described_with_its_levels(contents, tmp_path):
    write_archive(contents["a_whole_study"], tmp_path, "bids")
    people = json.loads((tmp_path / "participants.json").read_text())
    assert people["age"]["Description"] == "Answer to: How old are you?"
    assert people["liked"]["Levels"] == {"1": "not at all", "2": "very"}
    assert people["stakes"]["Levels"] == {"small": "small", "large": "large"}
    [sidecar] = tmp_path.glob("task-*_beh.json")
    trials = json.loads(sidecar.read_text())
    assert trials["rt_ms"]["Units"] == "ms"
    for table, said in [("participants.tsv", people), *((path, trials) for path in tmp_path.rglob("*_beh.tsv"))]:
        header = next(csv.reader((tmp_path / table).read_text().splitlines(), delimiter="\t"))
        assert all(said[name]["Description"] for name in header)


def test_an_answer_that_bids_has_other_words_for_stands_under_another_name(contents, tmp_path):
    write_archive(contents["a_whole_study"], tmp_path, "bids")
    header = (tmp_path / "participants.tsv").read_text().splitlines()[0].split("\t")
    assert "sex_answer" in header
    assert "sex" not in header
    assert "age" in header


def test_sessions_of_one_person_are_counted_and_have_a_table(tmp_path, about):
    # One person of the laboratory came twice; what differs between the visits is of the visit.
    rows = [f"{visit},ann,{trial},{trial % 2},right,{visit}" for visit in ("v1", "v2") for trial in range(3)]
    path = tmp_path / "people.csv"
    head = "session,participant,trial,choice,hand,mood\n"
    path.write_text(head + "\n".join(rows) + "\n")
    found = twinbean.read(path)
    kept = [one.replace(details={"kept": {"hand": "right", "mood": f"mood of {one.session}"}}) for one in found]
    twinbean.sessions.write_table(kept, path)
    write_archive(gather([path], about=about), tmp_path / "bids", "bids")
    assert tsv_rows((tmp_path / "bids" / "participants.tsv").read_text(), "") == [
        {"participant_id": "sub-001", "hand": "right"}
    ]
    assert tsv_rows((tmp_path / "bids" / "sub-001" / "sub-001_sessions.tsv").read_text(), "") == [
        {"session_id": "ses-1", "mood": "mood of v1"},
        {"session_id": "ses-2", "mood": "mood of v2"},
    ]


def test_any_text_survives_a_table_of_tabs():
    texts = ["a\tb", 'say "so"', '"quoted"', "two\nlines", "n/a", "é\u2028", " blank ", "'=1"]
    rows = [{"text": text, "list": [text, None]} for text in texts]
    read = tsv_rows(tsv_text(["text", "list"], rows), "it")
    assert [row["text"] for row in read] == texts
    assert [json.loads(row["list"]) for row in read] == [row["list"] for row in rows]


def test_a_dataset_of_others_is_read_by_its_columns_alone(tmp_path):
    beh = tmp_path / "sub-1" / "beh"
    beh.mkdir(parents=True)
    (tmp_path / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.10.0"}')
    (beh / "sub-1_task-x_beh.tsv").write_text("trial\tchoice\n0\t1\n")
    with pytest.raises(DataError, match="is not of Twinbean .* name its columns with --choice or --mapping"):
        twinbean.read(tmp_path)
