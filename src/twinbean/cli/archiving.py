"""Data as an archive that journals ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from twinbean.cli.arguments import Exclude, ExcludeFile, Finished, SomeData, check_is_folder, rules_of, summarise
from twinbean.cli.commands import commands


@commands.command()
def archive(
    data: SomeData,
    form: Annotated[Literal["bids", "psych-ds"], typer.Option("--as", help="The form of the archive.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A folder that is new or empty.")],
    licence: Annotated[str | None, typer.Option(help="Under which others may use the data, e.g. CC0-1.0.")] = None,
    about: Annotated[
        Path | None,
        typer.Option(help="A TOML file: title, authors, licence, what columns of your own hold (docs/archives.md)."),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="NAME", help="Leave out what is known under this name; repeatable."),
    ] = None,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Keep the names of participants that are of no study: they are public.")
    ] = False,
    finished: Finished = False,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
) -> None:
    """Write data as a BIDS or Psych-DS dataset: described columns, pseudonyms, checksums, who was left out and why."""
    from twinbean.archive.about import About, read_about
    from twinbean.archive.archiving import write_archive
    from twinbean.archive.content import gather

    check_is_folder(output)
    known = About() if about is None else read_about(about)
    content = gather(
        data,
        about=known if licence is None else known.model_copy(update={"licence": licence}),
        finished=finished,
        rules=rules_of(exclude, exclude_file),
        leave_out=leave_out or (),
        keep_names=keep_names,
    )
    write_archive(content, output, form)
    trials = sum(len(session.trials) for session in content.sessions)
    summarise(output, f"{len(content.sessions)} sessions, {trials} trials")
