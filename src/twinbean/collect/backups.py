"""Copies of a study's database: made while it is served, kept for some rounds, and put back when it is not."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from twinbean.collect import settings
from twinbean.collect.clock import now, stamp
from twinbean.collect.dumps import check_dump, restore_dump
from twinbean.collect.erasing import ERASED, erase
from twinbean.collect.records import all_sessions
from twinbean.collect.store import StudyError
from twinbean.collect.study import BACKUPS, DATABASE, LOCK, Settings, Study, open_study, read_settings

KEPT = 7
# Of a file in the study's folder, and of a PostgreSQL database.
_COPY, _DUMP = ".sqlite", ".dump"
# What was there before a copy was put back.
_REPLACED = ".replaced"


@dataclass(frozen=True, kw_only=True)
class Backup:
    path: Path
    removed: Sequence[Path]


def backup(study: Study, *, keep: int = KEPT) -> Backup:
    """Copy the database, and remove all copies but the last `keep`, and those that hold somebody who was erased since.

    Raises StudyError where the copy is not whole, or PostgreSQL's programs are missing.
    """
    suffix, check = (_COPY, _check) if study.settings.database is None else (_DUMP, check_dump)
    folder = study.folder / BACKUPS
    folder.mkdir(exist_ok=True)
    path = folder / f"{_named(stamp(now()))}{suffix}"
    partial = path.with_suffix(".part")
    try:
        study.store.backup(partial)
        os.chmod(partial, 0o600)
        check(partial, study.settings.study)
        _sync(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    erased = study.store.read(lambda transaction: settings.get(transaction, ERASED))
    others = [copy for copy in sorted(folder.iterdir()) if copy != path and copy.suffix in (suffix, _REPLACED)]
    copies = [copy for copy in others if copy.suffix == suffix]
    surplus = copies[: max(len(copies) - keep + 1, 0)]
    removed = [copy for copy in others if copy in surplus or (erased and copy.stem <= _named(erased))]
    for copy in removed:
        copy.unlink()
    return Backup(path=path, removed=removed)


def restore(folder: Path, copy: Path) -> Path:
    """Make `copy` the database of the study in `folder`, which must not be served; where the one before is now.

    Who was erased since the copy was made is erased again, as far as the present database can still say so. Raises
    StudyError for a copy that is damaged, or another study's.
    """
    found = read_settings(folder)
    if not copy.is_file():
        raise StudyError(f"{copy} does not exist")
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StudyError(f"{folder} is being served: stop it, then restore") from None
    before = folder / BACKUPS / f"{_named(stamp(now()))}{_REPLACED}"
    with lock:
        erased = _put_back(folder, found, copy, before)
        with open_study(folder) as study:
            known = {one.session for one in study.store.read(all_sessions) if one.state != "erased"}
            for session in erased:
                if session in known:
                    erase(study, session)
    return before


def _put_back(folder: Path, found: Settings, copy: Path, before: Path) -> list[str]:
    """The sessions that were erased in the database that `copy` has replaced."""
    if found.database is not None:
        check_dump(copy, found.study)
        with open_study(folder) as study:
            study.store.backup(before)
            os.chmod(before, 0o600)
            erased = [one.session for one in study.store.read(all_sessions) if one.state == "erased"]
        restore_dump(copy, found.database)
        return erased
    database = folder / DATABASE
    partial = folder / f".{DATABASE}.part"
    erased = _erased_in(database) if database.exists() else []
    try:
        shutil.copyfile(copy, partial)
        os.chmod(partial, 0o600)
        _check(partial, found.study)
        _sync(partial)
        if database.exists():
            database.replace(before)
        # A log of the one before would be written into this one.
        for end in ("-wal", "-shm"):
            database.with_name(DATABASE + end).unlink(missing_ok=True)
        partial.replace(database)
    finally:
        partial.unlink(missing_ok=True)
    return erased


def _erased_in(database: Path) -> list[str]:
    """The sessions that are erased in a database, whose log is written into it on the way; none where it is damaged."""
    try:
        with contextlib.closing(sqlite3.connect(database)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return [session for (session,) in opened.execute("SELECT session FROM sessions WHERE state = 'erased'")]
    except sqlite3.DatabaseError:
        return []


def _check(path: Path, study: str) -> None:
    try:
        with contextlib.closing(sqlite3.connect(path)) as copy:
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            owner = copy.execute("SELECT value FROM settings WHERE name = 'study'").fetchone()
    except sqlite3.DatabaseError as error:
        raise StudyError(f"{path} is no whole copy of a study's database: {error}") from None
    if state != "ok":
        raise StudyError(f"{path} is damaged: {state}")
    if owner is None or owner[0] != study:
        raise StudyError(f"{path} is a copy of another study")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _named(at: str) -> str:
    """A stamp as part of a file name; names sort as their stamps do."""
    return at.replace(":", "-")
