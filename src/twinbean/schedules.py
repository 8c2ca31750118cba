"""How payoffs are drawn: value objects that turn a numpy Generator into a table of payoffs, before the session.

    >>> import numpy as np
    >>> Bernoulli((0.2, 0.8)).draw(np.random.default_rng(1), 3).outcomes
    ((0, 0), (1, 0), (0, 1))

A task's `build` gets the generator; `Payoffs.timeline` is what its SweetBean block needs. Formulas count trials t
from 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twinbean.errors import TaskError

Numbers = NDArray[np.float64]
Table = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Payoffs:
    """What each arm pays, one row a trial and one entry an arm, in the units of the task's points.

    `expected` is each arm's mean payoff at that trial (before rounding and limits), empty where none is defined. With
    `by_card` a row is not a trial: row i is what an arm pays at the i-th time it is chosen.
    """

    outcomes: Table
    expected: Table = ()
    by_card: bool = False

    @property
    def best_arms(self) -> tuple[tuple[int, ...], ...]:
        """The arms whose expected payoff is highest, row by row: several where they tie."""
        return tuple(tuple(arm for arm, value in enumerate(row) if value == max(row)) for row in self.expected)

    def timeline(self, colors: Sequence[str]) -> list[dict[str, Any]]:
        """An element a row for a SweetBean block, `bandits`: lists of `{"color", "value", "expected"}`."""
        n_arms = len(self.outcomes[0])
        if len(colors) != n_arms:
            raise TaskError(f"{len(colors)} colors were given for {n_arms} arms: {list(colors)!r}")
        rows: list[dict[str, Any]] = []
        for t, outcomes in enumerate(self.outcomes):
            bandits = [{"color": color, "value": value} for color, value in zip(colors, outcomes, strict=True)]
            if self.expected:
                bandits = [b | {"expected": mean} for b, mean in zip(bandits, self.expected[t], strict=True)]
            rows.append({"bandits": bandits})
        return rows


class Schedule(Protocol):
    """Draws the payoffs of one session."""

    def draw(self, rng: Generator, trials: int) -> Payoffs: ...


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is done to a drawn payoff: rounded to `digits` (0: whole points), then held within `low` and `high`."""

    digits: int | None = None
    low: float = -math.inf
    high: float = math.inf

    def table(self, drawn: Numbers) -> Table:
        if self.digits is not None:
            drawn = np.round(drawn, self.digits)
        return _table(np.clip(drawn, self.low, self.high), whole=self.digits == 0)


POINTS = Limits(digits=0, low=1, high=100)
NO_LIMITS = Limits()


def _table(values: Numbers, *, whole: bool = False) -> Table:
    return tuple(tuple(map(int, row)) if whole else tuple(map(float, row)) for row in values)


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _check(trials: int) -> None:
    if trials < 1:
        raise TaskError(f"trials is {trials!r}, expected at least 1")


@dataclass(frozen=True)
class Fixed:
    """A list of payoffs as it stands: row t of `table` is trial t. Nothing is drawn."""

    table: Table

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        if not 1 <= trials <= len(self.table):
            raise TaskError(f"trials is {trials!r}, but the list of payoffs has {len(self.table)}")
        rows = tuple(tuple(row) for row in self.table[:trials])
        return Payoffs(outcomes=rows, expected=rows)


@dataclass(frozen=True)
class Crossing:
    """Two arms that cross: the first falls by `step` a trial to `low`, the second rises by as much from it.

    r_0(t) = low + step (T - 1 - t), r_1(t) = low + step t. With 11 trials: 10 to 0 and 0 to 10, as in SweetBean's
    reinforcement-learning example. Nothing is drawn.
    """

    low: float = 0
    step: float = 1

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        rows = tuple((self.low + self.step * (trials - 1 - t), self.low + self.step * t) for t in range(trials))
        return Payoffs(outcomes=rows, expected=rows)


