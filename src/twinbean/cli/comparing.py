"""Tables and reports of people and models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.app import app
from twinbean.cli.arguments import Seed, check_folder
from twinbean.errors import DataError


@app.command()
def compare(
    data: Annotated[list[Path], typer.Argument(metavar="DATA-OR-RUN...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for tables, figures and report.html.")],
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="Leave people out: rt<MS, rt>MS, missed>SHARE, focus>TIMES, one-arm; repeatable."),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            help="Cognitive models to fit beside language models, as A,B (default: base_rate, sticky, wsls2, rw, "
            "rw_stick); none fits none."
        ),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Compare people and models: tables, figures and a report."""
    from twinbean.comparison import REPORTED, fit_models, read_notes, write_report
    from twinbean.comparison import compare as compare_sessions
    from twinbean.comparison.answer import several_tasks
    from twinbean.comparison.exclusions import exclude_people
    from twinbean.records import read

    sessions, notes, rules = read(data), read_notes(data), exclude or []
    names = REPORTED if models is None else () if models == "none" else models.split(",")
    if names and sys.stderr.isatty():
        print(f"fitting {', '.join(names)}", file=sys.stderr)
    fits = fit_models(exclude_people(sessions, rules)[0], models=names, seed=seed) if names else None
    found = compare_sessions(sessions, fits=fits, runs=notes, exclude=rules, seed=seed)
    if len(found.tasks) > 1:
        print(f"twinbean: warning: {several_tasks(found.tasks)}", file=sys.stderr)
    print(write_report(found, output))


@app.command()
def convert(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .csv or .parquet file.")],
    participant: Annotated[
        str | None, typer.Option(help="The participants' column, in a table of another study.")
    ] = None,
    choice: Annotated[str | None, typer.Option(help="The column of the chosen arm.")] = None,
    reward: Annotated[str | None, typer.Option(help="The column of what it paid.")] = None,
    block: Annotated[str | None, typer.Option(help="The column of the block.")] = None,
    wide: Annotated[bool, typer.Option(help="Of one run: with prompts, replies, notes and running sums.")] = False,
) -> None:
    """Write sessions as one tidy table, a row a trial; with column names, from a table of another study."""
    from twinbean.records import read, write_table
    from twinbean.records.foreign import Columns, read_foreign
    from twinbean.records.wide import write_wide

    check_folder(output, *data)
    if wide:
        if len(data) != 1:
            raise DataError(f"a wide table is made of one run, and {len(data)} were given")
        print(f"{output}: {write_wide(data[0], output)} trials")
        return
    if participant is None and choice is None:
        sessions = read(data)
    elif participant is None or choice is None:
        raise DataError("a table of another study needs both --participant and --choice")
    else:
        columns = Columns(participant=participant, choice=choice, reward=reward, block=block)
        sessions = [session for path in data for session in read_foreign(path, columns)]
    write_table(sessions, output)
    print(f"{output}: {len(sessions)} sessions, {sum(len(session.trials) for session in sessions)} trials")
