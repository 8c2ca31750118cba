"""Files, folders and runs are all data; the same session twice is a mistake."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twinbean.errors import DataError
from twinbean.sessions import Session, Trial, read, write_table
from twinbean.sessions.reading import read_file

ROWS = [{"bean_bandits": [{"value": 1}, {"value": 2}], "bean_response": 1, "bean_value": 2, "rt": 5}]
TABLE = Session(participant="t", session="t", task="unknown", trials=(Trial(trial=0, choice=1),))


def page(path, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(ROWS), encoding=encoding)
    return path


def test_a_folder_holds_files_of_any_kind_and_others_are_left_alone(tmp_path):
    page(tmp_path / "b.json")
    page(tmp_path / "a.JSON")
    write_table([TABLE], tmp_path / "c.csv")
    write_table([TABLE.replace(participant="u", session="u")], tmp_path / "d.parquet")
    (tmp_path / "notes.txt").write_text("none")
    assert [session.participant for session in read(tmp_path)] == ["a", "b", "t", "u"]


def test_a_byte_order_mark_is_no_part_of_the_data(tmp_path):
    assert read(page(tmp_path / "a.json", "utf-8-sig"))[0].trials[0].choice == 1
    (tmp_path / "b.csv").write_text("participant,trial,choice\np,0,1\n", encoding="utf-8-sig")
    assert read(tmp_path / "b.csv")[0].participant == "p"


def test_a_session_that_is_there_twice_is_refused(tmp_path):
    paths = [page(tmp_path / "one" / "a.json"), page(tmp_path / "two" / "a.json")]
    with pytest.raises(DataError, match=r"participant 'a' .human., session 'a' is in the data more than once"):
        read(paths)


def test_who_declined_is_no_session_and_does_not_stop_the_reading_of_a_folder(tmp_path):
    declined = tmp_path / "declined.json"
    declined.write_text(
        json.dumps([{"format": 1, "task": "t", "participant": "p", "declined": "2026-01-01T00:00:00Z"}])
    )
    with pytest.raises(DataError, match=r"declined.json holds no trials: its participant declined"):
        read(declined)
    with pytest.raises(DataError, match="holds no trials: everybody declined"):
        read(tmp_path)
    page(tmp_path / "a.json")
    assert [session.participant for session in read(tmp_path)] == ["a"]


def test_a_folder_without_data_says_what_data_are(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(DataError, match=r"holds no data: expected .json, .csv"):
        read(tmp_path)


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    path = page(tmp_path / "a.json")

    def denied(*args, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", denied)
    with pytest.raises(DataError, match=r"a.json cannot be read: Permission denied"):
        read(path)


def test_a_reply_longer_than_csvs_own_limit_is_read(tmp_path):
    long = TABLE.replace(trials=(Trial(trial=0, choice=1, raw="x" * 200_000),))
    write_table([long], tmp_path / "t.csv")
    assert read(tmp_path / "t.csv") == [long]


def test_a_scored_session_that_was_cut_off_and_written_again_is_read_once(tmp_path):
    def line(trial, choice):
        entry = {"format": 1, "kind": "trial", "participant": "p", "session": "s", "trial": trial, "choice": choice}
        return json.dumps(entry) + "\n"

    text = line(0, 1) + line(1, 1) + line(0, 0) + line(1, 0) + line(2, 0)
    (tmp_path / "trials.jsonl").write_text(text, encoding="utf-8")
    (session,) = read(tmp_path / "trials.jsonl")
    assert [trial.choice for trial in session.trials] == [0, 0, 0]


def test_a_parquet_file_with_a_column_twice_does_not_say_which_of_them_is_meant(tmp_path):
    """Parquet itself allows it."""
    columns = {"participant": ["p", "p"], "trial": [0, 1], "choice": [0, 1]}
    arrays = [pa.array(values) for values in columns.values()]
    pq.write_table(pa.Table.from_arrays(arrays, names=list(columns)), tmp_path / "once.parquet")
    twice = pa.Table.from_arrays([*arrays, pa.array([1, 0])], names=[*columns, "choice"])
    pq.write_table(twice, tmp_path / "twice.parquet")
    (session,) = read(tmp_path / "once.parquet")
    assert [trial.choice for trial in session.trials] == [0, 1]
    with pytest.raises(DataError, match=r"twice\.parquet has the column 'choice' twice$"):
        read(tmp_path / "twice.parquet")


def test_a_quote_that_is_never_closed_is_named_by_its_line(tmp_path):
    (tmp_path / "p.csv").write_text('participant,trial,choice\nann,0,0\nann,1,"1\n')
    with pytest.raises(DataError, match=r"p\.csv, line 3 is not CSV"):
        read_file(tmp_path / "p.csv")
