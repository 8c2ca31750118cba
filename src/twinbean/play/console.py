"""A person at the terminal plays a definition, and the session is saved as a page would save it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twinbean._files import is_special, write_text
from twinbean.errors import DataError
from twinbean.play.game import Play
from twinbean.play.identity import Identities
from twinbean.play.rows import page_rows
from twinbean.play.seating import seat_simulated
from twinbean.subjects.console import ConsoleSubject
from twinbean.tasks.task import Task


def play_at_console(task: Task, output: Path, *, seed: int, parameters: Mapping[str, Any], participant: str) -> int:
    """Play one session with the person at the terminal; returns the number of trials saved in `output`.

    What was played is saved however the play ends: at its end, by Ctrl-C, or by an error. Raises DataError when
    `output` exists: another session may be in it.
    """
    if output.exists() and not is_special(output):
        raise DataError(f"{output} exists already, and is left as it is: give the new session another name")
    subject = ConsoleSubject()
    seating = seat_simulated(task, "human", samples=1, seed=seed, given=parameters, participant=participant)[0]
    play = Play(seating.definition, seating.seat, subject.answer)
    parts = Identities().of(seating.definition, seating.seat.details["parameters"]).parts
    started, finished = _now(), None
    try:
        play.run()
        finished = _now()
        subject.show(play.text + "\n")
    finally:
        rows = page_rows(play.rows, seating.seat, subject.rt_ms, places=play.places)
        if rows:
            rows[0] |= {"parts": parts, "started": started}
            rows[-1] |= {"finished": finished} if finished else {}
        if play.trials or play.session.responses:
            write_text(output, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return len(play.trials)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
