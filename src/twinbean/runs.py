"""The run folder: append-only while it runs, complete and tidy when it is done, resumable in between.

run.json           what makes the run: task, model, data, seed, versions, command
trials.jsonl       the journal: one line a finished trial, on disk before the next question is asked
trials.csv         the tidy table                              (when complete)
sessions.csv       one row a session: status, reason, counts   (when complete)
transcripts.jsonl  the text of every session, Psych-101 form   (when complete)
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from twinbean.bean.game import Played, Record, Seat
from twinbean.errors import RunError
from twinbean.questions import Answer, Question, Transcript
from twinbean.records import Session, Trial, write_table
from twinbean.records.table import from_rows, trial_row
from twinbean.replaying import Failed

FORMAT = 1
# What may differ between the start of a run and its resumption without making it another run.
_VOLATILE = ("created", "command", "versions", "resumed", "machine")
_PACKAGES = ("twinbean", "sweetbean", "numpy", "torch", "transformers", "peft", "bitsandbytes", "unsloth", "openai")


@dataclass
class _Journalled:
    """What the journal of an earlier start holds of one session."""

    rows: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    keys: list[tuple[int, str]] = field(default_factory=list)
    failed: str | None = None
    scored: bool = False

    def trials(self) -> tuple[Trial, ...]:
        return from_rows(self.rows.values(), where="trials.jsonl")[0].trials if self.rows else ()


class Run:
    """A run folder, held by this process alone until it is left. Use `open_run`."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.folder = folder
        self.manifest = dict(manifest)
        self._earlier: dict[str, _Journalled] = {}
        self._read_journal()
        self._journal = (folder / "trials.jsonl").open("a", encoding="utf-8")
        self._pending: list[str] = []
        self._written: asyncio.Future[None] | None = None

    @property
    def resumed(self) -> bool:
        return bool(self._earlier)

    def close(self) -> None:
        self._write()
        self._journal.close()

    # Resuming

    def record(self, seat: Seat, recorded: Record) -> Record:
        """What this session replays: its journalled trials where there are any, otherwise `recorded`."""
        earlier = self._earlier.get(seat.session)
        if earlier is None:
            return recorded
        trials = (*recorded.trials, *earlier.trials())
        keys = recorded.keys + tuple(key for _, key in earlier.keys)
        return Record(trials=trials, keys=keys)

    def failure(self, seat: Seat, recorded: Record) -> Failed | None:
        """The session's failure in an earlier start, where asking again would not help."""
        earlier = self._earlier.get(seat.session)
        if earlier is None or earlier.failed is None:
            return None
        trials = (*recorded.trials, *earlier.trials())
        return Failed(seat=seat, trials=trials, reason=earlier.failed, final=True)

    def _read_journal(self) -> None:
        path = self.folder / "trials.jsonl"
        if not path.exists():
            return
        text = path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if len(whole) < len(text):
            # The process was stopped in the middle of a line: that choice was not finished, and will be asked again.
            os.truncate(path, len(whole))
        for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
            try:
                entry = json.loads(line)
                found = entry.get("format")
            except (ValueError, AttributeError):
                raise RunError(f"{path}, line {number} is damaged: expected one JSON object") from None
            if found != FORMAT:
                raise RunError(f"{path}, line {number} has format {found!r}, expected {FORMAT}")
            earlier = self._earlier.setdefault(entry["session"], _Journalled())
            match entry["kind"]:
                case "trial":
                    # A scored session is written whole; cut off before its end, it is written again.
                    earlier.rows[entry["trial"]] = entry
                case "key":
                    earlier.keys.append((entry["trials_before"], entry["key"]))
                case "end" if entry["status"] == "failed":
                    earlier.failed = entry["reason"]
                case "end" if entry["status"] == "scored":
                    earlier.scored = True

    # Scoring

    def keep(self, session: Session) -> None:
        """Put a scored session on disk, whole."""
        rows: list[Mapping[str, Any]] = [trial_row(session, trial) for trial in session.trials]
        for row in rows:
            self._append("trial", row)
        self._append("end", {"session": session.session, "status": "scored"})
        self._write()
        self._earlier[session.session] = _Journalled(rows=dict(enumerate(rows)), scored=True)

    def scored(self, session: Session) -> Session | None:
        """`session` with the scores that an earlier start or `keep` put on disk; None where there are none."""
        earlier = self._earlier.get(session.session)
        return session.replace(trials=earlier.trials()) if earlier is not None and earlier.scored else None

    # The journal

    def trial(self, seat: Seat, trial: Trial) -> None:
        session = session_of(seat, ())
        self._append("trial", trial_row(session, trial))

    def key(self, seat: Seat, trials_before: int, key: str) -> None:
        self._append("key", {"session": seat.session, "trials_before": trials_before, "key": key})

    def illegal(self, seat: Seat, question: Question, answer: Answer) -> None:
        entry = {"session": seat.session, "trial": question.trial, "attempt": question.attempt, "raw": answer.raw}
        self._append("illegal", entry)

    def ended(self, seat: Seat, result: Played | Failed) -> None:
        if isinstance(result, Failed):
            # An outage ends the session too, but is asked again when the run is resumed.
            status = "failed" if result.final else "interrupted"
            self._append("end", {"session": seat.session, "status": status, "reason": result.reason})

    def _append(self, kind: str, entry: Mapping[str, Any]) -> None:
        self._pending.append(json.dumps({"format": FORMAT, "kind": kind, **entry}) + "\n")

    async def commit(self) -> None:
        """Return once every line so far is on disk. Sessions that were answered together share one write."""
        if not self._pending:
            return
        if self._written is None:
            loop = asyncio.get_running_loop()
            self._written = loop.create_future()
            loop.call_soon(self._write_together, self._written)
        # Many sessions wait for one write: one of them being cancelled must not cancel it for the others.
        await asyncio.shield(self._written)

    def _write_together(self, written: asyncio.Future[None]) -> None:
        self._written = None
        try:
            self._write()
        except OSError as error:
            written.set_exception(error)
        else:
            written.set_result(None)

    def _write(self) -> None:
        if self._pending:
            lines = "".join(self._pending)
            self._pending.clear()
            self._journal.write(lines)
            self._journal.flush()
            os.fsync(self._journal.fileno())

    # Completion

    def complete(self, results: Sequence[Played | Failed]) -> list[Session]:
        """Write the tables of a finished run; failed sessions are in trials.csv as far as they came."""
        sessions = [
            result.session if isinstance(result, Played) else session_of(result.seat, result.trials)
            for result in results
        ]
        rows = [self._session_row(result) for result in results]
        transcripts = [result.transcript for result in results if isinstance(result, Played)]
        write_results(self.folder, sessions, transcripts, pd.DataFrame(rows))
        return sessions

    def _session_row(self, result: Played | Failed) -> dict[str, Any]:
        played = isinstance(result, Played)
        session = result.session if isinstance(result, Played) else session_of(result.seat, result.trials)
        return {
            "participant": session.participant,
            "session": session.session,
            "source": session.source,
            "sample": session.sample,
            "status": "complete" if played else "failed",
            "reason": None if isinstance(result, Played) else result.reason,
            "n_trials": len(session.trials),
            "n_recorded": sum(trial.origin == "recorded" for trial in session.trials),
            "resumed": session.session in self._earlier,
            "warnings": "; ".join(result.warnings) if isinstance(result, Played) else None,
            "variant": session.variant,
            "device": session.details.get("device"),
        }


