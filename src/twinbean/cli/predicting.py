"""Choices predicted from other people, and from one's own earlier ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from twinbean.cli.arguments import (
    Exclude,
    ExcludeFile,
    Finished,
    Phases,
    Seed,
    SomeData,
    Stage,
    check_folder,
    in_phases,
    read_people,
    summarise,
)
from twinbean.cli.commands import commands
from twinbean.errors import TwinbeanError


@commands.command()
def predict(
    data: SomeData,
    output: Annotated[Path, typer.Option("-o", "--output", help="A .csv file, a row for each participant and model.")],
    choices: Annotated[Path | None, typer.Option(help="A .csv file, a row for each choice and model.")] = None,
    train: Annotated[
        list[Path] | None,
        typer.Option(help="People to learn from, none of whom is in DATA (default: the other folds); repeatable."),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(help="Models, as A,B (default: those of a report, as base_rate, wsls2, rw, rw_stick)."),
    ] = None,
    mixture: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=A,B", help="A predictor that averages these models; repeatable."),
    ] = None,
    history: Annotated[
        Literal["block", "session", "person"],
        typer.Option(help="How far back one's own choices are known: as far as what they are compared with has them."),
    ] = "session",
    folds: Annotated[int, typer.Option(min=2, help="People are dealt into so many folds.")] = 5,
    points: Annotated[int, typer.Option(min=512, help="Parameter points a person and history.")] = 1024,
    seed: Seed = 0,
    stage: Stage = None,
    beta_bound: Annotated[float | None, typer.Option(help="Upper bound of all inverse temperatures.")] = None,
    finished: Finished = False,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
    phase: Phases = None,
) -> None:
    """Predict choices from other people and from one's own earlier ones: how likely each is to cognitive models.

    Sessions among DATA that a language model scored are rows beside the models, on the same choices.
    """
    from twinbean._files import write_text
    from twinbean.cognitive.parameters import BETA_BOUND
    from twinbean.comparison.cognitive import reported
    from twinbean.inference import by_person, predictions
    from twinbean.sessions.cells import csv_text

    check_folder(output, *data)
    everybody = in_phases(read_people(data, finished=finished, exclude=exclude, exclude_file=exclude_file), phase)
    people = [one for one in everybody if any(one.is_own(trial) for trial in one.trials)]
    scored = [one for one in everybody if any(trial.logp_legal is not None for trial in one.trials)]
    others = in_phases(read_people(train, finished=finished), phase) if train else None
    table = predictions(
        people,
        train=others,
        models=reported(people, stage) if models is None else models.split(","),
        mixtures=dict(_mixture(text) for text in mixture or ()),
        history=history,
        folds=folds,
        points=points,
        seed=seed,
        scored=scored,
        stage=stage,
        beta_bound=BETA_BOUND if beta_bound is None else beta_bound,
    )
    if choices is not None:
        write_text(choices, csv_text(table))
    persons = by_person(table)
    write_text(output, csv_text(persons))
    summarise(
        output,
        f"{persons['model'].nunique()} predictors, {persons['participant'].nunique()} participants, history {history}; "
        f"a reward of 1 is {table.attrs['reward_unit']:g} of payoff from {table.attrs['reward_zero']:g}",
    )


def _mixture(text: str) -> tuple[str, list[str]]:
    name, equals, members = text.partition("=")
    if not equals:
        raise TwinbeanError(f"--mixture {text!r} has no '=', expected NAME=A,B")
    return name, members.split(",")
