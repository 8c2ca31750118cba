"""How a study stands is what its sessions say, counted by hand here."""

from __future__ import annotations

import json
import statistics
from datetime import timedelta
from pathlib import Path

import pytest

from collecting import Called
from taking_part import take_part
from twinbean.collect import settings, visits
from twinbean.collect.agreeing import Referee
from twinbean.collect.clock import now
from twinbean.collect.summary import Findings, Summary, summarise


@pytest.fixture
def study(tmp_path: Path) -> Called:
    with Called(tmp_path / "study", conditions={"trials": [4, 6]}) as called:
        yield called


def points(sent: list[bytes]) -> float:
    rows = [json.loads(row) for row in sent]
    return float(sum(row["bean_value"] for row in rows if "bean_bandits" in row))


def summary(study: Called, **later: float) -> Summary:
    findings = Findings(study.study.settings, Referee(study.study.settings).contradiction)
    return summarise(study.study, findings, now() + timedelta(**later))


def test_a_study_that_nobody_has_opened(study: Called) -> None:
    total = summary(study).total
    assert (total.started, total.active, total.finished, total.left) == (0, 0, 0, 0)
    assert (total.minutes, total.score, total.places) == (None, None, "")


def test_people_are_counted_by_condition_and_by_where_they_left(study: Called) -> None:
    for event in ("opened", "opened", "declined"):
        study.study.store.write(lambda transaction, event=event: visits.count(transaction, event)).result()
    study.study.store.write(lambda transaction: settings.set_target(transaction, 30)).result()
    finished = [take_part(study, f"f{n}") for n in range(4)]
    finished.append(take_part(study, "s", rows=2, outcome="screened_out"))
    for n, rows in enumerate((3, 5, 5)):
        take_part(study, f"l{n}", rows=rows, outcome=None)
    study.withdraw(take_part(study, "w", rows=2, outcome=None))
    take_part(study, "t", test=True)
    take_part(study, "l0", rows=2, outcome=None)
    found = summary(study)
    assert (found.opened, found.declined, found.target, found.tests, found.paused) == (2, 1, 30, 1, False)
    total = found.total
    assert (total.started, total.active, total.finished, total.left, total.withdrawn) == (9, 3, 5, 0, 1)
    assert dict(total.outcomes) == {"done": 4, "screened_out": 1}
    assert [group.condition for group in found.groups] == ["trials=4", "trials=6"]
    assert sum(group.started for group in found.groups) == 9
    later = summary(study, hours=2).total
    assert (later.active, later.left) == (0, 3)
    assert later.places == "2 after 5 screens, 1 after 3 screens"
    scores = [points(person["sent"]) for person in finished]
    assert sorted(total.scores) == sorted(scores)
    assert total.score == statistics.median(scores)
    assert [flag for flagged in found.flagged for flag in flagged.flags] == ["screened_out", "withdrawn", "attempt 2"]


def test_a_session_that_contradicts_the_task_is_flagged(study: Called) -> None:
    opened = study.open("liar")
    row = b'{"bean_bandits":[{"color":"red","value":999},{"color":"blue","value":0}],"bean_response":0,"trial_index":0}'
    study.send(opened, 0, [row] * 1)
    study.finish(opened, [row], "failed_check")
    [flagged] = summary(study).flagged
    assert flagged.flags[0] == "failed_check"
    assert flagged.flags[1].startswith("contradicts the task: ")
