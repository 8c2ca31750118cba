"""Journals: files of JSON lines that only grow, and are on disk before what they tell of is built upon."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from twinbean import _json
from twinbean._files import write_bytes
from twinbean._messages import shortened
from twinbean.errors import DataError

FORMAT = 1


class Journal:
    """Appends to the journal at `path`; a last line that an earlier process did not finish is taken away first.

    `ensure_ascii` is that of `json.dumps`. What was appended is on disk once `commit` or `flush` returns.
    """

    def __init__(self, path: Path, *, ensure_ascii: bool = True) -> None:
        if path.exists():
            os.truncate(path, len(_json.finished(path.read_bytes())))
        self._file = path.open("ab")
        self._ensure_ascii = ensure_ascii
        self._pending: list[str] = []
        self._appended = self._on_disk = 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._writing = asyncio.Lock()

    def append(self, entry: Mapping[str, Any]) -> str:
        """Returns the line, without its line feed."""
        line = json.dumps({"format": FORMAT, **entry}, ensure_ascii=self._ensure_ascii)
        self._pending.append(line + "\n")
        self._appended += 1
        return line

    async def commit(self) -> None:
        """Return once every line so far is on disk.

        Lines that come together share one write, and those that come while the disk is busy the next one. Writes happen
        in a thread, one after the other: a disk takes milliseconds, and the loop has others to serve.
        """
        wanted = self._appended
        if self._on_disk >= wanted:
            return
        async with self._writing:
            await asyncio.sleep(0)
            if self._on_disk < wanted:
                reached, lines = self._appended, self._taken()
                await asyncio.get_running_loop().run_in_executor(self._writer, self._write, lines)
                self._on_disk = reached

    def flush(self) -> None:
        """As `commit`, for who has no loop."""
        reached = self._appended
        self._write(self._taken())
        self._on_disk = reached

    def forget(self) -> None:
        """Leave out what is not on disk yet."""
        self._pending.clear()

    def close(self) -> None:
        self._writer.shutdown()
        self.flush()
        self._file.close()

    def _taken(self) -> bytes:
        lines = "".join(self._pending)
        self._pending.clear()
        # Without `ensure_ascii` half of a surrogate pair becomes its escape, which JSON reads as what it was.
        return lines.encode("utf-8", "backslashreplace")

    def _write(self, lines: bytes) -> None:
        if lines:
            self._file.write(lines)
            self._file.flush()
            os.fsync(self._file.fileno())


def read(path: Path, *, as_is: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every entry with its place, `FILE, line 3`; a last line that is still being written is left out.

    Raises DataError naming the line. `as_is` as in `_json.loads`.
    """
    for number, text in lines(path):
        where = f"{path}, line {number}"
        yield where, entry(text, where, as_is=as_is)


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The finished lines, counted from 1; none where there is no file. Raises DataError for what is something else."""
    if not path.exists():
        return
    if not path.is_file():
        raise DataError(f"{path} is no file, expected a journal")
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield number, line[:-1]


def entry(text: bytes, where: str, *, as_is: bool = False) -> dict[str, Any]:
    """Raises DataError where a line is no JSON object, or one of another format."""
    found = _json.loads(text, where, as_is=as_is)
    if not isinstance(found, dict) or not {"format", "kind"} & found.keys():
        raise DataError(f"{where} is {shortened(found)}, expected a line of a run's journal")
    if found.get("format") != FORMAT:
        raise DataError(f"{where} has format {found.get('format')!r}, expected {FORMAT}")
    return found


def drop(path: Path, dropped: Mapping[int, str]) -> list[str]:
    """Take lines away, by number; a sentence for each, which begins with what `dropped` says of it.

    The file as it was is kept beside, under a name that ends in `.damaged`.
    """
    if not dropped:
        return []
    write_bytes(path.with_name(f"{path.name}.damaged"), path.read_bytes())
    write_bytes(path, b"".join(text + b"\n" for number, text in lines(path) if number not in dropped))
    return [f"{why}; the line is dropped" for _, why in sorted(dropped.items())]
