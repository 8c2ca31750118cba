"""The shards of a run, each in its folder, put together to the folder that one run would have written."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from twinbean._files import read_text, write_bytes, write_text
from twinbean.errors import RunError
from twinbean.play.shard import Shard
from twinbean.runs.endings import NAME as ENDED
from twinbean.runs.folder import locked, session_order
from twinbean.runs.journal import NAME
from twinbean.runs.manifest import identity, read_manifest, surroundings
from twinbean.runs.responses import NAME as RESPONSES
from twinbean.runs.statuses import read_statuses
from twinbean.sessions import Session, write_table
from twinbean.sessions.participants import write_participants
from twinbean.sessions.reading import read_run

_JOURNALS = (NAME, ENDED, "calls.jsonl")


@dataclass(frozen=True)
class _Part:
    """A shard's folder, its manifest, which shard it is, and the sessions in the full list."""

    folder: Path
    manifest: Mapping[str, Any]
    shard: Shard
    n_in_all: int

    @property
    def sessions(self) -> list[Session]:
        """Those in its table; a session that ended before its first trial is in none."""
        path = self.folder / "trials.csv"
        return read_run(self.folder) if path.stat().st_size and len(read_text(path).splitlines()) > 1 else []


def merge(folders: Sequence[str | Path], run: str | Path) -> int:
    """Write what one run would have written into the folder `run`; returns the number of sessions.

    The tables and transcripts are those of one run to the byte; the journal has the shards' lines one after the other.
    Raises RunError, with nothing written, where `folders` are not all the shards of one run, each once and complete.
    """
    output = Path(run)
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise RunError(f"{output} is not empty; merge into a new folder")
    parts = _parts([Path(folder) for folder in folders])
    rows = [_rows(part.folder / "sessions.csv") for part in parts]
    names = [[row[rows[0][0].index("session")] for row in part[1:]] for part in rows]
    order = list(_interleaved(names))
    _check_sessions(parts, names)
    transcripts = {
        str(json.loads(line)["session"]): line
        for part in parts
        for line in read_text(part.folder / "transcripts.jsonl").split("\n")
        if line
    }
    sessions = sorted((session for part in parts for session in part.sessions), key=session_order)
    with locked(output):
        write_text(output / "run.json", json.dumps(_manifest(parts), indent=2, ensure_ascii=False) + "\n")
        for name in _JOURNALS:
            if any((part.folder / name).exists() for part in parts):
                write_bytes(output / name, b"".join((part.folder / name).read_bytes() for part in parts))
        write_text(output / "sessions.csv", _csv([rows[0][0], *_interleaved([part[1:] for part in rows])]))
        responses = [_rows(part.folder / RESPONSES) for part in parts if (part.folder / RESPONSES).exists()]
        if responses:
            header = responses[0][0]
            place, at = {name: n for n, name in enumerate(order)}, header.index("session")
            answered = sorted((row for part in responses for row in part[1:]), key=lambda row: place[row[at]])
            write_text(output / RESPONSES, _csv([header, *answered]))
        lines = [transcripts[name] + "\n" for name in order if name in transcripts]
        write_text(output / "transcripts.jsonl", "".join(lines))
        write_participants(sessions, output / "participants.csv")
        write_table(sessions, output / "trials.csv")
    return len(order)


def is_complete(folder: Path) -> bool:
    """Whether a run came to its end, with none of its sessions interrupted."""
    return (folder / "trials.csv").exists() and read_statuses(folder).ended


def _parts(folders: Sequence[Path]) -> list[_Part]:
    """The shards in their order, once they are found to be all of one run, and complete."""
    parts = []
    for folder in folders:
        if not (folder / "run.json").is_file():
            raise RunError(f"{folder} is no run folder")
        manifest = read_manifest(folder)
        if "shard" not in manifest:
            raise RunError(f"{folder} is no shard of a run: it was started without --shard")
        if not is_complete(folder):
            raise RunError(f"{folder} is not complete: start its command again, which goes on where it stopped")
        described = manifest["shard"]
        shard = Shard(described["number"], described["of"])
        parts.append(_Part(folder, manifest, shard, described["sessions"]))
    parts.sort(key=lambda part: part.shard.number)
    first = parts[0]
    for part in parts[1:]:
        _check_same(first, part)
    numbers = Counter(part.shard.number for part in parts)
    twice = [number for number, n in numbers.items() if n > 1]
    if twice:
        both = [str(part.folder) for part in parts if part.shard.number == twice[0]]
        raise RunError(f"{' and '.join(both)} are the same shard {Shard(twice[0], first.shard.of)}: merge each once")
    missing = [str(Shard(number, first.shard.of)) for number in range(1, first.shard.of + 1) if number not in numbers]
    if missing:
        raise RunError(f"shard {', '.join(missing)} of the run in {first.folder} is missing")
    return parts


def _check_same(first: _Part, other: _Part) -> None:
    before, now = (dict(identity(part.manifest)) for part in (first, other))
    before["shard"], now["shard"] = (part.manifest["shard"] | {"number": 1} for part in (first, other))
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            raise RunError(
                f"{first.folder} and {other.folder} are no shards of one run: their {name} is {before.get(name)!r} and "
                f"{now.get(name)!r}"
            )


def _check_sessions(parts: Sequence[_Part], names: Sequence[Sequence[str]]) -> None:
    counts = Counter(name for part in names for name in part)
    twice = next((name for name, n in counts.items() if n > 1), None)
    if twice is not None:
        raise RunError(f"session {twice!r} is in more than one of the shards")
    for part, own in zip(parts, names, strict=True):
        expected = len(part.shard.part(range(part.n_in_all)))
        if len(own) != expected:
            raise RunError(f"{part.folder} has {len(own)} sessions, expected {expected} of the {part.n_in_all} in all")


def _manifest(parts: Sequence[_Part]) -> dict[str, Any]:
    """The manifest of the run that the shards make up, with what each of them met."""
    first = parts[0].manifest
    content = {name: value for name, value in first.items() if name not in ("shard", "found", "resumed")}
    counted = [part.manifest["found"]["encoded_otherwise"] for part in parts if "found" in part.manifest]
    content |= surroundings()
    content["created"] = min(str(part.manifest["created"]) for part in parts)
    content["resumed"] = []
    if counted:
        content["found"] = {"encoded_otherwise": sum(counted)}
    met = ("shard", "created", "resumed", "versions", "machine", "command")
    content["merged"] = [{name: part.manifest.get(name) for name in met} for part in parts]
    return content


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(read_text(path), newline=""), strict=True))


def _csv(rows: Sequence[Sequence[str]]) -> str:
    """As `twinbean.sessions.cells.csv_text` quotes a table."""
    returns = any("\r" in cell for row in rows for cell in row)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue()


def _interleaved(parts: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """One from each in turn: the order from which they were dealt out."""
    nothing = object()
    for row in zip_longest(*parts, fillvalue=nothing):
        yield from (one for one in row if one is not nothing)
