"""Copies of a PostgreSQL database, made and put back by PostgreSQL's own programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from twinbean.collect.store import StoreUnavailable, StudyError


def without_password(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def dump(address: str, path: Path) -> None:
    """Write a whole copy of the database, while others read and write."""
    done = _run("pg_dump", "--format=custom", f"--file={path}", address)
    if done.returncode:
        raise StoreUnavailable(f"pg_dump of {without_password(address)} failed: {_last_line(done)}")


def check_dump(path: Path, study: str) -> None:
    """Raises StudyError for what is no copy, or another study's."""
    done = _run("pg_restore", "--data-only", "--table=settings", "--file=-", str(path))
    if done.returncode:
        raise StudyError(f"{path} is no whole copy of a study's database: {_last_line(done)}")
    if f"study\t{study}" not in done.stdout.splitlines():
        raise StudyError(f"{path} is a copy of another study")


def restore_dump(path: Path, address: str) -> None:
    """Put a copy in the place of what is in the database, in one transaction."""
    whole = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
    done = _run("pg_restore", *whole, f"--dbname={address}", str(path))
    if done.returncode:
        raise StoreUnavailable(f"pg_restore into {without_password(address)} failed: {_last_line(done)}")


def _run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which(name)
    if program is None:
        raise StudyError(
            f"copies of a PostgreSQL database need its program {name}, which is not installed "
            f"(on Debian: apt-get install postgresql-client)"
        )
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
