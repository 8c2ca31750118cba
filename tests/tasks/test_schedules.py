"""Every schedule against its closed form: means, variances, correlations and what is certain."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinbean.errors import TaskError
from twinbean.tasks.schedules import (
    POINTS,
    Bernoulli,
    Crossing,
    DriftingBernoulli,
    Fixed,
    Gaussian,
    HorizonGames,
    IowaDecks,
    Jumps,
    Leapfrog,
    Limits,
    RandomWalk,
    Reversal,
)

SEEDS = st.integers(0, 2**32 - 1)
PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=6).map(tuple)
MEANS = st.lists(st.floats(-50, 50), min_size=2, max_size=5).map(tuple)
NO_LIMITS = Limits()
# Six standard errors: with some hundred comparisons a test, one in 10^6 tests fails by chance.
SIGMAS = 6

ALL = [
    Fixed(((1, 2), (3, 4), (5, 6), (7, 8), (9, 10))),
    Crossing(),
    Bernoulli((0.2, 0.5, 0.8)),
    Reversal((0.8, 0.2), between=(1, 3)),
    Gaussian((0, 10), 2, means_sd=3, correlation=0.5),
    RandomWalk(),
    Jumps(),
    Leapfrog(),
    IowaDecks(),
    DriftingBernoulli(),
]
properties = settings(max_examples=25, deadline=None, derandomize=True)


def rng(seed=0):
    return np.random.default_rng(seed)


def means_agree(sample, expected, sd):
    """Whether the columns' means are the expected ones within Monte-Carlo error."""
    sample = np.asarray(sample, dtype=float)
    error = np.asarray(sd) / math.sqrt(len(sample))
    return bool(np.all(np.abs(sample.mean(axis=0) - expected) <= SIGMAS * error + 1e-9))


def variances_agree(sample, expected):
    """Whether normal columns' variances are the expected ones: their standard error is v sqrt(2 / n)."""
    sample = np.asarray(sample, dtype=float)
    error = np.asarray(expected) * math.sqrt(2 / len(sample))
    return bool(np.all(np.abs(sample.var(axis=0) - expected) <= SIGMAS * error + 1e-9))


@pytest.mark.parametrize("schedule", ALL, ids=lambda schedule: type(schedule).__name__)
def test_the_same_generator_draws_the_same_payoffs_of_the_asked_shape(schedule):
    first, again = schedule.draw(rng(3), 5), schedule.draw(rng(3), 5)
    assert first == again
    assert len(first.outcomes) == len(first.expected) == 5
    assert len({len(row) for row in first.outcomes + first.expected}) == 1
    assert {type(value) for row in first.outcomes + first.expected for value in row} <= {int, float}


@pytest.mark.parametrize("schedule", ALL, ids=lambda schedule: type(schedule).__name__)
def test_no_trial_at_all_is_refused(schedule):
    with pytest.raises(TaskError, match="(trials|cards) is 0"):
        schedule.draw(rng(), 0)


def test_a_timeline_names_color_value_and_expected_of_each_arm():
    (row,) = Fixed(((1, 2),)).draw(rng(), 1).timeline(["red", "blue"])
    red, blue = {"color": "red", "value": 1, "expected": 1}, {"color": "blue", "value": 2, "expected": 2}
    assert row == {"bandits": [red, blue]}
    with pytest.raises(TaskError, match="1 colors were given for 2 arms"):
        Fixed(((1, 2),)).draw(rng(), 1).timeline(["red"])


def test_all_arms_of_the_highest_mean_are_best():
    assert Fixed(((1, 2, 2), (3, 0, 0))).draw(rng(), 2).best_arms == ((1, 2), (0,))


def test_a_list_of_payoffs_stands_as_it_is_and_cannot_be_prolonged():
    listed = ((3, 1), (0, 4), (2, 2))
    assert Fixed(listed).draw(rng(), 2).outcomes == listed[:2]
    with pytest.raises(TaskError, match="trials is 4, but the list of payoffs has 3"):
        Fixed(listed).draw(rng(), 4)


@given(trials=st.integers(1, 40), low=st.integers(-5, 5), step=st.integers(1, 9))
@properties
def test_crossing_arms_mirror_each_other(trials, low, step):
    rows = Crossing(low, step).draw(rng(), trials).outcomes
    assert [right for _, right in rows] == [low + step * trial for trial in range(trials)]
    assert [left for left, _ in rows] == [right for _, right in reversed(rows)]


