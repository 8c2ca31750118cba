"""Who is erased is nowhere: not in the study, not in its log, and not in a copy once the next one is made."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from collecting import Called, everything_in
from taking_part import rows_for, take_part
from twinbean.collect.backups import backup, restore
from twinbean.collect.bonus import bonuses, write_bonuses
from twinbean.collect.collected import collected
from twinbean.collect.erasing import erase
from twinbean.collect.reading import read
from twinbean.collect.store import StudyError

# What is to be nowhere: the ids and what the person said, each with a mark that nothing else has.
ANN = "ann-5f3759df"
MARKS = [ANN, "submission-0ff1ce", "rare-answer"]


@pytest.fixture
def study(tmp_path: Path) -> Called:
    with Called(tmp_path / "study", parameters={"trials": 20}) as called:
        yield called


def answered(study: Called, who: str, *, mark: str, session_id: str) -> dict:
    """A session whose rows hold the mark, sent in small pieces between those of others."""
    opened = study.open(who, ids={"session_id": session_id})
    rows = [json.loads(row) | {"said": f"{mark} {number}"} for number, row in enumerate(rows_for(study, opened, who))]
    return opened | {"sent": [json.dumps(row).encode() for row in rows]}


def a_busy_study(study: Called) -> dict:
    """The person to be erased among others, their rows mixed in time; with a conflict in quarantine."""
    people = [answered(study, ANN, mark="rare-answer", session_id="submission-0ff1ce")]
    people += [answered(study, f"other{n}", mark="common", session_id=f"s{n}") for n in range(12)]
    for first in range(0, len(people[0]["sent"]), 3):
        for person in people:
            study.send(person, first, person["sent"][first : first + 3])
    study.send(people[0], 1, [b'{"said":"rare-answer, but otherwise"}'])
    for person in people:
        study.finish(person, person["sent"])
    return people[0]


def test_no_byte_of_an_erased_participant_is_left(study: Called) -> None:
    ann = a_busy_study(study)
    first = backup(study.study)
    assert [mark for mark in MARKS if mark.encode() in first.path.read_bytes()] == MARKS
    found = erase(study.study, ANN)
    assert found.rows == len(ann["sent"])
    assert found.backups == [first.path]
    second = backup(study.study)
    assert second.removed == [first.path]
    content = everything_in(study.study.folder)
    assert [mark for mark in MARKS if mark.encode() in content] == []
    assert content.count(b"common") > 100
    assert len(read(study.study.folder)) == 12


def test_an_old_outbox_that_comes_online_changes_nothing(study: Called) -> None:
    ann = answered(study, ANN, mark="rare-answer", session_id="submission-0ff1ce")
    study.send(ann, 0, ann["sent"][:5])
    erase(study.study, ANN)
    assert study.send(ann, 5, ann["sent"][5:]).status_code == 410
    assert study.finish(ann, ann["sent"]).status_code == 410
    opening = {"request": "f" * 32, "page": "p", "ids": {"participant": ANN}, "anonymous": False, "test": False}
    opening |= {"consent": None, "started": "2026-01-01T00:00:00.000Z", "token": ann["token"]}
    assert study.post("sessions", opening).status_code == 410
    study.study.store.purge()
    assert not [mark for mark in MARKS if mark.encode() in everything_in(study.study.folder)]


def test_a_participant_is_found_by_id_pseudonym_or_session(study: Called) -> None:
    for name in ("id", "pseudonym", "session"):
        opened = take_part(study, "p-" + name)
        [one] = [one for one in study.study.store.read(collected) if one.record.session == opened["session"]]
        given = {"id": "p-" + name, "pseudonym": one.pseudonym, "session": opened["session"]}[name]
        assert erase(study.study, given).sessions == [opened["session"]]
    with pytest.raises(StudyError, match="no participant of the study is called 'p-id'"):
        erase(study.study, "p-id")


def test_all_attempts_are_erased_together(study: Called) -> None:
    take_part(study, "twice", rows=4, outcome=None)
    take_part(study, "twice")
    assert len(erase(study.study, "twice").sessions) == 2


def test_runs_that_hold_the_participant_are_named(study: Called, tmp_path: Path) -> None:
    take_part(study, ANN)
    [session] = read(study.study.folder)
    for name, who in (("with", session.participant), ("identified", ANN), ("without", "somebody")):
        run = tmp_path / "results" / name
        run.mkdir(parents=True)
        (run / "run.json").write_text("{}")
        (run / "trials.csv").write_text(f"participant\n{who}\n")
    found = erase(study.study, ANN, runs=[tmp_path / "results"])
    assert [run.name for run in found.runs] == ["identified", "with"]


def test_the_ledger_of_bonuses_names_nobody(study: Called, tmp_path: Path) -> None:
    person = answered(study, ANN, mark="rare-answer", session_id="submission-0ff1ce")
    study.send(person, 0, person["sent"])
    study.finish(person, person["sent"])
    found = bonuses(study.study, rate=Decimal("0.01"), cap=None)
    write_bonuses(study.study, found, tmp_path / "bonus.csv", limit=None)
    assert "submission-0ff1ce" in (tmp_path / "bonus.csv").read_text()
    erase(study.study, ANN)
    assert not [mark for mark in MARKS if mark.encode() in everything_in(study.study.folder)]


def test_a_copy_made_while_others_write_can_be_put_back(study: Called) -> None:
    take_part(study, "before")
    opened = study.open("during")
    rows = rows_for(study, opened, "during")
    study.send(opened, 0, rows[:4])
    copy = backup(study.study).path
    kept = [list(one.rows) for one in study.study.store.read(collected)]
    study.send(opened, 4, rows[4:])
    take_part(study, "after")
    assert oct(copy.stat().st_mode)[-3:] == "600"
    folder = study.study.folder
    study.study.close()
    before = restore(folder, copy)
    with Called(folder, parameters={"trials": 20}) as again:
        assert [list(one.rows) for one in again.study.store.read(collected)] == kept
        # The browser sends again what the copy has not.
        assert again.send(opened, 4, rows[4:]).status_code == 200
        assert again.finish(opened, rows).json()["complete"]
    assert before.exists()


def test_who_was_erased_stays_erased_when_an_older_copy_is_put_back(study: Called) -> None:
    a_busy_study(study)
    copy = backup(study.study).path
    erase(study.study, ANN)
    folder = study.study.folder
    study.study.close()
    restore(folder, copy)
    with Called(folder, parameters={"trials": 20}) as again:
        assert len(read(folder)) == 12
        backup(again.study)
    assert not [mark for mark in MARKS if mark.encode() in everything_in(folder)]


def test_only_so_many_copies_are_kept(study: Called) -> None:
    made = [backup(study.study, keep=3).path for _ in range(5)]
    assert [path.exists() for path in made] == [False, False, True, True, True]


def test_what_is_no_copy_of_this_study_is_not_put_back(study: Called, tmp_path: Path) -> None:
    folder = study.study.folder
    take_part(study, "ann")
    with Called(tmp_path / "other") as other:
        copy = backup(other.study).path
    study.study.close()
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(copy.read_bytes()[:5000])
    for path, message in ((copy, "another study"), (broken, "no whole copy|damaged"), (tmp_path / "gone", "exist")):
        with pytest.raises(StudyError, match=message):
            restore(folder, path)
    assert len(read(folder)) == 1
