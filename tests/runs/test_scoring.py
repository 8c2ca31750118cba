"""People's choices are scored in the text that their task tells, whole, windowed or ablated; each in its own run."""

from __future__ import annotations

import json
import math
import re

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import TimelineVariable

from twinbean.definitions.stimuli import Instructions, SlotMachines
from twinbean.errors import DataError, RecordMismatch, RunError, SubjectError
from twinbean.play.scheduler import play_all as play
from twinbean.play.seating import seat_simulated
from twinbean.runs.scoring import score, score_texts
from twinbean.scoring.ablations import ABLATIONS
from twinbean.sessions import Session, Trial, read
from twinbean.sessions.transcripts import Span, Transcript
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import Task, load


class Reading:
    """Keeps what it is shown, a character a token, and finds every choice's first label three times as likely."""

    name = "reading"
    context = 10_000

    def __init__(self, stop_after=None):
        self.seen = []
        self.stop_after = stop_after

    def logps(self, transcripts, *, on_progress):
        if self.stop_after is not None and len(self.seen) >= self.stop_after:
            raise KeyboardInterrupt
        self.seen += transcripts
        logps = (math.log(0.6), math.log(0.2))
        return [[logps for _ in one.spans] for one in transcripts]

    def lengths(self, transcript):
        return [span.end for span in transcript.spans]

    def encoded_otherwise(self, transcripts):
        return 0

    def describe(self):
        return {"model": self.name}


def build(*, rng, blocks: int = 2, trials: int = 3, wording: str = "psych101") -> Experiment:
    """A forced trial opens every block."""
    made = [Block([Instructions("Machines {labels}.")])]
    for block in range(blocks):
        timeline = [
            {"a": {"value": int(a)}, "b": {"value": int(b)}, "offered": [0, 1] if i else [1], "forced": not i}
            for i, (a, b) in enumerate(rng.integers(10, 99, size=(trials + 1, 2)))
        ]
        machines = SlotMachines(
            bandits=[TimelineVariable("a"), TimelineVariable("b")],
            offered=TimelineVariable("offered"),
            forced=TimelineVariable("forced"),
            wording=wording,
        )
        made += [Block([Instructions(f"Game {block}:")]), Block([machines], timeline=timeline)]
    return Experiment(made)


TASK = Task("games", build)


def people(n=2, **parameters):
    seatings = seat_simulated(TASK, "human", samples=n, seed=0, given=parameters)
    played = []
    for seating in seatings:
        first, second = seating.seat.labels
        (result,) = play([seating], Scripted([first, second, second] * 4))
        played.append(result.session.replace(source="human"))
    return played


def test_every_choice_has_its_probabilities_and_forced_trials_have_none(tmp_path):
    sessions = score(TASK, people(), model=Reading(), run=tmp_path / "run")
    for session in sessions:
        assert [trial.logp is None for trial in session.trials] == [trial.forced for trial in session.trials]
        for trial in session.trials:
            if not trial.forced:
                assert trial.logp == pytest.approx(math.log(0.6 if trial.choice == 0 else 0.2))
                assert trial.p == pytest.approx((0.75, 0.25))
                assert trial.legal_mass == pytest.approx(0.8)
    assert read(tmp_path / "run") == sessions
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (manifest["window"], manifest["ablation"]) == (None, None)
    assert manifest["found"] == {"encoded_otherwise": 0}


@pytest.mark.parametrize("wording", ["psych101", "sweetbean"])
def test_a_block_is_shown_with_the_instructions_and_its_own_forced_trials(tmp_path, wording):
    reading = Reading()
    score(TASK, people(1, wording=wording), model=reading, run=tmp_path / "run", window="block")
    first, second = (one.text for one in reading.seen)
    assert "Game 1" not in first
    assert second.startswith("Machines")
    told = "instructed to press" if wording == "psych101" else "You are told to name"
    assert [text.count(told) for text in (first, second)] == [1, 1]
    assert [text.count("<<") for text in (first, second)] == [3, 3]
    # Payoffs of the first game are not in the second's text.
    assert not set(re.findall(r"get (\d+)|was (\d+)", first)) & set(re.findall(r"get (\d+)|was (\d+)", second))