@given(seed=SEEDS, p=PROBABILITIES, win=st.integers(1, 100), loss=st.integers(-100, 0))
@properties
def test_bernoulli_arms_win_with_their_probability_and_independently(seed, p, win, loss):
    payoffs = Bernoulli(p, win, loss).draw(rng(seed), 4000)
    outcomes = np.array(payoffs.outcomes)
    assert set(np.unique(outcomes)) <= {win, loss}
    mean = loss + np.array(p) * (win - loss)
    assert np.allclose(payoffs.expected, mean)
    assert means_agree(outcomes, mean, (win - loss) * np.sqrt(np.array(p) * (1 - np.array(p))))
    products = (outcomes - mean)[:, :-1] * (outcomes - mean)[:, 1:]
    assert means_agree(products, 0, (win - loss) ** 2)


def test_what_is_no_probability_is_refused():
    with pytest.raises(TaskError, match=r"p is \(0.5, 1.2\)"):
        Bernoulli((0.5, 1.2))


@given(seed=SEEDS, p=st.floats(0, 1), at=st.sets(st.integers(1, 99), min_size=1, max_size=6))
@properties
def test_reversed_arms_change_places_at_the_given_trials(seed, p, at):
    expected = Reversal((p, 1 - p), at=tuple(at)).draw(rng(seed), 100).expected
    for trial, row in enumerate(expected):
        odd = sum(switch <= trial for switch in at) % 2
        assert row == pytest.approx((1 - p, p) if odd else (p, 1 - p))


@given(seed=SEEDS, shortest=st.integers(1, 10), more=st.integers(0, 10))
@properties
def test_drawn_reversals_are_as_far_apart_as_was_asked(seed, shortest, more):
    best = np.array([arms[0] for arms in Reversal((0.9, 0.1), between=(shortest, shortest + more)).draw(
        rng(seed), 300
    ).best_arms])  # fmt: skip
    gaps = np.diff(np.concatenate([[0], np.flatnonzero(np.diff(best)) + 1]))
    assert best[0] == 0
    assert shortest <= gaps.min() <= gaps.max() <= shortest + more


def test_the_trials_between_reversals_are_uniform():
    best = np.array([arms[0] for arms in Reversal((1, 0), between=(2, 5)).draw(rng(5), 40_000).best_arms])
    gaps = np.diff(np.concatenate([[0], np.flatnonzero(np.diff(best)) + 1]))
    shares = [np.mean(gaps == length) for length in (2, 3, 4, 5)]
    assert shares == pytest.approx([0.25] * 4, abs=SIGMAS * math.sqrt(0.25 * 0.75 / len(gaps)))


def test_both_states_of_a_contingent_reversal_pay_by_the_same_draws():
    first, second = Reversal((0.8, 0.2)).states(rng(2), 5000)
    one, other = np.array(first.outcomes), np.array(second.outcomes)
    assert means_agree(one, (0.8, 0.2), 0.4)
    assert means_agree(other, (0.2, 0.8), 0.4)
    # An arm that wins where it is the worse one also wins where it is the better one.
    assert np.all(one[:, 0] >= other[:, 0])
    assert np.all(one[:, 1] <= other[:, 1])


@given(seed=SEEDS, means=MEANS, sd=st.floats(0.1, 20))
@properties
def test_normal_payoffs_have_the_asked_mean_and_variance(seed, means, sd):
    payoffs = Gaussian(means, sd).draw(rng(seed), 3000)
    assert np.allclose(payoffs.expected, means)
    assert means_agree(payoffs.outcomes, means, sd)
    assert variances_agree(payoffs.outcomes, np.full(len(means), sd**2))


@given(seed=SEEDS, n_arms=st.integers(2, 5), share=st.floats(0, 1))
@properties
def test_means_drawn_for_the_session_correlate_as_asked(seed, n_arms, share):
    least = -1 / (n_arms - 1)
    rho = least + share * (1 - least)
    schedule = Gaussian((10.0,) * n_arms, 1.0, means_sd=4.0, correlation=rho)
    generator = rng(seed)
    means = np.array([schedule.draw(generator, 1).expected[0] for _ in range(2000)])
    assert means_agree(means, 10.0, 4.0)
    assert variances_agree(means, np.full(n_arms, 16.0))
    products = (means[:, :-1] - 10) * (means[:, 1:] - 10)
    # Isserlis: the variance of the product of two correlated normals.
    assert means_agree(products, 16 * rho, 16 * math.sqrt(1 + rho**2))


def test_correlations_that_no_arms_can_have_are_refused():
    with pytest.raises(TaskError, match="correlation is -0.6, expected a number from -0.5 to 1 for 3 arms"):
        Gaussian((0, 0, 0), 1, correlation=-0.6)


