"""Many plays at once, each waiting for its answer.

`run_on_language` is synchronous and asks one question at a time. Every play runs in a greenlet of its own, which hands
its question to one asyncio loop and sleeps until the answer is there; so thousands of sessions wait together, and a
model that answers in batches sees all their questions at once.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from greenlet import GreenletExit, getcurrent, greenlet

from twinbean.errors import IllegalAnswer, RecordMismatch, SubjectUnavailable, TaskError, TwinbeanError
from twinbean.play.game import Play, Played, Record, Seat
from twinbean.play.record import play_record
from twinbean.play.seat import Seating
from twinbean.sessions import Session, Trial
from twinbean.sessions.questions import Answer, Question
from twinbean.sessions.session import Response
from twinbean.sessions.shown import Shown
from twinbean.subjects.base import BatchingSubject, HandlesSessionEnd, HoldsConnections, RemembersSessions, Subject

# A session in play holds its screens, its text and a stack in memory. More at once are of use only to who answers many
# together.
MOST_TOGETHER, MOST_OTHERWISE = 2_048, 128

Kept = TypeVar("Kept")


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A session that ended before its last trial, with the trials that it had, and why. `final` says that asking again
    would not help: the subject gave illegal answers."""

    session: Session
    reason: str
    final: bool


class Journal(Protocol):
    """Where finished trials go. `commit` returns once everything written so far is on disk."""

    def trial(self, seat: Seat, trial: Trial) -> None: ...

    def response(self, seat: Seat, response: Response) -> None: ...

    def illegal(self, seat: Seat, question: Question, answer: Answer) -> None: ...

    def ended(self, seat: Seat, result: Played | Failed) -> None: ...

    async def commit(self) -> None: ...


class _NoJournal:
    def trial(self, seat: Seat, trial: Trial) -> None: ...

    def response(self, seat: Seat, response: Response) -> None: ...

    def illegal(self, seat: Seat, question: Question, answer: Answer) -> None: ...

    def ended(self, seat: Seat, result: Played | Failed) -> None: ...

    async def commit(self) -> None: ...


def until_choice(session: Session, n: int) -> Record:
    """What is on record before choice n + 1: the first `n` choices, with the forced and missed trials among them.

    With `n` equal to the number of choices that is the whole record. Raises RecordMismatch when `n` is above it.
    """
    count = session.n_choices
    if not 0 <= n <= count:
        raise RecordMismatch(f"participant {session.participant!r} made {count} choices, and {n} were asked for")
    trials: list[Trial] = []
    seen = 0
    for trial in session.trials:
        seen += trial.counts
        # From the start means that the practice is played anew, too.
        if seen > n or (n == 0 and trial.is_choice):
            break
        trials.append(_as_recorded(trial))
    responses = tuple(response for response in session.responses if response[0] <= len(trials))
    shown = session.details.get("shown") if len(trials) == len(session.trials) else None
    return Record(trials=tuple(trials), responses=responses, shown=shown and Shown(*shown))


def _as_recorded(trial: Trial) -> Trial:
    """A model's session can be continued too: then its choices are the record's, and no longer a model's answers."""
    return replace(trial, origin="recorded", logp=None, logp_legal=None, legal_mass=None, p=(), raw=None)


def play_all(
    seatings: Sequence[Seating],
    subject: Subject,
    *,
    journal: Journal | None = None,
    lenient: bool = False,
    retries: int = 3,
    on_progress: Callable[[Played | Failed], None] = lambda result: None,
) -> list[Played | Failed]:
    """Play every seating to its end with `subject`, thousands at once; results in the order of the seatings.

    A session that fails does not stop the others. What would fail them all is raised: a contradiction between record
    and definition (RecordMismatch), a definition that cannot be played (TaskError), a model that answers nobody
    (SubjectUnavailable).
    """

    def ended(result: Played | Failed) -> Played | Failed:
        on_progress(result)
        return result

    return play_each(seatings, subject, ended, journal=journal, lenient=lenient, retries=retries)


def play_each(
    seatings: Sequence[Seating],
    subject: Subject,
    ended: Callable[[Played | Failed], Kept],
    *,
    journal: Journal | None = None,
    lenient: bool = False,
    retries: int = 3,
) -> list[Kept]:
    """As `play_all`; of each result only what `ended` makes of it is kept."""
    table = _Table(subject, journal or _NoJournal(), lenient=lenient, retries=retries)
    return _run(table.play_all(seatings, ended))


