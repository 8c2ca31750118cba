"""How likely models find the people's choices, beside cognitive models fitted to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from twinbean.comparison import statistics
from twinbean.comparison.bands import over_persons
from twinbean.comparison.cognitive import CognitiveFits
from twinbean.comparison.grouping import is_scored
from twinbean.sessions import Session, Trial
from twinbean.sessions.stages import stages_of, trials_of

# Choices by participant, session and trial.
Places = set[tuple[str, str, int]]
COLUMNS = (
    *("model", "kind", "quantity", "nll", "low", "high", "pseudo_r2", "pseudo_r2_low", "pseudo_r2_high"),
    *("behind", "behind_low", "behind_high", "legal_mass", "n_people", "n_choices", "at_bound", "second_look"),
)
# On whole sessions, by models that were not fitted to these choices: only these compare models fairly.
FAIR = ("legal labels", "predictive")
# Likelihoods of one kind each: models are ranked within a kind and never across.
KINDS = (FAIR, ("legal labels, later", "predictive, later"), ("in-sample",))


def likelihood_table(sessions: Sequence[Session], fits: CognitiveFits | None, *, seed: int) -> pd.DataFrame:
    """One row a model and quantity: mean negative log-likelihood per choice (nats), choices first, then sessions, then
    persons, with pseudo-R2 = 1 - NLL / mean ln(arms offered) (after McFadden 1974).

    `quantity` is "legal labels" or "full vocabulary" for models that scored the choices, "in-sample" or "predictive"
    for fits; "legal labels, later" and "predictive, later" are of the later choices of each person alone. Where trials
    have several choices, all are in these, and "legal labels, stage 1" has those of one stage. `behind` is
    how much a model's NLL exceeds that of the best model of its kind, paired by participant, with intervals that hold
    for all models of the kind together.
    """
    rows: list[dict[str, Any]] = []
    later = _later(sessions, fits.train_share) if fits is not None and fits.later is not None else None
    for source, own in by_source(sessions).items():
        persons = _persons(own)
        for quantity, column in (("legal labels", "legal"), ("full vocabulary", "full")):
            rows.append(_scored_row(source, quantity, column, persons, seed))
        if later is not None:
            rows.append(_scored_row(source, "legal labels, later", "legal", _persons(own, later), seed))
        for stage in stages_of(own):
            persons = _persons(own, _places_of(own, stage))
            rows.append(_scored_row(source, f"legal labels, stage {stage}", "legal", persons, seed))
    if fits is not None:
        rows += _fit_rows(fits.in_sample, "in-sample", _chances(sessions), seed)
        if fits.predictive is not None:
            rows += _fit_rows(fits.predictive, "predictive", _chances(sessions), seed)
        if fits.later is not None:
            rows += _fit_rows(fits.later, "predictive, later", _chances(sessions, later), seed)
    _compare_with_best(rows, seed)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _compare_with_best(rows: Sequence[dict[str, Any]], seed: int) -> None:
    for kind in KINDS:
        own = [row for row in rows if row["quantity"] in kind and not np.isnan(row["nll"])]
        if len(own) < 2:
            continue
        losses = pd.concat([row["persons"] for row in own], axis=1).to_numpy(dtype=float)
        best = min(own, key=lambda row: row["nll"])
        for row, found in zip(own, statistics.behind_best(losses, seed=seed, purpose=f"behind {kind[0]}"), strict=True):
            if row is not best:
                row |= {"behind": found.mean, "behind_low": found.low, "behind_high": found.high}


def _later(sessions: Sequence[Session], share: float) -> Places:
    """Where each person's choices after the first `share` of them stand, as `fitting.predictive` holds them out."""
    places: dict[str, list[tuple[str, str, int]]] = {}
    for session, trial in _choices_of_people(sessions):
        place = (session.participant, session.session, trial.trial)
        places.setdefault(session.participant, []).append(place)
    return {place for own in places.values() for place in own[int(share * len(own)) :]}


def _places_of(sessions: Sequence[Session], stage: int) -> Places:
    return {
        (session.participant, session.session, trial.trial)
        for session in sessions
        for trial in session.trials
        if trial.stage == stage
    }


def _scored_row(model: str, quantity: str, column: str, persons: pd.DataFrame, seed: int) -> dict[str, Any]:
    row = _row(model, "scored", quantity, persons[column], float(persons["chance"].mean()), seed)
    row |= {"legal_mass": persons["mass"].mean(), "n_choices": int(persons["n"].sum())}
    return row | ({"second_look": persons["again"].mean()} if column == "legal" else {})


def _row(model: str, kind: str, quantity: str, nll: pd.Series[float], chance: float, seed: int) -> dict[str, Any]:
    found = statistics.mean_of(nll.to_numpy(), seed=seed, purpose=f"likelihood {model} {quantity}")
    return {
        "model": model,
        "kind": kind,
        "quantity": quantity,
        "nll": found.mean,
        "low": found.low,
        "high": found.high,
        "pseudo_r2": 1 - found.mean / chance,
        "pseudo_r2_low": 1 - found.high / chance,
        "pseudo_r2_high": 1 - found.low / chance,
        "n_people": int(nll.notna().sum()),
        "persons": nll,
    }


