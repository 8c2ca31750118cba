"""What is told of the data, and what of it is learned."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import twinbean
from choosers import person
from twinbean.errors import TrainingError
from twinbean.sessions.psych101 import read_transcripts
from twinbean.subjects.local import LanguageModel
from twinbean.training.corpus import Corpus
from twinbean.training.examples import examples_of

LINE = "Choose Q or D.\nYou press <<Q>> and get 7.\nYou press <<D>> and get 2.\n"


def texts_of(corpus: Corpus) -> list[str]:
    return [one.transcript.text for one in corpus.texts(corpus.people, epoch=0)]


def test_of_a_run_that_continues_a_person_only_the_models_own_choices_are_learned() -> None:
    people = twinbean.read(twinbean_example())
    continued = twinbean.replay("two_armed_bandit", people[:1], model="rw", after=4, seed=1)
    (text,) = Corpus(sessions=continued).texts([continued[0].participant])
    chosen = [trial.trial for trial in continued[0].trials if trial.origin == "subject"]
    assert [span.trial for span in text.transcript.spans] == chosen
    assert text.transcript.text.count("<<") == len(continued[0].trials) == len(chosen) + 4


def twinbean_example() -> Path:
    from twinbean import _assets

    return _assets.example_sessions()[0]


def test_practice_is_read_and_not_learned() -> None:
    one = person(1)
    practised = one.replace(trials=tuple(replace(t, phase="practice" if t.block == 0 else "main") for t in one.trials))
    (text,) = Corpus(sessions=[practised]).texts([one.participant])
    assert [span.trial for span in text.transcript.spans] == [t.trial for t in one.trials if t.block == 1]
    assert text.transcript.text.count("<<") == len(one.trials)


def test_transcripts_are_learned_as_they_are_and_participants_of_two_experiments_are_two_people(tmp_path: Path) -> None:
    lines = [json.dumps({"text": LINE, "experiment": name, "participant": 0}) for name in ("a", "b")]
    (tmp_path / "prompts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    corpus = Corpus(transcripts=read_transcripts(tmp_path / "prompts.jsonl"))
    assert list(corpus.people) == ["a/0", "b/0"]
    assert texts_of(corpus) == [LINE, LINE]


def test_an_ablation_takes_payoffs_out_of_what_is_learned() -> None:
    people = [person(1), person(2)]
    assert all("points" in text for text in texts_of(Corpus(sessions=people)))
    alone = texts_of(Corpus(sessions=people, ablation="choices"))
    assert all(set(text.splitlines()) <= {f"You press <<{letter}>>." for letter in text} for text in alone)


def test_what_cannot_be_told_is_one_sentence() -> None:
    one = person(1)
    unpaid = one.replace(trials=tuple(replace(trial, outcomes=(), reward=None) for trial in one.trials))
    with pytest.raises(twinbean.TwinbeanError, match="what the chosen arm paid is not on record"):
        texts_of(Corpus(sessions=[unpaid]))
    with pytest.raises(TrainingError, match="the data hold no choice among arms"):
        texts_of(Corpus(sessions=[one.replace(trials=())]))


def test_a_transcript_that_is_longer_than_the_context_cannot_be_cut(tiny: LanguageModel, tmp_path: Path) -> None:
    line = json.dumps({"text": LINE * 60, "experiment": "a", "participant": 0})
    (tmp_path / "prompts.jsonl").write_text(line, encoding="utf-8")
    corpus = Corpus(transcripts=read_transcripts(tmp_path / "prompts.jsonl"))
    with pytest.raises(
        TrainingError, match="longer than the 2048 tokens that the model reads, and it does not say where"
    ):
        examples_of(corpus.texts(["0"]), tiny.encoder, tiny.context)
