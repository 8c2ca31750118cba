"""A study is read like a file: who counts, under a pseudonym, as far as they have come, byte for byte what was sent."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pandas as pd
import pytest

import twinbean
from collecting import Called
from taking_part import rows_for, take_part
from twinbean import _assets
from twinbean.cli import app
from twinbean.collect.agreeing import Referee
from twinbean.collect.clock import now
from twinbean.collect.collected import Collected, collected
from twinbean.collect.erasing import erase
from twinbean.collect.excluding import exclude
from twinbean.collect.privacy import privacy_page
from twinbean.collect.reading import read, read_study
from twinbean.collect.screens import responses_table, screens_table
from twinbean.collect.store import StudyError
from twinbean.collect.summary import Findings, summarise
from twinbean.errors import DataError


@pytest.fixture
def study(tmp_path: Path) -> Called:
    with Called(tmp_path / "study", parameters={"trials": 4}) as called:
        yield called


def sessions_of(study: Called) -> list[Collected]:
    return study.study.store.read(collected)


def test_who_has_played_is_read_under_a_pseudonym_that_stays_the_same(study: Called) -> None:
    take_part(study, "ann")
    take_part(study, "bob", rows=3, outcome=None)
    take_part(study, None)
    first, second = read(study.study.folder), twinbean.read(str(study.study.folder))
    assert [session.participant for session in first] == [session.participant for session in second]
    assert len({session.participant for session in first}) == 3
    assert not {"ann", "bob", "drawn"} & {session.participant for session in first}
    assert "ann" not in repr([session.details for session in first])
    assert [len(session.trials) for session in first] == [4, 2, 4]
    ids = [session.participant for session in read(study.study.folder, identified=True)]
    assert ids[:2] == ["ann", "bob"]


def test_another_study_has_other_pseudonyms(study: Called, tmp_path: Path) -> None:
    take_part(study, "ann")
    with Called(tmp_path / "other", parameters={"trials": 4}) as other:
        take_part(other, "ann")
        assert read(study.study.folder)[0].participant != read(other.study.folder)[0].participant


def test_rows_come_out_byte_for_byte(study: Called) -> None:
    sent = take_part(study, "ann")["sent"]
    assert list(sessions_of(study)[0].rows) == sent


def test_what_came_before_its_turn_is_no_part_of_the_session_yet(study: Called) -> None:
    opened = study.open("ann")
    rows = rows_for(study, opened, "ann")
    study.send(opened, 0, rows[:2])
    study.send(opened, 4, rows[4:6])
    assert list(sessions_of(study)[0].rows) == rows[:2]
    study.send(opened, 2, rows[2:4])
    assert list(sessions_of(study)[0].rows) == rows[:6]


def test_who_does_not_count_is_left_out_unless_everybody_is_asked_for(study: Called) -> None:
    folder = study.study.folder
    told = {"tester": take_part(study, "tester", test=True), "gone": take_part(study, "gone", rows=4, outcome=None)}
    study.withdraw(told["gone"])
    told["bad"] = take_part(study, "bad")
    told["twice"] = take_part(study, "twice", rows=4, outcome=None)
    told["again"] = take_part(study, "twice")
    exclude(study.study.store, ["bad"])
    data = read_study(folder)
    assert [session.session for session in data.sessions] == [told["twice"]["session"]]
    reasons = {
        "tester": "a test visit",
        "gone": "withdrawn",
        "bad": "the participant is excluded",
        "again": "attempt 2 of the participant",
    }
    assert data.left_out == {told[name]["session"]: reason for name, reason in reasons.items()}
    everybody = {session.session: session for session in read(folder, everybody=True)}
    assert everybody.keys() == {told[name]["session"] for name in ("tester", "bad", "twice", "again")}
    assert everybody[told["again"]["session"]].kept["flags"] == "attempt 2"
    assert everybody[told["again"]["session"]].participant == everybody[told["twice"]["session"]].participant


def test_withdrawn_data_that_the_study_keeps_are_read_and_flagged(tmp_path: Path, study: Called) -> None:
    with Called(tmp_path / "keeps", parameters={"trials": 4}, policies={"withdrawn": "keep"}) as keeps:
        keeps.withdraw(take_part(keeps, "ann", rows=4, outcome=None))
        [session] = read(keeps.study.folder)
    assert session.kept["flags"] == "withdrawn"


def test_participants_are_described(tmp_path: Path, study: Called) -> None:
    with Called(tmp_path / "two", parameters={}, conditions={"trials": [4, 6]}) as two:
        for who in ("a", "b"):
            take_part(two, who)
        by_condition = {session.kept["trials"]: session for session in read(two.study.folder)}
    assert sorted(by_condition) == ["4", "6"]
    assert [len(by_condition[trials].trials) for trials in ("4", "6")] == [4, 6]
    assert by_condition["4"].kept == {"trials": "4", "condition": "trials=4", "outcome": "done", "flags": None}
    assert by_condition["4"].details["started"] == "2026-01-01T00:00:00.000Z"
    assert by_condition["4"].details["finished"] > "2026"


def test_no_id_is_in_data_that_nobody_asked_to_identify(study: Called) -> None:
    opened = study.open("ann-the-id", ids={"session_id": "the-submission", "study_id": "the-study"})
    ids = {"participant": "ann-the-id", "session_id": "the-submission", "study_id": "the-study"}
    rows = [json.loads(row) | ids | {"ids": ids} for row in rows_for(study, opened, "ann-the-id")]
    study.send(opened, 0, [json.dumps(row).encode() for row in rows])
    [session] = read(study.study.folder)
    assert not [value for value in ids.values() if value in repr(dataclasses.asdict(session))]
    [session] = read(study.study.folder, identified=True)
    assert session.participant == "ann-the-id"
    assert session.details["ids"] == {"session_id": "the-submission", "study_id": "the-study"}


def test_what_no_page_records_is_left_out_with_a_warning_and_stops_nobody(study: Called) -> None:
    take_part(study, "ann")
    opened = study.open("mallory")
    study.send(opened, 0, [b'{"bean_bandits": 3}'])
    with pytest.warns(UserWarning, match=f"session {opened['session']} .*expected a list"):
        sessions = read(study.study.folder)
    assert len(sessions) == 1


def test_a_session_is_computed_again_from_its_choices(study: Called) -> None:
    take_part(study, "ann")
    rich = study.open("rich")
    rows = [json.loads(row) for row in rows_for(study, rich, "rich")]
    first = next(row for row in rows if "bean_bandits" in row)
    for name in ("bean_value", "value"):
        if name in first:
            first[name] = 1000
    study.send(rich, 0, [json.dumps(row).encode() for row in rows])
    other = study.open("other")
    rows = [json.loads(row) | {"seed": 99} for row in rows_for(study, other, "other")]
    study.send(other, 0, [json.dumps(row).encode() for row in rows])
    referee = Referee(study.study.settings)
    honest, liar, elsewhere = map(referee.contradiction, sessions_of(study))
    assert honest is None
    assert liar is not None
    assert "1000" in liar
    assert elsewhere == "its rows say seed 99, and it was given 0"


def test_who_has_answered_something_and_chosen_nothing_is_read_and_has_no_row_among_the_trials(
    study: Called, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take_part(study, "ann")
    opened = study.open("bob")
    study.send(opened, 0, [b'{"bean_text": "Ready?", "bean_choices": ["y", "n"], "bean_response": "Y"}'])
    idle = study.open("cleo")
    study.send(idle, 0, [b'{"bean_text": "Welcome"}'])
    data = read_study(study.study.folder)
    assert [session.responses for session in data.sessions] == [(), ((0, "Y"),)]
    assert data.left_out == {idle["session"]: "nothing answered yet"}
    trials, screens = tmp_path / "trials.csv", tmp_path / "screens.csv"
    app(["convert", str(study.study.folder), "-o", str(trials), "--screens", str(screens)], standalone_mode=False)
    told = capsys.readouterr()
    assert told.err == "twinbean: note: 1 of the sessions have no choice among arms and no row\n"
    assert told.out.splitlines()[0] == f"{trials}: 1 sessions, 4 trials"
    recorded = pd.read_csv(screens, dtype=str)
    assert recorded[recorded["session"] == idle["session"]]["text"].tolist() == ["Welcome"]
    # Who chose nothing has no score.
    found = summarise(study.study, Findings(study.study.settings, lambda one: None), now())
    assert len(found.total.scores) == 1


def test_what_no_page_records_stands_in_the_tables_as_it_came(study: Called) -> None:
    opened = study.open("mallory")
    study.send(opened, 0, [b'{"bean_questions": 3, "response": {"Q0": 1}}', b'{"bean_choices": 7, "response": [8]}'])
    found = sessions_of(study)
    assert screens_table(found)["questions"].tolist()[0] == 3
    assert responses_table(found)["response"].tolist() == ['{"Q0": 1}', "[8]"]


def test_tables_of_a_study_are_made_of_no_file(study: Called, tmp_path: Path) -> None:
    take_part(study, "ann")
    example = str(_assets.example_sessions()[0])
    with pytest.raises(DataError, match=r"--responses and --screens are of a study, and .* is none"):
        app(["convert", example, "--responses", str(tmp_path / "responses.csv")], standalone_mode=False)
    with pytest.raises(DataError, match="nothing is to be written"):
        app(["convert", example], standalone_mode=False)


def test_a_study_without_trials_says_so(study: Called) -> None:
    take_part(study, "ann", test=True)
    with pytest.raises(DataError, match="holds no answers yet; left out: a test visit"):
        read(study.study.folder)


def test_studies_and_files_are_read_together(study: Called, tmp_path: Path) -> None:
    take_part(study, "ann")
    example = _assets.example_sessions()[0]
    assert len(read([study.study.folder, example])) == 2


def test_a_study_is_read_by_the_address_of_its_database(tmp_path: Path, new_database: str) -> None:
    with Called(tmp_path / "study", conditions={"trials": [3, 4]}, database=new_database) as study:
        take_part(study, "ann", ids={"session_id": "sub"})
        take_part(study, "bob")
        study.withdraw(take_part(study, "gone", rows=3, outcome=None))
        assert "not described" not in privacy_page(study.study)
        by_folder = read(study.study.folder)
        by_address = read(new_database)
        assert [one.trials for one in by_address] == [one.trials for one in by_folder]
        assert [one.participant for one in by_address] == [one.participant for one in by_folder]
        assert [one.kept["condition"] for one in by_address] == [one.kept["condition"] for one in by_folder]
        app(["convert", new_database, "-o", str(tmp_path / "people.csv")], standalone_mode=False)
        assert [one.trials for one in read(tmp_path / "people.csv")] == [one.trials for one in by_folder]
        assert erase(study.study, "ann").rows
        assert len(read(new_database)) == 1


def test_a_database_without_a_study_says_so(new_database: str) -> None:
    with pytest.raises(StudyError, match="holds no study"):
        read(new_database)
