"""A game at the terminal is saved as a page saves it, however it ends."""

from __future__ import annotations

import pytest

from twinbean.errors import DataError, SubjectError
from twinbean.play.console import play_at_console
from twinbean.sessions import read
from twinbean.tasks.task import load


def play(monkeypatch, output, *lines):
    given = iter(lines)

    def answer(*args):
        line = next(given, None)
        if line is None:
            raise EOFError
        if line == "^C":
            raise KeyboardInterrupt
        return line

    monkeypatch.setattr("builtins.input", answer)
    return play_at_console(load("two_armed_bandit"), output, seed=0, parameters={"trials": 3}, participant="me")


def test_a_whole_game_is_saved(monkeypatch, tmp_path):
    assert play(monkeypatch, tmp_path / "s.json", "2", "2", "1") == 3
    (session,) = read(tmp_path / "s.json")
    assert (session.participant, session.task, session.details["parameters"]) == (
        "me",
        "two_armed_bandit",
        {"trials": 3},
    )
    assert [(trial.choice, trial.score) for trial in session.trials] == [(1, 0), (1, 1), (0, 1)]


@pytest.mark.parametrize(("end", "raised"), [(["^C"], KeyboardInterrupt), ([], SubjectError)])
def test_what_was_played_is_saved_however_the_play_ends(monkeypatch, tmp_path, end, raised):
    with pytest.raises(raised):
        play(monkeypatch, tmp_path / "s.json", "2", "1", *end)
    assert [trial.choice for trial in read(tmp_path / "s.json")[0].trials] == [1, 0]


def test_nothing_played_is_nothing_saved(monkeypatch, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        play(monkeypatch, tmp_path / "s.json", "^C")
    assert list(tmp_path.iterdir()) == []


def test_a_session_that_is_there_already_is_left_as_it_is(monkeypatch, tmp_path):
    play(monkeypatch, tmp_path / "s.json", "2", "2", "1")
    kept = (tmp_path / "s.json").read_bytes()
    with pytest.raises(DataError, match="s.json exists already"):
        play(monkeypatch, tmp_path / "s.json", "1", "1", "1")
    assert (tmp_path / "s.json").read_bytes() == kept
