"""Value rules (what a trial teaches) and choice rules (how values become probabilities).

Every model is one setting of these rules: `settings[i]` is a number for each name below, followed by one bias an arm.
A learner in play runs the functions as they are, on lists; a fit compiles the very same functions (numba), on arrays.
So they keep to plain loops and plain numbers, and stand in one file, whose date is what tells numba to compile anew.

`state` has five rows. VALUE holds each arm's value. SPREAD holds each arm's posterior variance (Kalman filter) or how
often its payoff was seen (sample mean). TRACE holds each arm's choice trace. MEMORY holds the last choice, whether it
won, and the sum and number of earlier rewards. WORK is room to work in.
"""

from __future__ import annotations

import math
from typing import Any

VALUE, SPREAD, TRACE, MEMORY, WORK = range(5)
ROWS = 5
LAST, WON, TOTAL, COUNT = range(4)
MEMORY_CELLS = 4

# Settings: which value rule and which choice rule, then their parameters, then the arms' biases.
VALUES, CHOICES = range(2)
RATE_UP, RATE_DOWN, FORGETTING, TRACE_RATE, BETA, KAPPA, BONUS, NOISE, DRIFT, STAY, SHIFT, LAPSE, BIAS = range(2, 15)

NO_VALUES, DELTA, KALMAN, SAMPLE_MEAN = range(4)
SOFTMAX, PROBIT, WIN_STAY, BEST, HIGHEST, BETA_BEST = range(6)  # the last is in thompson.py

NEVER = -math.inf


def begin(state: Any, settings: Any, n_arms: int) -> None:
    """What is known before the first trial of a block: nothing. Values are 0, a Kalman filter's variances 1."""
    for arm in range(n_arms):
        state[VALUE][arm] = 0.0
        state[SPREAD][arm] = 1.0 if settings[VALUES] == KALMAN else 0.0
        state[TRACE][arm] = 0.0
    state[MEMORY][LAST] = -1.0
    state[MEMORY][WON] = 0.0
    state[MEMORY][TOTAL] = 0.0
    state[MEMORY][COUNT] = 0.0


def observe(state: Any, settings: Any, n_arms: int, choice: int, payoffs: Any) -> None:
    """Learn from one trial: `payoffs` holds what each arm was seen to pay, nan where the payoff was not shown."""
    reward = payoffs[choice]
    memory = state[MEMORY]
    trace = state[TRACE]
    rate = settings[TRACE_RATE]
    for arm in range(n_arms):
        trace[arm] += rate * ((1.0 if arm == choice else 0.0) - trace[arm])
    memory[LAST] = choice
    if reward == reward:
        # A win is a reward above the mean of one's earlier rewards; equal to it, one that is positive. For payoffs of
        # 0 and 1, or of -1 and 1, this is always the higher payoff.
        mean = memory[TOTAL] / memory[COUNT] if memory[COUNT] > 0 else 0.0
        memory[WON] = 1.0 if reward > mean or (reward == mean and reward > 0) else 0.0
        memory[TOTAL] += reward
        memory[COUNT] += 1.0
    if settings[VALUES] == DELTA:
        delta_rule(state[VALUE], settings, n_arms, payoffs)
    elif settings[VALUES] == KALMAN:
        kalman_filter(state[VALUE], state[SPREAD], settings, n_arms, payoffs)
    elif settings[VALUES] == SAMPLE_MEAN:
        sample_mean(state[VALUE], state[SPREAD], n_arms, payoffs)


def delta_rule(values: Any, settings: Any, n_arms: int, payoffs: Any) -> None:
    """Q <- Q + alpha (r - Q) for arms whose payoff was seen, alpha by the error's sign; Q <- (1 - phi) Q for others."""
    for arm in range(n_arms):
        error = payoffs[arm] - values[arm]
        if error != error:
            values[arm] -= settings[FORGETTING] * values[arm]
        elif error >= 0:
            values[arm] += settings[RATE_UP] * error
        else:
            values[arm] += settings[RATE_DOWN] * error


def kalman_filter(values: Any, spread: Any, settings: Any, n_arms: int, payoffs: Any) -> None:
    """G = S / (S + tau2), Q <- Q + G (r - Q), S <- (1 - G) S for arms that were seen; then S <- S + sigma2 for all."""
    for arm in range(n_arms):
        error = payoffs[arm] - values[arm]
        if error == error:
            gain = spread[arm] / (spread[arm] + settings[NOISE])
            values[arm] += gain * error
            spread[arm] *= 1.0 - gain
        spread[arm] += settings[DRIFT]