def _fit_rows(table: pd.DataFrame, quantity: str, chances: pd.Series[float], seed: int) -> list[dict[str, Any]]:
    if "source" in table.columns:
        table = table[table["source"] == "human"]
    # Who was excluded from the comparison is not in its likelihoods either.
    table = table[table["participant"].astype(str).isin(set(chances.index))]
    rows = []
    # Fits of people without rewards are empty.
    for model, own in table[table["nll"].notna()].groupby("model", sort=False):
        # Averaged as a language model's: over the choices of a session, then over sessions.
        mean = own["mean_nll"] if "mean_nll" in own.columns else own["nll"] / own["n_choices"]
        nll = mean.set_axis(own["participant"].astype(str))
        chance = float(chances.reindex(nll.index).mean())
        row = _row(str(model), "fitted", quantity, nll, chance, seed) | {"n_choices": int(own["n_choices"].sum())}
        if "second_look" in own.columns:
            row["second_look"] = float(own["second_look"].mean())
        if "at_bound" in own.columns:
            row["at_bound"] = int(own["at_bound"].map(_names_a_bound).sum())
        rows.append(row)
    return rows


def _names_a_bound(cell: object) -> bool:
    """`at_bound` may be a truth or the names of the parameters."""
    return bool(cell) and cell == cell and str(cell).lower() not in ("false", "0", "")


def by_source(sessions: Sequence[Session]) -> dict[str, list[Session]]:
    grouped: dict[str, list[Session]] = {}
    for session in sessions:
        if is_scored(session):
            grouped.setdefault(session.source, []).append(session)
    return grouped


def scored_trials(session: Session) -> Iterator[Trial]:
    return (trial for trial in session.trials if trial.counts and trial.logp_legal is not None)


def _persons(sessions: Sequence[Session], places: Places | None = None) -> pd.DataFrame:
    rows = []
    for session in sessions:
        trials = [trial for trial in scored_trials(session) if _among(places, session, trial)]
        if not trials:
            continue
        rows.append(
            {
                "participant": session.participant,
                "legal": _mean_negative([trial.logp_legal for trial in trials]),
                "full": _mean_negative([trial.logp for trial in trials]),
                "mass": _mean_negative([trial.legal_mass for trial in trials]) * -1,
                "chance": float(np.mean([np.log(_n_offered(trial)) for trial in trials])),
                "again": float(np.mean([_second_look(trial) for trial in trials])),
                "n": len(trials),
            }
        )
    grouped = pd.DataFrame(rows).groupby("participant", sort=False)
    persons = grouped[["legal", "full", "mass", "chance", "again"]].mean()
    persons["n"] = grouped["n"].sum()
    return persons


def _second_look(trial: Trial) -> float:
    """How often somebody with these probabilities would choose the same again."""
    known = [p for p in trial.p if p is not None]
    return sum(p**2 for p in known) if known else np.nan


def _mean_negative(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return -float(np.mean(known)) if known else np.nan


def _n_offered(trial: Trial) -> int:
    return len(trial.offered) or len(trial.labels) or len(trial.outcomes)


def _chances(sessions: Sequence[Session], places: Places | None = None) -> pd.Series[float]:
    """Each person's mean ln(arms offered), over the choices of a session, then over sessions."""
    rows = [
        (session.participant, session.session, np.log(_n_offered(trial)))
        for session, trial in _choices_of_people(sessions)
        if _among(places, session, trial)
    ]
    table = pd.DataFrame(rows, columns=["participant", "session", "chance"])
    by_session = table.groupby(["participant", "session"], sort=False)["chance"].mean()
    return by_session.groupby("participant", sort=False).mean()


def _choices_of_people(sessions: Sequence[Session]) -> Iterator[tuple[Session, Trial]]:
    return (
        (session, trial)
        for session in sessions
        if session.source == "human"
        for trial in session.trials
        if trial.counts
    )


def _among(places: Places | None, session: Session, trial: Trial) -> bool:
    return places is None or (session.participant, session.session, trial.trial) in places


def along_curves(sessions: Sequence[Session]) -> pd.DataFrame:
    """One row a model, person and trial of the session: mean NLL over legal labels (choices of a trial, then
    sessions)."""
    rows = [
        (source, session.participant, session.session, number, -trial.logp_legal)
        for source, own in by_source(sessions).items()
        for session in own
        for number, stages in enumerate(trials_of(session))
        for trial in stages
        if trial.counts and trial.logp_legal is not None
    ]
    table = pd.DataFrame(rows, columns=["model", "participant", "session", "trial", "nll"])
    return table.groupby(["model", "participant", "trial"], sort=False)["nll"].mean().reset_index()


def along_table(persons: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One row a model and trial of the session: the mean over persons, and its band."""
    return over_persons(persons, keys=["model"], along="trial", seed=seed)
