"""Tables and reports of people and models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.app import app
from twinbean.cli.arguments import (
    By,
    Exclude,
    ExcludeFile,
    Finished,
    Phases,
    Seed,
    SomeData,
    Stage,
    check_is_folder,
    in_phases,
    rules_of,
)


@app.command()
def compare(
    data: SomeData,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for tables, figures and report.html.")],
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
    models: Annotated[
        str | None,
        typer.Option(
            help="Cognitive models to fit beside language models, as A,B (default: base_rate, sticky, wsls2, rw, "
            "rw_stick; hybrid for two steps); none fits none."
        ),
    ] = None,
    stage: Stage = None,
    seed: Seed = 0,
    finished: Finished = False,
    phase: Phases = None,
    by: By = None,
    contrast: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A contrast of two conditions, as 'condition: a - b'; repeatable."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The report's title.")] = None,
    note: Annotated[str, typer.Option(help="A note that stands below the title.")] = "",
) -> None:
    """Compare people and models: tables, figures and a report."""
    from twinbean.collect.reading import read
    from twinbean.comparison import compare as compare_sessions
    from twinbean.comparison import fit_models, read_notes
    from twinbean.comparison.cognitive import reported
    from twinbean.comparison.exclusions import exclude_people
    from twinbean.report import write_report
    from twinbean.report.answer import several_tasks

    check_is_folder(output)
    sessions, notes, rules = (
        in_phases(read(data, finished=finished), phase),
        read_notes([path for path in data if isinstance(path, Path)]),
        rules_of(exclude, exclude_file),
    )
    kept = exclude_people(sessions, rules)[0]
    names = reported(kept, stage) if models is None else () if models == "none" else models.split(",")
    if names and sys.stderr.isatty():
        print(f"fitting {', '.join(names)}", file=sys.stderr)
    fits = fit_models(kept, models=names, seed=seed, stage=stage) if names else None
    found = compare_sessions(
        sessions,
        fits=fits,
        runs=notes,
        exclude=rules,
        by=by,
        contrasts=contrast or (),
        seed=seed,
        stage=stage,
    )
    if len(found.tasks) > 1:
        print(f"twinbean: warning: {several_tasks(found.tasks)}", file=sys.stderr)
    print(write_report(found, output, title=title, note=note))
