"""Games of two arms that begin with forced choices: the horizon task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.random import Generator

from twinbean.errors import TaskError
from twinbean.tasks.schedules.payoffs import POINTS, Limits, Payoffs, check_trials
from twinbean.tasks.schedules.stationary import Gaussian


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
    Source: Wilson, Geana, White, Ludvig & Cohen 2014, J Exp Psychol Gen 143:2074.
    """

    horizons: tuple[int, ...] = (1, 6)
    bases: tuple[float, ...] = (40, 60)
    differences: tuple[float, ...] = (4, 8, 12, 20, 30)
    sd: float = 8.0
    limits: Limits = POINTS

    def draw(self, rng: Generator, games: int) -> tuple[Game, ...]:
        """So many games, each of 4 forced trials and its horizon of free ones."""
        check_trials(games, "games")
        if 0 in self.differences or not self.differences:
            raise TaskError(
                f"differences is {self.differences!r}, expected numbers other than 0: no arm would be better"
            )
        if any(horizon < 1 for horizon in self.horizons) or not self.horizons or not self.bases:
            raise TaskError(f"horizons is {self.horizons!r}, bases is {self.bases!r}, expected some of each, from 1")
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