@dataclass(frozen=True)
class Bernoulli:
    """Arm k pays `win` with probability p_k, else `loss`; trials are independent. Mean loss + p_k (win - loss).

    The hard case of Krishnamurthy et al. 2024 (arXiv:2403.15371) has five arms, one .6, four .4, and 100 trials.
    """

    p: tuple[float, ...]
    win: float = 1
    loss: float = 0

    def __post_init__(self) -> None:
        if not all(0 <= p <= 1 for p in self.p):
            raise TaskError(f"p is {self.p!r}, expected probabilities")

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        return self._of(rng.random((trials, len(self.p))), np.tile(self.p, (trials, 1)))

    def _of(self, uniforms: Numbers, p: Numbers) -> Payoffs:
        win, loss = _plain(self.win), _plain(self.loss)
        outcomes = tuple(tuple(win if hit else loss for hit in row) for row in uniforms < p)
        return Payoffs(outcomes=outcomes, expected=_table(loss + p * (win - loss)))


@dataclass(frozen=True)
class Reversal(Bernoulli):
    """Bernoulli arms whose probabilities change places, first for last, at given or at random trials.

    `at` lists the trials from which on they are reversed, or back. Without it the trials between reversals are drawn
    uniformly from `between`, both ends included; (25, 25) is every 25 trials.
    Source: probabilistic reversal learning as in Cools et al. 2002, J Neurosci 22:4563 (.8 and .2).
    """

    at: tuple[int, ...] = ()
    between: tuple[int, int] = (25, 25)

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        first, second = self.states(rng, trials)
        switches = set(self.at) if self.at else self._drawn_switches(rng, trials)
        state = np.cumsum([t in switches for t in range(trials)]) % 2
        both = (first, second)
        return Payoffs(
            outcomes=tuple(both[s].outcomes[t] for t, s in enumerate(state)),
            expected=tuple(both[s].expected[t] for t, s in enumerate(state)),
        )

    def states(self, rng: Generator, trials: int) -> tuple[Payoffs, Payoffs]:
        """The payoffs of both states, from the same draws, for a task that reverses by what the participant does.

        Its timeline carries both, and a SweetBean FunctionVariable picks one by a SharedVariable.
        """
        _check(trials)
        uniforms = rng.random((trials, len(self.p)))
        one, other = (np.tile(p, (trials, 1)) for p in (self.p, self.p[::-1]))
        return self._of(uniforms, one), self._of(uniforms, other)

    def _drawn_switches(self, rng: Generator, trials: int) -> set[int]:
        shortest, longest = self.between
        if not 1 <= shortest <= longest:
            raise TaskError(f"between is {self.between!r}, expected two numbers of trials in order, from 1")
        return set(np.cumsum(rng.integers(shortest, longest, size=trials, endpoint=True)).tolist())


@dataclass(frozen=True)
class Gaussian:
    """Arm k pays r ~ N(means_k, sd^2) at each trial, independently.

    With `means_sd` above 0 the arms' means are themselves drawn for the session: mu_k ~ N(means_k, means_sd^2), as in
    Gershman 2018, Cognition 173:34 (two arms, means 0, means_sd 10, sd sqrt(10), drawn anew for each of 20 blocks).
    """

    means: tuple[float, ...]
    sd: float
    means_sd: float = 0.0
    limits: Limits = NO_LIMITS

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        means = np.asarray(self.means) + self.means_sd * rng.standard_normal(len(self.means))
        expected = np.tile(means, (trials, 1))
        drawn = expected + self.sd * rng.standard_normal(expected.shape)
        return Payoffs(outcomes=self.limits.table(drawn), expected=_table(expected))


@dataclass(frozen=True)
class Correlated:
    """Arm k pays N(means_k, sd^2), and any two arms of one trial correlate by `rho`, from -1 / (K - 1) to 1.

    r = mean + sd (sqrt(1 - rho) z_k + ...) with covariance sd^2 ((1 - rho) I + rho 1 1'), drawn by its Cholesky factor.
    Source: the correlated-arms bandit, e.g. Stojic et al. 2020, Cognition 204:104318, reduced to one correlation.
    """

    means: tuple[float, ...]
    sd: float
    rho: float
    limits: Limits = NO_LIMITS

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        n = len(self.means)
        if n < 2 or not -1 / (n - 1) <= self.rho <= 1:
            raise TaskError(f"rho is {self.rho!r}, expected a number from {-1 / max(n - 1, 1):.3g} to 1 for {n} arms")
        # By the two eigenspaces of the covariance, which also serves the singular ends of the range.
        z = rng.standard_normal((trials, n))
        common = z.mean(axis=1, keepdims=True)
        mixed = math.sqrt(1 - self.rho) * (z - common) + math.sqrt(max(1 + (n - 1) * self.rho, 0)) * common
        expected = np.tile(np.asarray(self.means, dtype=float), (trials, 1))
        return Payoffs(outcomes=self.limits.table(expected + self.sd * mixed), expected=_table(expected))


