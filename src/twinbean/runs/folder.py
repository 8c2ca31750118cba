"""The run folder: append-only while it runs, complete and tidy when it is done, resumable in between.

run.json           what makes the run (see `manifest`)
trials.jsonl       the journal: one line a finished trial, on disk before the next question is asked
sessions.csv       one row a session: complete, failed or interrupted, why, counts
trials.csv         the tidy table                              (when no session is interrupted)
transcripts.jsonl  the text of every session, Psych-101 form   (when no session is interrupted)
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from twinbean._files import write_bytes, write_text
from twinbean._json import escaped
from twinbean._messages import short
from twinbean._progress import Progress, Watch
from twinbean.errors import RunError, TwinbeanError
from twinbean.play.game import Played, Record, Seat
from twinbean.play.scheduler import Failed
from twinbean.runs.journal import NAME, REPAIR, EndLine, KeyLine, TrialLine, read_journal
from twinbean.runs.journal import repair as repair_journal
from twinbean.runs.manifest import FORMAT, save_manifest, write_manifest
from twinbean.sessions import Session, Trial, write_table
from twinbean.sessions.cells import csv_text
from twinbean.sessions.questions import Answer, Question
from twinbean.sessions.table import trial_row
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.base import CountsEncodings

_FILES = ("run.json", NAME, "sessions.csv", "trials.csv", "transcripts.jsonl", "calls.jsonl")


@dataclass
class _Journalled:
    """What the journal of an earlier start holds of one session."""

    made: dict[int, Trial] = field(default_factory=dict)
    keys: list[tuple[int, str]] = field(default_factory=list)
    failed: str | None = None
    scored: bool = False

    def trials(self) -> tuple[Trial, ...]:
        return tuple(self.made[number] for number in sorted(self.made))


def _journalled(folder: Path) -> dict[str, _Journalled]:
    """What the journal holds, by session. Raises RunError where it is damaged."""
    sessions: dict[str, _Journalled] = {}
    for line in read_journal(folder):
        earlier = sessions.setdefault(line.session, _Journalled())
        match line:
            case TrialLine():
                # A scored session is written whole; cut off before its end, it is written again.
                earlier.made[line.trial] = line.made
            case KeyLine():
                earlier.keys.append((line.trials_before, line.key))
            case EndLine(status="failed"):
                earlier.failed = line.reason
            case EndLine(status="scored"):
                earlier.scored = True
    for session, earlier in sessions.items():
        lost = next((number for number, found in enumerate(sorted(earlier.made)) if number != found), None)
        if lost is not None:
            raise RunError(f"{folder / NAME}: session {session!r} has no trial {lost}, and later ones; {REPAIR}")
    return sessions


class Run:
    """A run folder, held by this process alone until it is left. Use `open_run`."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], earlier: dict[str, _Journalled]) -> None:
        self.folder = folder
        self.manifest = dict(manifest)
        # Whether there is anything in the journal that was not in the data.
        self.has_answers = False
        self._earlier = earlier
        if (folder / NAME).exists():
            text = (folder / NAME).read_bytes()
            # Stopped in the middle of a line: that choice was not finished, and will be asked again.
            os.truncate(folder / NAME, text.rfind(b"\n") + 1)
        self._journal = (folder / NAME).open("a", encoding="utf-8")
        self._pending: list[str] = []
        self._appended = self._on_disk = 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._writing = asyncio.Lock()
        self._watch: Watch | None = None

    def forget(self) -> None:
        """Leave out of the journal what is not in it yet."""
        self._pending.clear()

    def close(self) -> None:
        self._writer.shutdown()
        self._write(self._taken())
        self._journal.close()

    # Resuming

    def record(self, seat: Seat, recorded: Record) -> Record:
        """What this session replays: `recorded`, and the trials and keys that an earlier start added to it.

        The recorded trials are in the journal, too, so that a run which is read before it is complete has them.
        """
        earlier = self._earlier.get(seat.session, _Journalled())
        for trial in recorded.trials:
            if trial.trial not in earlier.made:
                self.trial(seat, trial)
        keys = recorded.keys + tuple(key for _, key in earlier.keys)
        return Record(trials=_continued(recorded, earlier), keys=keys)

    def failure(self, seat: Seat, recorded: Record) -> Failed | None:
        """The session's failure in an earlier start, where asking again would not help."""
        earlier = self._earlier.get(seat.session)
        if earlier is None or earlier.failed is None:
            return None
        return Failed(seat=seat, trials=_continued(recorded, earlier), reason=earlier.failed, final=True)

    # Scoring

    def keep(self, session: Session) -> None:
        """Put a scored session on disk, whole."""
        self.has_answers = True
        rows: list[Mapping[str, Any]] = [trial_row(session, trial) for trial in session.trials]
        for row in rows:
            self._append("trial", row)
        self._append("end", {"session": session.session, "status": "scored"})
        self._write(self._taken())
        made = {trial.trial: trial for trial in session.trials}
        self._earlier[session.session] = _Journalled(made=made, scored=True)

    def scored(self, session: Session) -> Session | None:
        """`session` with the scores that an earlier start or `keep` put on disk; None where there are none."""
        earlier = self._earlier.get(session.session)
        if earlier is None or not earlier.scored or len(earlier.made) != len(session.trials):
            return None
        return session.replace(trials=earlier.trials())

    # The journal

    def watch(self, on_progress: Progress, *, done: int, total: int, of_choices: int) -> None:
        """From now on, tell `on_progress` of every choice that a subject makes and every session that ends."""
        self._watch = Watch(on_progress, done=done, total=total, of_choices=of_choices)

    def trial(self, seat: Seat, trial: Trial) -> None:
        session = session_of(seat, ())
        self.has_answers = self.has_answers or trial.origin == "subject"
        self._append("trial", trial_row(session, trial))
        if self._watch is not None and trial.origin == "subject" and trial.is_choice:
            self._watch.choice(trial.legal_mass)

    def key(self, seat: Seat, trials_before: int, key: str) -> None:
        self.has_answers = True
        self._append("key", {"session": seat.session, "trials_before": trials_before, "key": key})

    def illegal(self, seat: Seat, question: Question, answer: Answer) -> None:
        self.has_answers = True
        entry = {"session": seat.session, "trial": question.trial, "attempt": question.attempt}
        entry["raw"] = escaped(answer.raw)
        self._append("illegal", entry)

    def ended(self, seat: Seat, result: Played | Failed) -> None:
        if self._watch is not None:
            self._watch.session()
        if isinstance(result, Failed):
            reason = escaped(result.reason)
            self._append("end", {"session": seat.session, "status": _status(result), "reason": reason})

    def _append(self, kind: str, entry: Mapping[str, Any]) -> None:
        self._pending.append(json.dumps({"format": FORMAT, "kind": kind, **entry}) + "\n")
        self._appended += 1

    async def commit(self) -> None:
        """Return once every line so far is on disk.

        Sessions that were answered together share one write, and those that come while the disk is busy the next one.
        Writes happen in a thread, one after the other: a disk takes milliseconds, and the loop has others to serve.
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

    def _taken(self) -> str:
        lines = "".join(self._pending)
        self._pending.clear()
        return lines

    def _write(self, lines: str) -> None:
        if lines:
            self._journal.write(lines)
            self._journal.flush()
            os.fsync(self._journal.fileno())

    # Completion

    def complete(self, results: Sequence[Played | Failed], *, reader: object = None) -> list[Session]:
        """Write the tables of a run; failed sessions are in trials.csv as far as they came.

        While sessions are interrupted the run is not complete, and sessions.csv is all that is written. What `reader`,
        who read the transcripts, encodes otherwise in one go is counted in the manifest.
        """
        sessions = [
            result.session if isinstance(result, Played) else session_of(result.seat, result.trials)
            for result in results
        ]
        status = pd.DataFrame([self._session_row(result) for result in results])
        write_text(self.folder / "sessions.csv", csv_text(status))
        if any(_status(result) == "interrupted" for result in results):
            return sessions
        transcripts = [result.transcript for result in results if isinstance(result, Played)]
        if isinstance(reader, CountsEncodings):
            self.manifest["found"] = {"encoded_otherwise": reader.encoded_otherwise(transcripts)}
            save_manifest(self.folder, self.manifest)
        _write_results(self.folder, sessions, transcripts)
        return sessions

    def _session_row(self, result: Played | Failed) -> dict[str, Any]:
        session = result.session if isinstance(result, Played) else session_of(result.seat, result.trials)
        return {
            "participant": session.participant,
            "session": session.session,
            "source": session.source,
            "sample": session.sample,
            "status": _status(result),
            # Short, in a table that csv can read; the journal has it whole.
            "reason": None if isinstance(result, Played) else short(result.reason),
            "n_trials": len(session.trials),
            "n_recorded": sum(trial.origin == "recorded" for trial in session.trials),
            "resumed": session.session in self._earlier,
            "warnings": "; ".join(result.warnings) if isinstance(result, Played) else None,
            "variant": session.variant,
            "device": session.details.get("device"),
        }


def _continued(recorded: Record, earlier: _Journalled) -> tuple[Trial, ...]:
    n = len(recorded.trials)
    return (*recorded.trials, *(trial for trial in earlier.trials() if trial.trial >= n))


def _status(result: Played | Failed) -> str:
    """An outage interrupts a session, which is asked again when the run is resumed; illegal answers end it."""
    if isinstance(result, Played):
        return "complete"
    return "failed" if result.final else "interrupted"


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

    A run that fails before anybody has answered leaves nothing behind. Raises RunError when the folder holds another
    run or something else, or another process is writing to it.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file, expected a folder for the run")
    # A run that was stopped before its manifest was whole has left nothing but hidden files.
    visible = [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    if visible and not (folder / "run.json").exists():
        raise RunError(f"{folder} is not empty and holds no run; choose another folder")
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    with _locked(folder):
        run = before = None
        try:
            # Looked at before anything is written: a damaged run is left as it is.
            _check_files(folder)
            earlier = _journalled(folder)
            before = (folder / "run.json").read_bytes() if visible else None
            run = Run(folder, write_manifest(folder, manifest), earlier)
            try:
                yield run
            except TwinbeanError:
                if not run.has_answers:
                    run.forget()
                raise
            finally:
                run.close()
        except TwinbeanError:
            if run is None or not run.has_answers:
                if before is not None:
                    # A start in which nobody answered was none.
                    write_bytes(folder / "run.json", before)
                elif not visible:
                    _remove(folder, missing)
            raise


def _check_files(folder: Path) -> None:
    """Raises RunError where something else stands under the name of a run's file, which could not be written."""
    for name in _FILES:
        path = folder / name
        if (path.exists() or path.is_symlink()) and not path.is_file():
            found = "a folder" if path.is_dir() else "a link that leads nowhere" if path.is_symlink() else "no file"
            raise RunError(f"{path} is {found}, expected a file of the run")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold `folder` alone, and make it where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"{folder} is being written to by another process") from None
        yield