@given(
    seed=SEEDS, decay=st.floats(0, 0.95), centre=st.floats(-50, 50), drift=st.floats(0.5, 5), noise=st.floats(0.5, 5)
)
@properties
def test_a_restless_arm_is_stationary_with_the_autocorrelation_of_its_decay(seed, decay, centre, drift, noise):
    walk = RandomWalk(n_arms=400, decay=decay, centre=centre, drift=drift, noise=noise, limits=NO_LIMITS)
    payoffs = walk.draw(rng(seed), 12)
    means, outcomes = np.array(payoffs.expected), np.array(payoffs.outcomes)
    variance = drift**2 / (1 - decay**2)
    for trial in (0, 5, 11):
        assert means_agree(means[trial], centre, math.sqrt(variance))
        assert variances_agree(means[trial], variance)
    lagged = (means[3] - centre) * (means[8] - centre)
    rho = decay**5
    assert means_agree(lagged, variance * rho, variance * math.sqrt(1 + rho**2))
    assert means_agree(outcomes[7] - means[7], 0, noise)
    assert variances_agree(outcomes[7] - means[7], noise**2)
    steps = means[1:] - decay * means[:-1] - (1 - decay) * centre
    assert variances_agree(steps.ravel(), drift**2)


def test_a_walk_from_given_means_returns_to_its_centre():
    walk = RandomWalk(n_arms=3, start=(0, 50, 100), drift=0.0, decay=0.9)
    means = np.array(walk.draw(rng(), 30).expected)
    assert np.allclose(means, 50 + np.outer(0.9 ** np.arange(30), (-50, 0, 50)))
    with pytest.raises(TaskError, match="expected 4 means"):
        RandomWalk(start=(1.0, 2.0)).draw(rng(), 3)
    with pytest.raises(TaskError, match="decay is 1.0: without start"):
        RandomWalk(decay=1.0).draw(rng(), 3)


@given(seed=SEEDS, hazard=st.floats(0, 1))
@properties
def test_means_jump_as_often_as_the_hazard_says_and_to_anywhere(seed, hazard):
    payoffs = Jumps(n_arms=20, hazard=hazard, limits=NO_LIMITS).draw(rng(seed), 200)
    means, outcomes = np.array(payoffs.expected), np.array(payoffs.outcomes)
    jumped = (np.diff(means, axis=0) != 0).ravel()
    assert means_agree(jumped, hazard, math.sqrt(hazard * (1 - hazard)))
    drawn = np.concatenate([means[0], means[1:].ravel()[jumped]])
    assert drawn.min() >= 20
    assert drawn.max() <= 80
    assert means_agree(drawn, 50, 60 / math.sqrt(12))
    assert variances_agree((outcomes - means).ravel(), 25)


@given(seed=SEEDS, hazard=st.floats(0, 1))
@properties
def test_the_worse_arm_leaps_ahead_by_the_step(seed, hazard):
    rows = np.array(Leapfrog(hazard=hazard).draw(rng(seed), 2000).outcomes)
    assert tuple(rows[0]) == (10, 20)
    assert set(np.abs(rows[:, 0] - rows[:, 1])) == {10}
    leaps = np.diff(rows, axis=0)
    assert set(leaps.sum(axis=1)) <= {0, 20}
    assert means_agree(leaps.sum(axis=1) / 20, hazard, math.sqrt(hazard * (1 - hazard)))
    worse = rows[:-1].argmin(axis=1)
    assert np.all(leaps[np.arange(len(leaps)), 1 - worse] == 0)


def test_a_leap_must_lead_ahead():
    with pytest.raises(TaskError, match="step is 10"):
        Leapfrog(step=10).draw(rng(), 5)


def test_the_iowa_decks_are_those_of_bechara():
    """Bechara et al. 1994: net -250 in ten cards of A or B, +250 of C or D; B and D lose rarely, A and C often."""
    cards = np.array(IowaDecks().draw(rng(), 40).outcomes)
    assert cards[:3].tolist() == [[100, 100, 50, 50], [100, 100, 50, 50], [-50, 100, 0, 50]]
    for tenth in range(0, 40, 10):
        assert cards[tenth : tenth + 10, [0, 2]].sum(axis=0).tolist() == [-250, 250]
        assert (cards[tenth : tenth + 10, [0, 2]] < (100, 50)).sum(axis=0).tolist() == [5, 5]
    assert cards.sum(axis=0).tolist() == [-1000, -1000, 1000, 1000]
    assert (cards[:, [1, 3]] < (100, 50)).sum(axis=0).tolist() == [4, 4]
    again = np.array(IowaDecks().draw(rng(), 80).outcomes)
    assert np.array_equal(again[40:], cards)