@dataclass(frozen=True)
class RandomWalk:
    """Restless arms: mu(t+1) = decay mu(t) + (1 - decay) centre + e, e ~ N(0, drift^2); r ~ N(mu(t), noise^2).

    `start` holds the means at trial 0; without it they are drawn from the walk's stationary distribution,
    N(centre, drift^2 / (1 - decay^2)). Payoffs are whole points from 1 to 100.
    Source: Daw, O'Doherty, Dayan, Seymour & Dolan 2006, Nature 441:876, supplement; the defaults are theirs.
    """

    n_arms: int = 4
    decay: float = 0.9836
    centre: float = 50.0
    drift: float = 2.8
    noise: float = 4.0
    start: tuple[float, ...] | None = None
    limits: Limits = POINTS

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        if self.start is None and not 0 <= self.decay < 1:
            raise TaskError(f"decay is {self.decay!r}: without start, expected a number from 0 to below 1")
        if self.start is not None and len(self.start) != self.n_arms:
            raise TaskError(f"start is {self.start!r}, expected {self.n_arms} means")
        z = rng.standard_normal((trials, 2, self.n_arms))
        means = np.empty((trials, self.n_arms))
        if self.start is None:
            means[0] = self.centre + self.drift / math.sqrt(1 - self.decay**2) * z[0, 0]
        else:
            means[0] = self.start
        for t in range(1, trials):
            means[t] = self.decay * means[t - 1] + (1 - self.decay) * self.centre + self.drift * z[t, 0]
        return Payoffs(outcomes=self.limits.table(means + self.noise * z[:, 1]), expected=_table(means))


@dataclass(frozen=True)
class Jumps:
    """Arms whose means jump: at each trial after the first, with probability `hazard`, an arm's mean is drawn anew.

    mu ~ U(low, high), r ~ N(mu, sd^2), arms independent; whole points from 1 to 100.
    Source: the change points of Nassar, Wilson, Heasly & Gold 2010, J Neurosci 30:12366, for several arms.
    """

    n_arms: int = 2
    hazard: float = 0.05
    low: float = 20.0
    high: float = 80.0
    sd: float = 5.0
    limits: Limits = POINTS

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        shape = (trials, self.n_arms)
        jumps, fresh = rng.random(shape) < self.hazard, rng.uniform(self.low, self.high, shape)
        jumps[0] = True
        since = np.maximum.accumulate(np.where(jumps, np.arange(trials)[:, None], 0), axis=0)
        means = np.take_along_axis(fresh, since, axis=0)
        drawn = means + self.sd * rng.standard_normal(shape)
        return Payoffs(outcomes=self.limits.table(drawn), expected=_table(means))


@dataclass(frozen=True)
class Leapfrog:
    """Two arms that overtake each other: with probability `hazard` a trial the worse arm's payoff rises by `step`.

    Payoffs start at `start` and are certain, so that only exploring tells of a jump; a trial's jump comes before it.
    Source: Knox, Otto, Stone & Love 2012, Front Psychol 2:398 (10 and 20 points, step 20, hazard .075).
    """

    start: tuple[float, float] = (10, 20)
    step: float = 20
    hazard: float = 0.075

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        if not abs(self.start[0] - self.start[1]) < self.step:
            raise TaskError(
                f"step is {self.step!r}, expected more than the arms' distance at the start, {self.start!r}"
            )
        jumps = rng.random(trials) < self.hazard
        now, rows = list(self.start), [self.start]
        for jump in jumps[1:]:
            if jump:
                now[now.index(min(now))] += self.step
            rows.append((now[0], now[1]))
        return Payoffs(outcomes=tuple(rows), expected=tuple(rows))


