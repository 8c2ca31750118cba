"""Other people's data as tidy tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.app import app
from twinbean.cli.arguments import Finished, SomeData, check_folder, summarise
from twinbean.errors import DataError

# What a folder of another study can hold.
_SUFFIXES = (".json", ".csv", ".tsv", ".txt", ".parquet", ".gz")


@app.command()
def convert(
    data: SomeData,
    output: Annotated[Path, typer.Option("-o", "--output", help="A .csv or .parquet file.")],
    participant: Annotated[
        str | None, typer.Option(help="The column of the participant; without it each file is one participant.")
    ] = None,
    choice: Annotated[str | None, typer.Option(help="The column of the chosen arm.")] = None,
    reward: Annotated[str | None, typer.Option(help="The column of the reward.")] = None,
    block: Annotated[str | None, typer.Option(help="The column of the block.")] = None,
    rt: Annotated[str | None, typer.Option(help="The column of the response time in milliseconds.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=ENTRY", help="Only these rows, e.g. trial_type=html-button-response; repeatable."),
    ] = None,
    keep: Annotated[
        str | None, typer.Option(help="Columns that describe participants, e.g. diagnosis,condition.")
    ] = None,
    participants: Annotated[
        Path | None, typer.Option(help="Also write what is known of the participants: a .csv or .parquet file.")
    ] = None,
    finished: Finished = False,
    identified: Annotated[
        bool, typer.Option("--identified", help="Of a study: participants' ids instead of pseudonyms.")
    ] = False,
    everybody: Annotated[
        bool,
        typer.Option("--everybody", help="Of a study: also test visits, second attempts and excluded participants."),
    ] = False,
    wide: Annotated[bool, typer.Option(help="For one run: add prompts, replies, notes and running sums.")] = False,
) -> None:
    """Write sessions as one tidy table, a row a trial; with column names, from a table of another study."""
    from twinbean.collect.reading import read
    from twinbean.runs.wide import write_wide
    from twinbean.sessions import write_table
    from twinbean.sessions.checking import check_once
    from twinbean.sessions.foreign import Columns, read_foreign
    from twinbean.sessions.participants import write_participants

    for path in (output, participants):
        if path is not None:
            check_folder(path, *data)
    if participants is not None and participants == output:
        raise DataError(f"{output} is named for the sessions and for their participants: give one another name")
    if wide:
        if len(data) != 1:
            raise DataError(f"a wide table is made of one run, and {len(data)} were given")
        if participants is not None:
            raise DataError("--participants is for a table of sessions, and --wide asks for another one")
        summarise(output, f"{write_wide(data[0], output)} trials")
        return
    if choice is None:
        options = {"--participant": participant, "--reward": reward, "--block": block, "--rt": rt, "--where": where}
        for option, given in (options | {"--keep": keep}).items():
            if given is not None:
                raise DataError(
                    f"{option} is for a table of another study, and needs --choice, the chosen arm's column"
                )
        sessions = read(data, finished=finished, identified=identified, everybody=everybody)
    else:
        columns = Columns(
            participant=participant,
            choice=choice,
            reward=reward,
            block=block,
            rt=rt,
            where=_entries(where or []),
            keep=[] if keep is None else [name.strip() for name in keep.split(",")],
        )
        sessions = [session for path in _files(data) for session in read_foreign(path, columns)]
        check_once(sessions)
    if empty := next((session for session in sessions if not session.trials), None):
        raise DataError(
            f"session {empty.session!r} of participant {empty.participant!r} has no choice among arms, and a "
            f"tidy table has a row for each"
        )
    write_table(sessions, output)
    if participants is not None:
        write_participants(sessions, participants)
    summarise(output, f"{len(sessions)} sessions, {sum(len(session.trials) for session in sessions)} trials")


def _entries(conditions: list[str]) -> dict[str, list[str]]:
    """The entries asked for, by column; of one column, any will do."""
    entries: dict[str, list[str]] = {}
    for condition in conditions:
        name, equals, entry = condition.partition("=")
        if not equals:
            raise DataError(f"--where {condition!r} has no '=', expected COLUMN=ENTRY")
        entries.setdefault(name.strip(), []).append(entry.strip())
    return entries


def _files(data: list[Path]) -> list[Path]:
    """The files given, and those in the folders given."""
    files = []
    for path in data:
        found = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES) if path.is_dir() else [path]
        if not found:
            raise DataError(f"{path} holds no data: expected {', '.join(_SUFFIXES)} files")
        files += found
    return files