def sample_mean(values: Any, counts: Any, n_arms: int, payoffs: Any) -> None:
    """The mean of the payoffs seen so far, and how many they were."""
    for arm in range(n_arms):
        error = payoffs[arm] - values[arm]
        if error == error:
            counts[arm] += 1.0
            values[arm] += error / counts[arm]


def log_probabilities(state: Any, settings: Any, n_arms: int, offered: Any, out: Any) -> None:
    """Write each arm's log-probability (nats) into `out`; minus infinity for arms that are not offered."""
    n_offered = 0
    for arm in range(n_arms):
        out[arm] = NEVER
        if offered[arm]:
            n_offered += 1
    rule = settings[CHOICES]
    if rule == WIN_STAY:
        win_stay(state[MEMORY], settings, n_arms, offered, n_offered, out)
    elif rule == HIGHEST:
        highest(state[VALUE], state[SPREAD], settings, n_arms, offered, out)
    elif rule == BEST and n_offered > 1:
        best(state[VALUE], state[SPREAD], state[WORK], settings, n_arms, offered, n_offered, out)
    else:
        softmax(state, settings, n_arms, offered, n_offered, out)
    lapse = settings[LAPSE]
    if lapse > 0:
        for arm in range(n_arms):
            if offered[arm]:
                out[arm] = math.log((1.0 - lapse) * math.exp(out[arm]) + lapse / n_offered)


def softmax(state: Any, settings: Any, n_arms: int, offered: Any, n_offered: int, out: Any) -> None:
    """p proportional to exp(u) with u = beta Q + kappa trace + bonus sqrt(S) + bias.

    Under PROBIT two offered arms are compared by the normal distribution function instead: p = Phi(u1 - u2).
    """
    values, spread, trace = state[VALUE], state[SPREAD], state[TRACE]
    highest = NEVER
    for arm in range(n_arms):
        if offered[arm]:
            utility = settings[BETA] * values[arm] + settings[KAPPA] * trace[arm] + settings[BIAS + arm]
            if settings[BONUS] != 0:
                utility += settings[BONUS] * math.sqrt(spread[arm])
            out[arm] = utility
            highest = max(highest, utility)
    if settings[CHOICES] == PROBIT and n_offered == 2:
        compare_two(n_arms, offered, 1.0, out)
        return
    total = 0.0
    for arm in range(n_arms):
        if offered[arm]:
            total += math.exp(out[arm] - highest)
    total = highest + math.log(total)
    for arm in range(n_arms):
        if offered[arm]:
            out[arm] -= total


def win_stay(memory: Any, settings: Any, n_arms: int, offered: Any, n_offered: int, out: Any) -> None:
    """Stay with p(stay | win), shift with p(shift | loss) to any other offered arm.

    All offered arms are alike before the first choice and where the last choice is not on offer.
    """
    last = int(memory[LAST])
    known = last >= 0 and n_offered > 1
    if known:
        known = bool(offered[last])
    stay = settings[STAY] if memory[WON] > 0 else 1.0 - settings[SHIFT]
    for arm in range(n_arms):
        if offered[arm]:
            p = 1.0 / n_offered
            if known:
                p = stay if arm == last else (1.0 - stay) / (n_offered - 1)
            out[arm] = math.log(p) if p > 0 else NEVER


def highest(values: Any, counts: Any, settings: Any, n_arms: int, offered: Any, out: Any) -> None:
    """The arm with the highest mean + sqrt(bonus / n); arms never seen come first; ties are broken uniformly."""
    top, ties = NEVER, 0
    for arm in range(n_arms):
        if offered[arm]:
            index = values[arm] + math.sqrt(settings[BONUS] / counts[arm]) if counts[arm] > 0 else math.inf
            out[arm] = index
            if index > top:
                top, ties = index, 1
            elif index == top:
                ties += 1
    for arm in range(n_arms):
        if offered[arm]:
            out[arm] = -math.log(ties) if out[arm] == top else NEVER


