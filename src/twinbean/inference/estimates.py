"""Draws to tables: groups, differences between them, and people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from twinbean.cognitive.choices import Choices
from twinbean.cognitive.parameters import Numbers
from twinbean.inference.diagnostics import worst
from twinbean.inference.links import natural
from twinbean.inference.sampling import Posterior

Row = dict[str, Any]


def group_rows(posterior: Posterior) -> Iterable[Row]:
    """One row a group and parameter: its median person (`value`, with an interval of 95 %), mean and standard deviation
    on the scale of the link, and the worst r-hat and effective sizes of these two."""
    for g, group in enumerate(posterior.groups):
        for i, prior in enumerate(posterior.priors):
            mean, sd = posterior.mean[:, :, g, i], posterior.sd[:, :, g, i]
            rhat, bulk, tail = worst(np.stack([mean, sd], axis=-1))
            yield {
                "model": posterior.model.name,
                "group": group,
                "parameter": prior.parameter,
                "people": int((posterior.group == g).sum()),
                **_named("value", posterior.center[:, :, g, i]),
                "link": prior.link,
                **_named("mean", mean),
                **_named("sd", sd),
                "rhat": rhat,
                "ess_bulk": bulk,
                "ess_tail": tail,
            }


def difference_rows(posterior: Posterior) -> Iterable[Row]:
    """One row a parameter and group but the first, the reference: how far its mean is from the reference's on the scale
    of the link, the same in standard deviations of the reference's people, and the probability that it is above 0."""
    for g, group in enumerate(posterior.groups[1:], start=1):
        for i, prior in enumerate(posterior.priors):
            away = posterior.mean[:, :, g, i] - posterior.mean[:, :, 0, i]
            yield {
                "model": posterior.model.name,
                "parameter": prior.parameter,
                "group": group,
                "reference": posterior.groups[0],
                "link": prior.link,
                **_named("difference", away),
                **_named("in_sd", away / posterior.sd[:, :, 0, i]),
                "above": float((away > 0).mean()),
            }


def person_rows(posterior: Posterior, people: Sequence[Choices]) -> Iterable[Row]:
    """One row a person and parameter: posterior mean, standard deviation and interval of 95 % of its value."""
    values = posterior.values
    for p, person in enumerate(people):
        for i, prior in enumerate(posterior.priors):
            yield {
                "participant": person.participant,
                "source": person.source,
                "group": posterior.groups[posterior.group[p]],
                "model": posterior.model.name,
                "parameter": prior.parameter,
                **_named("value", values[:, :, p, i]),
                "value_sd": float(values[:, :, p, i].std()),
            }


def prior_rows(posterior: Posterior, draws: int = 4000) -> Iterable[Row]:
    """One row a parameter: link and priors, and what they say of somebody nobody knows: quantiles of the value."""
    rng = np.random.default_rng(0)
    for prior in posterior.priors:
        mean = rng.normal(prior.mean, prior.mean_sd, draws)
        z = mean + np.abs(rng.normal(0, prior.sd, draws)) * rng.normal(size=draws)
        low, middle, high = np.quantile(natural(z[:, None], [prior]), [0.025, 0.5, 0.975])
        yield {
            "model": posterior.model.name,
            "parameter": prior.parameter,
            "link": prior.link,
            "mean": f"N({prior.mean:g}, {prior.mean_sd:g})",
            "sd": f"half-normal({prior.sd:g})",
            "person_low": float(low),
            "person_median": float(middle),
            "person_high": float(high),
        }


def _named(name: str, draws: Numbers) -> Row:
    low, high = np.quantile(draws, [0.025, 0.975])
    return {name: float(draws.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}
