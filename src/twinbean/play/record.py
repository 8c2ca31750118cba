"""Playing what is on record and no further."""

from __future__ import annotations

from collections.abc import Callable

from twinbean.play.game import Play, Played
from twinbean.play.seat import Seating
from twinbean.sessions.questions import Answer, Question


class _RecordEnds(Exception):
    pass


def play_record(
    seating: Seating, *, lenient: bool = False, on_trial: Callable[[Play], None] = lambda play: None
) -> tuple[Play, Played | None]:
    """Play the record of `seating`; nothing is played where the definition asks for more than is on record.

    `on_trial` runs after every trial. Raises RecordMismatch when the definition gives other payoffs, scores or arms
    than the record, unless `lenient`.
    """
    play = Play(
        seating.definition,
        seating.seat,
        _ask,
        record=seating.record,
        lenient=lenient,
        on_trial=lambda trial: on_trial(play),
    )
    try:
        return play, play.run()
    except _RecordEnds:
        return play, None


def _ask(question: Question) -> Answer:
    raise _RecordEnds
