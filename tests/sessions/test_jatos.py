"""Results of JATOS hold rows one behind the other, twice where an answer was lost, without line breaks between."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

import twinbean
from twinbean import _assets
from twinbean.errors import DataError
from twinbean.sessions.jatos import read_jatos

ROWS: list[dict[str, Any]] = json.loads(_assets.example_sessions()[0].read_text(encoding="utf-8"))


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", range(5))
def test_rows_are_taken_once_whatever_stands_between_them(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    text = ""
    for number, row in enumerate(ROWS):
        again = rng.sample(ROWS[:number], min(number, rng.choice([0, 0, 2])))
        pieces = [json.dumps(one) for one in [row, *again]]
        if rng.random() < 0.2:
            pieces.append(json.dumps([row, *again]))
        text += "".join(rng.choice(["", "\n", "\n\n", "\r\n"]) + piece for piece in pieces)
    path = written(tmp_path / "results.txt", text)
    assert read_jatos(path) == ROWS
    [session] = twinbean.read(path)
    assert session.trials == twinbean.read(_assets.example_sessions()[0])[0].trials


def test_an_archive_of_results_is_read_whole(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "results.jrzip", "w") as archive:
        # Gone on with after a break: one session in two results.
        for number, part in enumerate([ROWS[:7], ROWS[5:]]):
            lines = "\n".join(map(json.dumps, part))
            archive.writestr(f"study_result_{number}/comp-result_{number}/data.txt", lines)
        archive.writestr("study_result_1/metadata.json", "{}")
    assert read_jatos(tmp_path / "results.jrzip") == ROWS


def test_several_people_in_one_text_stay_apart(tmp_path: Path) -> None:
    others = [row | {"participant": "other", "session": "another"} for row in ROWS]
    mixed = [row for pair in zip(ROWS, others, strict=True) for row in pair]
    sessions = twinbean.read(written(tmp_path / "results.txt", "\n".join(map(json.dumps, mixed))))
    assert [session.participant for session in sessions] == [ROWS[0]["participant"], "other"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (json.dumps(ROWS[0]) + "\n" + json.dumps(ROWS[0] | {"rt": -1}), r"line 2 is row 0 of session .* other content"),
        (json.dumps(ROWS[0]) + "\nI was here", "line 2 is 'I was here', expected JSON"),
        (json.dumps(ROWS[0])[:-5], "line 1 is .*, expected JSON"),
        ('{"a": 1}', "line 1 is {'a': 1}, expected a row with 'session' and 'trial_index'"),
        (json.dumps(ROWS[0]) + json.dumps(ROWS[2]), "row 2: trial_index is 2 after 0"),
        ("", "holds no trials"),
    ],
)
def test_what_is_no_result_is_refused_by_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        twinbean.read(written(tmp_path / "results.txt", text))


def test_a_zip_without_results_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(DataError, match=r"holds no data\.txt"):
        twinbean.read(tmp_path / "other.zip")
    written(tmp_path / "broken.zip", "no zip")
    with pytest.raises(DataError, match="damaged or cut off"):
        twinbean.read(tmp_path / "broken.zip")