@given(seed=SEEDS)
@properties
def test_horizon_games_are_dealt_evenly_with_the_differences_of_the_source(seed):
    games = HorizonGames().draw(rng(seed), 160)
    kinds = [(game.horizon, sorted((game.forced.count(0), game.forced.count(1)))) for game in games]
    for horizon in (1, 6):
        assert kinds.count((horizon, [2, 2])) == kinds.count((horizon, [1, 3])) == 40
        ones = [game.forced.count(0) for game in games if game.horizon == horizon]
        assert ones.count(1) == ones.count(3) == 20
    for game in games:
        (means,) = set(game.payoffs.expected)
        assert set(means) & {40, 60}
        assert abs(means[0] - means[1]) in (4, 8, 12, 20, 30)
        assert len(game.payoffs.outcomes) == len(game.forced) + game.horizon == 4 + game.horizon


def test_horizon_payoffs_and_differences_are_as_in_the_source():
    games = HorizonGames(limits=NO_LIMITS).draw(rng(4), 2000)
    noise = np.array([np.subtract(game.payoffs.outcomes[0], game.payoffs.expected[0]) for game in games])
    assert means_agree(noise, 0, 8)
    assert variances_agree(noise, (64.0, 64.0))
    signed = np.array([game.payoffs.expected[0][0] - game.payoffs.expected[0][1] for game in games])
    assert means_agree(signed, 0, 17)
    for difference in (4, 8, 12, 20, 30):
        assert means_agree(np.abs(signed) == difference, 0.2, 0.4)


def test_forced_trials_offer_one_arm_and_free_ones_both():
    (game,) = HorizonGames().draw(rng(), 1)
    rows = game.timeline(["red", "blue"])
    assert [row["offered"] for row in rows[:4]] == [[arm] for arm in game.forced]
    assert [row["forced"] for row in rows] == [True] * 4 + [False] * game.horizon
    assert all(row["offered"] == [0, 1] for row in rows[4:])


@given(seed=SEEDS, mean=st.floats(-200, 200))
@properties
def test_points_are_whole_and_from_1_to_100(seed, mean):
    values = np.array(Gaussian((mean,), 40, limits=POINTS).draw(rng(seed), 200).outcomes)
    assert values.dtype == int
    assert values.min() >= 1
    assert values.max() <= 100
    unlimited = np.array(Gaussian((mean,), 40).draw(rng(seed), 200).outcomes)
    assert np.array_equal(values, np.clip(np.rint(unlimited), 1, 100))


def test_a_small_loss_is_rounded_to_a_plain_zero():
    assert str(Limits(digits=1).table(np.array([[-0.01, 0.26]]))) == "((0.0, 0.3),)"


@pytest.mark.parametrize("hazard", [-0.1, 7])
def test_a_hazard_is_a_probability(hazard):
    for schedule in (Leapfrog(start=(10, 20), step=20, hazard=hazard), Jumps(n_arms=2, hazard=hazard)):
        with pytest.raises(TaskError, match=f"hazard is {hazard}, expected a probability"):
            schedule.draw(np.random.default_rng(0), 5)


@given(seed=SEEDS)
@properties
def test_drifting_probabilities_walk_between_their_bounds_and_pay_by_what_they_are(seed):
    payoffs = DriftingBernoulli(n_arms=3).draw(rng(seed), 4000)
    p, paid = np.array(payoffs.expected), np.array(payoffs.outcomes)
    assert p.min() >= 0.25
    assert p.max() <= 0.75
    assert set(np.unique(paid)) == {0, 1}
    assert means_agree(paid - p, 0, 0.5)
    # Where no bound is within six standard deviations, a step is normal and nothing else.
    inside = (np.abs(p[:-1] - 0.5) < 0.1).all(axis=1)
    steps = np.diff(p, axis=0)[inside]
    assert means_agree(steps, 0, 0.025)
    assert variances_agree(steps, 0.025**2)


def test_a_probability_is_reflected_at_its_bounds_however_far_a_step_goes():
    walk = DriftingBernoulli(n_arms=1, low=0.2, high=0.6)
    for beyond, within in ((0.65, 0.55), (0.1, 0.3), (1.05, 0.25), (-0.7, 0.3), (0.4, 0.4), (0.6, 0.6)):
        assert walk._reflected(np.array([beyond])) == pytest.approx([within])


def test_bounds_of_a_probability_must_be_in_order():
    with pytest.raises(TaskError, match=r"low is 0.8 and high is 0.2, expected two probabilities in order"):
        DriftingBernoulli(low=0.8, high=0.2).draw(rng(), 5)
    with pytest.raises(TaskError, match="sd is -1"):
        DriftingBernoulli(sd=-1).draw(rng(), 5)