def best(
    values: Any, spread: Any, below: Any, settings: Any, n_arms: int, offered: Any, n_offered: int, out: Any
) -> None:
    """Thompson sampling: the probability that a draw from the arm's N(Q, S / weight^2) is the highest (weight = BETA).

    For two arms that is Phi(weight (Q1 - Q2) / sqrt(S1 + S2)); for more the density of each arm times the distribution
    functions of the others is summed over an even grid, which for smooth peaks converges faster than any power.
    """
    weight = settings[BETA]
    if weight <= 0:
        for arm in range(n_arms):
            if offered[arm]:
                out[arm] = -math.log(n_offered)
        return
    variance = 0.0
    low, high, narrow = NEVER, NEVER, math.inf
    for arm in range(n_arms):
        if offered[arm]:
            out[arm] = values[arm]
            variance += spread[arm]
            sd = math.sqrt(spread[arm]) / weight
            low = max(low, values[arm] - 6.0 * sd)
            high = max(high, values[arm] + 6.0 * sd)
            narrow = min(narrow, sd)
    if n_offered == 2:
        compare_two(n_arms, offered, weight / math.sqrt(variance), out)
        return
    n_points = int(min(1000.0, max(20.0, math.ceil((high - low) / (0.6 * narrow)))))
    step = (high - low) / n_points
    for arm in range(n_arms):
        if offered[arm]:
            out[arm] = 0.0
    for i in range(n_points):
        x = low + (i + 0.5) * step
        product = 1.0
        for arm in range(n_arms):
            if offered[arm]:
                below[arm] = 0.5 * math.erfc((values[arm] - x) * weight / math.sqrt(2.0 * spread[arm]))
                product *= below[arm]
        if product > 0:
            for arm in range(n_arms):
                if offered[arm]:
                    precision = weight * weight / spread[arm]
                    error = x - values[arm]
                    out[arm] += product / below[arm] * math.sqrt(precision) * math.exp(-0.5 * precision * error * error)
    total = 0.0
    for arm in range(n_arms):
        if offered[arm]:
            # What underflows is not impossible, only far out: the floor keeps a likelihood finite.
            out[arm] = max(out[arm], 1e-300)
            total += out[arm]
    for arm in range(n_arms):
        if offered[arm]:
            out[arm] = math.log(out[arm] / total)


def compare_two(n_arms: int, offered: Any, scale: float, out: Any) -> None:
    """Replace the two offered arms' utilities in `out` by ln Phi(scale (u1 - u2)) and its complement."""
    first = -1
    for arm in range(n_arms):
        if offered[arm]:
            if first >= 0:
                difference = scale * (out[first] - out[arm])
                out[first] = log_normal_cdf(difference)
                out[arm] = log_normal_cdf(-difference)
            first = arm


def log_normal_cdf(x: float) -> float:
    """ln Phi(x); below -30 by the asymptotic series, since Phi itself underflows at -38."""
    if x > -30.0:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2.0)))
    return -0.5 * x * x - math.log(-x) - 0.5 * math.log(2.0 * math.pi) - 1.0 / (x * x)


def replay(
    choices: Any, payoffs: Any, offered: Any, scored: Any, begins: Any, settings: Any, state: Any, p: Any, out: Any
) -> None:
    """Write into `out` the log-probability of every scored choice, and nan for the other trials.

    `choices[t]` is the arm, -1 where none was chosen; `payoffs[t, arm]` what was seen, else nan; `begins[t]` is true
    where a block begins and all is forgotten. `state` and `p` are room to work in.
    """
    n_arms = payoffs.shape[1]
    for t in range(len(choices)):
        if begins[t]:
            begin(state, settings, n_arms)
        out[t] = math.nan
        if choices[t] >= 0:
            if scored[t]:
                log_probabilities(state, settings, n_arms, offered[t], p)
                out[t] = p[choices[t]]
            observe(state, settings, n_arms, choices[t], payoffs[t])


def totals(
    choices: Any,
    payoffs: Any,
    offered: Any,
    scored: Any,
    begins: Any,
    settings: Any,
    state: Any,
    p: Any,
    trials: Any,
    out: Any,
) -> None:
    """The log-likelihood of all scored choices under each row of `settings`, into `out`; `trials` is room."""
    for row in range(len(settings)):
        replay(choices, payoffs, offered, scored, begins, settings[row], state, p, trials)
        out[row] = 0.0
        for t in range(len(choices)):
            if trials[t] == trials[t]:
                out[row] += trials[t]


def play(
    outcomes: Any, offered: Any, begins: Any, settings: Any, uniforms: Any, state: Any, p: Any, seen: Any, choices: Any
) -> None:
    """Play a payoff table, seeing only the chosen arm's payoff: writes `choices`, one uniform number a draw."""
    n_arms = outcomes.shape[1]
    for t in range(len(choices)):
        if begins[t]:
            begin(state, settings, n_arms)
        log_probabilities(state, settings, n_arms, offered[t], p)
        left, choice = uniforms[t], -1
        for arm in range(n_arms):
            if offered[t][arm] and left >= 0:
                choice = arm
                left -= math.exp(p[arm])
        for arm in range(n_arms):
            seen[arm] = math.nan
        seen[choice] = outcomes[t][choice]
        choices[t] = choice
        observe(state, settings, n_arms, choice, seen)
