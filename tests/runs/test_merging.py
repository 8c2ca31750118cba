"""Shards of a run, merged, are the run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from twinbean import replay
from twinbean import score as score_people
from twinbean.errors import RunError, SubjectError
from twinbean.play.shard import Shard
from twinbean.runs.merging import merge
from twinbean.sessions import Session, read
from twinbean.sessions.questions import Answer, Question

N = 8
TABLES = ("trials.csv", "sessions.csv", "transcripts.jsonl")
Play = Callable[..., list[Session]]


def simulated(**options: Any) -> list[Session]:
    return replay("two_armed_bandit", model="ucb", samples=19, seed=3, **options)


def continued(**options: Any) -> list[Session]:
    people = replay("two_armed_bandit", model="rw", samples=5, seed=1)
    return replay("two_armed_bandit", people, model="ucb", after=4, samples=3, seed=3, **options)


def scored(**options: Any) -> list[Session]:
    people = replay("gershman_two_armed", model="rw", samples=9, seed=1, parameters={"blocks": 1})
    return score_people("gershman_two_armed", people, model="rw", **options)


def in_shards(play: Play, folder: Path, n: int = N) -> list[Path]:
    for number in range(1, n + 1):
        play(run=folder / f"{number}", shard=f"{number}/{n}")
    return [folder / f"{number}" for number in range(1, n + 1)]


def journal(folder: Path) -> list[str]:
    return sorted((folder / "trials.jsonl").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("play", [simulated, continued, scored])
def test_merged_shards_are_the_one_run_to_the_byte(tmp_path: Path, play: Play) -> None:
    play(run=tmp_path / "one")
    # In any order.
    n_sessions = merge(in_shards(play, tmp_path)[::-1], tmp_path / "merged")
    assert n_sessions == len(read(tmp_path / "one"))
    tables = {path.name for path in (tmp_path / "one").glob("*.csv")}
    assert tables == {path.name for path in (tmp_path / "merged").glob("*.csv")}
    for name in tables.union(TABLES):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    assert journal(tmp_path / "merged") == journal(tmp_path / "one")
    one, merged = (json.loads((tmp_path / name / "run.json").read_text()) for name in ("one", "merged"))
    assert [part["shard"]["number"] for part in merged.pop("merged")] == [*range(1, N + 1)]
    assert {**one, "created": ""} == {**merged, "created": ""}


def test_a_merged_run_is_resumed_like_the_one_run(tmp_path: Path) -> None:
    merge(in_shards(simulated, tmp_path), tmp_path / "merged")
    before = (tmp_path / "merged" / "trials.jsonl").read_bytes()
    simulated(run=tmp_path / "merged")
    assert (tmp_path / "merged" / "trials.jsonl").read_bytes() == before
    assert len(json.loads((tmp_path / "merged" / "run.json").read_text())["resumed"]) == 1


class Dying:
    """Fails for good after some answers, once."""

    name = "dying"

    def __init__(self, answers: int) -> None:
        self._left = answers

    async def ask(self, question: Question) -> Answer:
        if not self._left:
            raise SubjectError("it is gone")
        self._left -= 1
        label = question.labels[(question.sample + question.trial) % 2]
        return Answer(label=label, raw=label)

    def describe(self) -> dict[str, Any]:
        return {"name": self.name}


def test_a_shard_that_was_interrupted_and_resumed_changes_no_trial(tmp_path: Path) -> None:
    def play(answers: int, **options: Any) -> list[Session]:
        return replay("two_armed_bandit", model=Dying(answers), samples=6, seed=3, **options)

    play(10_000, run=tmp_path / "one")
    play(10_000, run=tmp_path / "1", shard="1/2")
    play(14, run=tmp_path / "2", shard="2/2")
    with pytest.raises(RunError, match=r"2 is not complete: start its command again, which goes on where it stopped"):
        merge([tmp_path / "1", tmp_path / "2"], tmp_path / "merged")
    play(10_000, run=tmp_path / "2", shard="2/2")
    merge([tmp_path / "1", tmp_path / "2"], tmp_path / "merged")
    for name in ("trials.csv", "transcripts.jsonl"):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


@pytest.fixture(scope="module")
def thirds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return in_shards(simulated, tmp_path_factory.mktemp("thirds"), 3)


def test_a_missing_shard_is_named(thirds: list[Path], tmp_path: Path) -> None:
    with pytest.raises(RunError, match="shard 2/3 of the run in .* is missing"):
        merge([thirds[0], thirds[2]], tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_a_shard_that_comes_twice_is_named(thirds: list[Path], tmp_path: Path) -> None:
    with pytest.raises(RunError, match="1 and .*1 are the same shard 1/3"):
        merge([thirds[0], *thirds], tmp_path / "merged")


def test_shards_of_another_run_are_refused_with_what_differs(thirds: list[Path], tmp_path: Path) -> None:
    replay("two_armed_bandit", model="ucb", samples=19, seed=4, run=tmp_path / "other", shard="3/3")
    with pytest.raises(RunError, match="are no shards of one run: their seed is 3 and 4"):
        merge([*thirds[:2], tmp_path / "other"], tmp_path / "merged")
    replay("two_armed_bandit", model="ucb", samples=19, seed=3, run=tmp_path / "quarter", shard="3/4")
    with pytest.raises(RunError, match="their shard is {'number': 1, 'of': 3, .*} and {'number': 1, 'of': 4, "):
        merge([*thirds[:2], tmp_path / "quarter"], tmp_path / "merged")


def test_a_whole_run_is_no_shard(thirds: list[Path], tmp_path: Path) -> None:
    simulated(run=tmp_path / "one")
    with pytest.raises(RunError, match="one is no shard of a run: it was started without --shard"):
        merge([tmp_path / "one"], tmp_path / "merged")
    with pytest.raises(RunError, match="nowhere is no run folder"):
        merge([tmp_path / "nowhere"], tmp_path / "merged")


def test_a_shard_with_a_lost_session_is_refused(thirds: list[Path], tmp_path: Path) -> None:
    shutil.copytree(thirds[1], tmp_path / "2")
    table = tmp_path / "2" / "sessions.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(RunError, match="2 has 5 sessions, expected 6 of the 19 in all"):
        merge([thirds[0], tmp_path / "2", thirds[2]], tmp_path / "merged")


def test_a_folder_that_holds_something_is_left_alone(thirds: list[Path], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="is not empty; merge into a new folder"):
        merge(thirds, tmp_path)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "1/2/3", "-1/4"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(RunError, match=f"the shard is '{text}', expected K/N with K from 1 to N"):
        Shard.parse(text)


def test_more_shards_than_sessions_leave_some_empty_and_say_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="shard 20/20 is empty: there are 19 sessions, so take at most 19 shards"):
        simulated(run=tmp_path / "run", shard="20/20")
    assert not (tmp_path / "run").exists()
