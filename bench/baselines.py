"""The hard case of Krishnamurthy et al. 2024 (arXiv:2403.15371): five buttons, gap 0.2, 100 trials, many sessions.

    python bench/baselines.py [--sessions 2000] [--processes 2] [--learners ucb,thompson,greedy,random]

Every learner plays `five_armed_buttons` through the whole replay, as a language model would. Each measure is a mean
over sessions with its standard error, beside two others: `known`, of 2,000 sessions that were simulated by somebody
else, rounded to the digits shown, and `direct`, of 20,000 sessions simulated here in thirty lines of numpy that share
nothing with Twinbean. `z` is the distance in standard errors of the difference; any |z| above 4 ends with status 1.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from twinbean.comparison.courses import course_of
from twinbean.comparison.measures import MEASURES
from twinbean.play.game import Played
from twinbean.play.scheduler import Failed, play_all
from twinbean.play.seating import seat_simulated
from twinbean.subjects.learners import open_learner
from twinbean.tasks.task import load

COLUMNS = ("suff_fail", "k_min_frac", "greedy_frac", "regret")
KNOWN: dict[str, dict[str, str]] = {
    "ucb": {"suff_fail": ".022", "k_min_frac": ".181", "greedy_frac": ".75", "regret": "9.4"},
    "thompson": {"suff_fail": ".006", "k_min_frac": ".283", "greedy_frac": ".58", "regret": "11.2"},
    "greedy": {"suff_fail": ".488", "k_min_frac": ".052", "greedy_frac": "1.0", "regret": "11.3"},
    "random": {"regret": "16.0"},
}
GIVEN = {"arms": 5, "gap": 0.2, "trials": 100}
KNOWN_SESSIONS, DIRECT_SESSIONS, AT_ONCE = 2000, 20_000, 250


def share(learner: str, numbers: range) -> tuple[np.ndarray, float]:
    """The measures of the sessions `numbers`, shape (sessions, columns), and the processor seconds that they took."""
    task, values = load("five_armed_buttons"), []
    started = time.process_time()
    # Some hundred at a time, which bounds what is held of them; each batch has a seed of its own.
    for first in range(numbers.start, numbers.stop, AT_ONCE):
        n = min(AT_ONCE, numbers.stop - first)
        seatings = seat_simulated(task, learner, samples=n, seed=first, given=GIVEN)
        values += [measured(result) for result in play_all(seatings, open_learner(learner))]
    return np.array(values), time.process_time() - started


def measured(result: Played | Failed) -> list[float]:
    assert isinstance(result, Played), result.reason
    course = course_of(result.session, n_arms=GIVEN["arms"], win=1)
    return [measure.of(course) for name in COLUMNS for measure in MEASURES if measure.name == name]


def direct(learner: str, rng: np.random.Generator) -> np.ndarray:
    """The measures of sessions that were simulated in numpy, shape (sessions, columns)."""
    n_sessions, n_arms, n_trials, gap = DIRECT_SESSIONS, int(GIVEN["arms"]), int(GIVEN["trials"]), GIVEN["gap"]
    rows = np.arange(n_sessions)
    best = rng.integers(n_arms, size=n_sessions)
    wins, pulls = np.zeros((2, n_sessions, n_arms))
    late = np.zeros(n_sessions, dtype=bool)
    greedy, regret = np.zeros((2, n_sessions))
    for trial in range(n_trials):
        with np.errstate(invalid="ignore", divide="ignore"):
            means = wins / pulls
            values = {
                "ucb": lambda means=means: np.where(pulls > 0, means + np.sqrt(1 / pulls), np.inf),
                "greedy": lambda means=means: np.where(pulls > 0, means, np.inf),
                "thompson": lambda: rng.beta(1 + wins, 1 + pulls - wins),
                "random": lambda: np.zeros_like(wins),
            }[learner]()
        highest = values >= values.max(axis=1, keepdims=True) - 1e-12
        chosen = np.where(highest, rng.random(highest.shape), -1).argmax(axis=1)
        if trial >= n_arms:
            greedy += means[rows, chosen] >= np.nanmax(means, axis=1) - 1e-12
        late |= (chosen == best) & (trial >= n_trials // 2)
        regret += gap * (chosen != best)
        wins[rows, chosen] += rng.random(n_sessions) < 0.5 + np.where(chosen == best, gap, -gap) / 2
        pulls[rows, chosen] += 1
    least = n_arms * pulls.min(axis=1) / n_trials
    return np.stack([~late, least, greedy / (n_trials - n_arms), regret], axis=1)


def apart(mean: float, other: float, *, sd: float, sessions: tuple[int, int]) -> float:
    """How many standard errors two means over so many sessions are apart."""
    difference = mean - other
    return difference / (sd * math.hypot(*(1 / math.sqrt(n) for n in sessions))) if abs(difference) > 1e-9 else 0.0


def nearest(mean: float, rounded: str) -> float:
    """The value nearest to `mean` among those that are `rounded` to as many digits."""
    half = 0.5 * 10.0 ** -len(rounded.partition(".")[2])
    return min(max(mean, float(rounded) - half), float(rounded) + half)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--learners", default=",".join(KNOWN))
    options = parser.parse_args()
    share(options.learners.split(",")[0], range(2))  # compiled files are written before the clock starts
    print(f"{options.sessions} sessions of {GIVEN['trials']} trials a learner, {options.processes} processes\n")
    print(f"{'learner':10}{'measure':13}{'mean':>9}{'s.e.':>8}{'known':>9}{'z':>6}{'direct':>10}{'z':>6}")
    worst = 0.0
    for learner in options.learners.split(","):
        bounds = np.linspace(0, options.sessions, options.processes + 1).astype(int)
        parts = [range(int(a), int(b)) for a, b in itertools.pairwise(bounds)]
        started = time.perf_counter()
        with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(share, [learner] * len(parts), parts))
        seconds = time.perf_counter() - started
        columns = np.concatenate([measured for measured, _ in found]).T
        simulated = direct(learner, np.random.default_rng(1)).T
        for name, own, others in zip(COLUMNS, columns, simulated, strict=True):
            # One spread for all: that of the most sessions.
            mean, sd, known = float(own.mean()), float(others.std(ddof=1)), KNOWN[learner].get(name, "")
            z_known = apart(mean, nearest(mean, known), sd=sd, sessions=(len(own), KNOWN_SESSIONS)) if known else 0.0
            z_direct = apart(mean, float(others.mean()), sd=sd, sessions=(len(own), DIRECT_SESSIONS))
            worst = max(worst, abs(z_known), abs(z_direct))
            print(
                f"{learner:10}{name:13}{mean:9.4f}{sd / math.sqrt(len(own)):8.4f}{known:>9}"
                f"{f'{z_known:.1f}' if known else '':>6}{others.mean():10.4f}{z_direct:6.1f}"
            )
        choices = options.sessions * int(GIVEN["trials"])
        busy = 1e3 * sum(own for _, own in found) / choices
        print(f"{learner:10}{choices:,} choices in {seconds:.0f} s ({busy:.2f} ms of processor a choice)\n")
    return 0 if worst < 4 else 1


if __name__ == "__main__":
    sys.exit(main())
