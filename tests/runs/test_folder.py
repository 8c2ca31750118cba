"""A run is on disk from its first choice: it is resumed where it stopped, and never mixed with another."""

from __future__ import annotations

import fcntl
import json
import math
import os
import subprocess
import sys
import textwrap
from dataclasses import replace as replace_fields

import pandas as pd
import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import TimelineVariable

from twinbean.errors import RecordMismatch, RunError, SubjectError
from twinbean.play.game import Played
from twinbean.play.scheduler import play_all as play
from twinbean.play.seating import seat_person
from twinbean.runs.ended import Ended
from twinbean.runs.folder import open_run
from twinbean.runs.replaying import replay
from twinbean.runs.statuses import read_statuses
from twinbean.sessions import Session, read
from twinbean.sessions.questions import Answer
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import Task, load


class Stopped(Exception):
    """What nobody expects, in the middle of a run."""


class Alternating:
    """Chooses by participant, sample and trial alone, and says what it was asked."""

    name = "alternating"

    def __init__(self, stop_after=None, *, raw=None):
        self.asked = []
        self.stop_after = stop_after
        self.raw = raw

    async def ask(self, question):
        if len(self.asked) == self.stop_after:
            raise Stopped
        self.asked.append((question.session, question.trial))
        label = question.labels[(question.sample + question.trial) % len(question.labels)]
        return Answer(label=label, raw=self.raw or label, logps=(-1.0, -0.5))

    def describe(self):
        return {"model": self.name, "shape": (1, 2)}


def played(folder, subject, **options):
    return replay("two_armed_bandit", model=subject, run=folder, samples=3, **options)


def test_a_stopped_run_goes_on_and_ends_as_if_it_had_never_stopped(tmp_path):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    played(whole, Alternating())
    asked = []
    for stop_after in (0, 1, 4, 9):
        subject = Alternating(stop_after)
        with pytest.raises(Stopped):
            played(stopped, subject)
        asked += subject.asked
    before = (stopped / "trials.jsonl").read_bytes()
    subject = Alternating()
    played(stopped, subject)
    assert (stopped / "trials.jsonl").read_bytes().startswith(before)
    assert len(asked + subject.asked) - len(set(asked + subject.asked)) <= 4
    assert (stopped / "trials.csv").read_bytes() == (whole / "trials.csv").read_bytes()
    assert (stopped / "transcripts.jsonl").read_bytes() == (whole / "transcripts.jsonl").read_bytes()


@pytest.mark.parametrize("cut", [1, 30, 400, 1500, 5000])
def test_a_line_that_was_cut_off_is_asked_again_and_no_other(tmp_path, cut):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    played(whole, Alternating())
    played(stopped, Alternating())
    (stopped / "trials.csv").unlink()
    journal = stopped / "trials.jsonl"
    kept = journal.read_bytes()[:-cut]
    journal.write_bytes(kept)
    lost = 33 - kept.count(b"\n")
    subject = Alternating()
    played(stopped, subject)
    assert len(subject.asked) == lost
    assert sorted(journal.read_bytes().splitlines()) == sorted((whole / "trials.jsonl").read_bytes().splitlines())
    assert (stopped / "trials.csv").read_bytes() == (whole / "trials.csv").read_bytes()


def test_a_killed_process_loses_no_choice_that_was_answered(tmp_path):
    program = textwrap.dedent("""
        import os, signal, sys
        from twinbean.subjects.scripted import Function
        from twinbean.runs.replaying import replay
        left = int(sys.argv[2])
        def answer(prompt):
            global left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return str(1 + len(prompt) % 2)
        replay("two_armed_bandit", model=Function(answer), run=sys.argv[1], samples=2)
    """)

    def run(folder, answers):
        command = [sys.executable, "-c", program, str(folder), str(answers)]
        return subprocess.run(command, check=False, capture_output=True, timeout=60).returncode

    assert run(tmp_path / "whole", 1000) == 0
    assert run(tmp_path / "killed", 7) == -9
    before = (tmp_path / "killed" / "trials.jsonl").read_bytes()
    # The two sessions share a round: what was answered before the last whole round is on disk.
    assert before.count(b"\n") >= 6
    # 22 choices in all; what is on disk is never asked again.
    assert run(tmp_path / "killed", 22 - before.count(b"\n")) == 0
    assert (tmp_path / "killed" / "trials.jsonl").read_bytes().startswith(before)
    assert (tmp_path / "killed" / "trials.csv").read_bytes() == (tmp_path / "whole" / "trials.csv").read_bytes()


