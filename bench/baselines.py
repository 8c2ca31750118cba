"""The hard case of Krishnamurthy et al. 2024 (arXiv:2403.15371): five buttons, gap 0.2, 100 trials, many sessions.

    python bench/baselines.py [--sessions 2000] [--processes 2] [--learners ucb,thompson,greedy,random]

Every learner plays `five_armed_buttons` through the whole replay, as a language model would. Each measure is a mean
over sessions with its standard error; `z` is its distance from the known figure in standard errors of the difference
(the known figures are means over 2,000 simulated sessions too, and rounded to the digits shown). Any |z| above 4 ends
with status 1.
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

from twinbean.bean.game import Played
from twinbean.comparison.courses import course_of
from twinbean.comparison.measures import MEASURES
from twinbean.replaying import Failed, replay
from twinbean.seating import seat_simulated
from twinbean.subjects.learners import open_learner
from twinbean.tasks import load

COLUMNS = ("suff_fail", "k_min_frac", "greedy_frac", "regret")
KNOWN: dict[str, dict[str, str]] = {
    "ucb": {"suff_fail": ".022", "k_min_frac": ".181", "greedy_frac": ".75", "regret": "9.4"},
    "thompson": {"suff_fail": ".006", "k_min_frac": ".283", "greedy_frac": ".58", "regret": "11.2"},
    "greedy": {"suff_fail": ".488", "k_min_frac": ".052", "greedy_frac": "1.0", "regret": "11.3"},
    "random": {"regret": "16.0"},
}
GIVEN = {"arms": 5, "gap": 0.2, "trials": 100}
KNOWN_SESSIONS, AT_ONCE = 2000, 250


def share(learner: str, numbers: range) -> tuple[np.ndarray, float]:
    """The measures of the sessions `numbers`, shape (sessions, columns), and the processor seconds that they took."""
    task, values = load("five_armed_buttons"), []
    started = time.process_time()
    # Some hundred at a time, which bounds what is held of them; each batch has a seed of its own.
    for first in range(numbers.start, numbers.stop, AT_ONCE):
        n = min(AT_ONCE, numbers.stop - first)
        seatings = seat_simulated(task, learner, samples=n, seed=first, given=GIVEN)
        values += [measured(result) for result in replay(seatings, open_learner(learner))]
    return np.array(values), time.process_time() - started


def measured(result: Played | Failed) -> list[float]:
    assert isinstance(result, Played), result.reason
    course = course_of(result.session, n_arms=GIVEN["arms"], win=1)
    return [measure.of(course) for name in COLUMNS for measure in MEASURES if measure.name == name]


def distance(mean: float, error: float, sessions: int, known: str) -> float:
    """How many standard errors `mean` is from a known mean, which is rounded: the nearest value that rounds to it."""
    half = 0.5 * 10.0 ** -len(known.partition(".")[2])
    nearest = min(max(mean, float(known) - half), float(known) + half)
    spread = error * math.sqrt(1 + sessions / KNOWN_SESSIONS)
    return 0.0 if mean == nearest else (mean - nearest) / spread


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--learners", default=",".join(KNOWN))
    options = parser.parse_args()
    share(options.learners.split(",")[0], range(2))  # compiled files are written before the clock starts
    print(f"{options.sessions} sessions of {GIVEN['trials']} trials a learner, {options.processes} processes\n")
    print(f"{'learner':10}{'measure':13}{'mean':>9}{'s.e.':>8}{'known':>8}{'z':>7}")
    worst = 0.0
    for learner in options.learners.split(","):
        bounds = np.linspace(0, options.sessions, options.processes + 1).astype(int)
        parts = [range(int(a), int(b)) for a, b in itertools.pairwise(bounds)]
        started = time.perf_counter()
        with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(share, [learner] * len(parts), parts))
        seconds = time.perf_counter() - started
        values = np.concatenate([measured for measured, _ in found])
        for name, column in zip(COLUMNS, values.T, strict=True):
            mean, error = float(column.mean()), float(column.std(ddof=1)) / math.sqrt(len(column))
            known = KNOWN.get(learner, {}).get(name, "")
            z = distance(mean, error, len(column), known) if known else math.nan
            worst = max(worst, 0.0 if math.isnan(z) else abs(z))
            print(f"{learner:10}{name:13}{mean:9.4f}{error:8.4f}{known:>8}{'' if math.isnan(z) else f'{z:.1f}':>7}")
        choices = options.sessions * int(GIVEN["trials"])
        busy = 1e3 * sum(own for _, own in found) / choices
        print(f"{learner:10}{choices:,} choices in {seconds:.0f} s ({busy:.2f} ms of processor a choice)\n")
    return 0 if worst < 4 else 1


if __name__ == "__main__":
    sys.exit(main())