@pytest.mark.parametrize("wording", ["psych101", "sweetbean"])
def test_a_window_of_one_shows_one_choice_before_each_whatever_the_wording(tmp_path, wording):
    reading = Reading()
    score(TASK, people(1, wording=wording), model=reading, run=tmp_path / "run", window=1)
    assert [one.text.count("<<") for one in reading.seen] == [1, 2, 2, 2, 2, 2]
    assert all(len(one.spans) == 1 and one.text.startswith("Machines") for one in reading.seen)


@pytest.mark.parametrize("ablation", ABLATIONS)
def test_an_ablation_scores_the_same_choices_of_the_same_arms(tmp_path, ablation):
    data, reading = people(), Reading()
    plain = score(TASK, data, model=Reading(), run=tmp_path / "run")
    ablated = score(TASK, data, model=reading, run=tmp_path / "run-ablated", ablation=ablation)
    for one, other in zip(plain, ablated, strict=True):
        assert [trial.choice for trial in one.trials] == [trial.choice for trial in other.trials]
        assert [trial.logp for trial in one.trials] == [trial.logp for trial in other.trials]
    assert json.loads((tmp_path / "run-ablated" / "run.json").read_text())["ablation"] == ablation
    for session, shown in zip(ablated, reading.seen, strict=True):
        labels = [shown.text[span.start : span.end] for span in shown.spans]
        assert labels == [trial.label for trial in session.trials if trial.is_choice]


def test_permuted_labels_are_those_of_the_whole_text(tmp_path):
    data, reading = people(1), Reading()
    (session,) = score(TASK, data, model=reading, run=tmp_path / "run", ablation="labels")
    before, after = data[0].trials[0].labels, session.trials[0].labels
    assert after == before[::-1]
    assert f"Machines {after[0]} and {after[1]}." in reading.seen[0].text
    assert f"instructed to press {after[1]} and" in reading.seen[0].text


def test_a_definition_with_numbered_arms_cannot_permute_them(tmp_path):
    (person,) = (seating for seating in seat_simulated(load("two_armed_bandit"), "h", samples=1, seed=0, given=None))
    (result,) = play([person], Scripted(["1", "2"] * 6))
    data = [result.session.replace(source="human")]
    with pytest.raises(DataError, match="the labels of 'simulated-0000' are 1, 2: numbers look like payoffs"):
        score("two_armed_bandit", data, model=Reading(), run=tmp_path / "run", ablation="labels")
    assert not (tmp_path / "run").exists()


def test_a_record_that_ends_early_fails_alone(tmp_path):
    whole, left = people()
    left = left.replace(trials=left.trials[:5])
    score(TASK, [whole, left], model=Reading(), run=tmp_path / "run")
    status = (tmp_path / "run" / "sessions.csv").read_text()
    assert status.count(",complete,") == 1
    assert "the record ends after 5 of 8 trials" in status
    with pytest.raises(RecordMismatch, match="'simulated-0001': the record ends after 5 of 8 trials"):
        score(TASK, [left], model=Reading(), run=tmp_path / "other")


def test_a_run_that_was_stopped_scores_only_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr("twinbean.runs.scoring.CHUNK", 1)
    data = people(4)
    with pytest.raises(KeyboardInterrupt):
        score(TASK, data, model=Reading(stop_after=2), run=tmp_path / "run")
    assert not (tmp_path / "run" / "trials.csv").exists()
    before = (tmp_path / "run" / "trials.jsonl").read_bytes()
    reading, told = Reading(), []
    score(TASK, data, model=reading, run=tmp_path / "run", on_progress=lambda *done, **more: told.append((*done, more)))
    assert len(reading.seen) == 2
    assert (tmp_path / "run" / "trials.jsonl").read_bytes().startswith(before)
    assert [done for done, _, _ in told] == [1, 2, 3, 4]
    assert told[-1] == (4, 4, {"choices": 12, "of_choices": 12, "legal_mass": pytest.approx(0.8)})
    with pytest.raises(RunError, match="its ablation is None, asked for is 'choices'"):
        score(TASK, data, model=Reading(), run=tmp_path / "run", ablation="choices")