def test_a_run_that_is_complete_asks_nothing_more(tmp_path):
    played(tmp_path / "run", Alternating())
    subject = Alternating()
    played(tmp_path / "run", subject)
    assert subject.asked == []
    assert len(json.loads((tmp_path / "run" / "run.json").read_text())["resumed"]) == 1


def test_a_run_that_was_stopped_before_its_manifest_can_be_started(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").touch()
    (tmp_path / "run" / ".run.json.part").touch()
    assert len(played(tmp_path / "run", Alternating())) == 3


def test_another_run_in_the_same_folder_is_refused_by_the_key_that_differs(tmp_path):
    played(tmp_path / "run", Alternating())
    with pytest.raises(RunError, match="holds another run: its seed is 0, asked for is 1"):
        played(tmp_path / "run", Alternating(), seed=1)


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(RunError, match="is not empty and holds no run"):
        played(tmp_path, Alternating())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_processes_cannot_write_one_run(tmp_path):
    with open_run(tmp_path / "run", {"kind": "replay"}):
        done = subprocess.run(
            [sys.executable, "-c", "import sys; from pathlib import Path; from twinbean.runs.folder import open_run\n"
             "with open_run(Path(sys.argv[1]), {'kind': 'replay'}): pass", str(tmp_path / "run")],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert "RunError" in done.stderr
    assert "is being written to by another process" in done.stderr


def test_a_damaged_line_is_named(tmp_path):
    played(tmp_path / "run", Alternating())
    journal = tmp_path / "run" / "trials.jsonl"
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join([lines[0], "{", *lines[2:]]) + "\n")
    with pytest.raises(RunError, match=r"trials.jsonl, line 2 is not JSON"):
        played(tmp_path / "run", Alternating())


def test_a_journal_of_another_format_is_refused(tmp_path):
    played(tmp_path / "run", Alternating())
    journal = tmp_path / "run" / "trials.jsonl"
    journal.write_text(journal.read_text().replace('"format": 1', '"format": 7', 1))
    with pytest.raises(RunError, match="line 1 has format 7, expected 1"):
        played(tmp_path / "run", Alternating())


def test_the_answers_of_one_round_share_one_write_to_disk(tmp_path, monkeypatch):
    calls, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (calls.append(number), fsync(number)))
    replay("two_armed_bandit", model=Alternating(), run=tmp_path / "run", samples=50)
    # 11 trials a session, and the last answers have one write of their own; five files are each put on disk with their
    # folder.
    assert 11 <= len(calls) - 5 * 2 <= 13


def test_whatever_a_subject_says_is_kept_and_resumed(tmp_path):
    said = 'a\u2028b\x85c\rd\x1c"e,\ud800'
    whole, again = tmp_path / "whole", tmp_path / "again"
    played(whole, Alternating(raw=said))
    played(again, Alternating(raw=said))
    (again / "trials.csv").unlink()
    subject = Alternating(raw=said)
    played(again, subject)
    assert subject.asked == []
    assert (whole / "trials.csv").read_bytes() == (again / "trials.csv").read_bytes()
    assert {trial.raw for session in read(whole) for trial in session.trials} == {said.replace("\ud800", "\\ud800")}


def test_a_run_that_is_not_complete_is_read_from_its_journal(tmp_path):
    with pytest.raises(Stopped):
        played(tmp_path / "run", Alternating(7))
    with (tmp_path / "run" / "trials.jsonl").open("a") as file:
        file.write('{"format": 1, "ki')
    assert sum(len(session.trials) for session in read(tmp_path / "run")) >= 6


class Failing(Alternating):
    """Says nothing legal in the session of sample 1."""

    async def ask(self, question):
        answer = await super().ask(question)
        return Answer(label=None, raw="hm") if question.sample == 1 and question.trial == 2 else answer


def test_a_session_of_illegal_answers_has_failed_for_good_and_the_others_are_complete(tmp_path):
    people = [played_session(tmp_path, "p")]
    replay("two_armed_bandit", people, model=Failing(), run=tmp_path / "run", samples=3)
    status = (tmp_path / "run" / "sessions.csv").read_text()
    assert status.count("complete") == 2
    assert "4 illegal answers, the last 'hm'" in status
    subject = Failing()
    sessions = replay("two_armed_bandit", people, model=subject, run=tmp_path / "run", samples=3)
    assert subject.asked == []
    assert [len(session.trials) for session in sessions] == [11, 2, 11]
    assert (tmp_path / "run" / "trials.jsonl").read_text().count('"illegal"') == 4


