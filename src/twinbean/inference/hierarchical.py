"""Hierarchical Bayes over people and language models: groups, people, checks, and comparison by leaving out persons."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from twinbean._files import read_text, write_bytes, write_text
from twinbean._version import __version__
from twinbean.cognitive.bandits import Model
from twinbean.cognitive.catalogue import model as model_of
from twinbean.cognitive.catalogue import models_for
from twinbean.cognitive.choices import Choices, Data, choices_of, sessions_of
from twinbean.cognitive.fits import can_learn, scale_given
from twinbean.cognitive.model import Fittable
from twinbean.cognitive.rules import DELTA, KALMAN, NO_VALUES, PROBIT, SOFTMAX, WIN_STAY
from twinbean.cognitive.stages import fitting, seen_by_models
from twinbean.errors import DataError, TwinbeanError
from twinbean.inference.arrays import arrays_of
from twinbean.inference.checks import checks
from twinbean.inference.diagnostics import diagnose
from twinbean.inference.estimates import Row, difference_rows, group_rows, person_rows, prior_rows
from twinbean.inference.leaving_out import leave_out
from twinbean.inference.sampling import Posterior, Sampler, Sampling

# Of what is kept, and of how it was sampled: what failed in one way may not fail in another.
VERSION = 2
MODELS = ("wsls2", "rw", "rw_stick", "rw_dual", "ck", "kalman_softmax")
TABLES = ("models", "groups", "differences", "people", "checks", "left_out", "priors")
# Called with the model, what is done with it, and how much of that in how much.
OnStep = Callable[[str, str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Bayes:
    """Plain tables; a model without convergence stands in `models` and `priors` alone, for nothing follows from it.

    `models`: model, people, choices, rhat, ess_bulk, ess_tail, diverging, problem (a sentence, empty where the chains
    converged), elpd and se (nats: the expected log-density of a person left out, summed over people), k_high (how many
    were fitted without, since PSIS could not tell), mc_error (nats, the largest of anybody's), behind and behind_se
    (nats: how far from the model with the highest elpd, over the same people).
    `groups`, `differences`, `people` and `priors`: see `twinbean.inference.estimates`. `checks`: see
    `twinbean.inference.checks`, with the model first. `left_out`: model, participant, source, elpd, k, refitted,
    mc_error.
    """

    models: pd.DataFrame
    groups: pd.DataFrame
    differences: pd.DataFrame
    people: pd.DataFrame
    checks: pd.DataFrame
    left_out: pd.DataFrame
    priors: pd.DataFrame
    about: Mapping[str, Any]

    def write(self, folder: Path) -> None:
        """A CSV file a table, and bayes.json with all of them, `version` and what was asked for."""
        from twinbean.sessions.cells import csv_text

        tables = {name: getattr(self, name) for name in TABLES}
        for name, table in tables.items():
            write_text(folder / f"{name}.csv", csv_text(table))
        content = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
        write_text(folder / "bayes.json", json.dumps({**self.about, **content}, indent=1))


def bayes(
    data: Data,
    *,
    models: Iterable[str | Fittable] | None = None,
    groups: Mapping[tuple[str, str], str] | None = None,
    sampling: Sampling | None = None,
    seed: int = 0,
    leaving_out: bool = True,
    folder: Path | None = None,
    reward_zero: float = 0.0,
    reward_unit: float | None = None,
    stage: int | None = None,
    on_step: OnStep | None = None,
) -> Bayes:
    """Each model fitted to everybody in one hierarchy (`twinbean.inference.hierarchy`), four chains by default.

    `groups` says of which group (source, participant) is; by default each source is one. Where sources differ, each
    group has a standard deviation of its own, and "human" comes first, as the reference; otherwise it is one for all.
    Each model's result is kept in `folder` as soon as it is complete, and taken from there by a later call with the
    same data and arguments. Raises TwinbeanError for a model without a hierarchy (plugins, lotteries, two steps) and
    for an unknown one; DataError where fewer than two people have choices.
    """
    sampling = sampling or Sampling()
    sessions = sessions_of(data)
    which = fitting(MODELS if models is None else models, sessions, stage)
    sessions = seen_by_models(sessions, stage)
    scale = scale_given(sessions, reward_zero, reward_unit)
    people = choices_of(sessions, scale)
    chosen = [_with_hierarchy(one) for one in models_for(which, people)]
    if len(people) < 2:
        raise DataError("one person is no group: hierarchical Bayes needs at least 2 people with choices")
    names = groups or {(one.source, one.participant): one.source for one in people}
    asked = {
        "version": VERSION,
        "twinbean": __version__,
        "seed": seed,
        "sampling": asdict(sampling),
        "reward_zero": scale.zero,
        "reward_unit": scale.unit,
        "leaving_out": leaving_out,
    }
    study = _Study(people, [names[one.source, one.participant] for one in people], sampling, seed, leaving_out, on_step)
    results = [study.result(one, folder, asked) for one in chosen]
    tables = {name: [row for one in results for row in one[name]] for name in TABLES}
    _compare(tables["models"], tables["left_out"])
    return Bayes(**{name: pd.DataFrame(rows) for name, rows in tables.items()}, about=asked)


def refusal(one: Fittable) -> str:
    """Why a model has no hierarchy; empty where it has one."""
    if not isinstance(one, Model) or one.choices not in (SOFTMAX, PROBIT, WIN_STAY):
        return "expected one of Twinbean's own models of arms with softmax, probit or win-stay-lose-shift"
    return "it has no parameter" if not (one.open or one.biases) else ""


def _with_hierarchy(one: Fittable) -> Model:
    reason = refusal(one)
    if reason or not isinstance(one, Model) or one.values not in (NO_VALUES, DELTA, KALMAN):
        raise TwinbeanError(f"{one.name} has no hierarchy: {reason or 'its values are no delta rule or Kalman filter'}")
    own = model_of(one.name)
    # With their own bounds: a hierarchy bounds inverse temperatures by the group, not by a number.
    assert isinstance(own, Model)
    return own


@dataclass(frozen=True)
class _Study:
    people: Sequence[Choices]
    names: Sequence[str]
    sampling: Sampling
    seed: int
    leaving_out: bool
    on_step: OnStep | None

    def result(self, one: Model, folder: Path | None, asked: Mapping[str, Any]) -> dict[str, list[Row]]:
        """The rows of each table that one model has, kept where it is complete already."""
        people = [person for person in self.people if can_learn(one, person)]
        print_ = self._fingerprint(one, people, asked)
        kept = None if folder is None else folder / "models" / f"{one.name}.json"
        if kept is not None and kept.is_file():
            found = json.loads(read_text(kept))
            if found.get("fingerprint") == print_:
                tables: dict[str, list[Row]] = found["tables"]
                return tables
        tables, posterior = self._fitted(one, people)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            if posterior is not None:
                content = io.BytesIO()
                np.savez_compressed(content, mean=posterior.mean, sd=posterior.sd, z=posterior.z)
                write_bytes(kept.with_suffix(".npz"), content.getvalue())
            write_text(kept, json.dumps({"fingerprint": print_, "tables": tables}))
        return tables

    def _fitted(self, one: Model, people: Sequence[Choices]) -> tuple[dict[str, list[Row]], Posterior | None]:
        tables: dict[str, list[Row]] = {name: [] for name in TABLES}
        row: Row = {"model": one.name, "people": len(people), "choices": sum(person.n_choices for person in people)}
        tables["models"].append(row)
        if len(people) < 2:
            row["problem"] = f"{one.name} learns from rewards, and {len(people)} people have any"
            return tables, None
        data = arrays_of(people)
        names, group = self._groups(people)
        sources = len({person.source for person in people}) > 1
        sampler = Sampler(
            one, n_arms=data.shape[2], groups=names, own_spreads=sources and len(names) > 1, sampling=self.sampling
        )
        posterior = sampler.run(
            data, group, seed=self.seed, on_draws=lambda done, total: self._step(one, "draws", done, total)
        )
        found = diagnose(posterior)
        tables["priors"] += prior_rows(posterior)
        row |= asdict(found) | {"problem": found.problem}
        if found.problem:
            return tables, posterior
        tables["groups"] += group_rows(posterior)
        tables["differences"] += difference_rows(posterior)
        tables["people"] += person_rows(posterior, people)
        checked = checks(posterior, data, seed=self.seed).to_dict("records")
        tables["checks"] += [{"model": one.name, **{str(key): value for key, value in row.items()}} for row in checked]
        if self.leaving_out:
            left = leave_out(
                posterior,
                people,
                refit=lambda i: sampler.run(data.without(i), group, seed=self.seed + 1 + i),
                seed=self.seed,
                on_person=lambda i: self._step(one, "people left out", i, len(people)),
            )
            tables["left_out"] += [
                {"model": one.name, "participant": person.participant, "source": person.source, **asdict(each)}
                for person, each in zip(people, left, strict=True)
            ]
        return tables, posterior

    def _groups(self, people: Sequence[Choices]) -> tuple[list[str], np.ndarray[Any, np.dtype[np.int64]]]:
        of_person = {(one.source, one.participant): name for one, name in zip(self.people, self.names, strict=True)}
        own = [of_person[one.source, one.participant] for one in people]
        human = [of_person[one.source, one.participant] for one in people if one.source == "human"]
        names = list(dict.fromkeys([*sorted(set(human)), *own]))
        return names, np.array([names.index(one) for one in own])

    def _step(self, one: Model, what: str, done: int, total: int) -> None:
        if self.on_step is not None:
            self.on_step(one.name, what, done, total)

    def _fingerprint(self, one: Model, people: Sequence[Choices], asked: Mapping[str, Any]) -> str:
        digest = hashlib.sha256(json.dumps([one.name, *self._groups(people)[0], asked], default=str).encode())
        digest.update(self._groups(people)[1].tobytes())
        for person in people:
            digest.update(f"{person.source}\0{person.participant}\0".encode())
            for array in (person.choice, person.payoffs, person.offered, person.scored, person.begins):
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def _compare(models: list[Row], left_out: Sequence[Row]) -> None:
    """Adds to each model's row what leaving out persons says; models are compared over people whom all describe."""
    by_model: dict[str, dict[tuple[str, str], Row]] = {}
    for row in left_out:
        by_model.setdefault(row["model"], {})[row["source"], row["participant"]] = row
    sums: dict[str, float] = {}
    for row in models:
        own = list(by_model.get(row["model"], {}).values())
        if own:
            elpds = np.array([one["elpd"] for one in own])
            row |= {
                "elpd": float(elpds.sum()),
                "se": float(np.sqrt(len(elpds)) * elpds.std(ddof=1)),
                "k_high": sum(one["refitted"] for one in own),
                "mc_error": max(one["mc_error"] for one in own),
            }
    if not by_model:
        return
    shared = sorted(set.intersection(*(set(one) for one in by_model.values())))
    each = {name: np.array([one[who]["elpd"] for who in shared]) for name, one in by_model.items()}
    sums = {name: float(one.sum()) for name, one in each.items()}
    best = max(sums, key=lambda name: sums[name])
    for row in models:
        if row["model"] in each and row["model"] != best:
            behind = each[best] - each[row["model"]]
            error = float(np.sqrt(len(behind)) * behind.std(ddof=1))
            row |= {"behind": float(behind.sum()), "behind_se": error}
