"""The rules of `twinbean.cognitive.rules` in jax, whose gradients samplers follow; tested to agree with them.

Written for many people at once: parameters have the shape (people, n), everything of trials (trials, people), one array
an arm, so that loops run along people. What the data alone decide, as the last choice, stands in `Arrays`; only values,
variances and traces are scanned.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy.special import log_ndtr

from twinbean.cognitive import rules
from twinbean.cognitive.bandits import Model

# Likelihoods of a thousand choices lose their small differences in single precision.
jax.config.update("jax_enable_x64", True)

Array = Any
_EDGE = 1e-12
_NEVER = -1e30


def log_likelihoods(model: Model, values: Array, data: dict[str, Array]) -> Array:
    """The log-likelihood (people,), in nats, of everybody's scored choices, at parameter values (people, n)."""
    rule = _ChoiceRule(model, values, data)
    logp = rule.of([data["chosen"][:, arm] for arm in range(rule.arms)])
    # What has no weight may be impossible, and 0 times minus infinity is no number.
    return jnp.where(data["weight"] > 0, logp, 0.0).sum(axis=0)


def log_probabilities(model: Model, values: Array, data: dict[str, Array]) -> Array:
    """The log-probability (trials, arms, people) of every arm before each trial; very low where not on offer."""
    rule = _ChoiceRule(model, values, data)
    shape = data["weight"].shape
    each = []
    for arm in range(rule.arms):
        only = [jnp.full(shape, float(other == arm)) for other in range(rule.arms)]
        each.append(jnp.where(data["offered"][:, arm], rule.of(only), _NEVER))
    return jnp.stack(each, axis=1)


class _ChoiceRule:
    """A model's probabilities of any arms, its values followed through all trials."""

    def __init__(self, model: Model, values: Array, data: dict[str, Array]) -> None:
        self.arms = data["rewards"].shape[1]
        self._model, self._data = model, data
        self._settings = _settings(model, values, self.arms)
        self._n_offered = sum(data["offered"][:, arm] for arm in range(self.arms))
        if model.choices != rules.WIN_STAY:
            self._utilities = _utilities(model, self._settings, data)
            self._norm = self._normaliser()

    def of(self, chosen: list[Array]) -> Array:
        """The log-probability (trials, people) of the arm that is 1 of `chosen`, the others being 0."""
        if self._model.choices == rules.WIN_STAY:
            logp = self._win_stay(chosen)
        else:
            own = sum(one * utility for one, utility in zip(chosen, self._utilities, strict=True))
            logp = own - self._norm
            if self._model.choices == rules.PROBIT:
                # Of two arms on offer, the one's utility less the other's.
                logp = jnp.where(self._n_offered == 2, log_ndtr(2 * own - self._both), logp)
        lapse = self._settings.get(rules.LAPSE)
        if lapse is not None:
            logp = jnp.log((1 - lapse) * jnp.exp(logp) + lapse / self._n_offered)
        return logp

    def _normaliser(self) -> Array:
        offered = [self._data["offered"][:, arm] for arm in range(self.arms)]
        pairs = list(zip(offered, self._utilities, strict=True))
        self._both = sum(jnp.where(on, utility, 0.0) for on, utility in pairs)
        masked = [jnp.where(on, utility, _NEVER) for on, utility in pairs]
        highest = masked[0]
        for utility in masked[1:]:
            highest = jnp.maximum(highest, utility)
        highest = jax.lax.stop_gradient(highest)
        return highest + jnp.log(sum(jnp.exp(utility - highest) for utility in masked))

    def _win_stay(self, chosen: list[Array]) -> Array:
        data, last = self._data, self._data["last"]
        stay = jnp.where(data["after_win"], self._settings[rules.STAY], 1 - self._settings[rules.SHIFT])
        known = sum(last[:, arm] * data["offered"][:, arm] for arm in range(self.arms)) > 0
        stays = sum(last[:, arm] * chosen[arm] for arm in range(self.arms)) > 0
        p = jnp.where(stays, stay, (1 - stay) / jnp.maximum(self._n_offered - 1, 1))
        return jnp.log(jnp.clip(jnp.where(known & (self._n_offered > 1), p, 1 / self._n_offered), _EDGE, 1.0))


