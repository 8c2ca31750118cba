"""A journal only grows; what was committed is on disk, and a line that was cut off never was."""

from __future__ import annotations

import asyncio
import json
import os

import pytest

from twinbean._journal import Journal, drop, read
from twinbean.errors import DataError


def written(path, *entries, **options):
    journal = Journal(path, **options)
    for entry in entries:
        journal.append(entry)
    journal.close()


def test_entries_are_read_with_their_places_as_they_were_written(tmp_path):
    path = tmp_path / "j.jsonl"
    said = "a\u2028b\x85c\r\x1c"
    written(path, {"n": 0, "said": said})
    written(path, {"n": 1})
    assert list(read(path)) == [
        (f"{path}, line 1", {"format": 1, "n": 0, "said": said}),
        (f"{path}, line 2", {"format": 1, "n": 1}),
    ]


def test_a_journal_that_is_not_there_has_no_entries(tmp_path):
    assert list(read(tmp_path / "j.jsonl")) == []


@pytest.mark.parametrize("cut", [1, 5, 15])
def test_a_last_line_that_was_cut_off_is_not_read_and_taken_away_before_the_next_is_written(tmp_path, cut):
    path = tmp_path / "j.jsonl"
    written(path, {"n": 0}, {"n": 1})
    path.write_bytes(path.read_bytes()[:-cut])
    assert [entry["n"] for _, entry in read(path)] == [0]
    written(path, {"n": 2})
    assert [entry["n"] for _, entry in read(path)] == [0, 2]


def test_half_of_a_surrogate_pair_comes_back_to_the_letter_where_that_is_asked_for(tmp_path):
    path = tmp_path / "j.jsonl"
    for ascii_only in (True, False):
        written(path, {"said": "\ud800 é"}, ensure_ascii=ascii_only)
    assert path.read_bytes().splitlines() == [
        b'{"format": 1, "said": "\\ud800 \\u00e9"}',
        b'{"format": 1, "said": "\\ud800 \xc3\xa9"}',
    ]
    assert [entry["said"] for _, entry in read(path, as_is=True)] == ["\ud800 é"] * 2
    assert [entry["said"] for _, entry in read(path)] == ["\\ud800 é"] * 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 is not JSON"),
        ("", "line 2 is not JSON"),
        ("3", "line 2 is 3, expected a line of a run's journal"),
        ('{"format": 7}', "line 2 has format 7, expected 1"),
    ],
)
def test_a_damaged_line_is_named_and_can_be_dropped(tmp_path, line, said):
    path = tmp_path / "j.jsonl"
    whole = '{"format": 1}\n'
    path.write_text(f"{whole}{line}\n{whole}")
    damaged = path.read_bytes()
    with pytest.raises(DataError, match=said):
        list(read(path))
    assert drop(path, {2: f"{path}, line 2 is damaged"}) == [f"{path}, line 2 is damaged; the line is dropped"]
    assert path.read_text() == whole * 2
    assert (tmp_path / "j.jsonl.damaged").read_bytes() == damaged


def test_lines_that_come_together_share_one_write_and_are_on_disk_after_their_commit(tmp_path, monkeypatch):
    path = tmp_path / "j.jsonl"
    synced, fsync = [], os.fsync

    def counted(descriptor):
        fsync(descriptor)
        synced.append(len(path.read_bytes().splitlines()))

    monkeypatch.setattr(os, "fsync", counted)
    journal = Journal(path)

    async def session(number):
        for turn in range(3):
            journal.append({"session": number, "turn": turn})
            await journal.commit()
            on_disk = [json.loads(line) for line in path.read_text().splitlines()]
            assert {"format": 1, "session": number, "turn": turn} in on_disk

    async def sessions():
        await asyncio.gather(*(session(number) for number in range(50)))

    asyncio.run(sessions())
    journal.close()
    assert synced[-1] == 150
    assert len(synced) <= 6


def test_what_is_forgotten_is_never_written(tmp_path):
    journal = Journal(tmp_path / "j.jsonl")
    journal.append({"n": 0})
    journal.flush()
    journal.append({"n": 1})
    journal.forget()
    journal.close()
    assert [entry["n"] for _, entry in read(tmp_path / "j.jsonl")] == [0]
