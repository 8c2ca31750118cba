"""A run: what is known of its sessions already, what becomes of them, and who watches."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from twinbean._progress import Progress, Watch
from twinbean.play.game import Played, Record, Seat
from twinbean.play.scheduler import Failed
from twinbean.play.seat import Seating
from twinbean.runs.ended import Ended
from twinbean.runs.statuses import statuses_of
from twinbean.sessions import Session, Trial
from twinbean.sessions.questions import Answer, Question
from twinbean.sessions.session import Response


class Run:
    """A run in memory: nothing is known before it, and nothing is left of it but its sessions.

    `twinbean.runs.folder.RunFolder` is one on disk.
    """

    def __init__(self) -> None:
        self._watch: Watch | None = None
        self._scored: dict[str, Session] = {}

    # What an earlier start has left

    def before(self, seating: Seating) -> Ended | None:
        """How the session ended in an earlier start, where playing it again would change nothing."""
        return None

    def record(self, seat: Seat, recorded: Record) -> Record:
        """What this session replays: `recorded`, and what an earlier start added to it."""
        return recorded

    # Scoring

    def keep(self, session: Session) -> None:
        """Keep a scored session."""
        self._scored[session.session] = session

    def scored(self, session: Session) -> Session | None:
        """`session` with its scores, once it was kept, now or by an earlier start."""
        return self._scored.get(session.session)

    # The journal of a replay

    def watch(self, on_progress: Progress, *, done: int, total: int, of_choices: int) -> None:
        """From now on, tell `on_progress` of every choice that a subject makes and every session that ends."""
        self._watch = Watch(on_progress, done=done, total=total, of_choices=of_choices)

    def trial(self, seat: Seat, trial: Trial) -> None:
        if self._watch is not None and trial.origin == "subject" and trial.is_choice:
            self._watch.choice(trial.legal_mass)

    def response(self, seat: Seat, response: Response) -> None: ...

    def illegal(self, seat: Seat, question: Question, answer: Answer) -> None: ...

    def ended(self, seat: Seat, result: Played | Failed) -> None:
        if self._watch is not None:
            self._watch.session()

    def end(self, result: Played | Failed, reader: object) -> Ended:
        """What is kept of a session that has ended; `reader` is who read its transcript."""
        return Ended.of(result)

    async def commit(self) -> None: ...

    # Completion

    def complete(self, ended: Sequence[Ended]) -> list[Session]:
        """The sessions of a run, also those that failed, as far as they came."""
        problems = statuses_of(ended).summary
        if problems:
            # There is no folder to note it in.
            warnings.warn(problems.removeprefix("; "), stacklevel=3)
        return [one.session for one in ended]
