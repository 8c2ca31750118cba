"""Who begins, goes on, or is told why not: tokens, leases and policies."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from collecting import Called, access, everything_in, some_rows
from twinbean.collect import app, clock, settings
from twinbean.collect.linking import link_for
from twinbean.collect.records import all_sessions
from twinbean.collect.starting import page_options
from twinbean.collect.store import StudyError

ROWS = some_rows(22)
CONSENT = "We ask you to play.\n\nYou may stop at any time: ä."


def study_of(tmp_path, **wanted):
    return Called(tmp_path / "study", **wanted)


@pytest.fixture
def study(tmp_path):
    with study_of(tmp_path) as called:
        yield called


def later(monkeypatch, **length):
    at = clock.now() + timedelta(**length)
    monkeypatch.setattr(app, "now", lambda: at)


def records(study):
    return study.study.store.read(all_sessions)


def finished(study, opened):
    study.send(opened, 0, ROWS)
    assert study.finish(opened, ROWS).json()["complete"] is True


def test_a_token_cannot_be_guessed_and_is_in_no_file(study, tmp_path):
    opened = [study.open() for _ in range(50)]
    tokens = {one["token"] for one in opened}
    assert len(tokens) == len({one["session"] for one in opened}) == len({one["lease"] for one in opened}) == 50
    assert all(len(token) == 43 for token in tokens)
    files = everything_in(tmp_path / "study")
    assert not any(token.encode() in files for token in tokens)
    assert opened[0]["session"].encode() in files


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_character_that_not_every_database_keeps_is_refused_by_each(kind, tmp_path, request):
    database = request.getfixturevalue("new_database") if kind == "postgres" else None
    consent = {"text_sha256": "0" * 64, "language": "d\0e", "at": "2026-01-01T00:00:00.000Z"}
    with study_of(tmp_path, database=database) as study:
        asked = study.opening("P1")
        for odd in ({"page": "p\0"}, {"ids": {"a\0b": "1"}}, {"ids": {"a": "1\0"}}, {"consent": consent}):
            assert study.post("sessions", asked | odd).status_code == 422
        opened = study.open("P1", token="\0")
        for path in ("rows", "finish", "withdraw"):
            answer = study.post(f"sessions/%00/{path}", headers=access(opened) | {"Twinbean-First": "0"})
            assert (answer.status_code, answer.json()["error"]) == (401, "the token is none of this session's")
        finished(study, opened)
        assert len(records(study)) == 1


def test_a_request_that_is_repeated_gets_the_same_reply(study):
    first = study.open("P1", request="ab" * 16)
    assert study.open("P1", request="ab" * 16) == first
    study.send(first, 0, ROWS[:3])
    assert study.open("P1", request="ab" * 16) == first | {"stored": 3}
    assert len(records(study)) == 1


def test_a_request_that_is_repeated_late_takes_nobodys_lease(study):
    first = study.open("P1", request="ab" * 16)
    again = study.open("P1", token=first["token"])
    assert study.open("P1", request="ab" * 16)["lease"] == first["lease"]
    assert study.send(again, 0, ROWS).status_code == 200
    assert study.send(first, 0, ROWS).status_code == 409


def test_who_comes_back_with_the_token_goes_on_under_a_new_lease(study):
    first = study.open("P1")
    study.send(first, 0, ROWS[:4])
    again = study.open("P1", token=first["token"])
    assert again["status"] == "resumed"
    assert again["stored"] == 4
    kept = ("session", "token", "variant", "condition")
    assert {name: again[name] for name in kept} == {name: first[name] for name in kept}
    assert again["lease"] != first["lease"]


def test_somebody_without_an_id_goes_on_by_the_token_alone(study):
    first = study.open()
    assert study.open(token=first["token"])["session"] == first["session"]
    assert study.open()["session"] != first["session"]


@pytest.mark.parametrize("token", ["A" * 43, "", "x"])
def test_a_token_of_nobody_is_as_none(study, token):
    assert study.open("P1", token=token)["status"] == "begun"


def test_a_browser_that_somebody_else_used_begins_anew(study):
    first = study.open("P1")
    other = study.open("P2", token=first["token"])
    assert other["status"] == "begun"
    assert other["session"] != first["session"]
    assert other["token"] != first["token"]


def test_another_device_begins_a_new_attempt_in_the_same_condition(tmp_path):
    with study_of(tmp_path, conditions={"trials": [11, 12, 13, 14]}) as study:
        first = study.open("P1")
        second = study.open("P1")
        assert second["status"] == "begun"
        assert second["condition"] == first["condition"]
        assert [record.attempt for record in records(study)] == [1, 2]


def test_or_is_refused_where_the_study_says_so(tmp_path):
    with study_of(tmp_path, policies={"other_device": "block"}) as study:
        first = study.open("P1")
        assert study.open("P1") == {"status": "blocked"}
        assert study.open("P1", token=first["token"])["status"] == "resumed"
        assert study.open("P2")["status"] == "begun"


@pytest.mark.parametrize(("policy", "status"), [("restart", "begun"), ("block", "blocked"), ("resume", "resumed")])
def test_an_unfinished_session_goes_on_begins_anew_or_is_blocked(tmp_path, policy, status):
    with study_of(tmp_path, policies={"incomplete_session": policy}) as study:
        first = study.open("P1")
        study.send(first, 0, ROWS[:2])
        assert study.open("P1", token=first["token"])["status"] == status
        # What the browser still has of the first can come, unless the session itself goes on.
        assert study.send(first, 2, ROWS[2:4]).status_code == (409 if status == "resumed" else 200)


@pytest.mark.parametrize(("policy", "status"), [("restart", "begun"), ("block", "completed")])
def test_a_finished_session_is_shown_its_end_or_begins_anew(tmp_path, policy, status):
    url = "https://example.org/?cc=CODE"
    with study_of(tmp_path, policies={"completed_session": policy}, completion_url=url) as study:
        first = study.open("P1")
        finished(study, first)
        again = study.open("P1", token=first["token"])
        assert again["status"] == status
        if status == "completed":
            assert again["url"] == url
            assert study.finish(again, ROWS).json() == {"complete": True, "url": url}
            # The id alone opens nothing.
            assert study.open("P1") == {"status": "completed"}


def test_a_session_that_is_too_old_is_as_if_it_had_never_been(tmp_path, monkeypatch):
    with study_of(tmp_path, policies={"max_age_ms": 3_600_000, "other_device": "block"}) as study:
        first = study.open("P1")
        later(monkeypatch, minutes=59)
        assert study.open("P1", token=first["token"])["status"] == "resumed"
        later(monkeypatch, minutes=61)
        assert study.open("P1", token=first["token"])["status"] == "begun"
        assert study.open("P2")["status"] == "begun"


def test_in_a_laboratory_every_visit_is_new(tmp_path):
    with study_of(tmp_path, policies={"lab": True}) as study:
        first = study.open("P1")
        assert study.open("P1", token=first["token"])["status"] == "begun"
        finished(study, first)
        assert study.open("P1")["status"] == "begun"


def test_a_withdrawn_session_takes_nothing_more(study):
    first = study.open("P1")
    study.send(first, 0, ROWS)
    assert study.withdraw(first).json() == {"complete": True, "url": None}
    assert study.send(first, 0, ROWS).status_code == 410
    assert study.finish(first, ROWS).status_code == 410
    assert study.withdraw(first).status_code == 410
    reply = study.post("sessions", study_opening(token=first["token"]))
    assert reply.status_code == 410
    assert study.open("P1") == {"status": "completed"}


def study_opening(**changed):
    return {
        "request": "0f" * 16,
        "page": "p",
        "ids": {"participant": "P1"},
        "anonymous": False,
        "test": False,
        "consent": None,
        "started": "2026-01-01T00:00:00.000Z",
        "token": None,
    } | changed


@pytest.mark.parametrize(("policy", "left"), [("keep", 22), ("discard", 0)])
def test_the_rows_of_who_withdraws_go_where_the_study_has_said(tmp_path, policy, left):
    with study_of(
        tmp_path,
        policies={"withdrawn": policy},
        completion_url="https://example.org/{code}",
        codes={"done": "D", "withdrawn": "W"},
    ) as study:
        first = study.open("P1")
        study.send(first, 0, ROWS)
        study.send(first, 0, some_rows(1, mark="other"))
        assert study.withdraw(first).json() == {"complete": True, "url": "https://example.org/W"}
        (count,) = study.study.store.read(lambda transaction: transaction.execute("SELECT count(*) FROM events"))[0]
        assert count == left
        (aside,) = study.study.store.read(lambda transaction: transaction.execute("SELECT count(*) FROM quarantine"))[0]
        assert aside == (1 if left else 0)


def link_of(study, participant):
    """What the address of a signed link holds, by the names of ids."""
    address = link_for(study.study, participant, address="https://study.example.org/")
    found = dict(parse_qsl(urlsplit(address).query))
    return {
        name: found[parameter]
        for name, parameter in page_options(study.study.settings).ids.items()
        if parameter in found
    }


def test_a_signed_link_lets_another_browser_go_on_once(tmp_path):
    with study_of(tmp_path, policies={"signed_links": True, "other_device": "block"}) as study:
        first = study.open("P1", ids={"study_id": "S"})
        rows = [rb'{"half":"\ud800","n":1e21}', *ROWS[1:3]]
        study.send(first, 0, [*rows, *some_rows(1)])
        study.send(first, 9, ROWS[9:10])
        ids = link_of(study, "P1")
        elsewhere = study.open("P1", ids=ids, request="cd" * 16)
        assert elsewhere["status"] == "resumed"
        assert (elsewhere["session"], elsewhere["stored"]) == (first["session"], 4)
        assert elsewhere["rows"][:3] == [json.loads(row) for row in rows]
        assert len(elsewhere["rows"]) == 4
        # The reply that was lost can be had again; the link cannot be used again.
        assert study.open("P1", ids=ids, request="cd" * 16) == elsewhere
        assert study.open("P1", ids=ids) == {"status": "blocked"}
        assert study.send(first, 4, ROWS[4:5]).status_code == 401
        assert study.send(elsewhere, 4, ROWS[4:5]).json() == {"stored": 5}
        assert b"signature" not in everything_in(tmp_path / "study").replace(b"signature_", b"")


def test_a_signature_is_one_persons_and_counts_only_where_the_study_has_signed_links(tmp_path):
    with study_of(tmp_path, policies={"signed_links": True, "other_device": "block"}) as study:
        study.open("P1")
        study.open("P2")
        signature = link_of(study, "P1")["signature"]
        for wrong in (signature, signature[:-1] + ("A" if signature[-1] != "A" else "B"), "ü", "x"):
            assert study.open("P2", ids={"signature": wrong}) == {"status": "blocked"}
        with pytest.raises(StudyError, match="has no session of 'P3'"):
            link_of(study, "P3")
    with study_of(tmp_path, policies={"signed_links": False}) as study:
        refused = study.post("sessions", study_opening(ids={"participant": "P1", "signature": signature}))
        assert refused.status_code == 422
        with pytest.raises(StudyError, match="was started without --signed-links"):
            link_of(study, "P1")


def test_newcomers_are_refused_while_the_study_pauses_and_nobody_who_has_started_is(study):
    first, second = study.open("P1"), study.open("P2")
    study.study.store.write(lambda transaction: settings.pause(transaction, True)).result()
    assert study.open("P3") == {"status": "paused"}
    assert study.open("P1", token=first["token"])["status"] == "resumed"
    assert study.open("P2")["status"] == "begun"
    finished(study, second)
    assert study.open("P3", test=True)["status"] == "begun"
    study.study.store.write(lambda transaction: settings.pause(transaction, False)).result()
    assert study.open("P3")["status"] == "begun"


def test_the_target_counts_who_is_done_and_who_is_on_the_way(tmp_path, monkeypatch):
    with study_of(tmp_path, target=2) as study:
        done, leaving, late = study.open("P1"), study.open("P2"), study.open("P3")
        finished(study, done)
        # Opened and answered nothing: no place is taken.
        assert study.open("P4")["status"] == "begun"
        study.send(leaving, 0, ROWS[:1])
        assert study.open("P5") == {"status": "full"}
        # Those who have started are not turned away, also on another device.
        finished(study, late)
        assert study.open("P2")["status"] == "begun"
        assert study.open("P5") == {"status": "full"}


def test_who_has_left_holds_no_place_after_the_cutoff(tmp_path, monkeypatch):
    with study_of(tmp_path, target=1) as study:
        study.send(study.open("P1"), 0, ROWS[:1])
        assert study.open("P2") == {"status": "full"}
        later(monkeypatch, minutes=61)
        assert study.open("P2")["status"] == "begun"


def test_tests_of_the_researcher_take_no_place(tmp_path):
    with study_of(tmp_path, target=1) as study:
        for _ in range(3):
            finished(study, study.open("P1", test=True))
        assert study.open("P1")["status"] == "begun"
        assert [record.test for record in records(study)] == [True, True, True, False]
        assert records(study)[-1].attempt == 1


def test_who_is_excluded_is_blocked_and_in_no_file(tmp_path):
    with study_of(tmp_path, excluded=frozenset({"SOMEBODY-ELSE"})) as study:
        assert study.open("SOMEBODY-ELSE") == {"status": "blocked"}
        assert study.open("P1")["status"] == "begun"
    assert b"SOMEBODY-ELSE" not in everything_in(tmp_path / "study")


def test_consent_is_kept_by_the_hash_of_its_text_with_time_and_language(tmp_path):
    with study_of(tmp_path, page={"consent": CONSENT}) as study:
        texts = study.study.store.read(lambda transaction: transaction.execute("SELECT * FROM consents"))
        ((shown, text, _),) = texts
        assert text.startswith(CONSENT)
        assert shown == hashlib.sha256(text.encode()).hexdigest()
        agreed = {"text_sha256": shown, "language": "de", "at": "2026-01-01T00:00:01.000Z"}
        assert study.open("P1", consent=agreed)["status"] == "begun"
        assert records(study)[0].consent == agreed
        refused = study.post("sessions", study_opening())
        assert refused.status_code == 422
        assert refused.json()["error"].startswith("consent: ")
        other = study.post("sessions", study_opening(consent=agreed | {"text_sha256": "0" * 64}))
        assert other.status_code == 422


def test_who_opened_the_page_before_the_form_changed_has_agreed_to_the_old_one(tmp_path):
    with study_of(tmp_path, page={"consent": CONSENT}) as study:
        (before,) = study.study.store.read(lambda transaction: transaction.execute("SELECT text_sha256 FROM consents"))
    with study_of(tmp_path, page={"consent": "Another form."}) as study:
        agreed = {"text_sha256": before[0], "language": "en", "at": "2026-01-01T00:00:01.000Z"}
        assert study.open("P1", consent=agreed)["status"] == "begun"


def test_nobody_is_asked_for_a_consent_that_the_page_does_not_ask_for_any_more(tmp_path):
    with study_of(tmp_path, page={"consent": CONSENT}):
        pass
    with study_of(tmp_path, page={"consent": None}) as study:
        assert study.open("P1")["status"] == "begun"


def test_before_consent_there_is_a_count_and_nothing_else(study, tmp_path):
    for event in ("opened", "opened", "declined"):
        assert study.post("visits", {"event": event}).status_code == 204
    assert study.study.store.read(lambda transaction: transaction.execute("SELECT * FROM visits ORDER BY event")) == [
        ("declined", 1),
        ("opened", 2),
    ]
    assert records(study) == []
    assert study.post("visits", {"event": "opened", "participant": "P1"}).status_code == 422
    assert study.post("visits", {"event": "left"}).status_code == 422


def test_who_declines_gets_the_link_of_those_who_decline(tmp_path):
    with study_of(tmp_path, completion_url="https://a.org/?cc=DONE", codes={"declined": "NO"}) as study:
        reply = study.post("visits", {"event": "declined"})
        assert reply.status_code == 200
        assert reply.json() == {"url": "https://a.org/?cc=NO"}
        assert study.post("visits", {"event": "opened"}).status_code == 204


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"request": "short"}, "request"),
        ({"request": "AB" * 16}, "request"),
        ({"ids": {"participant": ""}}, "ids.participant"),
        ({"ids": {"participant": "x" * 301}}, "ids.participant"),
        ({"ids": {"participant": "a\0b"}}, "ids.participant"),
        ({"ids": {"participant": "P", "colour": "red"}}, "ids"),
        ({"ids": {}}, "anonymous"),
        ({"ids": {"participant": 5}}, "ids.participant"),
        ({"anonymous": True}, "anonymous"),
        ({"anonymous": "no"}, "anonymous"),
        ({"started": "yesterday"}, "started"),
        ({"token": "x" * 65}, "token"),
        ({"address": "192.0.2.1"}, "address"),
    ],
)
def test_what_no_page_sends_is_refused_in_a_sentence_that_names_it(study, wrong, named):
    reply = study.post("sessions", study_opening(**wrong))
    assert reply.status_code == 422
    assert reply.json()["error"].startswith(f"{named}: ")
    assert records(study) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"request": 1}', b"\xff", b"[" * 10_000])
def test_what_is_no_request_is_refused(study, body):
    reply = study.post("sessions", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422
    assert set(reply.json()) == {"error"}


def test_a_form_of_another_site_cannot_ask(study):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        reply = study.post("sessions", content=b"{}", headers={"Content-Type": kind})
        assert reply.status_code == 415
