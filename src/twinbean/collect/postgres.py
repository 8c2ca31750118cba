"""A study's database on a PostgreSQL server, by psycopg 3."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from twinbean._extras import how_to_install
from twinbean.collect.dumps import dump, without_password
from twinbean.collect.schema import migrate
from twinbean.collect.sql import SqlStore
from twinbean.collect.store import StoreUnavailable, StudyError, Value

_WORDS = {"int": "BIGINT", "blob": "BYTEA", "serial": "BIGSERIAL PRIMARY KEY", "strict": ""}
# Any number, the same for all: a lock that one writer holds until its commit, as SQLite has it.
_LOCK = 7_231_001
_BEGIN = ("BEGIN", f"SELECT pg_advisory_xact_lock({_LOCK})")
_BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_CONNECT_S = 10
# Whose database it is must be known before anything is made in it.
_COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
_OF_A_STUDY = {("schema_version", "version"), ("settings", "name"), ("settings", "value"), ("events", "seq")}


class PostgresStore(SqlStore):
    """A `Store` in the database at `address` (postgresql://...), which must be there, and is this study's alone.

    Raises StudyError where the server does not sync its commits, the extra "postgres" is not installed, or the database
    holds no study and nothing is to be made in it (`new`).
    """

    def __init__(self, address: str, *, new: bool = True) -> None:
        self._address = address
        with contextlib.closing(self._connect()) as connection:
            if connection.execute("SHOW fsync")[0][0] != "on":
                raise StudyError(f"{self.name} runs with fsync off: what it says is stored may be lost")
            columns = set(connection.execute(_COLUMNS))
            is_study = columns >= _OF_A_STUDY
            if not (is_study or new):
                raise StudyError(f"{self.name} holds no study")
            if columns and not is_study:
                raise StudyError(f"{self.name} holds other tables: give the study a database of its own")
            for statement in _BEGIN:
                connection.execute(statement)
            migrate(connection, _WORDS, where=self.name)
            connection.execute("COMMIT")
        super().__init__(self._connect, begin_write=_BEGIN, begin_read=_BEGIN_READ)

    @property
    def name(self) -> str:
        return without_password(self._address)

    def backup(self, path: Path) -> None:
        dump(self._address, path)

    def purge(self) -> None:
        with contextlib.closing(self._connect()) as connection:
            # Writes each table anew, without what was deleted. What the server archives of its log is its own affair.
            connection.execute("VACUUM FULL")

    def _connect(self) -> _Connection:
        return _Connection(self._address)


class _Connection:
    def __init__(self, address: str) -> None:
        self._name = without_password(address)
        self._psycopg = _psycopg()
        with self._as_unavailable():
            self._connection = self._psycopg.connect(address, autocommit=True, connect_timeout=_CONNECT_S)
        # Whatever the server's own default is: an acknowledgement waits for the disk.
        self.execute("SET synchronous_commit = on")

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        with self._as_unavailable():
            cursor = self._connection.execute(_with_its_places(sql), parameters)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def _as_unavailable(self) -> Iterator[None]:
        """A server that has gone, or has no more room."""
        try:
            yield
        except self._psycopg.OperationalError as error:
            raise StoreUnavailable(f"{self._name}: {' '.join(str(error).split())}") from error


@lru_cache(maxsize=256)
def _with_its_places(sql: str) -> str:
    return sql.replace("?", "%s")


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise StudyError(f"a postgresql:// database needs psycopg: {how_to_install('postgres')}") from None
    return psycopg
