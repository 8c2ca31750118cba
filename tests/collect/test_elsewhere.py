"""A study whose database is a PostgreSQL server."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from collecting import Called, some_rows
from taking_part import take_part
from twinbean.cli import app
from twinbean.collect.backups import backup, restore
from twinbean.collect.clock import now
from twinbean.collect.collected import collected
from twinbean.collect.erasing import erase
from twinbean.collect.problems import note
from twinbean.collect.reading import read
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


def tables_in(address):
    import psycopg

    with psycopg.connect(address) as connection:
        return connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()


def test_a_wrong_address_is_refused_and_nothing_is_made_there(new_database):
    with pytest.raises(StudyError, match="holds no study"):
        read(new_database)
    assert tables_in(new_database) == []


def test_a_database_of_something_else_is_left_as_it_is(tmp_path, new_database):
    import psycopg

    with psycopg.connect(new_database) as connection:
        connection.execute("CREATE TABLE sessions (cookie text)")
    with pytest.raises(StudyError, match="holds other tables: give the study a database of its own"):
        Called(tmp_path / "study", database=new_database)
    with pytest.raises(StudyError, match="holds no study"):
        read(new_database)
    assert tables_in(new_database) == [("sessions",)]
    assert not (tmp_path / "study" / "study.json").exists()


def test_status_and_bonus_are_those_of_any_study(tmp_path, new_database, capsys):
    folder = tmp_path / "study"
    with Called(folder, database=new_database, parameters={"trials": 4}) as study:
        told = take_part(study, "ann", ids={"session_id": "sub-1"})
        take_part(study, "bob", rows=3, outcome=None)
        app(["status", str(folder)], standalone_mode=False)
        assert capsys.readouterr().out.splitlines()[2].split()[:6] == ["all", "2", "1", "1", "0", "0"]
        pay = ["bonus", str(folder), "--rate", "1", "-o"]
        app([*pay, str(tmp_path / "bonus.csv")], standalone_mode=False)
        [session] = read(new_database, finished=True)
        earned = sum(trial.reward for trial in session.trials)
        assert (tmp_path / "bonus.csv").read_text() == f"sub-1,{earned:.2f}\n"
        capsys.readouterr()
        # The ledger is in the database, too.
        app([*pay, str(tmp_path / "again.csv")], standalone_mode=False)
        said = capsys.readouterr()
        assert said.out == f"{folder}: no bonus to write\n"
        assert f"session {told['session']}: {earned:.2f} was written for its submission" in said.err


def test_it_is_read_while_a_change_waits_for_its_commit(tmp_path, new_database):
    waiting, go_on = threading.Event(), threading.Event()

    def slow(transaction):
        transaction.execute("DELETE FROM events")
        waiting.set()
        assert go_on.wait(60)
        raise StudyError("not after all")

    with Called(tmp_path / "study", database=new_database, parameters={"trials": 4}) as study:
        take_part(study, "ann")
        change = study.study.store.write(slow)
        assert waiting.wait(60)
        # A reader that has been there before waits for nobody.
        found = study.study.store.read(collected)
        assert [len(one.rows) for one in found] == [8]
        go_on.set()
        with pytest.raises(StudyError, match="not after all"):
            change.result()
        assert len(read(new_database)) == 1


needs_pg_dump = pytest.mark.skipif(not (shutil.which("pg_dump") and shutil.which("pg_restore")), reason="no pg_dump")


@needs_pg_dump
def test_a_copy_is_put_back_and_who_was_erased_since_stays_erased(tmp_path, new_database, capsys):
    folder = tmp_path / "study"
    with Called(folder, database=new_database, parameters={"trials": 4}) as study:
        ann, bob = take_part(study, "ann"), take_part(study, "bob")
        app(["backup", str(folder)], standalone_mode=False)
        copy = Path(capsys.readouterr().out.partition(": ")[0])
        assert copy.suffix == ".dump"
        assert copy.stat().st_mode & 0o077 == 0
        erase(study.study, "bob")
        take_part(study, "cleo")
    app(["backup", str(folder), "--restore", str(copy)], standalone_mode=False)
    assert [one.session for one in read(folder)] == [ann["session"]]
    with Called(folder) as study:
        found = {one.session: one.state for one in study.study.store.read(all_sessions)}
        assert found == {ann["session"]: "finished", bob["session"]: "erased"}
        assert study.study.store.read(lambda transaction: rows_of(transaction, ann["session"])) == list(
            enumerate(ann["sent"])
        )
        made = [backup(study.study, keep=2) for _ in range(3)]
    # What was there before, and the copy from before the erasure, are gone with the first of these.
    assert sorted((folder / "backups").iterdir()) == sorted(one.path for one in made[1:])
    assert copy in made[0].removed


@needs_pg_dump
def test_what_is_no_copy_of_this_study_is_not_put_back(tmp_path, new_database):
    folder, wrong = tmp_path / "study", tmp_path / "wrong.dump"
    with Called(folder, database=new_database, parameters={"trials": 4}) as study:
        take_part(study, "ann")
        other = backup(study.study).path
    wrong.write_bytes(b"no dump")
    with pytest.raises(StudyError, match=r"wrong.dump is no whole copy of a study's database: pg_restore: error"):
        restore(folder, wrong)
    content = json.loads((folder / "study.json").read_text())
    (folder / "study.json").write_text(json.dumps(content | {"study": "0" * 32}))
    with pytest.raises(StudyError, match="is a copy of another study"):
        restore(folder, other)
    assert len(read(new_database)) == 1


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    with pytest.raises(StudyError, match="postgresql:///nothing: ") as raised:
        Called(tmp_path / "study", database=f"postgresql://me@/nothing?host={tmp_path}")
    assert "hunter2" not in str(raised.value)
    assert not (tmp_path / "study" / "study.json").exists()
