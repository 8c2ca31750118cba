"""Whoever leaves a study takes along all that its pair has of them, whenever they leave and whoever is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collecting import everything_in
from pages_and_servers import wait_for
from pairs import FailingOnce, Halting, Paired
from taking_part import rows_for, take_part
from twinbean.collect.erasing import erase
from twinbean.collect.excluding import exclude
from twinbean.collect.pairing import pair
from twinbean.collect.pairing.leaving import sweep
from twinbean.collect.pairing.pair import How
from twinbean.collect.policies import Policies
from twinbean.collect.reading import read
from twinbean.collect.serving import _beside
from twinbean.collect.store import StoreUnavailable, Transaction
from twinbean.sessions.questions import Answer, Question
from twinbean.testing.responders import Script
from twinbean.testing.server import Server, serve

TASK = """
from sweetbean import Block, Experiment
from twinbean import Form, SlotMachines

arms = [{"color": "red", "value": 3}, {"color": "blue", "value": 7}]
asked = Form({"why": Form.long_text("Why?")}, ask_model=True)
machines = Block([SlotMachines(bandits=arms, labels=["1", "2"])], timeline=[{}] * 4)
experiment = Experiment([Block([asked]), machines])
"""
SAID = "rare-answer-5f3759df"
TRIALS = 4


@pytest.fixture
def task(tmp_path: Path) -> str:
    (tmp_path / "asked.py").write_text(TASK, encoding="utf-8")
    return str(tmp_path / "asked.py")


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(Script(lambda body: "<Answer>1</Answer>"), cost=0.25) as server:
        yield server


def takes_part(study: Paired, who: str) -> dict:
    """A visitor who writes something before their first choice that nobody else has written."""
    opened = study.open(who)
    rows = [json.loads(row) for row in rows_for(study, opened, who)]
    (form,) = [row for row in rows if "why" in json.dumps(row.get("response", row.get("bean_response")))]
    form.update({name: {"why": SAID} for name in ("response", "bean_response") if name in form})
    sent = [json.dumps(row).encode() for row in rows]
    study.send(opened, 0, sent)
    assert study.finish(opened, sent).json()["complete"]
    return opened | {"sent": sent}


def withdraw(study: Paired, opened: dict) -> None:
    assert study.withdraw(opened).status_code == 200


def be_erased(study: Paired, opened: dict) -> None:
    erase(study.study, "ann")


@pytest.mark.parametrize("leave", [withdraw, be_erased])
def test_what_was_sent_to_an_endpoint_goes_with_whom_it_was_about(
    tmp_path: Path, task: str, server: Server, leave: Callable[[Paired, dict], None]
) -> None:
    options = {"base_url": server.base_url, "max_calls": TRIALS + 1}
    with Paired(tmp_path / "study", "api:script", task, options=options) as study:
        ann = takes_part(study, "ann")
        assert study.told(ann)["state"] == "ready"
        assert len(server.requests) == TRIALS
        assert SAID in json.dumps(server.requests[0].body), "nothing of theirs was sent: nothing is shown"
        beside = f"study/pair/{ann['session']}"
        assert SAID.encode() in (tmp_path / beside / "calls.jsonl").read_bytes()
        leave(study, ann)
        study.study.store.purge()
        assert SAID.encode() not in everything_in(study.study.folder)
        assert not (tmp_path / beside).exists()
    with Paired(tmp_path / "study", "api:script", task, options=options) as study:
        assert study.told(takes_part(study, "bob")) == {"state": "failed"}
    assert len(server.requests) == TRIALS + 1, "what was paid for her is paid"


def test_what_has_left_the_study_still_counts_for_what_it_may_cost(tmp_path: Path, task: str, server: Server) -> None:
    (tmp_path / "prices.toml").write_text('currency = "EUR"\n[models."api:script"]\nprompt = 0\ncompletion = 0\n')
    options = {"base_url": server.base_url, "prices": tmp_path / "prices.toml", "max_cost": 1.5}
    with Paired(tmp_path / "study", "api:script", task, options=options) as study:
        ann = takes_part(study, "ann")
        assert study.told(ann)["state"] == "ready"
        withdraw(study, ann)
    with Paired(tmp_path / "study", "api:script", task, options=options) as study:
        assert study.told(takes_part(study, "bob")) == {"state": "failed"}
    assert len(server.requests) == 6


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Paired]:
    policies = Policies(completed_session="restart")
    with Paired(tmp_path / "study", "rw", policies=policies) as study:
        yield study


def run_of(study: Paired, opened: dict) -> Path:
    return study.study.folder / "pair" / opened["session"]


def test_who_withdraws_between_the_models_last_choice_and_the_end_of_its_run_leaves_no_run(
    study: Paired, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, has_settled, is_known = study.pair._settle, threading.Event(), threading.Event()
    visitors: list[dict] = []
    had_a_run = []

    def just_before(session: str, how: How) -> None:
        is_known.wait(120)
        had_a_run.append(run_of(study, visitors[0]).exists())
        withdraw(study, visitors[0])
        settle(session, how)
        has_settled.set()

    monkeypatch.setattr(study.pair, "_settle", just_before)
    visitors.append(take_part(study, "ann", outcome=None))
    is_known.set()
    assert has_settled.wait(120)
    assert had_a_run == [True]
    assert not run_of(study, visitors[0]).exists()


def test_who_withdraws_while_the_model_fails_leaves_no_run_and_no_problem(tmp_path: Path) -> None:
    class Broken(Halting):
        async def ask(self, question: Question) -> Answer:
            answer = await super().ask(question)
            if self.goes_on.is_set():
                raise RuntimeError("the weights are gone")
            return answer

    model = Broken(after=2)
    with Paired(tmp_path / "study", model) as study:
        ann = take_part(study, "ann", outcome=None)
        assert model.stands.wait(120)
        withdraw(study, ann)
        model.goes_on.set()
        wait_for(lambda: ann["session"] in study.pair._settled, "the model has stopped")
        wait_for(lambda: not run_of(study, ann).exists(), "the run is gone")
        assert study.problems() == []


@pytest.mark.parametrize("has_pair", [True, False], ids=["with the pair", "without"])
def test_what_a_killed_server_left_of_who_is_gone_is_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_pair: bool
) -> None:
    with Paired(tmp_path / "study", "rw") as study:
        ann, bob, cem = (take_part(study, who) for who in ("ann", "bob", "cem"))
        for visitor in (ann, bob, cem):
            study.told(visitor)
        with monkeypatch.context() as killed:
            killed.setattr(study.pair, "withdrawn", lambda session: None)
            killed.setattr("twinbean.collect.erasing.remove", lambda folder, session: None)
            withdraw(study, bob)
            erase(study.study, "ann")
        unknown = study.study.folder / "pair" / ("0" * 16)
        unknown.mkdir()
        assert run_of(study, ann).exists()
        assert run_of(study, bob).exists()
        if not has_pair:
            with _beside(study.study, None, None):
                pass
    if has_pair:
        study = Paired(tmp_path / "study", "rw")
        study.__exit__()
    assert not any(place.exists() for place in (unknown, run_of(study, ann), run_of(study, bob)))
    assert run_of(study, cem).exists()


def without_database(study: Paired, monkeypatch: pytest.MonkeyPatch, times: float, to: str = "read") -> list[str]:
    """The database does not answer the model so many times; what was asked of it by then."""
    ask, asked = getattr(study.study.store, to), list[str]()

    def answer(query: Callable[[Transaction], Any]) -> Any:
        if threading.current_thread().name == "pair" and len(asked) < times:
            asked.append("asked")
            raise StoreUnavailable("the disk is busy")
        return ask(query)

    monkeypatch.setattr(study.study.store, to, answer)
    return asked


def test_a_database_that_does_not_answer_for_a_moment_costs_nobody_the_pair(
    study: Paired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair, "_PAUSE_S", 0.01)
    asked = without_database(study, monkeypatch, 3)
    opened = take_part(study, "ann")
    assert study.told(opened)["state"] == "ready"
    assert len(asked) == 3


def test_a_failure_that_cannot_be_noted_at_once_is_noted_once_and_costs_the_next_visitor_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair, "_PAUSE_S", 0.01)
    with Paired(tmp_path / "study", FailingOnce()) as study:
        asked = without_database(study, monkeypatch, 3, to="write")
        ann = take_part(study, "ann")
        assert study.told(ann) == {"state": "failed"}
        assert study.told(take_part(study, "bob"))["state"] == "ready"
        assert len(asked) == 3
        assert len(study.problems()) == 1


def test_a_server_that_ends_does_not_wait_for_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair, "_PAUSE_S", 600.0)
    with Paired(tmp_path / "study", "rw") as study, monkeypatch.context() as unavailable:
        asked = without_database(study, unavailable, float("inf"))
        opened = take_part(study, "ann")
        wait_for(lambda: bool(asked), "the model has asked")
    wait_for(lambda: not study.pair._thread.is_alive(), "the model has stopped")
    with Paired(tmp_path / "study", "rw") as study:
        assert study.told(opened)["state"] == "ready"


def test_the_pairs_runs_are_of_those_whom_an_analysis_of_the_study_has(study: Paired) -> None:
    told = {who: take_part(study, who) for who in ("ann", "bad", "twice")}
    told["tester"] = take_part(study, "tester", test=True)
    told["again"] = take_part(study, "twice", page="q", token=None)
    assert told["again"]["session"] != told["twice"]["session"]
    for visitor in told.values():
        assert study.told(visitor)["state"] == "ready"

    def met() -> set[str]:
        return {session.session.removesuffix(".0") for session in read(study.study.folder / "pair")}

    assert met() == {session.session for session in read(study.study.folder)}
    exclude(study.study.store, ["bad"])
    sweep(study.study)
    assert met() == {session.session for session in read(study.study.folder)}
    assert met() == {told[who]["session"] for who in ("ann", "twice")}
    left_out = {place.name for place in (study.study.folder / "pair-left-out").iterdir()}
    assert left_out == {told[who]["session"] for who in ("bad", "tester", "again")}
    assert study.told(told["bad"])["state"] == "ready", "it is where it is looked for"