def played_session(folder, participant):
    session = replay("two_armed_bandit", model=Alternating(), run=folder / f"made-{participant}")[0]
    return session.replace(participant=participant, session=participant, source="human", variant=None)


def test_the_devices_of_people_are_in_no_file_of_a_models_run_and_the_column_of_0_1_is_there(tmp_path):
    person = played_session(tmp_path, "p")
    device = {"browser": "a browser of one's own"}
    replay(
        "two_armed_bandit",
        [person.replace(details={**person.details, "device": device})],
        model="rw",
        run=tmp_path / "run",
    )
    table = pd.read_csv(tmp_path / "run" / "sessions.csv")
    assert table["device"].isna().all()
    of_0_1 = "participant session source sample status reason n_trials n_recorded resumed warnings variant device"
    assert table.columns.tolist() == of_0_1.split()
    files = list((tmp_path / "run").iterdir())
    assert len(files) > 3
    assert not [path.name for path in files if device["browser"] in path.read_text(encoding="utf-8")]


def test_a_disk_that_is_full_stops_the_run_and_does_not_hang_it(tmp_path, monkeypatch):
    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        played(tmp_path / "run", Alternating())


class Away(Alternating):
    """Cannot be reached in the session of sample 1, at its trial 2."""

    async def ask(self, question):
        if question.sample == 1 and question.trial == 2:
            raise SubjectError("nobody answers")
        return await super().ask(question)


def test_an_interrupted_session_is_not_a_failed_one_and_the_run_is_not_complete(tmp_path):
    people = [played_session(tmp_path, "p")]
    folder = tmp_path / "run"
    replay("two_armed_bandit", people, model=Away(), run=folder, samples=3)
    assert pd.read_csv(folder / "sessions.csv")["status"].tolist() == ["complete", "interrupted", "complete"]
    told = read_statuses(folder).summary
    assert told.startswith("; 1 interrupted: p.1 (")
    assert told.endswith("); the same command goes on with those interrupted")
    assert not (folder / "trials.csv").exists()
    subject = Alternating()
    replay("two_armed_bandit", people, model=subject, run=folder, samples=3)
    assert subject.asked == [("p.1", trial) for trial in range(2, 11)]
    assert read_statuses(folder).summary == ""
    assert (folder / "trials.csv").exists()


def test_failed_sessions_are_named_in_the_summary(tmp_path):
    people = [played_session(tmp_path, "p")]
    replay("two_armed_bandit", people, model=Failing(), run=tmp_path / "run", samples=3)
    assert read_statuses(tmp_path / "run").summary.startswith("; 1 failed: p.1 (")


def test_a_continuation_that_is_not_complete_is_read_with_the_recorded_choices_before_it(tmp_path):
    people = [played_session(tmp_path, "p")]
    with pytest.raises(Stopped):
        replay("two_armed_bandit", people, model=Alternating(4), run=tmp_path / "run", after=5, samples=2)
    found = read(tmp_path / "run")
    assert [[trial.origin for trial in session.trials] for session in found] == [["recorded"] * 5 + ["subject"] * 2] * 2
    assert [[trial.reward for trial in session.trials[:5]] for session in found] == [
        [trial.reward for trial in people[0].trials[:5]]
    ] * 2
    before = (tmp_path / "run" / "trials.jsonl").read_bytes()
    replay("two_armed_bandit", people, model=Alternating(), run=tmp_path / "run", after=5, samples=2)
    journal = (tmp_path / "run" / "trials.jsonl").read_bytes()
    assert journal.startswith(before)
    assert journal.count(b"\n") == 22


class Reader:
    def encoded_otherwise(self, transcripts):
        return len(transcripts)


def test_texts_that_their_reader_encodes_otherwise_in_one_go_are_counted_in_the_manifest(tmp_path):
    transcript = Transcript(participant="p", experiment="t", text="", spans=())
    session = Session(participant="p", session="p", task="t", trials=())
    played = Played(rows=[], prompts=[], session=session, transcript=transcript, warnings=())
    with open_run(tmp_path / "run", {"kind": "score"}) as run:
        run.complete([Ended.of(played, reader=Reader())])
    assert json.loads((tmp_path / "run" / "run.json").read_text())["found"] == {"encoded_otherwise": 1}


class Stopping(Scripted):
    """A script, and a process that ends in the middle of it."""

    def __init__(self, answers, stop_after):
        super().__init__(answers)
        self.left = stop_after

    async def ask(self, question):
        if self.left == 0:
            raise Stopped
        self.left -= 1
        return await super().ask(question)


