"""A run that is opened again plays nothing that has ended, and notices whatever has changed since."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import TimelineVariable

from twinbean import Quiz, replay
from twinbean.errors import RecordMismatch, RunError
from twinbean.play.game import Play
from twinbean.runs import endings
from twinbean.runs.merging import merge
from twinbean.sessions import Session
from twinbean.subjects.scripted import Function
from twinbean.tasks.task import Task

Start = Callable[..., list[Session]]
PEOPLE = replay("two_armed_bandit", model="rw", samples=3, seed=1)
# What a start writes of itself.
OF_THE_START = ("run.json", "sessions.csv")


def build(*, rng: Any, trials: int = 3) -> Experiment:
    sure = Text(text="Are you sure?", choices=["f", "j"])
    bandit = Bandit(bandits=[TimelineVariable("a"), TimelineVariable("b")])
    arms = [{"color": color, "value": int(rng.integers(1, 10))} for color in ("red", "blue") for _ in range(trials)]
    timeline = [{"a": a, "b": b} for a, b in zip(arms[:trials], arms[trials:], strict=True)]
    return Experiment([Block([sure, bandit], timeline=timeline)])


def simulated(run: Path, **options: Any) -> list[Session]:
    return replay("two_armed_bandit", model="ucb", samples=9, seed=3, run=run, **options)


def continued(run: Path, data: Sequence[Session] = PEOPLE, **options: Any) -> list[Session]:
    return replay("two_armed_bandit", data, model="ucb", after=4, samples=3, seed=3, run=run, **options)


def with_other_screens(run: Path, **options: Any) -> list[Session]:
    model = Function(lambda prompt: "j" if prompt.endswith("You press <<") else "2")
    return replay(Task("sure", build), model=model, samples=9, run=run, **options)


def with_a_quiz(run: Path, **options: Any) -> list[Session]:
    def quizzed(*, rng: Any) -> Experiment:
        arms = Quiz.single_choice("How many machines are there?", ["one", "two"], answer="two")
        return Experiment([Block([Quiz({"arms": arms}, repeat=1)]), *build(rng=rng).blocks])

    def answer(prompt: str) -> str:
        return "two" if prompt.count("<<") == 1 else "j" if prompt.endswith("You press <<") else "2"

    return replay(Task("quizzed", quizzed), model=Function(answer), samples=9, run=run, **options)


def half_failed(run: Path, **options: Any) -> list[Session]:
    model = Function(lambda prompt: "1" if "was 10." not in prompt else "none")
    return replay("two_armed_bandit", model=model, samples=9, seed=3, run=run, **options)


STARTS = (simulated, continued, with_other_screens, with_a_quiz)


def files(run: Path, *, but: tuple[str, ...] = OF_THE_START) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.iterdir() if path.name not in but}


def lose(run: Path, session: str, *, last: int) -> None:
    """What a power cut does: of a session's lines in the journal the `last` ones, and its ending."""
    for name, n in (("trials.jsonl", last), (endings.NAME, 1)):
        lines = (run / name).read_text(encoding="utf-8").splitlines(keepends=True)
        own = [number for number, line in enumerate(lines) if json.loads(line)["session"] == session]
        (run / name).write_text("".join(line for number, line in enumerate(lines) if number not in own[-n:]))


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions that are played from here on."""
    played, run = [], Play.run

    def noted(play: Play) -> Any:
        played.append(play.session.session)
        return run(play)

    monkeypatch.setattr(Play, "run", noted)
    return played


@pytest.mark.parametrize("start", [*STARTS, half_failed])
def test_no_session_that_has_ended_is_played_again(tmp_path: Path, plays: list[str], start: Start) -> None:
    first = start(tmp_path)
    before = files(tmp_path)
    assert {session.session for session in first} == set(plays)
    plays.clear()
    assert start(tmp_path) == first
    assert plays == []
    assert files(tmp_path) == before


@pytest.mark.parametrize("start", STARTS)
def test_only_what_is_missing_is_played(tmp_path: Path, plays: list[str], start: Start) -> None:
    first = start(tmp_path)
    before = {name: sorted(content.splitlines()) for name, content in files(tmp_path).items()}
    lost = first[4].session
    lose(tmp_path, lost, last=1)
    plays.clear()
    assert start(tmp_path) == first
    # Of people the record is checked first, under the name of their first session.
    assert set(plays) - {first[3].session} == {lost}
    assert {name: sorted(content.splitlines()) for name, content in files(tmp_path).items()} == before


def test_the_shards_of_a_run_when_merged_are_not_played_again(tmp_path: Path, plays: list[str]) -> None:
    for number in (1, 2, 3):
        simulated(tmp_path / str(number), shard=f"{number}/3")
    merge([tmp_path / "1", tmp_path / "2", tmp_path / "3"], tmp_path / "merged")
    before = files(tmp_path / "merged")
    plays.clear()
    assert len(simulated(tmp_path / "merged")) == 9
    assert plays == []
    assert files(tmp_path / "merged") == before


def edited(line: dict[str, Any]) -> dict[str, Any]:
    return line | {"text": "I was never asked."}


@pytest.mark.parametrize("start", [simulated, with_a_quiz])
@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [],
        lambda lines: [*lines[:4], "{", *lines[5:]],
        lambda lines: [*lines[:-1], lines[-1][:40]],
        lambda lines: [json.dumps(edited(json.loads(line))) for line in lines],
        lambda lines: [line.replace('"warnings": []', '"warnings": ["none"]') for line in lines],
        lambda lines: [lines[1], *lines[1:]],
    ],
    ids=["lost", "no JSON", "cut off", "another text", "a warning", "of another"],
)
def test_what_was_done_to_the_endings_changes_nothing(tmp_path: Path, start: Start, damage: Any) -> None:
    first = start(tmp_path)
    before = files(tmp_path, but=(*OF_THE_START, endings.NAME))
    path = tmp_path / endings.NAME
    path.write_text("\n".join(damage(path.read_text(encoding="utf-8").splitlines())))
    for _ in range(2):
        assert start(tmp_path) == first
        assert files(tmp_path, but=(*OF_THE_START, endings.NAME)) == before


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda line: line | {"reward": 77}, "the record has reward 77"),
        (lambda line: line | {"outcomes": [1, 2]}, "in the record arm 0 pays 1"),
        (lambda line: line | {"trial": 11}, "has no trial 5"),
        (lambda line: line | {"p": "high"}, "line .*: p is 'high', expected a JSON list"),
        (lambda line: line | {"format": 7}, "has format 7, expected 1"),
    ],
)
def test_an_edited_journal_is_noticed_as_ever(tmp_path: Path, edit: Any, message: str) -> None:
    simulated(tmp_path)
    path = tmp_path / "trials.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    at = next(n for n, line in enumerate(lines) if (line["session"], line["trial"]) == ("simulated-0004", 5))
    lines[at] = edit(lines[at])
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises((RecordMismatch, RunError), match=message):
        simulated(tmp_path)


def test_tables_that_were_edited_or_lost_are_written_anew(tmp_path: Path) -> None:
    simulated(tmp_path)
    before = files(tmp_path)
    (tmp_path / "trials.csv").write_text("participant\n")
    (tmp_path / "transcripts.jsonl").unlink()
    simulated(tmp_path)
    assert files(tmp_path) == before


def test_payoffs_that_are_drawn_otherwise_are_noticed_though_the_task_is_the_same(tmp_path: Path) -> None:
    more = 0

    def drawing(*, rng: Any) -> Experiment:
        experiment = build(rng=rng)
        for element in experiment.blocks[0].timeline:
            element["a"]["value"] += more
        return experiment

    model = Function(lambda prompt: "j" if prompt.endswith("You press <<") else "1")
    replay(Task("drawing", drawing), model=model, samples=3, run=tmp_path)
    more = 1
    with pytest.raises(RecordMismatch, match="in the record arm 0 pays"):
        replay(Task("drawing", drawing), model=model, samples=3, run=tmp_path)


def test_a_record_that_was_edited_after_the_branch_is_noticed(tmp_path: Path) -> None:
    continued(tmp_path)
    last = replace_fields(PEOPLE[1].trials[-1], outcomes=(50, 51))
    other = PEOPLE[1].replace(trials=(*PEOPLE[1].trials[:-1], last))
    with pytest.raises(RecordMismatch, match="'simulated-0001', trial 10: in the record arm 0 pays 50"):
        continued(tmp_path, [PEOPLE[0], other, PEOPLE[2]])


class Counting:
    """A subject that counts the texts which it would encode otherwise, and is asked for that once a text."""

    name = "counting"

    def __init__(self) -> None:
        self.counted = 0

    async def ask(self, question: Any) -> Any:
        return await Function(lambda prompt: "1").ask(question)

    def describe(self) -> dict[str, Any]:
        return {"model": self.name}

    def encoded_otherwise(self, transcripts: Any) -> int:
        self.counted += len(transcripts)
        return sum(transcript.session.endswith("1") for transcript in transcripts if transcript.spans)


def test_texts_that_are_encoded_otherwise_are_counted_once(tmp_path: Path) -> None:
    for counted in (4, 0):
        model = Counting()
        replay("two_armed_bandit", model=model, samples=4, run=tmp_path)
        assert model.counted == counted
        assert json.loads((tmp_path / "run.json").read_text())["found"] == {"encoded_otherwise": 1}