def _run(playing: Coroutine[Any, Any, list[Kept]]) -> list[Kept]:
    """Run the loop here, or in a thread of its own where one is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(playing)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, playing).result()


class _Table:
    """The sessions that are being played; knows when none can go on before the subject answers."""

    def __init__(self, subject: Subject, journal: Journal, *, lenient: bool, retries: int) -> None:
        self._subject = subject
        # Looked up once: asking a protocol is slow, and a learner answers faster than that.
        self._batching = subject if isinstance(subject, BatchingSubject) else None
        self._journal = journal
        self._lenient = lenient
        self._retries = retries
        self._playing = 0
        self._waiting = 0
        self._beginning = 0
        self._begun = asyncio.Event()

    async def play_all(self, seatings: Sequence[Seating], ended: Callable[[Played | Failed], Kept]) -> list[Kept]:
        together = self._batching is not None or isinstance(self._subject, HoldsConnections)
        most = MOST_TOGETHER if together else MOST_OTHERWISE
        self._playing = min(len(seatings), most)
        if len(seatings) <= most:
            self._beginning = len(seatings)
        else:
            # Those who begin later must not contradict their records either: nobody waits for them, so they are played.
            for seating in seatings:
                if seating.record.trials or seating.record.responses:
                    play_record(seating, lenient=self._lenient)
            self._begun.set()
        results: dict[int, Kept] = {}
        numbered = enumerate(seatings)

        async def one_after_the_other() -> None:
            for number, seating in numbered:
                results[number] = ended(await self._session(seating))
            self._playing -= 1
            self._close_batch_if_all_wait()

        tasks = [asyncio.create_task(one_after_the_other()) for _ in range(self._playing)]
        try:
            await asyncio.gather(*tasks)
            return [results[number] for number in range(len(seatings))]
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        finally:
            if self._begun.is_set():
                await self._journal.commit()
            if isinstance(self._subject, HoldsConnections):
                await self._subject.close()

    async def _session(self, seating: Seating) -> Played | Failed:
        seat, journal = seating.seat, self._journal
        play: Play | None = None
        begun = False

        async def ask(question: Question) -> Answer:
            nonlocal begun
            if not begun and not self._begun.is_set():
                begun = True
                self._one_begins()
                await self._begun.wait()
            return await self._ask(question)

        def on_trial(trial: Trial) -> None:
            if trial.trial >= len(seating.record.trials):
                journal.trial(seat, trial)

        try:
            result: Played | Failed
            try:
                play = Play(
                    seating.definition,
                    seat,
                    _ask_through_parent,
                    record=seating.record,
                    lenient=self._lenient,
                    retries=self._retries,
                    on_trial=on_trial,
                    on_response=lambda response: journal.response(seat, response),
                    on_illegal=lambda question, answer: journal.illegal(seat, question, answer),
                )
                result = await _bridge(play.run, ask)
                if isinstance(self._subject, HandlesSessionEnd):
                    await journal.commit()
                    await self._subject.on_session_end(play.ended())
            except (RecordMismatch, TaskError, SubjectUnavailable):
                raise
            except TwinbeanError as error:
                session = play.session if play else seat.session_of(())
                result = Failed(session=session, reason=str(error), final=isinstance(error, IllegalAnswer))
            if not begun and not self._begun.is_set():
                self._one_begins()
            journal.ended(seat, result)
            return result
        finally:
            if isinstance(self._subject, RemembersSessions):
                self._subject.end_session(seat.session)

    def _one_begins(self) -> None:
        """Nobody is asked before every record has held up to its first question: what contradicts the definition stops
        a replay before it has cost or changed anything."""
        self._beginning -= 1
        if not self._beginning:
            self._begun.set()

    async def _ask(self, question: Question) -> Answer:
        # On disk before the next question: whatever happens now, no finished choice is lost.
        await self._journal.commit()
        if self._batching is None:
            return await self._subject.ask(question)
        waiting = asyncio.ensure_future(self._subject.ask(question))
        await asyncio.sleep(0)
        self._waiting += 1
        try:
            self._close_batch_if_all_wait()
            return await waiting
        finally:
            self._waiting -= 1

    def _close_batch_if_all_wait(self) -> None:
        if self._batching is not None and self._playing and self._waiting == self._playing:
            self._batching.close_batch()


def _ask_through_parent(question: Question) -> Answer:
    answer: Answer = getcurrent().parent.switch(question)
    return answer


async def _bridge(run: Callable[[], Played], ask: Callable[[Question], Awaitable[Answer]]) -> Played:
    """Run a synchronous play in a greenlet and await the answers to what it asks."""
    player = greenlet(run)
    player.gr_context = contextvars.copy_context()
    try:
        asked: Any = player.switch()
        while not player.dead:
            try:
                answer = await ask(asked)
            except TwinbeanError as error:
                asked = player.throw(error)
            else:
                asked = player.switch(answer)
    finally:
        if not player.dead:
            player.throw(GreenletExit)
    assert isinstance(asked, Played)
    return asked
