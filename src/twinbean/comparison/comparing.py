"""People and models, side by side: the tables behind every report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twinbean._notebook import html_table
from twinbean.comparison import averages, curves, likelihood
from twinbean.comparison.cognitive import CognitiveFits, fit_table, fit_warnings, parameter_table
from twinbean.comparison.courses import binary_win
from twinbean.comparison.exclusions import exclude_people
from twinbean.comparison.grouping import Group, group_sessions, is_scored
from twinbean.comparison.measures import Measure, installed, needing_arms, win_rule
from twinbean.comparison.parts import parted
from twinbean.comparison.statistics import FEWEST
from twinbean.comparison.stays import binary_total, stay_tables
from twinbean.errors import DataError
from twinbean.runs.notes import RunNotes
from twinbean.sessions import Session, checked, from_table
from twinbean.sessions.kept import with_kept
from twinbean.sessions.session import count_arms
from twinbean.sessions.stages import at_stage, stages_of
from twinbean.tasks.task import RECORDED


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison:
    """Plain data frames; docs/measures.md says what their columns mean.

    `sessions` has a row a session and window, `persons` the means of each person's sessions, `groups` the means of
    persons, `differences` model minus people. `learning` and `agreement` are curves, `likelihood`, `calibration` and
    `along` say how likely models find people's choices; `fits` are the cognitive models fitted to each participant and
    `parameters` their medians. `stays` and `stay_effects` are of trials with two choices: how often the first one is
    repeated, by reward and transition. `warnings` are sentences about what could mislead.
    """

    sessions: pd.DataFrame
    persons: pd.DataFrame
    groups: pd.DataFrame
    differences: pd.DataFrame
    learning: pd.DataFrame
    agreement: pd.DataFrame
    likelihood: pd.DataFrame
    calibration: pd.DataFrame
    along: pd.DataFrame
    curves: curves.Curves
    fits: pd.DataFrame
    parameters: pd.DataFrame
    stays: pd.DataFrame
    stay_effects: pd.DataFrame
    counts: pd.DataFrame
    exclusions: pd.DataFrame
    tasks: tuple[str, ...]
    measures: tuple[Measure, ...]
    n_arms: int
    win_rule: str
    runs: tuple[RunNotes, ...]
    warnings: tuple[str, ...]
    seed: int

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, pd.DataFrame)}

    def __repr__(self) -> str:
        groups = ", ".join(map(str, self.groups["group"].unique()))
        people = _count(self.n_people, "person", "people")
        return f"Comparison({', '.join(self.tasks)}: {people}; groups {groups}; {len(self.warnings)} warnings)"

    def _repr_html_(self) -> str:
        means = self.groups[self.groups["mean"].notna()].pivot(index="measure", columns="group", values="mean")
        order = [str(name) for name in self.groups["measure"].unique() if name in means.index]
        rows = [(name, *means.loc[name]) for name in order]
        return html_table(repr(self), ("measure", *map(str, means.columns)), rows, left_out=" ".join(self.warnings))

    @property
    def n_people(self) -> int:
        """How many people are in the comparison."""
        return int(self.persons.loc[self.persons["source"] == "human", "participant"].nunique())


def compare(
    *data: Sequence[Session] | pd.DataFrame,
    fits: CognitiveFits | None = None,
    runs: Sequence[RunNotes] = (),
    exclude: Sequence[str] = (),
    by: str | None = None,
    seed: int = 0,
    stage: int | None = None,
) -> Comparison:
    """Compare people and models: `compare(people, played)`, or everything in one.

    Each of `data` are sessions or a tidy table; what is a person's and what a model's says their source. After a branch
    at n every measure uses only choices from n on, for the person and for the model. Averages go from choices to
    sessions to persons to groups. `fits` are cognitive models (`cognitive.fit_models`), `runs` are
    `provenance.read_notes` of run folders, `exclude` holds rules as in `exclusions.exclude_people`, which leaves out
    whom the task excludes besides. `by` is a column of what is known of participants, as a condition: each of its
    values makes groups of its own. Of trials with several choices `stage` compares one; without it, what means one
    choice a trial is left empty. Raises DataError where there is nothing to compare, and for what nobody can have
    played.
    """
    sessions = checked(
        session for one in data for session in (from_table(one) if isinstance(one, pd.DataFrame) else one)
    )
    if not any(session.n_choices for session in sessions):
        raise DataError("there is nothing to compare: the data hold no choice")
    kept, exclusions = exclude_people(sessions, exclude)
    if not kept:
        raise DataError(f"the rules {', '.join(exclusions['rule'])} exclude everybody")
    whole = kept
    kept = kept if stage is None else at_stage(kept, stage)
    stages = stages_of(kept)
    n_arms, win = count_arms(kept), binary_win(kept)
    part_of = parted(kept, by)
    statuses = {key: status for notes in runs for key, status in notes.statuses.items()}
    groups = group_sessions(kept, statuses, part_of)
    measures, refused = installed()
    described = any(trial.attributes and trial.counts for session in kept for trial in session.trials)
    measures = tuple(one for one in measures if described or one.needs != "lotteries")
    without_arms = (needing_arms(measures),) if described else ()
    table = averages.session_table(groups, measures, n_arms=n_arms, win=win)
    persons = averages.person_table(table)
    scored = _with_distinct_sources(kept, fits)
    likelihoods = likelihood.likelihood_table(scored, fits, seed=seed)
    counts = _counts(groups, runs)
    stays, stay_effects = stay_tables(groups if stages else (), win=binary_total(whole) if stages else None)
    differences = averages.difference_table(groups, table, measures, n_arms=n_arms, win=win, seed=seed)
    # Places in a block, and lags, would count rockets and aliens alike.
    of_one_choice = () if stages else groups
    drawn = curves.Curves(
        learning=curves.learning_curves(of_one_choice, n_arms=n_arms, win=win),
        agreement=curves.agreement_curves(of_one_choice),
        along=likelihood.along_curves(scored),
    )
    return Comparison(
        sessions=with_kept(table, kept),
        persons=with_kept(persons, kept),
        groups=averages.group_table(persons, seed=seed),
        differences=differences,
        learning=curves.learning_table(drawn.learning, seed=seed),
        agreement=curves.agreement_table(drawn.agreement, seed=seed),
        likelihood=likelihoods,
        calibration=likelihood.calibration_table(scored),
        along=likelihood.along_table(drawn.along, seed=seed),
        curves=drawn,
        fits=fit_table(fits),
        parameters=parameter_table(fits, {(one.source, one.participant): part_of(one) for one in kept}),
        stays=stays,
        stay_effects=stay_effects,
        counts=counts,
        exclusions=exclusions,
        tasks=_tasks(kept),
        measures=measures,
        n_arms=n_arms,
        win_rule=win_rule(win),
        runs=tuple(runs),
        warnings=(
            *refused,
            *_stage_warnings(stages, measures, stays),
            *without_arms,
            *_warnings(kept, groups, table, counts, differences, likelihoods, runs, fits),
        ),
        seed=seed,
    )


def _with_distinct_sources(sessions: Sequence[Session], fits: CognitiveFits | None) -> list[Session]:
    """A learner that scored with parameters it was given is not the model of that name that was fitted."""
    fitted = set() if fits is None else set(fits.in_sample["model"])
    return [
        session.replace(source=f"{session.source}, given parameters")
        if session.source in fitted and is_scored(session)
        else session
        for session in sessions
    ]


def _tasks(sessions: Sequence[Session]) -> tuple[str, ...]:
    """The tasks by name; a model that met people's own records, as the task `recorded`, met those people's task."""
    names = {session.task for session in sessions}
    return tuple(sorted(names - {RECORDED} or names))


def _counts(groups: Sequence[Group], runs: Sequence[RunNotes]) -> pd.DataFrame:
    rows = []
    for group in groups:
        notes = [note for note in runs if note.source == group.source and note.manifest.get("after", 0) == group.start]
        asked = sum(note.n_asked for note in notes)
        rows.append(
            {
                "group": group.name,
                "start": group.start,
                "paired": group.paired,
                "participants": len({session.participant for session in (*group.sessions, *group.failed)}),
                "sessions": len(group.sessions),
                "failed": len(group.failed),
                "choices": sum(max(session.n_choices - group.start, 0) for session in group.sessions),
                "illegal_rate": sum(note.n_illegal for note in notes) / asked if asked else np.nan,
            }
        )
    columns = ["group", "start", "paired", "participants", "sessions", "failed", "choices", "illegal_rate"]
    return pd.DataFrame(rows, columns=columns)


def _warnings(
    sessions: Sequence[Session],
    groups: Sequence[Group],
    table: pd.DataFrame,
    counts: pd.DataFrame,
    differences: pd.DataFrame,
    likelihoods: pd.DataFrame,
    runs: Sequence[RunNotes],
    fits: CognitiveFits | None,
) -> list[str]:
    people = {session.participant for session in sessions if session.source == "human"}
    found = []
    tasks = _tasks(sessions)
    if len(tasks) > 1:
        found.append(f"The data name several tasks ({', '.join(tasks)}); they are treated as one.")
    if 0 < len(people) < FEWEST:
        found.append(
            f"Only {_count(len(people), 'person', 'people')}: these data do not generalise to other people, so "
            f"no intervals are given (they need at least {FEWEST})."
        )
    for group in groups:
        if not group.is_people and not group.paired and people:
            found.append(
                f"{group.name}: its sessions had payoffs of their own, so they "
                f"are compared with the people as a group, not in pairs."
            )
        if group.failed:
            total = len(group.failed) + len(group.sessions)
            found.append(
                f"{group.name}: {len(group.failed)} of {total} sessions failed and are excluded; if failure "
                f"depends on the course of play, the remaining sessions are a biased sample."
            )
    for _, row in differences[differences["n_left_out"] > 0].drop_duplicates("group").iterrows():
        found.append(
            f"{row['group']}: {_count(row['n_left_out'], 'choice', 'choices')} at trials that the other side missed "
            f"are left out of the differences, which compare the trials that both played."
        )
    for _, row in counts[counts["illegal_rate"] > 0].iterrows():
        found.append(f"{row['group']}: {row['illegal_rate']:.1%} of the first answers were not a legal label.")
    masses = table.groupby("group")["legal_mass"].mean()
    for name, mass in masses[masses < 0.5].items():
        found.append(
            f"{name}: on average the legal labels hold only {mass:.0%} of the probability; its choices are drawn from "
            f"a small part of its distribution."
        )
    found += [*_likelihood_warnings(likelihoods, runs), *fit_warnings(fits)]
    return found


def _stage_warnings(stages: Sequence[int], measures: Sequence[Measure], stays: pd.DataFrame) -> list[str]:
    if not stages:
        return []
    over_all = ", ".join(one.title.lower() for one in measures if one.of_stages)
    empty = ", ".join(one.title for one in measures if not one.of_stages)
    found = [
        f"A trial has {len(stages)} choices (stages {', '.join(map(str, stages))}). Over all of them are: {over_all} "
        f"and likelihoods, which are also given by stage. Left empty, since they are of one choice a trial: {empty}, "
        f"learning curves and agreement; --stage 1 gives them for the first choices."
    ]
    if stays.empty:
        found.append(
            "Stay probabilities need trials that pay one of two amounts and say whether their transition was common or "
            "rare: there are none."
        )
    return found


def _likelihood_warnings(likelihoods: pd.DataFrame, runs: Sequence[RunNotes]) -> list[str]:
    found = []
    scored = likelihoods[likelihoods["quantity"] == "legal labels"]
    for _, row in scored[scored["legal_mass"] < 0.5].iterrows():
        found.append(
            f"{row['model']}: the legal labels hold only {row['legal_mass']:.0%} of the probability, so "
            f"its two likelihoods differ widely."
        )
    fitted = likelihoods[likelihoods["quantity"] == "in-sample"]
    if len(scored) and len(fitted):
        found.append(
            "Cognitive models were fitted to these very choices, models that scored them were not: compare them in "
            'the column "not fitted".'
        )
    bounds = likelihoods[likelihoods["at_bound"] > 0].drop_duplicates("model")
    if len(bounds):
        each = ", ".join(f"{row.model} {row.at_bound:.0f} of {row.n_people}" for row in bounds.itertuples())
        found.append(f"For some people a parameter is at its bound and therefore not an estimate: {each}.")
    found += [
        f"{notes.source}: scored with the window {notes.manifest['window']!r}, so it did not see the whole session."
        for notes in runs
        if notes.manifest.get("window") is not None
    ]
    whole = likelihoods["quantity"].isin(["legal labels", "in-sample", "predictive"])
    if likelihoods.loc[whole, "n_choices"].nunique() > 1:
        found.append("The models in the likelihood table were not all evaluated on the same number of choices.")
    return found


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
