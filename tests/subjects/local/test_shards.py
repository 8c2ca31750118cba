"""Shards of a language model make the choices of one run, though each batch is another."""

from __future__ import annotations

import math
from itertools import accumulate
from pathlib import Path

import pytest

from twinbean import replay
from twinbean._random import generator
from twinbean.runs.merging import merge
from twinbean.sessions import Session, Trial, read
from twinbean.subjects.local import LanguageModel, LocalSubject

SEED, SESSIONS, SHARDS, TRIALS = 7, 18, 4, {"trials": 8}
# In probability: a draw so close to where one label ends and the next begins may fall on either side.
CLOSE = 1e-4


def draw_of(session: Session, trial: Trial) -> float:
    """The number in [0, 1) that made this choice, by the key that every draw has."""
    purpose = f"choice in {session.session}"
    drawn = generator(SEED, session.participant, sample=session.sample, trial=trial.trial, purpose=purpose).random()
    return float(drawn)


def chosen_by(session: Session, trial: Trial) -> int:
    bounds = list(accumulate(p for p in trial.p if p is not None))
    return next(arm for arm, bound in enumerate(bounds) if draw_of(session, trial) < bound / bounds[-1])


def is_close(session: Session, trial: Trial) -> bool:
    *bounds, _ = accumulate(p for p in trial.p if p is not None)
    return any(abs(draw_of(session, trial) - bound) <= CLOSE for bound in bounds)


def check_same_choices(one: Session, other: Session) -> int:
    """How many choices were compared: up to the first that may differ, after which the texts are others."""
    compared = 0
    for first, second in zip(one.trials, other.trials, strict=True):
        if first.choice != second.choice:
            assert is_close(one, first), f"{one.session}, trial {first.trial}"
            break
        assert first.logp is not None
        assert second.logp == pytest.approx(first.logp, abs=CLOSE)
        compared += 1
    return compared


def test_shards_choose_as_the_one_run_does(tiny: LanguageModel, tmp_path: Path) -> None:
    def play(run: Path, shard: str | None = None) -> None:
        # As many sessions at a time as fit into a small cache, so that they also wait for one another.
        subject = LocalSubject(tiny, cache_bytes=5 * 1024 * tiny.cache_bytes_a_token)
        replay("two_armed_bandit", model=subject, samples=SESSIONS, seed=SEED, parameters=TRIALS, run=run, shard=shard)

    play(tmp_path / "one")
    for number in range(1, SHARDS + 1):
        play(tmp_path / str(number), f"{number}/{SHARDS}")
    merge([tmp_path / str(number) for number in range(1, SHARDS + 1)], tmp_path / "merged")
    one, merged = read(tmp_path / "one"), read(tmp_path / "merged")
    assert [session.session for session in merged] == [session.session for session in one]
    assert all(chosen_by(session, trial) == trial.choice for session in one for trial in session.trials)
    n_choices = sum(len(session.trials) for session in one)
    compared = sum(check_same_choices(*both) for both in zip(one, merged, strict=True))
    # Rounding is a hundred times smaller than what is let pass.
    assert compared >= 0.9 * n_choices
    # Both arms are chosen, at chances that differ: a constant would agree with anything.
    assert {trial.choice for session in one for trial in session.trials} == {0, 1}
    chances = [trial.p[0] for session in one for trial in session.trials if trial.p[0] is not None]
    assert max(chances) - min(chances) > 0.1
    assert math.isclose(sum(one[0].trials[0].p[arm] or 0 for arm in (0, 1)), 1, abs_tol=1e-6)
