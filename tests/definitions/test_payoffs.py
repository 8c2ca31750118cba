"""What an arm may pay, and what a score may be: numbers, and bools as 0 and 1, wherever it is decided."""

from __future__ import annotations

import json

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.definitions.definition import define
from twinbean.errors import EmissionError, TaskError
from twinbean.play.game import Play, Seat
from twinbean.play.language import run_on_language
from twinbean.play.rows import page_rows
from twinbean.sessions import read_file
from twinbean.sessions.payoffs import as_payoff

SEAT = Seat(participant="ann", session="s", task="t")
WINS = SharedVariable("wins", 0)


def bernoulli(u, p):
    return u < p


def word(u):
    return "won" if u < 0.5 else "lost"


def nothing(u):
    return None if u < 2 else 1


def endless(u):
    return u / 1e-300 / 1e-300


def add(total, value):
    return total + value


def after(wins, u):
    return "won" if wins >= 0 else u


def arms(*values):
    return [{"color": "red", "value": value} for value in values]


def experiment(*values, effects=(), timeline=({"u": 0.2, "p": 0.7}, {"u": 0.9, "p": 0.7})):
    return Experiment([Block([Bandit(bandits=arms(*values), side_effects=list(effects))], timeline=list(timeline))])


def called(function, *arguments):
    return FunctionVariable(function.__name__, function, list(arguments))


U, P = TimelineVariable("u"), TimelineVariable("p")


def test_a_function_that_pays_a_bool_pays_1_or_0_and_its_record_is_read(tmp_path):
    score = SharedVariable("score", False)
    effect = SideEffect(score, called(add, score, DataVariable("value", 0)))
    rows, _ = run_on_language(experiment(called(bernoulli, U, P), True, effects=[effect]), lambda prompt: "1")
    assert [(row["value"], row["score"]) for row in rows] == [(1, 1), (0, 1)]
    assert not any(isinstance(row[name], bool) for row in rows for name in ("value", "score"))
    assert [[bandit["value"] for bandit in row["bandits"]] for row in rows] == [[1, 1], [0, 1]]
    (tmp_path / "ann.json").write_text(json.dumps(page_rows(rows, SEAT, [])), encoding="utf-8")
    (session,) = read_file(tmp_path / "ann.json")
    assert [(trial.reward, trial.score, trial.outcomes) for trial in session.trials] == [(1, 1, (1, 1)), (0, 1, (0, 1))]


def test_what_a_model_reads_is_the_number():
    _, prompts = run_on_language(experiment(called(bernoulli, U, P), 0), lambda prompt: "1")
    assert "was 1." in "".join(prompts)
    assert "True" not in "".join(prompts)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (called(word, U), "arm 0 pays 'won', expected a number"),
        (called(nothing, U), "arm 0 pays None, expected a number"),
        (called(endless, U), "arm 0 pays inf, expected a number"),
        (None, "arm 0 pays None, expected a number"),
        ("3", "arm 0 pays '3', expected a number"),
        ([3], r"arm 0 pays \[3\], expected a number"),
        (float("nan"), "arm 0 pays nan, expected a number"),
    ],
)
def test_what_is_no_payoff_is_refused_at_export_where_no_choice_decides_it(value, said):
    with pytest.raises(EmissionError, match=rf"block 1, stimulus 1 \(Bandit\), timeline element 0, {said}"):
        define(experiment(value, 1))


def test_what_only_the_play_decides_is_refused_by_the_play():
    effect = SideEffect(WINS, called(add, WINS, DataVariable("value", 0)))
    definition = define(experiment(called(after, WINS, U), 1, effects=[effect]))
    with pytest.raises(TaskError, match="trial 0, arm 0 pays 'won', expected a number"):
        Play(definition, SEAT, pytest.fail).run()


def test_a_score_that_is_no_number_is_refused():
    score = SharedVariable("score", 0)
    effect = SideEffect(score, called(word, DataVariable("value", 0)))
    with pytest.raises(TaskError, match="trial 0: the score is 'lost', expected a number"):
        run_on_language(experiment(1, 1, effects=[effect]), lambda prompt: "1")
    started = SharedVariable("score", "none yet")
    with pytest.raises(EmissionError, match="shared variable 'score' starts at 'none yet', expected a number"):
        define(experiment(1, 1, effects=[SideEffect(started, called(add, started, DataVariable("value", 0)))]))


def test_a_payoff_is_a_number_that_a_file_can_hold():
    assert [as_payoff(value) for value in (True, False, 2, -0.5)] == [1, 0, 2, -0.5]
    assert [as_payoff(value) for value in (None, "1", [1], float("inf"), float("nan"), 10**400)] == [None] * 6


@pytest.mark.parametrize("arguments", [None, 3, {"a": 1}.keys(), SharedVariable("s", 1)])
def test_arguments_that_are_no_list_are_refused(arguments):
    with pytest.raises(EmissionError, match=r"stimulus 1 \(Bandit\): the arguments of function 'f' are .* a list"):
        define(experiment(FunctionVariable("f", word, arguments), 1))
