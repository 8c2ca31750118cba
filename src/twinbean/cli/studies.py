"""Look after a study: how it stands, what is to be paid, whom to erase, and copies of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twinbean.cli.arguments import Exclude, ExcludeFile, check_folder, print_table, rules_of, summarise
from twinbean.cli.commands import commands
from twinbean.cli.messages import one_line
from twinbean.errors import DataError, TaskError

if TYPE_CHECKING:
    from decimal import Decimal

    from twinbean.collect.study import Study
    from twinbean.collect.summary import Check, Group

StudyFolder = Annotated[Path, typer.Argument(metavar="STUDY", help="The folder that `twinbean serve` keeps.")]


@commands.command()
def status(study: StudyFolder) -> None:
    """Say how a study stands: started, active, finished, left and where, scores, flags, last problems."""
    from rich.table import Table

    from twinbean.collect.clock import now
    from twinbean.collect.study import open_study
    from twinbean.collect.summary import Findings
    from twinbean.collect.summary import summarise as summarised

    with open_study(study) as opened:
        found = summarised(opened, Findings(opened.settings, _check(opened)), now())
    state = "paused" if found.paused else "open"
    wanted = "" if found.target is None else f", target {found.target}"
    print(
        f"{study}: {found.task}, {state}{wanted}; opened {found.opened}, declined {found.declined}, tests {found.tests}"
    )
    columns = ("condition", "started", "active", "finished", "left", "withdrawn", "minutes", "score", "left where")
    table = Table(*columns, box=None, pad_edge=False)
    for group in [*found.groups, found.total]:
        table.add_row(group.condition or "all", *_cells(group))
    print_table(table)
    for flagged in found.flagged:
        print(f"flagged: {flagged.participant} (session {flagged.session}): {one_line('; '.join(flagged.flags))}")
    for at, what in found.problems:
        print(f"{at}: {one_line(what)}")


def _cells(group: Group) -> list[str]:
    from twinbean.collect.summary import minutes_said

    counts = [group.started, group.active, group.finished, group.left, group.withdrawn]
    score = "" if group.score is None else f"{group.score:.4g}"
    return [*map(str, counts), minutes_said(group.minutes), score, group.places]


def _check(study: Study) -> Check:
    """Plays sessions again; where the task is not to be had from here, says so once and leaves it."""
    from twinbean.collect.agreeing import Referee

    try:
        return Referee(study.settings).contradiction
    except TaskError as error:
        print(f"twinbean: note: sessions were not played again: {one_line(str(error))}", file=sys.stderr)
        return lambda session: None


def _money(text: str | None, option: str) -> Decimal | None:
    if text is None:
        return None
    from decimal import Decimal, InvalidOperation  # for which no other command need wait

    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or amount <= 0:
        raise DataError(f"{option} is {text!r}, expected an amount above 0, as 0.01")
    return amount


@commands.command()
def bonus(
    study: StudyFolder,
    output: Annotated[Path, typer.Option("-o", "--output", help="A .csv file: submission,amount.")],
    rate: Annotated[str, typer.Option(help="What a point of the main phase is worth, in the study's currency.")],
    cap: Annotated[str | None, typer.Option(help="The most that one participant gets.")] = None,
    total: Annotated[str | None, typer.Option(help="Refuse where all files together come to more.")] = None,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
) -> None:
    """Write what participants earned as a file for the panel's bulk payment. Nobody is paid by this command."""
    from twinbean.collect.bonus import bonuses, write_bonuses
    from twinbean.collect.study import open_study

    worth, most, limit = _money(rate, "--rate"), _money(cap, "--cap"), _money(total, "--total")
    assert worth is not None
    check_folder(output)
    rules = rules_of(exclude, exclude_file)
    with open_study(study) as opened:
        found = bonuses(opened, rate=worth, cap=most, exclude=rules)
        for session, reason in found.unpaid.items():
            print(f"twinbean: no bonus for session {session}: {one_line(reason)}", file=sys.stderr)
        if not found.payments:
            print(f"{study}: no bonus to write")
            return
        write_bonuses(opened, found, output, limit=limit)
    summarise(output, f"{len(found.payments)} bonuses, {found.total} together; nobody was paid")


@commands.command()
def erase(
    study: StudyFolder,
    participant: Annotated[str, typer.Argument(metavar="PARTICIPANT", help="An id, a pseudonym or a session.")],
    runs: Annotated[
        list[Path] | None, typer.Option(help="Folders in which to look for runs that hold the participant.")
    ] = None,
) -> None:
    """Erase a participant: rows, ids, consent. Also while the study is served."""
    from twinbean.collect.erasing import erase as erase_participant
    from twinbean.collect.study import open_study

    places = runs if runs is not None else [place for place in (Path("results"),) if place.is_dir()]
    with open_study(study) as opened:
        found = erase_participant(opened, participant, runs=places)
    print(f"{study}: {found.rows} rows of {len(found.sessions)} sessions were erased")
    for path in found.backups:
        print(f"{path} holds them until the next `twinbean backup {study}`")
    for folder in found.runs:
        print(f"{folder} is a run that holds them: remove it by hand")


@commands.command()
def exclude(
    study: StudyFolder,
    participants: Annotated[list[str], typer.Argument(metavar="PARTICIPANT...", help="Ids, pseudonyms or sessions.")],
) -> None:
    """Leave participants out of the data; their rows stay, and they cannot take part again."""
    from twinbean.collect.excluding import exclude as exclude_ids
    from twinbean.collect.naming import id_of
    from twinbean.collect.study import open_study

    with open_study(study) as opened:
        ids = [id_of(opened, name) for name in participants]
        exclude_ids(opened.store, ids)
    print(f"{study}: {len(ids)} participants are excluded")


@commands.command()
def backup(
    study: StudyFolder,
    keep: Annotated[int, typer.Option(min=1, help="How many copies to keep.")] = 7,
    restore: Annotated[Path | None, typer.Option(help="Put this copy in the place of the database.")] = None,
) -> None:
    """Copy a study's database, also while it is served; or put a copy back."""
    from twinbean.collect import backups
    from twinbean.collect.study import open_study

    if restore is not None:
        before = backups.restore(study, restore)
        print(f"{study}: restored from {restore}; what was there is {before}")
        return
    with open_study(study) as opened:
        made = backups.backup(opened, keep=keep)
    print(f"{made.path}: {made.path.stat().st_size / 1000:.0f} kB; {len(made.removed)} older copies removed")


@commands.command()
def admin(study: StudyFolder) -> None:
    """Make a new token for a study's dashboard; the one before no longer opens it."""
    from twinbean.collect.admin import new_token
    from twinbean.collect.study import open_study

    with open_study(study) as opened:
        print(f"{new_token(opened.store)}  (the dashboard's new token, shown only now)")


@commands.command()
def privacy(
    study: StudyFolder,
    output: Annotated[Path, typer.Option("-o", "--output", help="An .html file.")],
) -> None:
    """Write what a study stores of people as a page for ethics boards, from its database and its policies."""
    from twinbean._files import write_text
    from twinbean.collect.privacy import privacy_page
    from twinbean.collect.study import open_study

    check_folder(output)
    with open_study(study) as opened:
        write_text(output, privacy_page(opened))
    summarise(output, f"what {study} stores")
