"""What is known of a participant is no trial, and goes wherever the session goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import twinbean
from twinbean.errors import DataError
from twinbean.sessions import Session, from_table, read, to_table, write_table
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.participants import participants_table, write_participants

DEVICE = {"browser": "Firefox", "screen": [390, 844]}
FIRST = {
    "started": "2026-11-21T12:00:00.000Z",
    "consented": "2026-11-21T11:59:58.000Z",
    "device": DEVICE,
    "ids": {"study_id": "s1", "arm": "left"},
    "condition": "gains",
}
KNOWN = {
    "started": "2026-11-21T12:00:00.000Z",
    "finished": "2026-11-21T12:09:00.000Z",
    "consented": "2026-11-21T11:59:58.000Z",
    "resumed": 1,
    "focus_losses": 2,
    "device": DEVICE,
    "study_id": "s1",
    "arm": "left",
    "condition": "gains",
}
LEFT = {"event": "left", "at": 10, "ms": 300}


def rows(**first: Any) -> list[dict[str, Any]]:
    """Three choices as a page records them: the last two after the page was loaded again."""
    made = [
        {
            "format": 2,
            "trial_index": number,
            "participant": "p",
            "session": "s",
            "resumed": int(number > 0),
            "interruptions": [LEFT] if number else [],
            "bean_bandits": [{"value": 1}, {"value": 0}],
            "bean_response": 0,
            "bean_value": 1,
        }
        for number in range(3)
    ]
    made[0] |= FIRST | first
    made[1] |= {"device": {"browser": "another"}, "resumed_at": "2026-11-21T12:05:00.000Z"}
    made[2] |= {"finished": "2026-11-21T12:09:00.000Z"}
    return made


def session(**first: Any) -> Session:
    return sessions_from_rows(rows(**first), where="p.json", participant="p")[0]


def test_the_first_and_last_row_of_a_page_say_who_took_part() -> None:
    assert session().participant_details == KNOWN


def test_nothing_is_known_of_who_played_elsewhere() -> None:
    bare = [{"bean_bandits": [{"value": 1}, {"value": 0}], "bean_response": 0}]
    assert sessions_from_rows(bare, where="x", participant="p")[0].participant_details == {}
    # In another page's rows these are whatever its author meant.
    bare[0] |= {"condition": "congruent", "started": 1200, "ids": [1, 2]}
    assert sessions_from_rows(bare, where="x", participant="p")[0].participant_details == {}


def test_a_session_without_an_end_has_no_time_of_finishing() -> None:
    begun = sessions_from_rows(rows()[:2], where="p.json", participant="p")[0]
    assert "finished" not in begun.participant_details


def test_ids_of_a_page_of_0_1_are_known_by_their_usual_names() -> None:
    older = rows()
    for row in older:
        row |= {"format": 1, "study_id": "s9"}
    del older[0]["ids"]
    assert sessions_from_rows(older, where="p.json", participant="p")[0].participant_details["study_id"] == "s9"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_of_sessions_keeps_it(tmp_path: Path, suffix: str) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    write_table([session()], tmp_path / f"t.{suffix}")
    (again,) = read(tmp_path / f"t.{suffix}")
    assert again.participant_details == KNOWN
    assert again == session()
    assert list(to_table([session()])["condition"]) == ["gains"] * 3


def test_a_page_saved_as_csv_says_the_same(tmp_path: Path) -> None:
    table = pd.DataFrame(
        [{name: json.dumps(v) if isinstance(v, list | dict) else v for name, v in row.items()} for row in rows()]
    )
    table.to_csv(tmp_path / "p.csv", index=False)
    known = read(tmp_path / "p.csv")[0].participant_details
    assert {name: known[name] for name in KNOWN if name != "device"} == {
        n: v for n, v in KNOWN.items() if n != "device"
    }


def test_participants_are_a_row_each_with_a_column_for_whatever_is_known_of_one() -> None:
    other = session().replace(participant="q", session="t", details={"kept": {"diagnosis": "none"}})
    table = participants_table([session(), other])
    assert list(table.columns) == [
        *("participant", "session", "source", "started", "finished", "consented", "resumed", "focus_losses"),
        *("study_id", "arm", "condition", "diagnosis", "device"),
    ]
    first, second = table.to_dict("records")
    assert (first["session"], first["resumed"], first["arm"]) == ("s", 1, "left")
    assert json.loads(first["device"]) == DEVICE
    assert (second["participant"], second["diagnosis"]) == ("q", "none")
    assert pd.isna(second["resumed"])


def test_it_is_joined_to_the_trials_by_participant_and_session() -> None:
    people = [session(), session(condition="losses").replace(participant="q", session="t")]
    joined = to_table(people).drop(columns="condition").merge(participants_table(people), on=["participant", "session"])
    assert list(joined["condition"]) == ["gains"] * 3 + ["losses"] * 3


def test_the_file_of_participants_beside_a_table_is_not_read_as_sessions(tmp_path: Path) -> None:
    write_table([session()], tmp_path / "sessions.csv")
    write_participants([session()], tmp_path / "participants.csv")
    assert read(tmp_path) == read(tmp_path / "sessions.csv")
    # A table of sessions under that name is what it is.
    write_table([session().replace(session="u")], tmp_path / "participants.csv")
    assert [one.session for one in read(tmp_path)] == ["u", "s"]


def test_a_run_says_of_whom_it_continued_what_is_known_of_them(tmp_path: Path) -> None:
    played = twinbean.replay("two_armed_bandit", model="random", parameters={"trials": 3}, samples=2)
    people = [one.replace(source="human", details=dict(one.details) | dict(session().details)) for one in played]
    twinbean.replay("two_armed_bandit", people, model="random", samples=2, run=tmp_path / "run", lenient=True)
    table = pd.read_csv(tmp_path / "run" / "participants.csv")
    trials = pd.read_csv(tmp_path / "run" / "trials.csv")
    assert list(table["session"]) == sorted(set(trials["session"]))
    assert list(table["condition"]) == ["gains"] * 4
    assert list(table["started"]) == [KNOWN["started"]] * 4
    # Theirs, and so in their own table only.
    assert table["device"].isna().all()


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ({"started": 5}, "p.json, row 1: started is 5, expected a time"),
        ({"parts": {"blocks": 5}}, "p.json, row 1: parts is {'blocks': 5}, expected names with texts"),
        ({"ids": ["s1"]}, "p.json, row 1: ids is ['s1'], expected names with values"),
        ({"condition": ["gains"]}, "p.json, row 1: condition is ['gains'], expected a name"),
    ],
)
def test_what_no_page_says_of_a_participant_is_refused(first: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as refused:
        session(**first)
    assert str(refused.value).startswith(said)


def test_a_table_that_says_the_impossible_of_a_participant_is_refused() -> None:
    table = to_table([session()])
    for wrong in (
        {"resumed": -1},
        {"started": 5},
        {"ids": {"study_id": 5}},
        {"ids": "s1"},
        {"parts": []},
        {"shown": [1]},
    ):
        table["details"] = json.dumps(wrong)
        with pytest.raises(DataError, match="row 1: details is .*what is known of the participant"):
            from_table(table)
