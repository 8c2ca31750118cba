"""A run in shards on a cluster."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.arguments import assignments, check_is_folder
from twinbean.cli.commands import commands
from twinbean.errors import RunError

_COMMANDS = ("replay", "score")
# What is behind the first word is the command's own.
_SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}


@commands.command(context_settings=_SETTINGS)
def submit(
    context: typer.Context,
    *,
    on: Annotated[str, typer.Option(help="slurm or local.")],
    shards: Annotated[int, typer.Option(min=1, help="How many jobs the run is dealt out to.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder of the merged run.")],
    at_once: Annotated[int | None, typer.Option(min=1, help="Maximum number of jobs at a time.")] = None,
    retries: Annotated[int, typer.Option(min=0, help="How often failed shards are started again.")] = 1,
    job: Annotated[
        list[str] | None,
        typer.Option("--job", metavar="NAME=VALUE", help="A parameter of submitit, as timeout_min=120; repeatable."),
    ] = None,
) -> None:
    """Run `replay ...` or `score ...`, written behind these options without -o, in shards, and merge them."""
    from twinbean.runs.cluster import Cluster
    from twinbean.runs.cluster import submit as submit_shards

    command = context.args
    if not command or command[0] not in _COMMANDS:
        raise RunError(f"{' '.join(command[:1])!r} cannot be submitted: expected replay or score with their arguments")
    taken = [name for name in ("-o", "--output", "--shard") if name in command]
    if taken:
        raise RunError(f"{taken[0]} is given to {command[0]}: shards and folders are given to submit")
    check_is_folder(output)
    options = {
        name: int(value) if value.isdecimal() else value for name, value in assignments(job, option="--job").items()
    }

    def tell(done: int, total: int) -> None:
        print(f"twinbean: {done} of {total} shards are complete", file=sys.stderr, flush=True)

    cluster = Cluster(on=on, at_once=at_once, options=options)
    n_sessions = submit_shards(command, output, shards=shards, cluster=cluster, retries=retries, on_progress=tell)
    print(f"{output}: {n_sessions} sessions of {shards} shards")
