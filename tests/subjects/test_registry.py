"""What `model=` takes: a name with its options, a subject, a cognitive model, or a function from prompt to reply."""

from __future__ import annotations

import asyncio

import pytest

from twinbean import SubjectOptions, replay, run_on_language, score
from twinbean.cognitive import MODELS
from twinbean.errors import SubjectError
from twinbean.subjects.learners import open_learner
from twinbean.subjects.registry import open_subject
from twinbean.subjects.scripted import Function
from twinbean.tasks.task import load_task


def sync(prompt):
    return "1"


async def waiting(prompt):
    await asyncio.sleep(0)
    return {"response": "1", "why": "waited"}


class Callable:
    def __call__(self, prompt):
        return "1"


@pytest.mark.parametrize(
    ("model", "source"),
    [
        (sync, "sync"),
        (waiting, "waiting"),
        (lambda prompt: "1", "function"),
        (Callable(), "Callable"),
        (Function(sync, name="mine"), "mine"),
    ],
)
def test_a_function_plays(model, source, tmp_path):
    sessions = replay("two_armed_bandit", model=model, samples=2, run=tmp_path / "run")
    assert {session.source for session in sessions} == {source}
    assert {trial.choice for session in sessions for trial in session.trials} == {0}


def test_sessions_wait_for_an_async_function_together(tmp_path):
    waiting_now, most = 0, 0

    async def slow(prompt):
        nonlocal waiting_now, most
        waiting_now += 1
        most = max(most, waiting_now)
        await asyncio.sleep(0.01)
        waiting_now -= 1
        return "1"

    replay("two_armed_bandit", model=slow, samples=5, run=tmp_path / "run")
    assert most == 5


def test_an_async_function_is_refused_where_nobody_can_wait_for_it():
    experiment = load_task("two_armed_bandit").build(rng=None)
    with pytest.raises(SubjectError, match="returned <coroutine object"):
        run_on_language(experiment, waiting)


def test_options_of_a_name_are_keywords(tmp_path):
    keywords = replay("two_armed_bandit", model="rw", alpha=0.9, beta=20, samples=2, run=tmp_path / "keywords")
    named = replay("two_armed_bandit", model="rw:alpha=0.9,beta=20", samples=2, run=tmp_path / "named")
    other = replay("two_armed_bandit", model="rw", samples=2, run=tmp_path / "other")
    assert keywords == named != other


def test_a_cognitive_model_plays_as_its_learner_does(tmp_path):
    model = replay("two_armed_bandit", model=MODELS["rw"], samples=2, run=tmp_path / "model")
    learner = replay("two_armed_bandit", model=open_learner("rw"), samples=2, run=tmp_path / "learner")
    assert model == learner


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        (
            "smollm2",
            {"temprature": 1},
            "temprature is 1, and smollm2 has no use for it: its options are temp",
        ),
        ("smollm2", {"base_url": "x"}, "base-url is 'x', and smollm2 has no use for it: leave it out"),
        ("api:m", {"dtype": "float16"}, "dtype is 'float16', and api:m has no use for it: leave it out"),
        ("rw", {"gamma": 1.0}, "learner 'rw' has no parameter 'gamma': its parameters are alpha, beta"),
        (sync, {"temperature": 1}, "temperature is 1, and sync has no use for it: leave it out"),
        (3, {}, "3 is no model: expected a name, a Subject, a CognitiveModel or a function from prompt to reply"),
        ("hf", {}, "there is no model 'hf': `twinbean models` lists them"),
        ("smollm2:x", {}, "there is no model 'smollm2:x'"),
    ],
)
def test_what_no_model_can_use_is_refused_before_anything_is_written(model, given, message, tmp_path):
    with pytest.raises(SubjectError, match=message):
        replay("two_armed_bandit", model=model, run=tmp_path / "run", **given)
    assert not (tmp_path / "run").exists()


def test_an_option_is_given_once():
    with pytest.raises(SubjectError, match="temperature is given both in options and as a keyword: give it once"):
        open_subject("smollm2", SubjectOptions(temperature=0.5), temperature=0.7)


def test_a_function_gives_no_probabilities_to_score_with(tmp_path):
    people = replay("two_armed_bandit", model="rw", run=tmp_path / "people")
    human = [session.replace(source="human") for session in people]
    with pytest.raises(SubjectError, match="sync gives replies and no probabilities"):
        score("two_armed_bandit", human, model=sync, run=tmp_path / "run")


def test_a_subject_with_probabilities_scores_as_its_name_does(tmp_path):
    people = replay("two_armed_bandit", model="rw", run=tmp_path / "people")
    human = [session.replace(source="human") for session in people]
    by_name = score("two_armed_bandit", human, model="wsls2", run=tmp_path / "name")
    given = score("two_armed_bandit", human, model=open_learner("wsls2"), run=tmp_path / "given")
    assert given == by_name