def _settings(model: Model, values: Array, n_arms: int) -> dict[int, Array]:
    """The settings of rules.py that this model has, each (people,)."""
    found = {slot: jnp.full(values.shape[0], value) for slot, value in model.fixed.items()}
    for i, parameter in enumerate(model.parameters(n_arms)):
        found |= dict.fromkeys(parameter.slots, values[:, i])
    return found


def _utilities(model: Model, settings: dict[int, Array], data: dict[str, Array]) -> list[Array]:
    """Each arm's utility (trials, people)."""
    trials, arms, people = data["rewards"].shape
    utilities = [jnp.zeros((trials, people))] * arms
    variances = None
    if model.values in (rules.DELTA, rules.KALMAN):
        if model.values == rules.DELTA:
            values = _delta(settings, data)
        else:
            values, variances = _kalman(settings, data)
        utilities = [settings[rules.BETA] * values[:, arm] for arm in range(arms)]
    if variances is not None and rules.BONUS in settings:
        utilities = [u + settings[rules.BONUS] * jnp.sqrt(variances[:, arm]) for arm, u in enumerate(utilities)]
    if rules.KAPPA in settings:
        trace = _trace(model, settings, data)
        utilities = [u + settings[rules.KAPPA] * trace[:, arm] for arm, u in enumerate(utilities)]
    return [u + settings[rules.BIAS + arm] if rules.BIAS + arm in settings else u for arm, u in enumerate(utilities)]


def _delta(settings: dict[int, Array], data: dict[str, Array]) -> Array:
    """Values (trials, arms, people) before each trial."""
    up, down = settings[rules.RATE_UP], settings[rules.RATE_DOWN]
    one_rate = up is down
    fading = settings.get(rules.FORGETTING)

    def step(values: Array, trial: tuple[Array, ...]) -> tuple[Array, Array]:
        rewards, seen, keeps, made = trial
        before = values * keeps
        error = rewards - before
        rate = up if one_rate else jnp.where(error >= 0, up, down)
        after = before + jnp.where(seen, rate * error, 0.0)
        if fading is not None:
            after = jnp.where(seen | ~made, after, (1 - fading) * before)
        return after, before

    trials = data["rewards"], data["seen"], 1.0 - data["begins"], ~data["missed"]
    return jax.lax.scan(step, jnp.zeros(data["rewards"].shape[1:]), trials)[1]


def _kalman(settings: dict[int, Array], data: dict[str, Array]) -> tuple[Array, Array]:
    """Values and variances (trials, arms, people) before each trial."""
    noise, drift = settings[rules.NOISE], settings[rules.DRIFT]

    def step(state: tuple[Array, Array], trial: tuple[Array, ...]) -> tuple[Any, Any]:
        rewards, seen, begins, made = trial
        values = jnp.where(begins, 0.0, state[0])
        variances = jnp.where(begins, 1.0, state[1])
        gain = jnp.where(seen, variances / (variances + noise), 0.0)
        after = values + gain * (rewards - values)
        return (after, (1 - gain) * variances + jnp.where(made, drift, 0.0)), (values, variances)

    start = jnp.zeros(data["rewards"].shape[1:]), jnp.ones(data["rewards"].shape[1:])
    trials = data["rewards"], data["seen"], data["begins"], ~data["missed"]
    values, variances = jax.lax.scan(step, start, trials)[1]
    return values, variances


def _trace(model: Model, settings: dict[int, Array], data: dict[str, Array]) -> Array:
    """The choice trace (trials, arms, people) before each trial; with a rate of 1 it is the last choice."""
    if model.fixed.get(rules.TRACE_RATE) == 1:
        return data["last"]
    rate = settings[rules.TRACE_RATE]

    def step(trace: Array, trial: tuple[Array, ...]) -> tuple[Array, Array]:
        chosen, keeps, made = trial
        before = trace * keeps
        return before + jnp.where(made, rate * (chosen - before), 0.0), before

    trials = data["chosen"], 1.0 - data["begins"], ~data["missed"]
    return jax.lax.scan(step, jnp.zeros(data["chosen"].shape[1:]), trials)[1]
