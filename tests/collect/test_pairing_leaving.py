"""Whoever leaves a study takes along all that its pair has of them, whenever they leave and whoever is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collecting import everything_in
from pairs import Paired
from taking_part import rows_for
from twinbean.collect.erasing import erase
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