def session_of(seat: Seat, trials: tuple[Trial, ...]) -> Session:
    """The session of a seat with the trials it has so far."""
    return Session(
        participant=seat.participant,
        session=seat.session,
        task=seat.task,
        trials=trials,
        source=seat.source,
        sample=seat.sample,
        variant=seat.variant,
        wording=seat.wording,
        details=seat.details,
    )


@contextmanager
def open_run(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Run]:
    """Start a run in `folder`, or resume the one that is there.

    Raises RunError when the folder holds another run or something else, or another process is writing to it.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file, expected a folder for the run")
    # A run that was stopped before its manifest was whole has left nothing but hidden files.
    visible = [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    if visible and not (folder / "run.json").exists():
        raise RunError(f"{folder} is not empty and holds no run; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"{folder} is being written to by another process") from None
        run = Run(folder, _write_manifest(folder, manifest))
        try:
            yield run
        finally:
            run.close()


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    path = folder / "run.json"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"format": FORMAT, **manifest, "created": now, **surroundings(), "resumed": []}
    # As it reads back from the file, where a tuple is a list.
    content = json.loads(json.dumps(content))
    if path.exists():
        earlier = read_manifest(folder)
        for name in sorted(earlier.keys() | content.keys()):
            if name not in _VOLATILE and earlier.get(name) != content.get(name):
                raise RunError(
                    f"{folder} holds another run: its {name} is {earlier.get(name)!r}, asked for is "
                    f"{content.get(name)!r}; choose another folder"
                )
        content = earlier | {"resumed": [*earlier["resumed"], {"at": now, **surroundings()}]}
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return content


def read_manifest(folder: Path) -> dict[str, Any]:
    """run.json of a run folder. Raises RunError when it is not one of this format."""
    path = folder / "run.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise RunError(f"{path} cannot be read: {error}") from None
    if manifest.get("format") != FORMAT:
        raise RunError(f"{path} has format {manifest.get('format')!r}, and this version reads format {FORMAT}")
    return manifest


def surroundings() -> dict[str, Any]:
    """The versions and the machine that a run met; packages that are not installed are left out."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {"versions": versions, "machine": f"{platform.system()} {platform.machine()}", "command": _command()}


def _command() -> list[str]:
    return [Path(sys.argv[0]).name, *sys.argv[1:]]


def write_results(
    folder: Path, sessions: Sequence[Session], transcripts: Iterable[Transcript], status: pd.DataFrame
) -> None:
    """trials.csv last: where it is, the run is complete."""
    lines = [
        json.dumps({"text": t.text, "experiment": t.experiment, "participant": t.participant, "session": t.session})
        for t in transcripts
    ]
    write_text(folder / "transcripts.jsonl", "".join(line + "\n" for line in lines))
    write_text(folder / "sessions.csv", status.to_csv(index=False))
    temporary = folder / "trials.part.csv"
    write_table(sorted(sessions, key=_session_order), temporary)
    os.replace(temporary, folder / "trials.csv")


def _session_order(session: Session) -> tuple[str, str, int]:
    return session.participant, session.session, session.sample


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
