"""Cognitive models: fitted to data, and tried on data of their own making."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from twinbean.cli.arguments import (
    By,
    Exclude,
    ExcludeFile,
    Finished,
    Phases,
    Seed,
    Settings,
    SomeData,
    Stage,
    TaskName,
    assignments,
    check_folder,
    check_is_folder,
    in_phases,
    read_people,
    summarise,
)
from twinbean.cli.commands import commands
from twinbean.errors import TwinbeanError

# So many draws of a task's payoffs; simulated people meet them in turn.
VARIANTS = 50


@commands.command()
def fit(
    data: SomeData,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="A .csv file, a row for each participant and model; with --bayes a folder."
        ),
    ],
    models: Annotated[
        str | None, typer.Option(help="Models, as A,B; all by default (docs/cognitive-models.md describes them).")
    ] = None,
    method: Annotated[
        Literal["ml", "map"], typer.Option(help="Maximum likelihood, or maximum a posteriori with weak priors.")
    ] = "ml",
    stage: Stage = None,
    beta_bound: Annotated[
        float | None,
        typer.Option(help="Upper bound of all inverse temperatures: beta, beta_c, weight (default: 50)."),
    ] = None,
    finished: Finished = False,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
    phase: Phases = None,
    by: By = None,
    bayes: Annotated[
        bool, typer.Option("--bayes", help="Everybody in one hierarchy, groups by source and --by (docs/inference.md).")
    ] = False,
    draws: Annotated[int, typer.Option(min=100, help="With --bayes: draws of each of four chains.")] = 1500,
    seed: Seed = 0,
) -> None:
    """Fit cognitive models to each participant, people and language models alike."""
    from twinbean._files import write_text
    from twinbean.cognitive import fit as fit_sessions
    from twinbean.sessions.cells import csv_text

    if not bayes:
        check_folder(output, *data)
    names = None if models is None else models.split(",")
    bounds: dict[str, Any] = {} if beta_bound is None else {"beta_bound": beta_bound}
    people = read_people(data, finished=finished, exclude=exclude, exclude_file=exclude_file)
    if bayes:
        from twinbean.cli.hierarchical import fit_bayes

        if method != "ml" or beta_bound is not None:
            raise TwinbeanError("--bayes has priors and bounds of its own: leave out --method and --beta-bound")
        groups = _groups(people, by)
        fit_bayes(in_phases(people, phase), output, models=names, groups=groups, draws=draws, seed=seed, stage=stage)
        return
    table = fit_sessions(in_phases(people, phase), models=names, method=method, stage=stage, **bounds)
    write_text(output, csv_text(_parted(table, people, by)))
    for note in table.attrs["notes"]:
        print(f"twinbean: warning: {note}", file=sys.stderr)
    scale = table.attrs
    summarise(
        output,
        f"{table['model'].nunique()} models, {table[['source', 'participant']].drop_duplicates().shape[0]} "
        f"participants, {method}; a reward of 1 is {scale['reward_unit']:g} of payoff from {scale['reward_zero']:g}",
    )


def _groups(people: Sequence[Any], by: str | None) -> dict[tuple[str, str], str] | None:
    """The group of each source and participant, by source and part."""
    if by is None:
        return None
    from twinbean.comparison.parts import parted

    part_of = parted(people, by)
    return {(one.source, one.participant): f"{one.source}, {part_of(one)}" for one in people}


def _parted(table: Any, people: Sequence[Any], by: str | None) -> Any:
    """With the part of each participant, where it is no column already."""
    from twinbean.comparison.parts import parted, parts_of_people

    part_of = parted(people, by)
    if by is None or by in table:
        return table
    parts = {who: part.removeprefix(f"{by} ") for who, part in parts_of_people(people, part_of).items()}
    whose = zip(table["source"], table["participant"], strict=True)
    widened = table.copy()
    widened.insert(list(table.columns).index("source") + 1, by, [parts[who] for who in whose])
    return widened


@commands.command()
def recover(
    task: TaskName,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for recovery.html, tables and figures.")],
    models: Annotated[
        str | None,
        typer.Option(
            help="Models, as A,B (default: base_rate, wsls1, rw, ck, rw_ck; hybrid for two steps; of lotteries ev, eu; "
            "of delays hyperbolic, exponential; of other options with attributes their own)."
        ),
    ] = None,
    simulations: Annotated[int, typer.Option(min=2, max=100_000, help="Simulated people for each model.")] = 100,
    settings: Settings = None,
    seed: Seed = 0,
) -> None:
    """Say which parameters and models a task can identify with its number of trials: recovery by simulation."""
    from twinbean.cognitive import model
    from twinbean.cognitive.recovery import recover as recover_models
    from twinbean.play.payoffs import environments
    from twinbean.report.recovery import write_recovery
    from twinbean.tasks.task import load

    check_is_folder(output)
    names = None if models is None else tuple(models.split(","))
    for name in names or ():
        model(name)
    loaded = load(task)
    parameters = loaded.set(assignments(settings))
    met = environments(loaded, number=min(simulations, VARIANTS), seed=seed, parameters=parameters)
    found = recover_models(met, models=names, simulations=simulations, seed=seed)
    facts = {"task": loaded.name, **parameters, "simulations a model": simulations, "payoff tables": len(met)}
    page = write_recovery(found, output, facts=facts | {"seed": seed})
    for warning in found.warnings:
        print(f"twinbean: warning: {warning}", file=sys.stderr)
    print(page)
