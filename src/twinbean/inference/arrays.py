"""Many people's choices as rectangular arrays, for likelihoods that are computed for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twinbean.cognitive.choices import Choices
from twinbean.cognitive.parameters import Numbers

Truths = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Arrays:
    """P people of at most T trials among K arms, the shorter filled up with trials that change nothing.

    People come last, since compiled likelihoods run along them. `weight` (T, P) is 1 where a choice is scored, and may
    be set to 0 to leave somebody out; `rewards` (T, K, P), 0 where not `seen` (T, K, P); `offered` (T, K, P); `begins`
    (T, P); `chosen` (T, K, P) the choice as 0 and 1; `last` (T, K, P) the block's last choice so far; `after_win`
    (T, P) whether the last reward seen in the block was a win; `missed` (T, P) where there was no choice.
    """

    weight: Numbers
    rewards: Numbers
    seen: Truths
    offered: Truths
    begins: Truths
    chosen: Numbers
    last: Numbers
    after_win: Truths
    missed: Truths

    @property
    def shape(self) -> tuple[int, int, int]:
        """People, trials, arms."""
        trials, arms, people = self.rewards.shape
        return people, trials, arms

    def tree(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def without(self, person: int) -> Arrays:
        """The same shape, where one person's choices count for nothing."""
        weight = self.weight.copy()
        weight[:, person] = 0
        return Arrays(**{**self.tree(), "weight": weight})


def arrays_of(people: Sequence[Choices], *, trials: int | None = None) -> Arrays:
    """The choices of people with as many arms, filled up to the longest or to `trials`."""
    n_trials = max(len(one.choice) for one in people) if trials is None else trials
    found = [_of_person(one, n_trials) for one in people]
    return Arrays(**{name: np.stack([one[name] for one in found], axis=-1) for name in found[0]})


def _of_person(person: Choices, n_trials: int) -> dict[str, NDArray[Any]]:
    n, n_arms = person.payoffs.shape
    missed = person.choice < 0
    chosen = (np.arange(n_arms) == person.choice[:, None]).astype(float)
    last, after_win = np.zeros((n, n_arms)), np.zeros(n, dtype=bool)
    before, won = np.zeros(n_arms), False
    for t in range(n):
        if person.begins[t]:
            before, won = np.zeros(n_arms), False
        last[t], after_win[t] = before, won
        if not missed[t]:
            before = chosen[t]
            # Where the reward was not seen, what was known of the last one stays.
            won = won if np.isnan(person.won[t]) else bool(person.won[t])
    rewards = person.rewards
    # A forced or missed trial's arm is on offer all the same: an empty row has no softmax.
    made = {
        "weight": person.scored.astype(float),
        "rewards": np.nan_to_num(rewards, nan=0.0),
        "seen": ~np.isnan(rewards) & ~missed[:, None],
        "offered": person.offered,
        "begins": person.begins,
        "chosen": chosen,
        "last": last,
        "after_win": after_win,
        "missed": missed,
    }
    return {name: _filled(one, n_trials, name in ("offered", "missed")) for name, one in made.items()}


def _filled(values: NDArray[Any], n_trials: int, with_ones: bool) -> NDArray[Any]:
    rest = (n_trials - len(values), *values.shape[1:])
    filler = np.ones(rest, dtype=values.dtype) if with_ones else np.zeros(rest, dtype=values.dtype)
    return np.concatenate([values, filler])
