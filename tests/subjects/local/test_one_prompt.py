"""An engine that keeps no cache of ours answers and scores like one that does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from twinbean.errors import SubjectError
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_simulated
from twinbean.sessions import Session
from twinbean.sessions.questions import Question
from twinbean.subjects.base import BatchingSubject, Scorer, Subject
from twinbean.subjects.local import LanguageModel, LocalSubject, load, probe
from twinbean.subjects.local.forced import ForcedScorer
from twinbean.subjects.local.one_prompt import OnePassScorer, OnePromptSubject
from twinbean.tasks.task import load as load_task


def session_of(subject: Subject) -> Session:
    seatings = seat_simulated(load_task("five_armed_buttons"), "m", samples=1, seed=0, given=None)
    [played] = play_all(seatings, subject)
    return played.session


def test_it_plays_the_session_that_lock_step_plays(tiny: LanguageModel) -> None:
    alone, together = session_of(OnePromptSubject(tiny)), session_of(LocalSubject(tiny))
    assert [trial.choice for trial in alone.trials] == [trial.choice for trial in together.trials]
    assert [trial.logp for trial in alone.trials] == pytest.approx([trial.logp for trial in together.trials], abs=1e-4)


def test_it_scores_as_one_batch_does(tiny: LanguageModel) -> None:
    found, expected = OnePassScorer(tiny).logps(probe.sessions()), ForcedScorer(tiny).logps(probe.sessions())
    assert max(probe.differences(found, expected)) < 1e-4


def test_it_keeps_the_contracts(tiny: LanguageModel) -> None:
    subject, scorer = OnePromptSubject(tiny), OnePassScorer(tiny)
    assert isinstance(subject, Subject)
    assert not isinstance(subject, BatchingSubject)
    assert isinstance(scorer, Scorer)
    assert subject.describe() == LocalSubject(tiny).describe()
    assert scorer.describe() == ForcedScorer(tiny).describe()


def test_a_session_beyond_the_context_is_refused(tiny: LanguageModel) -> None:
    question = Question(
        session="s", text="You press <<", labels=("A", "B"), arms=(0, 1), n_arms=2, trial=0, participant="s"
    )  # fmt: skip
    short = replace(tiny, context=5)
    with pytest.raises(SubjectError, match="session 's' has .* tokens, and hf:.* reads at most 5"):
        asyncio.run(OnePromptSubject(short).ask(question))
    with pytest.raises(SubjectError, match="has .* tokens, and hf:.* reads at most 5; choose a window"):
        OnePassScorer(short).logps(probe.sessions())


def test_an_engine_that_is_none_is_refused(tiny_folder: Path) -> None:
    with pytest.raises(SubjectError, match="unknown engine 'vllm'; expected one of transformers, unsloth"):
        load(f"hf:{tiny_folder}", engine="vllm")


def test_unsloth_says_how_it_is_installed(tiny_folder: Path) -> None:
    with pytest.raises(SubjectError, match=r"needs unsloth; run pip install '.\[unsloth\]'"):
        load(f"hf:{tiny_folder}", engine="unsloth", device="cpu")