def test_the_longest_session_is_refused_before_any_is_scored(tmp_path):
    reading = Reading()
    reading.context = 100
    with pytest.raises(SubjectError, match=r"has \d+ tokens up to its last choice, and reading reads at most 100"):
        score(TASK, people(), model=reading, run=tmp_path / "run")
    assert reading.seen == []
    assert not (tmp_path / "run").exists()


def test_a_learner_is_asked_at_every_choice_and_reads_no_window(tmp_path):
    (session,) = score(TASK, people(1), model="rw:alpha=0.3,beta=0.1", run=tmp_path / "run")
    first = next(trial for trial in session.trials if not trial.forced)
    assert first.p[0] is not None
    assert sum(first.p) == pytest.approx(1)
    with pytest.raises(SubjectError, match="reads no text: a window or an ablation would change nothing"):
        score(TASK, people(1), model="rw:alpha=0.3,beta=0.1", run=tmp_path / "other", window=3)


@pytest.mark.parametrize("cut", [{}, {"window": 3}, {"ablation": "choices"}])
def test_a_model_that_is_not_there_is_said_to_be_unknown_whatever_it_is_asked_to_read(cut, tmp_path):
    with pytest.raises(SubjectError, match="there is no model 'smolm2': `twinbean models` lists them"):
        score(TASK, people(1), model="smolm2", run=tmp_path / "run", **cut)
    with pytest.raises(SubjectError, match="there is no model 'smolm2': `twinbean models` lists them"):
        score_texts(transcripts(), model="smolm2", run=tmp_path / "run", **cut)
    assert not (tmp_path / "run").exists()


