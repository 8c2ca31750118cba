"""Studies to archive: people who take part in them by program, and models that continue these people."""

from __future__ import annotations

import json
from pathlib import Path

from collecting import Called
from taking_part import take_part
from twinbean.collect.excluding import exclude
from twinbean.runs.replaying import replay
from twinbean.sessions.session import Session

PANEL_IDS = ("5f2c1e7a9b3d4c6e8f0a1b2c", "6a7b8c9d0e1f2a3b4c5d6e7f")
ABOUT = """
title = "Two machines"
description = "People and a learner choose between two machines."
licence = "CC0-1.0"
authors = ["Ann Author", "Bob Author"]
institution = "The University"
"""


def a_study(folder: Path) -> Path:
    """Of two machines: ids of a panel, one who left, one excluded, and a test visit."""
    with Called(folder, parameters={"trials": 4}) as study:
        for one in PANEL_IDS:
            take_part(study, one, ids={"study_id": "of the panel", "session_id": f"submission of {one}"})
        take_part(study, "left-early", rows=3, outcome=None)
        take_part(study, "no-good-data")
        take_part(study, "only-a-test", test=True)
        exclude(study.study.store, ["no-good-data"])
    return folder


def a_study_with_stages(folder: Path) -> Path:
    with Called(folder, "two_step", parameters={"trials": 3}) as study:
        for one in PANEL_IDS:
            take_part(study, one)
    return folder


WHOLE = """
from sweetbean import Block, Experiment
from sweetbean.variable import TimelineVariable

from twinbean import Conditions, Form, Options, Phase


def lotteries(x):
    sure = {"text": f"{x // 2} points for certain", "attributes": {"x1": x // 2, "p1": 1}}
    risky = {"text": f"{x} points, perhaps", "attributes": {"x1": x, "p1": 0.5}}
    return Block([Options(TimelineVariable("options"))], timeline=[{"options": [sure, risky]}] * 2)


def build(*, rng):
    person = Form(
        {
            "age": Form.number("How old are you?", low=18, high=100),
            "sex": Form.single_choice("What is your sex?", ["female", "male", "none of these"]),
            "liked": Form.likert("It was fun.", ["not at all", "very"]),
        },
        ask_model=True,
    )
    stakes = Conditions({"small": lotteries(10), "large": lotteries(1000)}, name="stakes")
    return Experiment([Phase("practice", [lotteries(4)]), stakes, Block([person])])
"""


def a_whole_study(folder: Path) -> Path:
    """With a practice, options that are no arms, conditions, and questions about the person."""
    folder.parent.mkdir(exist_ok=True)
    task = folder.with_suffix(".py")
    task.write_text(WHOLE)
    with Called(folder, str(task)) as study:
        for one in (*PANEL_IDS, "a-third-person"):
            take_part(study, one)
    return folder


def continued(study: Path, run: Path, task: str = "two_armed_bandit") -> list[Session]:
    """The same people, continued by a learner twice over."""
    import twinbean

    people = [one for one in twinbean.read(study) if one.details.get("finished")]
    return replay(task, people, model="rw", after=2, samples=2, seed=1, run=str(run))


def as_said(sessions: list[Session]) -> list[Session]:
    """In one order, with what files hold as JSON in the form that JSON has."""
    plain = [one.replace(details=json.loads(json.dumps(dict(one.details)))) for one in sessions]
    return sorted(plain, key=lambda one: (one.participant, one.session, one.source, one.sample))
