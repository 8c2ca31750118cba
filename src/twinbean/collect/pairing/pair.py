"""The model's own thread: it plays for one visitor after the other, and nobody's answers ever wait for it."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from twinbean.collect import problems, records
from twinbean.collect.agreeing import Referee
from twinbean.collect.clock import now
from twinbean.collect.collected import Collected, collected_session
from twinbean.collect.pairing.beginning import beginning_of
from twinbean.collect.pairing.courses import course_of
from twinbean.collect.pairing.folders import RUNS, WAITING, remove
from twinbean.collect.pairing.leaving import is_gone, place_of, sweep
from twinbean.collect.pairing.player import Player
from twinbean.collect.reading import conditions_of
from twinbean.collect.records import SessionRecord
from twinbean.collect.store import StoreUnavailable, Transaction
from twinbean.collect.study import Study
from twinbean.errors import TwinbeanError
from twinbean.runs.replaying import replay
from twinbean.runs.statuses import read_statuses
from twinbean.sessions.reading import read_run
from twinbean.sessions.session import Session
from twinbean.tasks.task import load

# How long the end of the server waits for a choice that is being made; what is on disk is gone on with anyway.
_PATIENCE_S = 3.0
# Until a database that did not answer is asked again.
_PAUSE_S = 1.0
# Courses that are kept ready, so that whoever asks again and again keeps nobody waiting.
_KEPT = 256
_GENTLE = 10
# Over for good, to be gone on with at the next start of the server, gone without a trace, or to be tried again now.
How = Literal["over", "later", "gone", "again"]


class _Stopped(Exception):
    """The server ends, or the visitor has withdrawn: the model plays no further."""


class Pair:
    """Plays with `player` what each visitor of `study` plays. Whoever is heard of joins the line, once."""

    def __init__(self, study: Study, player: Player) -> None:
        self._study = study
        self._player = player
        self._task = load(study.settings.task)
        self._referee = Referee(study.settings)
        self._conditions = conditions_of(study.settings)
        self._waiting = study.folder / RUNS / WAITING
        self._waiting.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        # Those in line, in its order, and how often each was heard of since.
        self._line: dict[str, int] = {}
        # Nothing is left to be played of these: played to the end, failed, or gone.
        self._settled: set[str] = set()
        self._failed: set[str] = set()
        self._gone: set[str] = set()
        self._at: tuple[str, int, int] | None = None
        self._stopping = threading.Event()
        self._shown = lru_cache(_KEPT)(self._courses)
        self._thread = threading.Thread(target=self._run, name="pair", daemon=True)

    def start(self) -> None:
        """Begin with those whom an earlier start has left waiting, in the order in which they came."""
        sweep(self._study)
        left = {path.name for path in self._waiting.iterdir()}
        in_order = self._study.store.read(records.all_sessions) if left else []
        for record in in_order:
            if record.session in left:
                self.heard(record.session)
        self._thread.start()

    def close(self) -> None:
        """Stop behind the choice that is being made."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join(_PATIENCE_S)
        self._player.close()

    # What the server says; none of it waits for the model

    def heard(self, session: str) -> None:
        """Rows of this session were stored, or it has ended."""
        with self._lock:
            if session in self._settled:
                return
            if session in self._line:
                self._line[session] += 1
                return
            self._line[session] = 0
        with contextlib.suppress(OSError):
            # A disk that is full must not turn a visitor's answers away.
            (self._waiting / session).touch()
        self._queue.put(session)

    def withdrawn(self, session: str) -> None:
        """Nothing is played for this session any more, and nothing is kept of what was."""
        with self._lock:
            self._gone.add(session)
        # By whoever plays it, if it is being played.
        self.heard(session)
        with self._lock:
            is_settled = session in self._settled
        if is_settled:
            self._remove(session)

    def told(self, record: SessionRecord) -> dict[str, Any]:
        """What is said of a session that has ended to whoever has its token (docs/collecting-protocol.md)."""
        session = record.session
        if record.outcome != "done":
            return {"state": "none"}
        with self._lock:
            place = list(self._line).index(session) if session in self._line else None
            at, has_failed = self._at, session in self._failed
        if has_failed:
            return {"state": "failed"}
        if at is not None and at[0] == session:
            return {"state": "playing", "done": at[1], "of": at[2]}
        if place is not None:
            return {"state": "waiting", "before": place}
        try:
            one = self._study.store.read(lambda transaction: collected_session(transaction, session))
            assert one is not None
            match self._status(self._folder(one)):
                case "complete":
                    return {"state": "ready", "model": self._player.name, "courses": self._shown(session)}
                case "failed":
                    return {"state": "failed"}
        except StoreUnavailable:
            raise
        except (TwinbeanError, OSError):
            # Somebody has been at its files: the visitor's own answers are elsewhere.
            return {"state": "failed"}
        return {"state": "none"}

    # The thread

    def _run(self) -> None:
        _yield_to_others()
        while (session := self._queue.get()) is not None and not self._stopping.is_set():
            while (how := self._served(session)) == "again":
                if self._stopping.wait(_PAUSE_S):
                    return
            if how is not None:
                self._settle(session, how)

    def _served(self, session: str) -> How | None:
        """How far it has come with a session; None where there is nothing to play yet."""
        with self._lock:
            n_heard = self._line[session]
        try:
            one = self._study.store.read(
                lambda transaction: None if is_gone(transaction, session) else collected_session(transaction, session)
            )
            if one is None or session in self._gone:
                return "gone"
            folder = self._folder(one)
            if self._status(folder) in ("complete", "failed"):
                return "over"
            contradiction = self._referee.contradiction(one)
            if contradiction is not None:
                self._fail(session, contradiction)
                return "over"
            person = beginning_of(one, self._conditions)
            if person is None:
                self._not_yet(session, n_heard)
                return None
            how = self._played(session, folder, person)
            # Another process may have erased whose payoffs they were, and with them files that were being written.
            return "gone" if self._study.store.read(lambda transaction: is_gone(transaction, session)) else how
        except StoreUnavailable:
            return "again"
        except Exception as error:  # Whatever it is, others wait.
            self._fail(session, _said(error))
            return "later"

    def _played(self, session: str, folder: Path, person: Session) -> How:
        def on_progress(*_: int, choices: int | None = None, of_choices: int | None = None, **__: float | None) -> None:
            self._at = (session, choices or 0, of_choices or 0)
            if self._stopping.is_set() or session in self._gone:
                raise _Stopped

        try:
            replay(
                self._task,
                [person],
                run=folder,
                seed=self._study.settings.seed,
                on_progress=on_progress,
                **self._player.arguments,
            )
            status, reason = _ended(folder)
        except _Stopped:
            return "later"
        except Exception as error:
            self._fail(session, _said(error))
            return "later"
        finally:
            self._at = None
        if status != "complete":
            self._fail(session, reason)
        return "later" if status == "interrupted" else "over"

    def _not_yet(self, session: str, n_heard: int) -> None:
        """There is nothing to play before the first choice; with the next rows the session is heard of again."""
        with self._lock:
            if self._line[session] == n_heard:
                del self._line[session]
                return
        self._queue.put(session)

    def _fail(self, session: str, reason: str) -> None:
        with self._lock:
            self._failed.add(session)
        what = f"the model of the pair did not play session {session} to its end: {reason}"

        def change(transaction: Transaction) -> None:
            # Of who is gone by now nothing is noted: the reason may hold what they had said.
            if not is_gone(transaction, session):
                problems.note(transaction, what, now(), session=session)

        # How it went is known, and is not played for again because a database did not answer.
        while True:
            with contextlib.suppress(StoreUnavailable):
                self._study.store.write(change).result()
                return
            if self._stopping.wait(_PAUSE_S):
                return

    def _settle(self, session: str, how: str) -> None:
        """ "over" for good, "later" with the next start of the server, "gone" without a trace."""
        if how == "over":
            with contextlib.suppress(OSError):
                (self._waiting / session).unlink(missing_ok=True)
        with self._lock:
            self._line.pop(session, None)
            self._settled.add(session)
            # Whoever withdraws from here on finds it settled, and removes it themselves.
            has_left = how == "gone" or session in self._gone
        if has_left:
            self._remove(session)

    def _remove(self, session: str) -> None:
        remove(self._study.folder, session)
        self._shown.cache_clear()

    def _folder(self, one: Collected) -> Path:
        return self._study.folder / place_of(one) / one.record.session

    @staticmethod
    def _status(folder: Path) -> str | None:
        return _ended(folder)[0] if (folder / "sessions.csv").exists() else None

    def _courses(self, session: str) -> list[Any]:
        """The visitor's own and the model's."""
        one = self._study.store.read(lambda transaction: collected_session(transaction, session))
        assert one is not None
        own = one.session(self._conditions)
        (other,) = read_run(self._folder(one))
        return [[] if own is None else course_of(own), course_of(other)]


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, TwinbeanError) else f"{type(error).__name__}: {error}"


def _ended(folder: Path) -> tuple[str, str]:
    """How the one session of a run has ended, and why."""
    ((status, reason),) = read_statuses(folder).of.values()
    return status, reason


def _yield_to_others() -> None:
    """On Linux a thread has a priority of its own, and those that it starts inherit it: the server's goes first."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GENTLE)