def test_recorded_people_are_scored_in_a_task_made_of_their_record(tmp_path):
    def trial(i: int) -> Trial:
        paid = (i, None) if i % 2 == 0 else (None, i)
        return Trial(trial=i, choice=i % 2, block=i // 3, reward=i, outcomes=paid, offered=(0, 1), labels=("L", "R"))

    trials = tuple(trial(i) for i in range(6))
    person = Session(participant="p", session="p", task="study", trials=trials)
    reading = Reading()
    score("recorded", [person], model=reading, run=tmp_path / "run", window="block")
    assert [one.text.splitlines()[-3:] for one in reading.seen] == [
        ["You press <<L>> and get 0 points.", "You press <<R>> and get 1 points.", "You press <<L>> and get 2 points."],
        ["You press <<R>> and get 3 points.", "You press <<L>> and get 4 points.", "You press <<R>> and get 5 points."],
    ]


def transcripts():
    text, spans = "Machines Q and D.\n", []
    for trial, label in enumerate("QDDQ"):
        text += "You press <<"
        spans.append(Span(start=len(text), end=len(text) + 1, labels=("Q", "D"), arms=(0, 1), trial=trial))
        text += f"{label}>> and get {trial + 10} points.\n"
    return [Transcript(participant="p", experiment="e", text=text, spans=tuple(spans), session="p")]


def test_transcripts_are_scored_as_they_are_with_arms_in_the_order_of_their_labels(tmp_path):
    (session,) = score_texts(transcripts(), model=Reading(), run=tmp_path / "run")
    assert [trial.choice for trial in session.trials] == [1, 0, 0, 1]
    assert {trial.labels for trial in session.trials} == {("D", "Q")}
    # The text lists Q first, which this scorer likes best.
    assert session.trials[0].p == pytest.approx((0.25, 0.75))


@pytest.mark.parametrize("ablation", ABLATIONS)
def test_transcripts_are_ablated_too_and_arms_keep_their_numbers(tmp_path, ablation):
    (session,) = score_texts(transcripts(), model=Reading(), run=tmp_path / "run", ablation=ablation, window=2)
    assert [trial.choice for trial in session.trials] == [1, 0, 0, 1]
    assert [trial.label for trial in session.trials] == list("DQQD" if ablation == "labels" else "QDDQ")


def test_transcripts_have_no_blocks(tmp_path):
    with pytest.raises(DataError, match="transcripts do not say where their blocks are; choose another window"):
        score_texts(transcripts(), model=Reading(), run=tmp_path / "run", window="block")
    assert not (tmp_path / "run").exists()


def test_the_same_choices_of_other_people_are_another_run(tmp_path):
    ann, bob = people()
    score(TASK, [ann, bob], model=Reading(), run=tmp_path / "run")
    exchanged = [ann.replace(trials=bob.trials), bob.replace(trials=ann.trials)]
    with pytest.raises((RunError, RecordMismatch)):
        score(TASK, exchanged, model=Reading(), run=tmp_path / "run")
    renamed = [ann.replace(participant=bob.participant), bob.replace(participant=ann.participant)]
    with pytest.raises((RunError, RecordMismatch)):
        score(TASK, renamed, model=Reading(), run=tmp_path / "run")


def test_transcripts_of_one_session_twice_are_refused(tmp_path):
    text = "J or S. You press <<J>>."
    span = Span(start=text.index("<<") + 2, end=text.index(">>"), labels=("J", "S"), arms=(0, 1), trial=0)
    one = Transcript(participant="0", experiment="e", text=text, spans=(span,), session="0")
    with pytest.raises(DataError, match="session '0' is in the transcripts more than once"):
        score_texts([one, one], model=Reading(), run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_what_a_model_scores_stays_recorded_even_if_another_model_made_it(tmp_path):
    made = people()
    assert {trial.origin for session in made for trial in session.trials if not trial.forced} == {"subject"}
    sessions = score(TASK, made, model=Reading(), run=tmp_path / "run")
    assert {trial.origin for session in sessions for trial in session.trials if not trial.forced} == {"recorded"}


def build_with_scores(*, rng, trials: int = 6) -> Experiment:
    """After every choice a screen says which trial it was, as a score would: no two are alike."""
    timeline = [
        {"a": {"value": int(a)}, "b": {"value": int(b)}, "said": f"Your score is {1000 + number}."}
        for number, (a, b) in enumerate(rng.integers(10, 99, size=(trials, 2)))
    ]
    machines = SlotMachines(bandits=[TimelineVariable("a"), TimelineVariable("b")])
    screen = Text(text=TimelineVariable("said"), duration=500)
    block = Block([machines, screen], timeline=timeline)
    return Experiment([Block([Instructions("Machines {labels}.")]), block, Block([Instructions("The end.")])])


def test_permuted_rewards_move_the_last_score_screen_too(tmp_path):
    task = Task("scores", build_with_scores)
    (seating,) = seat_simulated(task, "human", samples=1, seed=0, given=None)
    (result,) = play([seating], Scripted([seating.seat.labels[0]] * 6))
    person, last = result.session.replace(source="human"), set()
    for seed in range(8):
        reading = Reading()
        score(task, [person], model=reading, run=tmp_path / str(seed), ablation="rewards", seed=seed)
        (text,) = (one.text for one in reading.seen)
        scores = re.findall(r"Your score is (\d+)", text)
        assert sorted(map(int, scores)) == list(range(1000, 1006))
        assert text.endswith("The end.")
        # The score goes where the payoff went.
        assert [int(s) - 1000 for s in scores] == [
            [trial.reward for trial in person.trials].index(int(paid)) for paid in re.findall(r"get (\d+)", text)
        ]
        last.add(scores[-1])
    assert len(last) > 1
