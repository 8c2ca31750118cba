"""The completion link leaves the server only with the data."""

from __future__ import annotations

import pytest

from collecting import Called, access, digest, some_rows, stored

URL = "https://app.prolific.com/submissions/complete?cc=DONE"
# As many as the task has screens: a choice and its score, eleven times.
ROWS = some_rows(22)


@pytest.fixture
def study(tmp_path):
    with Called(tmp_path / "study", completion_url=URL, codes={"screened_out": "OUT"}) as called:
        yield called


@pytest.fixture
def opened(study):
    return study.open("P1")


def test_all_rows_and_their_digest_give_the_link(study, opened):
    assert study.send(opened, 0, ROWS).json() == {"stored": 22}
    assert study.finish(opened, ROWS).json() == {"complete": True, "url": URL}


@pytest.mark.parametrize("lost", range(len(ROWS)))
def test_each_row_that_is_lost_is_named_and_holds_the_link_back_until_it_comes(study, opened, lost):
    study.send(opened, 0, ROWS[:lost]) if lost else None
    study.send(opened, lost + 1, ROWS[lost + 1 :]) if lost + 1 < len(ROWS) else None
    assert study.finish(opened, ROWS).json() == {"complete": False, "missing": [lost], "digest": False}
    assert study.send(opened, lost, [ROWS[lost]]).json() == {"stored": 22}
    assert study.finish(opened, ROWS).json() == {"complete": True, "url": URL}


def test_only_the_last_row_is_not_enough(study, opened):
    study.send(opened, 21, [ROWS[21]])
    reply = study.finish(opened, ROWS).json()
    assert reply == {"complete": False, "missing": list(range(21)), "digest": False}


def test_nor_is_one_row_that_is_said_to_be_all(study, opened):
    study.send(opened, 0, ROWS[:1])
    reply = study.finish(opened, ROWS[:1]).json()
    assert reply == {"complete": False, "missing": list(range(1, 22)), "digest": False}


def test_nothing_at_all_is_not_enough(study, opened):
    assert study.finish(opened, []).json()["complete"] is False


def test_a_forged_digest_is_not_enough(study, opened):
    study.send(opened, 0, ROWS)
    reply = study.finish(opened, ROWS, digest=digest(some_rows(22, mark="other"))).json()
    assert reply == {"complete": False, "missing": [], "digest": False}


def test_fewer_rows_than_are_there_are_not_all(study, opened):
    study.send(opened, 0, some_rows(30))
    assert study.finish(opened, ROWS).json() == {"complete": False, "missing": [], "digest": False}


def test_the_token_of_somebody_else_ends_no_session(study, opened):
    study.send(opened, 0, ROWS)
    other = study.open("P2")
    stolen = opened | {"token": other["token"], "lease": other["lease"]}
    assert study.finish(stolen, ROWS).status_code == 401
    assert study.send(stolen, 0, ROWS).status_code == 401
    assert study.withdraw(stolen).status_code == 401


def test_the_end_of_somebody_else_told_again_is_not_ones_own(study, opened):
    study.send(opened, 0, ROWS)
    study.finish(opened, ROWS)
    other = study.open("P2")
    assert study.finish(other, ROWS).json()["complete"] is False


def test_the_end_can_be_told_again_and_gives_the_same_link(study, opened):
    study.send(opened, 0, ROWS)
    assert study.finish(opened, ROWS).json() == study.finish(opened, ROWS).json() == {"complete": True, "url": URL}


def test_who_was_done_cannot_be_something_else_afterwards(study, opened):
    study.send(opened, 0, ROWS[:3])
    study.finish(opened, ROWS[:3], outcome="screened_out")
    assert study.finish(opened, ROWS[:3], outcome="failed_check").json()["url"] == URL.replace("DONE", "OUT")


def test_outcomes_have_links_of_their_own_and_none_without_a_code(study):
    first, second = study.open("P1"), study.open("P2")
    for opened in (first, second):
        study.send(opened, 0, ROWS[:3])
    reply = study.finish(first, ROWS[:3], outcome="screened_out").json()
    assert reply == {"complete": True, "url": URL.replace("DONE", "OUT")}
    assert study.finish(second, ROWS[:3], outcome="failed_check").json() == {"complete": True, "url": None}


@pytest.mark.parametrize(
    "ids",
    [
        {"assignment": "ASSIGNMENT_ID_NOT_AVAILABLE"},
        {"study_id": "{{%STUDY_ID%}}"},
    ],
)
def test_previews_and_links_that_nobody_filled_in_have_no_link(tmp_path, ids):
    names = {"participant": "PROLIFIC_PID", "study_id": "STUDY_ID", "assignment": "assignmentId"}
    with Called(tmp_path / "study", completion_url=URL, page={"ids": names}) as study:
        opened = study.open("P1", ids=ids)
        study.send(opened, 0, ROWS)
        assert study.finish(opened, ROWS).json() == {"complete": True, "url": None}


def test_rows_behind_the_end_are_set_aside(study, opened, tmp_path):
    study.send(opened, 0, ROWS)
    study.finish(opened, ROWS)
    reply = study.send(opened, 22, some_rows(1, mark="late"))
    assert reply.status_code == 409
    assert reply.json()["conflict"] == [22]
    assert len(stored(tmp_path / "study")) == 22


def test_a_stale_lease_ends_nothing(study, opened):
    study.send(opened, 0, ROWS)
    again = study.open("P1", token=opened["token"])
    assert again["status"] == "resumed"
    reply = study.finish(opened, ROWS)
    assert reply.status_code == 409
    assert "conflict" not in reply.json()
    assert study.finish(again, ROWS).json()["complete"] is True


def test_another_device_that_says_the_same_id_gets_neither_rows_nor_link(study, opened):
    study.send(opened, 0, ROWS)
    elsewhere = study.open("P1")
    assert elsewhere["status"] == "begun"
    assert elsewhere["session"] != opened["session"]
    assert elsewhere["stored"] == 0
    assert study.finish(elsewhere, ROWS).json()["complete"] is False
    study.finish(opened, ROWS)
    assert study.open("P1") == {"status": "completed"}


def test_without_its_headers_nothing_is_answered(study, opened):
    reply = study.post(f"sessions/{opened['session']}/finish", {"n": 0, "digest": "0" * 64, "outcome": "done"})
    assert reply.status_code == 401
    headers = access(opened) | {"Twinbean-Lease": "0" * 32}
    reply = study.post(f"sessions/{opened['session']}/withdraw", {}, headers=headers)
    assert reply.status_code == 409