def _remove(folder: Path, made: Sequence[Path]) -> None:
    """Take away a run in which nothing was answered, and the folders that were made for it."""
    calls = folder / "calls.jsonl"
    if calls.exists() and calls.stat().st_size:
        return
    for name in ("run.json", NAME, "sessions.csv", "calls.jsonl", ".lock"):
        (folder / name).unlink(missing_ok=True)
    for place in made:
        place.rmdir()


def repair(folder: Path) -> list[str]:
    """Drop the damaged lines of a run's journals and what depends on them; a sentence for each line.

    The files as they were are kept beside, under names that end in `.damaged`. Raises RunError where there is no run.
    """
    if not (folder / "run.json").exists():
        raise RunError(f"{folder} holds no run, so that there is nothing to repair")
    with _locked(folder):
        return repair_journal(folder)


def _write_results(folder: Path, sessions: Sequence[Session], transcripts: Iterable[Transcript]) -> None:
    """trials.csv last: where it is, the run is complete."""
    lines = [
        json.dumps({"text": t.text, "experiment": t.experiment, "participant": t.participant, "session": t.session})
        for t in transcripts
    ]
    write_text(folder / "transcripts.jsonl", "".join(line + "\n" for line in lines))
    write_table(sorted(sessions, key=_session_order), folder / "trials.csv")


def _session_order(session: Session) -> tuple[str, str, int]:
    return session.participant, session.session, session.sample
