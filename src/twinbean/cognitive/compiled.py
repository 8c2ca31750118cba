"""The rules of `twinbean.cognitive`, compiled: the same functions that learners run as they are, far faster.

The first call on a machine compiles for some seconds; numba keeps the result beside rules.py or in the user's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.extending import register_jitable

from twinbean.cognitive import rules

# From the leaves up, since a function must be known before those that call it.
for _rule in (
    *(rules.log_normal_cdf, rules.compare_two, rules.delta_rule, rules.kalman_filter, rules.sample_mean),
    *(rules.softmax, rules.win_stay, rules.highest, rules.best, rules.begin, rules.is_win, rules.observe),
    *(rules.log_probabilities, rules.replay, rules.drawn),
):
    register_jitable(_rule)

replay: Callable[..., Any] = njit(cache=True, nogil=True, error_model="numpy")(rules.replay)
totals: Callable[..., Any] = njit(cache=True, nogil=True, error_model="numpy")(rules.totals)
play: Callable[..., Any] = njit(cache=True, nogil=True, error_model="numpy")(rules.play)