@dataclass(frozen=True)
class IowaDecks:
    """The four decks A to D of the Iowa gambling task: row i is the i-th card of each deck, its win less its loss.

    A and B win 100 a card and C and D 50; in each ten cards A and B lose 1,250 and C and D 250. After 40 cards a deck
    starts again. Nothing is drawn. A row is a card (`by_card`): what is paid depends on how often a deck was chosen.
    Source: Bechara, Damasio, Damasio & Anderson 1994, Cognition 50:7, figure 1. Points are dollars.
    """

    def draw(self, rng: Generator, trials: int) -> Payoffs:
        _check(trials)
        cards = [
            tuple(100 - 50 * (deck >= 2) - _LOSSES[deck].get(i % 40, 0) for deck in range(4)) for i in range(trials)
        ]
        means = (-25.0, -25.0, 25.0, 25.0)
        return Payoffs(outcomes=tuple(cards), expected=(means,) * trials, by_card=True)


def _losses(cards: str) -> dict[int, int]:
    """`3:150` is a loss of 150 on the third card."""
    pairs = (pair.split(":") for pair in cards.split())
    return {int(card) - 1: int(loss) for card, loss in pairs}


_LOSSES = (
    _losses(
        "3:150 5:300 7:200 9:250 10:350 12:350 14:250 15:200 17:300 18:150 "
        "22:300 24:350 26:200 27:250 28:150 31:350 32:200 33:250 37:150 38:300"
    ),
    _losses("9:1250 14:1250 21:1250 32:1250"),
    _losses(
        "3:50 5:50 7:50 9:50 10:50 12:25 13:75 17:25 18:75 20:50 "
        "24:50 25:25 26:50 29:75 30:50 34:25 35:25 37:75 39:50 40:75"
    ),
    _losses("10:250 20:250 29:250 35:250"),
)


@dataclass(frozen=True, kw_only=True)
class Game:
    """One game of the horizon task: its payoffs, how many choices are free, and the arms of the forced trials."""

    payoffs: Payoffs
    horizon: int
    forced: tuple[int, ...]

    def timeline(self, colors: Sequence[str]) -> list[dict[str, Any]]:
        """As `Payoffs.timeline`, with `offered` (arms) and `forced` (true or false) for each trial."""
        rows = self.payoffs.timeline(colors)
        for t, row in enumerate(rows):
            forced = t < len(self.forced)
            row["offered"] = [self.forced[t]] if forced else list(range(len(colors)))
            row["forced"] = forced
        return rows


@dataclass(frozen=True)
class HorizonGames:
    """Two-armed games whose first choices are forced: the payoffs r ~ N(mu_k, sd^2), whole points from 1 to 100.

    One arm, left or right, has mean 40 or 60 (`bases`); the other differs from it by one of `differences`, either way.
    Four forced trials show the arms 2 and 2 times, or 1 and 3 (equal or unequal information), in random order; then
    1 or 6 choices are free. Horizons and the kinds of information are dealt evenly over games (half of them equal),
    the rest is drawn.
    Source: Wilson, Geana, White, Ludvig & Cohen 2014, J Exp Psychol Gen 143:2074 (160 games or more).
    """

    horizons: tuple[int, ...] = (1, 6)
    bases: tuple[float, ...] = (40, 60)
    differences: tuple[float, ...] = (4, 8, 12, 20, 30)
    sd: float = 8.0
    limits: Limits = POINTS

    def draw(self, rng: Generator, games: int) -> tuple[Game, ...]:
        """So many games, each a block of 4 forced trials and its horizon of free ones."""
        _check(games)
        kinds = [(horizon, shown) for horizon in self.horizons for shown in _INFORMATION]
        dealt = [kinds[i % len(kinds)] for i in range(games)]
        return tuple(self._game(rng, *dealt[int(i)]) for i in rng.permutation(games))

    def _game(self, rng: Generator, horizon: int, shown: tuple[int, ...]) -> Game:
        base = float(rng.choice(self.bases))
        other = base + float(rng.choice(self.differences)) * (1 if rng.random() < 0.5 else -1)
        means = (base, other) if rng.random() < 0.5 else (other, base)
        forced = tuple(int(arm) for arm in rng.permutation(shown))
        payoffs = Gaussian(means, self.sd, limits=self.limits).draw(rng, len(forced) + horizon)
        return Game(payoffs=payoffs, horizon=horizon, forced=forced)


_INFORMATION = ((0, 0, 1, 1), (0, 0, 1, 1), (0, 1, 1, 1), (0, 0, 0, 1))
