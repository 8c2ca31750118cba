"""What a fit sees of a participant: arrays of choices, payoffs seen, and arms on offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twinbean.cognitive.parameters import Numbers
from twinbean.cognitive.wins import wins
from twinbean.errors import DataError
from twinbean.sessions import Session, checked, from_table
from twinbean.sessions.session import count_arms

Data = Iterable[Session] | pd.DataFrame
Truths = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How payoffs become rewards: (payoff - `zero`) / `unit`. Parameters of a fit are per unit of reward."""

    zero: float = 0.0
    unit: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Choices:
    """One participant's T trials among n_arms arms, all sessions one after the other.

    `choice` (T,) is the arm from 0, -1 where none was chosen; `payoffs` (T, n_arms) what was seen as it was recorded,
    else nan; `offered` (T, n_arms); `scored` (T,) is true for choices of the participant's own: not forced, not missed,
    not replayed from another's record; `begins` (T,) is true at the first trial of each session and block; `session`
    (T,) is the number of the session, from 0.
    """

    participant: str
    source: str
    choice: NDArray[np.int64]
    payoffs: Numbers
    offered: Truths
    scored: Truths
    begins: Truths
    session: NDArray[np.int64]
    scale: Scale = Scale()

    @cached_property
    def rewards(self) -> Numbers:
        """The payoffs (T, n_arms) as models learn from them: scaled."""
        return (self.payoffs - self.scale.zero) / self.scale.unit

    @cached_property
    def won(self) -> Numbers:
        """1 for a win, 0 for a loss (T,), nan where no payoff of one's own was seen: from the payoffs as recorded,
        so that no unit of reward makes a tie fall either way."""
        chosen = np.flatnonzero(self.choice >= 0)
        received = np.full(len(self.choice), np.nan)
        received[chosen] = self.payoffs[chosen, self.choice[chosen]]
        return wins(received, self.begins, zero=self.scale.zero)

    @property
    def n_arms(self) -> int:
        return int(self.payoffs.shape[1])

    @property
    def n_choices(self) -> int:
        return int(self.scored.sum())

    @property
    def has_rewards(self) -> bool:
        """Whether any payoff was seen: without one, nothing can be learned."""
        return not bool(np.isnan(self.payoffs).all())

    def mean_of_sessions(self, trials: Numbers) -> float:
        """The mean of a number per trial over the scored choices of each session, then over sessions."""
        means = [trials[self.scored & (self.session == one)] for one in np.unique(self.session[self.scored])]
        return float(np.mean([own.mean() for own in means]))

    def chance(self) -> float:
        """The negative log-likelihood (nats) of choosing uniformly among the arms on offer."""
        return float(np.log(self.offered[self.scored].sum(axis=1)).sum())


def sessions_of(data: Data) -> list[Session]:
    """The sessions of a tidy table, or the sessions given. Raises DataError for what nobody can have played."""
    return checked(from_table(data) if isinstance(data, pd.DataFrame) else data)


def scale_of(sessions: Sequence[Session], *, zero: float = 0.0) -> Scale:
    """The default scale: payoffs in units of the reward that anybody got farthest from `zero`."""
    rewards = [trial.reward for session in sessions for trial in session.main_trials if trial.reward is not None]
    return Scale(zero=zero, unit=max((abs(reward - zero) for reward in rewards), default=0.0) or 1.0)


def choices_of(sessions: Sequence[Session], scale: Scale) -> list[Choices]:
    """Each participant's choices, by source and participant in the order of the data.

    All have as many arms as the largest task among them. Raises DataError where there is no choice at all.
    """
    n_arms = count_arms(sessions)
    grouped: dict[tuple[str, str], list[Session]] = {}
    for session in sessions:
        grouped.setdefault((session.source, session.participant), []).append(session)
    made = [_choices(participant, source, own, n_arms, scale) for (source, participant), own in grouped.items()]
    if not any(choices.n_choices for choices in made):
        raise DataError(
            "the data hold no choice to fit: every trial is missed, forced, replayed or of another phase than 'main'"
        )
    return [choices for choices in made if choices.n_choices]


def _choices(participant: str, source: str, sessions: Sequence[Session], n_arms: int, scale: Scale) -> Choices:
    # A practice is of blocks of its own, in which nothing is learned that lasts.
    trials = [(session, trial) for session in sessions for trial in session.main_trials]
    choice = np.full(len(trials), -1)
    payoffs = np.full((len(trials), n_arms), np.nan)
    offered = np.zeros((len(trials), n_arms), dtype=bool)
    scored = np.zeros(len(trials), dtype=bool)
    begins = np.zeros(len(trials), dtype=bool)
    before: tuple[Session, int] | None = None
    for t, (session, trial) in enumerate(trials):
        begins[t] = before is None or before[0] is not session or before[1] != trial.block
        before = session, trial.block
        offered[t, list(trial.offered) if trial.offered else slice(None, _arms_known(trial.outcomes, n_arms))] = True
        if trial.choice is None or trial.missed:
            continue
        choice[t] = trial.choice
        offered[t, trial.choice] = True
        scored[t] = session.is_own(trial)
        if trial.feedback == "all":
            for arm, payoff in enumerate(trial.outcomes):
                if payoff is not None:
                    payoffs[t, arm] = payoff
        if trial.reward is not None:
            payoffs[t, trial.choice] = trial.reward
    return Choices(
        participant=participant,
        source=source,
        choice=choice,
        payoffs=payoffs,
        offered=offered,
        scored=scored,
        begins=begins,
        session=np.repeat(np.arange(len(sessions)), [len(session.main_trials) for session in sessions]),
        scale=scale,
    )


def _arms_known(outcomes: Sequence[float | None], n_arms: int) -> int:
    return len(outcomes) or n_arms
