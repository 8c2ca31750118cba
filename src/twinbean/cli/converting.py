"""Other people's data as tidy tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.arguments import (
    Exclude,
    ExcludeFile,
    Finished,
    SomeData,
    check_folder,
    kept_of,
    rules_of,
    summarise,
)
from twinbean.cli.commands import commands
from twinbean.errors import DataError

# What a folder of another study can hold.
_SUFFIXES = (".json", ".csv", ".tsv", ".txt", ".parquet", ".gz")


@commands.command()
def convert(
    data: SomeData,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A .csv or .parquet file.")] = None,
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
    mapping: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A TOML file that says what the columns hold (docs/converting.md), or hbayesdm."
        ),
    ] = None,
    participants: Annotated[
        Path | None, typer.Option(help="Also write what is known of the participants: a .csv or .parquet file.")
    ] = None,
    responses: Annotated[
        Path | None, typer.Option(help="Of a study: also write what was answered besides choices: a row an answer.")
    ] = None,
    screens: Annotated[
        Path | None, typer.Option(help="Of a study: also write all that was recorded: a row a screen.")
    ] = None,
    finished: Finished = False,
    identified: Annotated[
        bool, typer.Option("--identified", help="Of a study: participants' ids instead of pseudonyms.")
    ] = False,
    everybody: Annotated[
        bool,
        typer.Option("--everybody", help="Of a study: also test visits, second attempts and excluded participants."),
    ] = False,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
    wide: Annotated[bool, typer.Option(help="For one run: add prompts, replies, notes and running sums.")] = False,
) -> None:
    """Write sessions as one tidy table, a row a trial; with column names, from a table of another study."""
    from twinbean.collect.reading import read
    from twinbean.runs.wide import write_wide
    from twinbean.sessions import write_table
    from twinbean.sessions.checking import check_once
    from twinbean.sessions.foreign import read_all_foreign
    from twinbean.sessions.foreign_columns import Columns
    from twinbean.sessions.mapping import read_mapped
    from twinbean.sessions.participants import write_participants

    outputs = [path for path in (output, participants, responses, screens) if path is not None]
    for path in outputs:
        check_folder(path, *data)
        if outputs.count(path) > 1:
            raise DataError(f"{path} is named for two tables: give one another name")
    if not outputs:
        raise DataError("nothing is to be written: name a file with -o, --participants, --responses or --screens")
    if wide:
        if output is None:
            raise DataError("--wide is a table of its own: name its file with -o")
        if responses is not None or screens is not None:
            raise DataError("--responses and --screens are of a study, and --wide of a run")
        if len(data) != 1:
            raise DataError(f"a wide table is made of one run, and {len(data)} were given")
        if exclude or exclude_file:
            raise DataError("--exclude is for tables of sessions, and --wide is of a whole run")
        if participants is not None:
            raise DataError("--participants is for a table of sessions, and --wide asks for another one")
        summarise(output, f"{write_wide(data[0], output)} trials")
        return
    if mapping is not None:
        if any(one is not None for one in (choice, participant, reward, block, rt, where, keep)):
            raise DataError("--mapping names the columns in a file: give it alone, or --choice and the others")
        sessions = read_mapped(mapping, _files(data))
        check_once(sessions)
    elif choice is None:
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
        sessions = read_all_foreign(_files(data), columns)
        check_once(sessions)
    if rules := rules_of(exclude, exclude_file):
        sessions = kept_of(sessions, rules)
    if output is not None:
        n_trials = sum(len(session.trials) for session in sessions)
        if not n_trials:
            raise DataError(
                f"no choice among arms is in the data, and {output} would have a row for each: leave out -o, and write "
                f"--participants, or, of a study, --responses and --screens"
            )
        write_table(sessions, output)
        without = sum(not session.trials for session in sessions)
        if without:
            print(f"twinbean: note: {without} of the sessions have no choice among arms and no row", file=sys.stderr)
        summarise(output, f"{len(sessions) - without} sessions, {n_trials} trials")
    if participants is not None:
        write_participants(sessions, participants)
        if output is None:
            summarise(participants, f"{len(sessions)} sessions")
    _write_of_study(data, responses, screens, finished=finished, identified=identified, everybody=everybody)


def _write_of_study(
    data: list[Path],
    responses: Path | None,
    screens: Path | None,
    *,
    finished: bool,
    identified: bool,
    everybody: bool,
) -> None:
    from twinbean.collect.reading import is_address, read_collected
    from twinbean.collect.screens import responses_table, screens_table
    from twinbean.collect.study import is_study
    from twinbean.sessions.table import save_table

    tables = [(responses, responses_table, "answers"), (screens, screens_table, "screens")]
    if not any(path for path, *_ in tables):
        return
    if other := next((source for source in data if not (is_address(source) or is_study(source))), None):
        raise DataError(f"--responses and --screens are of a study, and {other} is none")
    found = [one for source in data for one in read_collected(source, finished=finished, everybody=everybody)]
    for path, made, what in tables:
        if path is not None:
            table = made(found, identified=identified)
            save_table(table, path)
            summarise(path, f"{len(table)} {what}")


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
        found = _in_folder(path) if path.is_dir() else [path]
        if not found:
            raise DataError(f"{path} holds no data: expected {', '.join(_SUFFIXES)} files")
        files += found
    return files


def _in_folder(path: Path) -> list[Path]:
    from twinbean.sessions.bids import beh_files, is_bids

    return beh_files(path) if is_bids(path) else sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
