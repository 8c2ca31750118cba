"""A study whose database is a PostgreSQL server."""

from __future__ import annotations

import json

import pytest

from collecting import Called, some_rows
from twinbean.collect.clock import now
from twinbean.collect.problems import note
from twinbean.collect.records import all_sessions, rows_of
from twinbean.collect.store import StudyError

ROWS = some_rows(22)
URL = "https://example.org/?cc=CODE"


def test_a_session_from_its_opening_to_its_end_and_the_study_started_again(tmp_path, new_database):
    folder = tmp_path / "study"
    wanted = {"database": new_database, "completion_url": URL, "target": 3, "conditions": {"trials": [11, 12]}}
    with Called(folder, **wanted, page={"consent": None}) as study:
        assert study.post("visits", {"event": "opened"}).status_code == 204
        assert study.get("/health").text == "ok"
        opened = study.open("P1", ids={"study_id": "ä"})
        study.send(opened, 5, ROWS[5:])
        assert study.send(opened, 0, ROWS[:5]).json() == {"stored": 22}
        assert study.send(opened, 0, some_rows(2, mark="other")).json()["conflict"] == [0, 1]
    with Called(folder) as study:
        again = study.open("P1", token=opened["token"])
        assert again["status"] == "resumed"
        rows = some_rows(24)
        assert study.send(again, 0, rows).json() == {"stored": 24}
        assert study.finish(again, rows).json() == {"complete": True, "url": URL}
        assert study.open("P1") == {"status": "completed"}
        other = study.open("P2")
        assert other["condition"] != opened["condition"]
        assert study.withdraw(other).json()["complete"] is True
        study.study.store.write(lambda transaction: note(transaction, "something", now())).result()
        first, second = study.study.store.read(all_sessions)
        assert (first.state, first.outcome, first.n, second.state) == ("finished", "done", 24, "withdrawn")
        assert first.ids == {"study_id": "ä"}
        found = study.study.store.read(lambda transaction: rows_of(transaction, first.session))
        assert found == list(enumerate(rows))
    assert not (folder / "study.sqlite").exists()
    assert json.loads((folder / "study.json").read_text())["database"] == new_database


def test_a_database_that_is_another_study_s_is_refused(tmp_path, new_database):
    with Called(tmp_path / "one", database=new_database):
        pass
    with pytest.raises(StudyError, match="holds another study"):
        Called(tmp_path / "two", database=new_database)


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    with pytest.raises(StudyError, match="postgresql:///nothing: ") as raised:
        Called(tmp_path / "study", database=f"postgresql://me@/nothing?host={tmp_path}")
    assert "hunter2" not in str(raised.value)
    assert not (tmp_path / "study" / "study.json").exists()
