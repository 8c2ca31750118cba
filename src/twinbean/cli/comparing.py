"""Tables and reports of people and models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
from twinbean.cli.commands import commands
from twinbean.cli.messages import one_line

if TYPE_CHECKING:
    from twinbean.comparison import Comparison


@commands.command()
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
    predictions: Annotated[
        Path | None, typer.Option(help="The table that twinbean predict wrote: what each predictor saw.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="The report's title.")] = None,
    note: Annotated[str, typer.Option(help="A note that stands below the title.")] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Also write a file for each session that plays it, 0.3 MB each.")
    ] = False,
    task: Annotated[
        str | None, typer.Option(metavar="TASK", help="With --watch: the task's file, if it is no built-in one.")
    ] = None,
) -> None:
    """Compare people and models: tables, figures and a report."""
    from twinbean.collect.reading import read
    from twinbean.comparison import compare as compare_sessions
    from twinbean.comparison import fit_models, read_notes
    from twinbean.comparison.cognitive import reported
    from twinbean.comparison.exclusions import exclude_people
    from twinbean.errors import DataError
    from twinbean.report import write_report
    from twinbean.report.answer import several_tasks

    check_is_folder(output)
    sessions, notes, rules = (
        in_phases(read(data, finished=finished), phase),
        read_notes([path for path in data if isinstance(path, Path)]),
        rules_of(exclude, exclude_file),
    )
    if task is not None and not watch:
        raise DataError("--task says of what task the sessions are that --watch plays, and there is no --watch")
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
        predicted=None if predictions is None else _predictions(predictions),
        seed=seed,
        stage=stage,
    )
    if len(found.tasks) > 1:
        print(f"twinbean: warning: {several_tasks(found.tasks)}", file=sys.stderr)
    watched = _watched(found, sessions, output, task) if watch else {}
    print(write_report(found, output, title=title, note=note, watched=watched))


def _watched(found: Comparison, sessions: list[Any], output: Path, task: str | None) -> dict[tuple[str, str], str]:
    """The files for the sessions that the report shows; why there is none for others is said on stderr."""
    from twinbean.report.tables import SESSIONS_SHOWN
    from twinbean.tasks.task import load
    from twinbean.watching.together import watch_all

    given = None if task is None else load(task)
    written, refused = watch_all(found.sessions.head(SESSIONS_SHOWN), sessions, output, given)
    for reason in dict.fromkeys(refused):
        print(one_line(f"twinbean: warning: not to be watched: {reason}"), file=sys.stderr)
    return written


def _predictions(path: Path) -> Any:
    """Raises DataError for a file that is not there, or no table."""
    import io

    import pandas as pd

    from twinbean._files import read_text
    from twinbean.errors import DataError

    try:
        return pd.read_csv(io.StringIO(read_text(path)), dtype={"participant": str, "model": str, "source": str})
    except (ValueError, pd.errors.ParserError) as error:
        raise DataError(f"{path} is no table that twinbean predict has written: {error}") from None
