"""The run folder: append-only while it runs, complete and tidy when it is done, resumable in between.

run.json           what makes the run (see `manifest`)
trials.jsonl       the journal: one line a finished trial, on disk before the next question is asked
ended.jsonl        of each session that is complete, what it left for the tables (see `endings`)
sessions.csv       one row a session: complete, failed or interrupted, why, counts
responses.csv      responses to screens that are no trials     (where there are any, when no session is interrupted)
trials.csv         the tidy table                              (when no session is interrupted)
transcripts.jsonl  the text of every session, Psych-101 form   (when no session is interrupted)
participants.csv   what is known of who played, or of whose record was continued   (when no session is interrupted)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from twinbean._files import write_bytes, write_pieces, write_text
from twinbean._journal import Journal
from twinbean._json import escaped
from twinbean.errors import RunError, TwinbeanError
from twinbean.play.game import Played, Record, Seat
from twinbean.play.scheduler import Failed
from twinbean.play.seat import Seating
from twinbean.runs.ended import Ended, status_of
from twinbean.runs.endings import NAME as ENDED
from twinbean.runs.endings import Ending, Endings, JournalDigests, digest_of
from twinbean.runs.journal import NAME
from twinbean.runs.journal import repair as repair_journal
from twinbean.runs.journalled import Journalled, read_journalled
from twinbean.runs.manifest import manifest_of, save_manifest
from twinbean.runs.run import Run
from twinbean.sessions import Session, Trial, write_table
from twinbean.sessions.cells import csv_text
from twinbean.sessions.participants import write_participants
from twinbean.sessions.questions import Answer, Question
from twinbean.sessions.rows import trial_row
from twinbean.sessions.session import Response
from twinbean.sessions.transcripts import Transcript

_FILES = (
    "run.json",
    NAME,
    ENDED,
    "sessions.csv",
    "participants.csv",
    "responses.csv",
    "trials.csv",
    "transcripts.jsonl",
    "calls.jsonl",
)


class RunFolder(Run):
    """A run on disk, held by this process alone until it is left. Use `open_run`."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        """Raises RunError, with nothing changed, where `folder` cannot be gone on with."""
        super().__init__()
        self.folder = folder
        self.manifest = manifest_of(folder, manifest)
        # Whether there is anything in the journal that was not in the data.
        self.has_answers = False
        self._digests = JournalDigests()
        self._earlier = read_journalled(folder, self._digests)
        # Of the sessions that are played: what with, and the trials that were known before.
        self._seatings: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._known: dict[str, Sequence[Trial]] = {}
        save_manifest(folder, self.manifest)
        self._journal = Journal(folder / NAME)
        self._endings = Endings(folder)

    def forget(self) -> None:
        """Leave out of the journal what is not in it yet."""
        self._journal.forget()
        self._endings.forget()

    def close(self) -> None:
        self._journal.close()
        self._endings.write()

    # Resuming

    def before(self, seating: Seating) -> Ended | None:
        """How the session ended in an earlier start: for good, since asking again would not help, or complete and with
        everything as it was."""
        seat, digest = seating.seat, digest_of(seating)
        self._seatings[seat.session] = digest, seat.details
        earlier = self._earlier.get(seat.session)
        if earlier is None:
            return None
        if earlier.failed is not None:
            session = seat.session_of(earlier.continued(seating.record))
            return Ended.of(Failed(session=session, reason=earlier.failed, final=True))
        if earlier.ending is None or earlier.ending.seating != digest:
            return None
        return earlier.ending.ended(seating, earlier.continued(seating.record))

    def record(self, seat: Seat, recorded: Record) -> Record:
        """What this session replays: `recorded`, and the trials and responses that an earlier start added to it.

        The recorded trials are in the journal, too, so that a run which is read before it is complete has them.
        """
        earlier = self._earlier.get(seat.session, Journalled())
        for trial in recorded.trials:
            if trial.trial not in earlier.made:
                self.trial(seat, trial)
        responses = (*recorded.responses, *earlier.responses)
        trials = earlier.continued(recorded)
        n_chosen = sum(trial.is_choice for trial in trials[len(recorded.trials) :])
        n_answered = n_chosen + len(earlier.responses) + earlier.n_illegal
        self._known[seat.session] = trials
        return Record(trials=trials, responses=responses, n_answered=n_answered)

    # Scoring

    def keep(self, session: Session) -> None:
        """Put a scored session on disk, whole."""
        super().keep(session)
        self.has_answers = True
        for trial in session.trials:
            self._append("trial", trial_row(session, trial))
        self._append("end", {"session": session.session, "status": "scored"})
        self._journal.flush()

    def scored(self, session: Session) -> Session | None:
        kept = super().scored(session)
        earlier = self._earlier.get(session.session)
        if kept is None and earlier is not None and earlier.scored and len(earlier.made) == len(session.trials):
            return session.replace(trials=earlier.trials())
        return kept

    # The journal

    def trial(self, seat: Seat, trial: Trial) -> None:
        self.has_answers = self.has_answers or trial.origin == "subject"
        self._append("trial", trial_row(seat.session_of(()), trial))
        super().trial(seat, trial)

    def response(self, seat: Seat, response: Response) -> None:
        self.has_answers = True
        before, given = response
        self._append("response", {"session": seat.session, "trials_before": before, "response": given})

    def illegal(self, seat: Seat, question: Question, answer: Answer) -> None:
        self.has_answers = True
        entry = {"session": seat.session, "trial": question.trial, "attempt": question.attempt}
        self._append("illegal", entry | {"raw": escaped(answer.raw)})

    def ended(self, seat: Seat, result: Played | Failed) -> None:
        super().ended(seat, result)
        if isinstance(result, Failed):
            reason = escaped(result.reason)
            self._append("end", {"session": seat.session, "status": status_of(result), "reason": reason})

    def end(self, result: Played | Failed, reader: object) -> Ended:
        ended = Ended.of(result, reader=reader)
        if ended.status == "complete":
            session = ended.session.session
            seating, details = self._seatings[session]
            ending = Ending.of(ended, seating=seating, details=details, known=self._known.pop(session))
            self._endings.append(ending, self._digests)
        return ended

    def _append(self, kind: str, entry: Mapping[str, Any]) -> None:
        line = self._journal.append({"kind": kind, **entry})
        self._digests.add(entry["session"], line.encode())

    async def commit(self) -> None:
        await self._journal.commit()
        self._endings.write()

    # Completion

    def complete(self, ended: Sequence[Ended]) -> list[Session]:
        """Write the tables of a run; failed sessions are in trials.csv as far as they came.

        While sessions are interrupted the run is not complete, and sessions.csv is all that is written. How many texts
        their reader would encode otherwise in one go is in the manifest, where one counts them.
        """
        sessions = [one.session for one in ended]
        write_text(self.folder / "sessions.csv", csv_text(pd.DataFrame(map(self._session_row, ended))))
        if any(one.status == "interrupted" for one in ended):
            return sessions
        transcripts = [one.transcript for one in ended if one.transcript is not None]
        responses = [row for one in ended for row in one.responses]
        if responses:
            write_text(self.folder / "responses.csv", csv_text(pd.DataFrame(responses)))
        counted = [one.encoded_otherwise for one in ended if one.encoded_otherwise is not None]
        if counted:
            self.manifest["found"] = {"encoded_otherwise": sum(counted)}
            save_manifest(self.folder, self.manifest)
        _write_results(self.folder, sessions, transcripts)
        return sessions

    def _session_row(self, ended: Ended) -> dict[str, Any]:
        session = ended.session
        return {
            "participant": session.participant,
            "session": session.session,
            "source": session.source,
            "sample": session.sample,
            "status": ended.status,
            "reason": ended.reason or None,
            "n_trials": len(session.trials),
            "n_recorded": sum(trial.origin == "recorded" for trial in session.trials),
            "resumed": session.session in self._earlier,
            "warnings": "; ".join(ended.warnings) if ended.status == "complete" else None,
            "variant": session.variant,
            # A column of 0.1 that nothing was ever in: it was a model that played.
            "device": None,
        }


@contextmanager
def open_run(folder: Path | None, manifest: Mapping[str, Any]) -> Iterator[Run]:
    """Start a run in `folder`, or resume the one that is there; without a folder, one in memory.

    A run that fails before anybody has answered leaves nothing behind. Raises RunError when the folder holds another
    run or something else, or another process is writing to it.
    """
    if folder is None:
        yield Run()
        return
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file, expected a folder for the run")
    # A run that was stopped before its manifest was whole has left nothing but hidden files.
    visible = [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    _check_files(folder)
    if visible and not (folder / "run.json").exists():
        raise RunError(f"{folder} is not empty and holds no run; choose another folder")
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    manifest_before = (folder / "run.json").read_bytes() if visible else None
    with locked(folder):
        run = None
        try:
            run = RunFolder(folder, manifest)
            try:
                yield run
            except TwinbeanError:
                if not run.has_answers:
                    run.forget()
                raise
            finally:
                run.close()
        except TwinbeanError:
            if manifest_before is None and (run is None or not run.has_answers):
                _remove(folder, missing)
            elif manifest_before is not None and run is not None and not run.has_answers:
                # A start at which nobody answered was no resumption.
                write_bytes(folder / "run.json", manifest_before)
            raise


def _check_files(folder: Path) -> None:
    """Raises RunError where something else stands under the name of a run's file, which could not be written."""
    for name in _FILES:
        path = folder / name
        if (path.exists() or path.is_symlink()) and not path.is_file():
            found = "a folder" if path.is_dir() else "a link that leads nowhere" if path.is_symlink() else "no file"
            raise RunError(f"{path} is {found}, expected a file of the run")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` alone, and make it where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / ".lock", blocking=False).acquire()
    except Timeout:
        raise RunError(f"{folder} is being written to by another process") from None
    with lock:
        yield


def _remove(folder: Path, made: Sequence[Path]) -> None:
    """Take away a run in which nothing was answered, and the folders that were made for it."""
    calls = folder / "calls.jsonl"
    if calls.exists() and calls.stat().st_size:
        return
    for name in (*_FILES, ".lock"):
        (folder / name).unlink(missing_ok=True)
    for place in made:
        place.rmdir()


def repair(folder: Path) -> list[str]:
    """Drop the damaged lines of a run's journals and what depends on them; a sentence for each line.

    The files as they were are kept beside, under names that end in `.damaged`. Raises RunError where there is no run.
    """
    if not (folder / "run.json").exists():
        raise RunError(f"{folder} holds no run, so that there is nothing to repair")
    with locked(folder):
        return repair_journal(folder)


def _write_results(folder: Path, sessions: Sequence[Session], transcripts: Iterable[Transcript]) -> None:
    """trials.csv last: where it is, the run is complete."""
    write_pieces(folder / "transcripts.jsonl", map(_line_of, transcripts))
    in_order = sorted(sessions, key=session_order)
    write_participants(in_order, folder / "participants.csv")
    write_table(in_order, folder / "trials.csv")


def _line_of(transcript: Transcript) -> bytes:
    fields = ("text", "experiment", "participant", "session")
    return (json.dumps({name: getattr(transcript, name) for name in fields}) + "\n").encode()


def session_order(session: Session) -> tuple[str, str, int]:
    return session.participant, session.session, session.sample
