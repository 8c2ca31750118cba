"""Rows are kept as they come: once, byte for byte, and never changed."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3

import pytest

from collecting import Called, some_rows, stored

ROWS = some_rows(6)


@pytest.fixture
def study(tmp_path):
    with Called(tmp_path / "study") as called:
        yield called


@pytest.fixture
def opened(study):
    return study.open("P1")


def quarantined(folder):
    with sqlite3.connect(folder / "study.sqlite") as database:
        rows = database.execute("SELECT seq, row FROM quarantine ORDER BY seq, digest").fetchall()
    database.close()
    return rows


def test_rows_are_stored_byte_for_byte(study, opened, tmp_path):
    # What JSON may hold and a table or a parser might change: half of a surrogate pair, U+2028, numbers, blanks.
    rows = [rb'{"a":"\ud800","b":1.0,"c":1e21}', '{"text":"\u2028 ä 😀"}'.encode(), b' { "a" :\t[ ] } ']
    assert study.send(opened, 0, rows).json() == {"stored": 3}
    assert [stored(tmp_path / "study")[opened["session"], number] for number in range(3)] == rows


def test_the_same_rows_again_change_nothing(study, opened, tmp_path):
    for _ in range(3):
        assert study.send(opened, 0, ROWS).json() == {"stored": 6}
    assert study.send(opened, 2, ROWS[2:4]).json() == {"stored": 6}
    assert len(stored(tmp_path / "study")) == 6
    assert quarantined(tmp_path / "study") == []


def test_rows_may_come_before_their_turn(study, opened):
    assert study.send(opened, 4, ROWS[4:]).json() == {"stored": 0}
    assert study.send(opened, 1, ROWS[1:3]).json() == {"stored": 0}
    assert study.send(opened, 0, ROWS[:1]).json() == {"stored": 3}
    assert study.send(opened, 2, ROWS[2:4]).json() == {"stored": 6}


def test_other_bytes_under_a_number_are_set_aside_with_what_follows_them(study, opened, tmp_path):
    study.send(opened, 0, ROWS[:3])
    other = some_rows(5, mark="other")
    reply = study.send(opened, 1, other[1:])
    assert reply.status_code == 409
    assert reply.json()["conflict"] == [1, 2]
    assert [row for _, row in sorted(stored(tmp_path / "study").items())] == ROWS[:3]
    assert quarantined(tmp_path / "study") == [(number, other[number]) for number in range(1, 5)]


def test_what_is_set_aside_is_so_once(study, opened, tmp_path):
    study.send(opened, 0, ROWS[:1])
    for _ in range(2):
        study.send(opened, 0, some_rows(1, mark="other"))
    assert len(quarantined(tmp_path / "study")) == 1


@pytest.mark.parametrize(
    "row", [b"", b"no json", b"[1]", b"3", b"null", b'{"a":', b"\xff", b"[" * 100_000, b'{"a":' + b"9" * 5_000 + b"}"]
)
def test_what_is_no_row_is_refused_and_nothing_of_its_batch_is_stored(study, opened, tmp_path, row):
    reply = study.send(opened, 0, [ROWS[0], row, ROWS[1]])
    assert reply.status_code == 422
    assert reply.json()["error"] == "line 2: expected a row, as a JSON object"
    assert stored(tmp_path / "study") == {}


@pytest.mark.parametrize("first", ["", "-1", "1.0", "x", "01", "9" * 30, "٣"])
def test_a_first_number_that_is_none_is_refused(study, opened, first):
    reply = study.send(opened, 0, ROWS, **{"Twinbean-First": first.encode()})
    assert reply.status_code == 422


def test_a_stale_lease_stores_nothing(study, opened, tmp_path):
    study.open("P1", token=opened["token"])
    reply = study.send(opened, 0, ROWS)
    assert reply.status_code == 409
    assert "conflict" not in reply.json()
    assert stored(tmp_path / "study") == {}


def test_a_body_that_is_too_large_is_refused_before_it_is_read(study, opened):
    read = 0

    async def body():
        nonlocal read
        for _ in range(50):
            read += 2**20
            yield b"x" * 2**20

    headers = {"Content-Type": "application/x-ndjson", "Twinbean-First": "0"}
    from collecting import access

    reply = study.post(f"sessions/{opened['session']}/rows", content=body(), headers=headers | access(opened))
    assert reply.status_code == 413
    assert read <= 3 * 2**20
    said = headers | access(opened) | {"Content-Length": str(50 * 2**20)}
    assert study.post(f"sessions/{opened['session']}/rows", content=b"", headers=said).status_code == 413


def test_a_row_that_is_too_large_is_refused_and_others_are_not(study, opened):
    large = json.dumps({"text": "x" * 2**20}).encode()
    assert study.send(opened, 0, [large]).status_code == 413
    assert study.send(opened, 0, ROWS).json() == {"stored": 6}


def test_more_rows_than_any_task_has_are_refused(study, opened):
    assert study.send(opened, 100_000, ROWS[:1]).status_code == 413


def test_more_rows_at_once_than_others_should_wait_for_are_refused(study, opened):
    rows = [b"{}"] * 2_001
    assert study.send(opened, 0, rows).status_code == 413
    assert study.send(opened, 0, rows[1:]).json() == {"stored": 2_000}


def test_who_sends_without_end_is_told_to_come_again(study, opened):
    statuses = [study.send(opened, 0, ROWS[:1]).status_code for _ in range(150)]
    assert statuses[:100] == [200] * 100
    assert 429 in statuses
    reply = next(reply for reply in iter(lambda: study.send(opened, 0, ROWS[:1]), None) if reply.status_code == 429)
    assert reply.headers["Retry-After"] == "1"
    # Nobody else is meant: 200 people can share an address.
    other = study.open("P2")
    assert study.send(other, 0, ROWS).status_code == 200


def test_without_the_token_of_this_session_it_makes_no_difference_whether_it_is_there(study, opened):
    wrong = opened | {"token": "A" * 43}
    none = wrong | {"session": "0" * 16}
    assert study.send(wrong, 0, ROWS).status_code == study.send(none, 0, ROWS).status_code == 401
    assert study.send(wrong, 0, ROWS).content == study.send(none, 0, ROWS).content


def problems_of(folder):
    with contextlib.closing(sqlite3.connect(folder / "study.sqlite")) as database:
        return [what for (what,) in database.execute("SELECT what FROM problems ORDER BY number")]


def test_a_conflict_is_reported_once(study, opened, tmp_path):
    study.send(opened, 0, ROWS)
    for mark in ("a", "b", "b"):
        study.send(opened, 0, some_rows(2, mark=mark))
    (what,) = problems_of(tmp_path / "study")
    assert what == f"rows of session {opened['session']} came with other bytes than those that are stored"


def test_rows_that_are_not_those_that_were_sent_are_reported(study, opened, tmp_path):
    rows = some_rows(22)
    study.send(opened, 0, rows)
    for _ in range(2):
        study.finish(opened, rows, digest="0" * 64)
    assert len(problems_of(tmp_path / "study")) == 1


def test_a_database_that_took_nothing_for_a_while_is_reported_when_it_does_again(study, opened, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "study" / "study.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [study.send(opened, 0, ROWS).status_code for _ in range(2)] == [503, 503]
        other.execute("ROLLBACK")
    assert study.send(opened, 0, ROWS).status_code == 200
    (what,) = problems_of(tmp_path / "study")
    assert re.fullmatch(
        r"nothing could be stored from \S+Z on: \S+study.sqlite: database is locked \(until \S+Z\)", what
    )