@pytest.mark.parametrize("stop_after", range(1, 13))
def test_a_script_goes_on_where_it_was_stopped_also_after_answers_that_were_illegal(tmp_path, stop_after):
    script = ["1", "2", "x", "2", "x", "x", "1", "1", "2", "2", "2", "1", "1", "2"]
    chosen = [int(answer) - 1 for answer in script if answer != "x"]
    with pytest.raises(Stopped):
        replay("two_armed_bandit", model=Stopping(script, stop_after), run=tmp_path / "run")
    (session,) = replay("two_armed_bandit", model=Scripted(script), run=tmp_path / "run")
    assert [trial.choice for trial in session.trials] == chosen


def test_keys_that_a_script_pressed_are_not_pressed_again(tmp_path):
    def build(*, rng, trials: int = 3) -> Experiment:
        question = Text(text="Are you sure?", choices=["f", "j"])
        timeline = [{"a": {"color": "red", "value": 1}, "b": {"color": "blue", "value": 2}}] * trials
        bandit = Bandit(bandits=[TimelineVariable("a"), TimelineVariable("b")])
        return Experiment([Block([question, bandit], timeline=timeline)])

    task, script = Task("sure", build), ["F", "2", "J", "1", "J", "2"]
    for stop_after in range(1, 6):
        run = tmp_path / str(stop_after)
        with pytest.raises(Stopped):
            replay(task, model=Stopping(script, stop_after), run=run)
        (session,) = replay(task, model=Scripted(script), run=run)
        assert [trial.choice for trial in session.trials] == [1, 0, 1]


def test_without_a_folder_a_run_is_played_in_memory_and_gives_the_same_sessions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    in_memory = replay("two_armed_bandit", model=Alternating(), samples=3)
    assert list(tmp_path.iterdir()) == []
    assert in_memory == played(tmp_path / "run", Alternating())


def test_without_a_folder_sessions_that_end_early_are_told_of_by_a_warning():
    with pytest.warns(UserWarning, match=r"^1 interrupted: simulated-0001 \(nobody answers\)"):
        sessions = replay("two_armed_bandit", model=Absent(), samples=3)
    assert [len(session.trials) for session in sessions] == [11, 2, 11]


class Absent(Alternating):
    async def ask(self, question):
        if question.session == "simulated-0001" and question.trial == 2:
            raise SubjectError("nobody answers")
        return await super().ask(question)


def test_a_start_at_which_nobody_answers_leaves_a_run_as_it_was(tmp_path):
    people = [played_session(tmp_path, "p")]
    with pytest.raises(Stopped):
        replay("two_armed_bandit", people, model=Alternating(4), run=tmp_path / "run", after=5)
    journal = tmp_path / "run" / "trials.jsonl"
    *lines, last = map(json.loads, journal.read_text().splitlines())
    last["reward"] = 77
    journal.write_text("".join(json.dumps(line) + "\n" for line in (*lines, last)))
    before = {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    with pytest.raises(RecordMismatch, match=r"/run: participant 'p', trial \d+: the record has reward 77"):
        replay("two_armed_bandit", people, model=Alternating(), run=tmp_path / "run", after=5)
    assert {path: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before


def test_the_lock_that_0_1_0_left_is_no_hindrance_and_its_own_lock_is_kept(tmp_path):
    """0.1.0 locked with flock, which FileLock takes, too: each version keeps the other out."""
    played(tmp_path / "run", Alternating())
    (tmp_path / "run" / ".lock").write_text("")
    with (tmp_path / "run" / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(RunError, match="is being written to by another process"):
            played(tmp_path / "run", Alternating())
    assert len(played(tmp_path / "run", Alternating())) == 3


def test_whoever_watches_is_told_of_every_choice_and_of_every_session(tmp_path):
    person = played_session(tmp_path, "p")
    seatings = seat_person(load("two_armed_bandit"), person, "m", after=9, samples=2, seed=0, given=None)
    told = []
    with open_run(tmp_path / "run", {"kind": "replay"}) as run:
        seated = [replace_fields(one, record=run.record(one.seat, one.record)) for one in seatings]
        run.watch(lambda *counts, **more: told.append((*counts, more)), done=1, total=3, of_choices=4)
        play(seated, Alternating(), journal=run)
    mass = pytest.approx(math.exp(-1.0) + math.exp(-0.5))
    assert [(done, total, more["choices"]) for done, total, more in told] == [
        *((1, 3, n) for n in (1, 2, 3)),
        (2, 3, 3),
        (2, 3, 4),
        (3, 3, 4),
    ]
    assert told[-1][2] == {"choices": 4, "of_choices": 4, "legal_mass": mass}
