"""Every measure on sessions small enough to work out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from twinbean.comparison.courses import Course, binary_win, course_of
from twinbean.comparison.measures import MEASURES, win_rule
from twinbean.sessions import Session, Trial

OF = {measure.name: measure.of for measure in MEASURES}


def session(choices: Sequence[int | None], rewards: Sequence[float], **changes: Any) -> Session:
    trials = tuple(
        Trial(
            **{
                "trial": t,
                "choice": choice,
                "reward": None if choice is None else reward,
                "missed": choice is None,
                "offered": (0, 1),
                "labels": ("B", "A"),
                "position": choice,
                "expected": (0.7, 0.3),
            }
            | {name: values[t] for name, values in changes.items()}
        )
        for t, (choice, reward) in enumerate(zip(choices, rewards, strict=True))
    )
    return Session(participant="p", session="p", task="bandit", trials=trials)


def course(played: Session, *, win: float | None = 1, start: int = 0, n_arms: int = 2) -> Course:
    return course_of(played, n_arms=n_arms, win=win, start=start)


# Win, win, loss, win, loss, loss on arms 0 0 0 1 1 0.
BINARY = session([0, 0, 0, 1, 1, 0], [1, 1, 0, 1, 0, 0])


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("score", 3),
        ("mean_reward", 3 / 6),
        ("regret", 2 * 0.4),
        ("best_share", 4 / 6),
        ("stay_after_win", 3 / 3),
        ("shift_after_loss", 2 / 2),
        ("switch_rate", 2 / 5),
        ("choice_entropy", -(4 / 6) * math.log2(4 / 6) - (2 / 6) * math.log2(2 / 6)),
        ("position_bias", 4 / 6 - 1 / 2),
        ("label_bias", 2 / 6 - 1 / 2),
        ("suff_fail", 0),
        ("k_min_frac", 2 * 2 / 6),
        # Means before trials 2 to 5: 1 and none, 2/3 and none, 2/3 and 1, 2/3 and 1/2; trial 3 takes the untried.
        ("greedy_frac", 3 / 4),
    ],
)
def test_a_measure_of_a_whole_session_is_what_the_hand_computes(measure: str, expected: float) -> None:
    assert OF[measure](course(BINARY)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("score", 1),
        ("mean_reward", 1 / 3),
        ("regret", 0.8),
        ("best_share", 1 / 3),
        ("stay_after_win", 1),
        ("shift_after_loss", 1),
        ("switch_rate", 2 / 3),
        ("greedy_frac", 2 / 3),
        ("k_min_frac", 2 / 3),
    ],
)
def test_after_a_branch_only_later_choices_count(measure: str, expected: float) -> None:
    assert OF[measure](course(BINARY, start=3)) == pytest.approx(expected)


def test_without_binary_payoffs_a_win_is_above_the_mean_of_earlier_payoffs() -> None:
    # Means before each: none, 4, 5, 4, 4.5: neither, win, loss, win, neither.
    won = course(session([0, 0, 0, 0, 0], [4, 6, 2, 6, 4.5]), win=None).won
    assert [None if math.isnan(value) else value for value in won] == [None, 1, 0, 1, None]


def test_payoffs_are_binary_when_everybody_together_met_two() -> None:
    assert binary_win([BINARY, session([0], [0])]) == 1
    assert binary_win([BINARY, session([0], [5])]) is None
    assert "1 is a win" in win_rule(1)
    assert "mean of one's own earlier payoffs" in win_rule(None)


def test_a_missed_trial_breaks_the_chain_of_choices() -> None:
    assert OF["switch_rate"](course(session([0, None, 1, 1], [1, 0, 1, 1]))) == 0


def test_forced_trials_teach_but_are_no_choices() -> None:
    played = session([1, 0, 0, 1], [1, 0, 0, 0], forced=[True, True, False, False])
    assert OF["mean_reward"](course(played)) == 0
    # Seen before trial 2: arm 1 paid 1, arm 0 paid 0. Trial 2 is not greedy, trial 3 is.
    assert OF["greedy_frac"](course(played)) == 1 / 2
    assert OF["switch_rate"](course(played)) == 1


def test_foregone_payoffs_that_were_shown_count_as_seen() -> None:
    outcomes = [(0, 1)] * 4
    shown = session([0, 0, 0, 1], [0, 0, 0, 1], outcomes=outcomes, feedback=["all"] * 4)
    assert OF["greedy_frac"](course(shown)) == 1 / 2


def test_tied_arms_are_all_best_and_leave_suffix_failure_undefined() -> None:
    tied = session([0, 1], [1, 0], expected=[(0.5, 0.5)] * 2)
    assert OF["best_share"](course(tied)) == 1
    assert OF["regret"](course(tied)) == 0
    assert math.isnan(OF["suff_fail"](course(tied)))


def test_suffix_failure_asks_for_the_second_half_of_the_block() -> None:
    assert OF["suff_fail"](course(session([0, 0, 1, 1], [1] * 4))) == 1
    assert OF["suff_fail"](course(session([1, 1, 1, 0], [1] * 4))) == 0


def test_a_best_arm_that_is_not_offered_is_not_best() -> None:
    played = session([1, 0], [0, 0], offered=[(1,), (0, 1)])
    assert OF["best_share"](course(played)) == 1
    assert OF["regret"](course(played)) == 0


def test_blocks_begin_anew() -> None:
    blocks = session([0, 0, 1, 1], [1, 1, 1, 1], block=[0, 0, 1, 1])
    assert OF["switch_rate"](course(blocks)) == 0
    assert OF["choice_entropy"](course(blocks)) == 0
    assert OF["k_min_frac"](course(blocks)) == 0


def test_what_is_unknown_has_no_value() -> None:
    unknown = session([0, 1], [1, 0], expected=[(), ()])
    assert math.isnan(OF["regret"](course(unknown)))
    assert math.isnan(OF["best_share"](course(unknown)))
    nothing = course(BINARY, start=6)
    assert all(math.isnan(measure.of(nothing)) for measure in MEASURES)
