"""Cognitive models beside language models: fitted to all who chose, and tried on choices held out from the fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from twinbean.errors import DataError
from twinbean.sessions import Session
from twinbean.sessions.stages import stages_of

if TYPE_CHECKING:
    from twinbean.cognitive import Fittable

REPORTED = ("base_rate", "sticky", "wsls2", "rw", "rw_stick")
FOLDS = 5
# Fewer choices than this have no half that parameters could be fitted to.
_FEWEST_CHOICES = 20
_REQUIRED = ["participant", "model", "nll", "n_choices"]


@dataclass(frozen=True, kw_only=True)
class CognitiveFits:
    """Long tables as `twinbean.cognitive` makes them, with `participant, model, nll, n_choices` at least.

    `in_sample` has the fits to each participant. `predictive` predicts each person from parameters fitted to other
    people; `later` predicts each person's later choices from parameters fitted to the first `train_share` of them; both
    are None where there are too few people or choices. Raises DataError for a table without its columns.
    """

    in_sample: pd.DataFrame
    predictive: pd.DataFrame | None = None
    later: pd.DataFrame | None = None
    train_share: float = 0.5

    def __post_init__(self) -> None:
        for table in (self.in_sample, self.predictive, self.later):
            missing = [name for name in _REQUIRED if table is not None and name not in table.columns]
            if table is not None and missing:
                found = ", ".join(map(repr, table.columns))
                raise DataError(f"the table of fits has no column {missing[0]!r} (found {found})")


def fit_models(
    sessions: Sequence[Session],
    *,
    models: Iterable[str | Fittable] | None = None,
    seed: int = 0,
    beta_bound: float | None = None,
    stage: int | None = None,
) -> CognitiveFits | None:
    """The models fitted to all who chose, people and language models alike; None where nobody did.

    In-sample fits are by maximum likelihood. Held-out choices are predicted by MAP fits, whose weak priors keep a
    probability from being 0 that somebody else's choices contradict: of other people in five folds, where there are at
    least five people, and of each person's second half, where everybody made at least twenty choices. `beta_bound` is
    the upper bound of inverse temperatures, that of `twinbean.cognitive.fit` where it is None. Without `models` those
    of a report are fitted: REPORTED, or where trials have two choices and no `stage` is named, those of two steps.
    """
    from twinbean.cognitive import fit, predictive

    names = tuple(models or reported(sessions, stage))
    if not any(session.is_own(trial) for session in sessions for trial in session.trials):
        return None
    people = [session for session in sessions if session.source == "human"]
    choices: dict[str, int] = {}
    for person in people:
        choices[person.participant] = choices.get(person.participant, 0) + person.n_choices
    counts = [count for count in choices.values() if count]
    bounds: dict[str, Any] = {} if beta_bound is None else {"beta_bound": beta_bound}
    fits = fit(sessions, models=names, stage=stage, **bounds)
    # One scale for all, so that parameters mean the same in every table.
    options: dict[str, Any] = {"models": names, "method": "map", "seed": seed, "stage": stage}
    options |= {key: fits.attrs[key] for key in ("reward_zero", "reward_unit", "beta_bound")}
    return CognitiveFits(
        in_sample=fits,
        predictive=predictive(people, across="people", folds=FOLDS, **options) if len(counts) >= FOLDS else None,
        later=predictive(people, across="trials", **options) if min(counts, default=0) >= _FEWEST_CHOICES else None,
    )


def reported(sessions: Sequence[Session], stage: int | None) -> tuple[str, ...]:
    """The models that a report fits where nobody says which."""
    from twinbean.cognitive.stages import OF_TWO_STEPS

    return OF_TWO_STEPS if stage is None and stages_of(sessions) else REPORTED


def fit_table(fits: CognitiveFits | None) -> pd.DataFrame:
    """The fits to each participant, as they were made; without any, a table without rows."""
    return pd.DataFrame(columns=_REQUIRED) if fits is None else fits.in_sample


def fit_warnings(fits: CognitiveFits | None) -> list[str]:
    """Sentences about fits of people: what a bound cost, and whose parameters are not identified one by one."""
    if fits is None:
        return []
    table = fits.in_sample
    people = table[table["source"] == "human"] if "source" in table else table
    found = list(table.attrs.get("notes", ()))
    for model, own in people.groupby("model", sort=False):
        held = own["bound_cost"].dropna() if "bound_cost" in own else own["nll"].iloc[:0]
        if len(held):
            bound = f" of {table.attrs['beta_bound']:g}" if "beta_bound" in table.attrs else ""
            found.append(
                f"{model}: the bound{bound} on inverse temperatures holds {len(held)} of "
                f"{len(own)} people; under ten times that bound their choices are {held.sum():.1f} nats likelier."
            )
        for name in (column for column in own if str(column).endswith("_beta")):
            product = own[name].dropna()
            if len(product):
                rate = str(name).removesuffix("_beta")
                found.append(
                    f"{model}: for {len(product)} of {len(own)} people only {rate} times beta is identified (median "
                    f"{product.median():.3g}), since a tenth of {rate} with ten times beta is as likely: compare them "
                    f"in the column {name}, not in {rate} or beta."
                )
    return found


def parameter_table(fits: CognitiveFits | None) -> pd.DataFrame:
    """One row a source, model and parameter: median and quartiles over participants, and how many lie at a bound."""
    columns = ["source", "model", "parameter", "median", "q25", "q75", "n", "at_bound"]
    if fits is None:
        return pd.DataFrame(columns=columns)
    table = fits.in_sample
    known = {*_REQUIRED, "source", "mean_nll", "n_parameters", "aic", "bic", "at_bound", "bound_cost"}
    # What is kept of participants, as their condition, is text.
    parameters = [name for name in table.columns if name not in known and pd.api.types.is_numeric_dtype(table[name])]
    sources = table["source"] if "source" in table else pd.Series("human", index=table.index)
    rows = []
    for (source, model), own in table.groupby([sources, "model"], sort=False):
        bounds = own["at_bound"].astype(str).str.split() if "at_bound" in own else None
        for name in parameters:
            values = own[name].dropna()
            if values.empty:
                continue
            low, middle, high = values.quantile([0.25, 0.5, 0.75])
            hits = sum(name in names for names in bounds) if bounds is not None else None
            rows.append((source, model, name, middle, low, high, len(values), hits))
    return pd.DataFrame(rows, columns=columns)
