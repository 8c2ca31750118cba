"""Shards of a run, put together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.arguments import check_is_folder
from twinbean.cli.commands import commands


@commands.command()
def merge(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Every shard of one run.")],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder of the whole run.")],
) -> None:
    """Put the shards of a run together: the folder that one run would have written."""
    from twinbean.runs.merging import merge as merge_runs

    check_is_folder(output)
    n_sessions = merge_runs(runs, output)
    print(f"{output}: {n_sessions} sessions of {len(runs)} shards")
