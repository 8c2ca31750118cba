"""Watching a recorded session in the page that it was played in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.arguments import check_folder, summarise
from twinbean.cli.commands import commands

_SESSION = "Data of one session, or DATA:NAME for one of several, by its own name or its participant's."


@commands.command()
def watch(
    session: Annotated[str, typer.Argument(metavar="SESSION", help=_SESSION)],
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")],
    beside: Annotated[
        str | None, typer.Option(metavar="SESSION", help="Another session on the same payoffs, side by side.")
    ] = None,
    task: Annotated[
        str | None, typer.Option(metavar="TASK", help="The task's file, where the data name no built-in task.")
    ] = None,
) -> None:
    """Write one HTML file that plays a recorded session, a person's or a model's, in the real page."""
    from twinbean._files import write_text
    from twinbean.watching.document import watch as watch_sessions
    from twinbean.watching.naming import session_named, task_of

    check_folder(output, *(name for name in (session, beside, task) if name is not None))
    first = session_named(session)
    other = None if beside is None else session_named(beside)
    html = watch_sessions(
        task_of(session, first, task),
        first,
        beside=other,
        beside_task=None if other is None or beside is None else task_of(beside, other, task),
    )
    write_text(output, html)
    summarise(output, f"{len(first.trials)} trials of {first.participant}")
