"""Each participant's own parameters choose in that participant's place."""

from __future__ import annotations

import asyncio

import pandas as pd
import pytest

from twinbean.cognitive import fit
from twinbean.errors import SubjectError
from twinbean.sessions import Session, Trial
from twinbean.sessions.questions import Question
from twinbean.subjects.fitted import fitted


def person(name, choices):
    trials = tuple(Trial(trial=t, choice=int(c), reward=1.0, offered=(0, 1)) for t, c in enumerate(choices))
    return Session(participant=name, session=name, task="t", trials=trials)


def question(participant, history):
    text = {"session": participant, "participant": participant, "text": "<<"}
    return Question(**text, labels=("A", "B"), arms=(0, 1), n_arms=2, trial=len(history), history=history)


def test_a_participant_is_played_by_the_model_fitted_to_them():
    people = [person("stays", "0001111110"), person("leaves", "0101101010")]
    fits = fit(people, models=["wsls2"])
    subject = fitted(fits, "wsls2")
    for one in people:
        answer = asyncio.run(subject.ask(question(one.participant, one.trials[:1])))
        stay = fits.loc[fits["participant"] == one.participant, "p_stay_win"].iloc[0]
        # The history ends in a win of arm 0, whose label is A.
        assert answer.probabilities(question(one.participant, ()), "A")["p"][0] == pytest.approx(stay)
    assert subject.describe()["parameters"]["stays"]["p_stay_win"] == pytest.approx(7 / 9, abs=1e-3)
    assert subject.name == "wsls2, own fit"


def test_arm_biases_are_parameters_too():
    fits = fit([person("p", "0001000100")], models=["base_rate"])
    answer = asyncio.run(fitted(fits, "base_rate").ask(question("p", ())))
    assert answer.probabilities(question("p", ()), "A")["p"][0] == pytest.approx(0.8, abs=1e-3)


def test_who_was_not_fitted_is_refused():
    subject = fitted(fit([person("p", "0101")], models=["wsls2"]), "wsls2")
    with pytest.raises(SubjectError, match="wsls2, own fit was not fitted to participant 'q'"):
        asyncio.run(subject.ask(question("q", ())))


def test_a_table_without_the_model_or_without_its_scale_is_refused():
    fits = fit([person("p", "0101")], models=["wsls2"])
    with pytest.raises(SubjectError, match="holds no fit of 'rw' to people"):
        fitted(fits, "rw")
    with pytest.raises(SubjectError, match="no 'method' in its attrs"):
        fitted(pd.DataFrame(fits.to_dict("list")), "wsls2")
