"""Rows of a play in the form in which a page records them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from twinbean._version import __version__
from twinbean.sessions.jspsych import is_trial
from twinbean.sessions.responses import responses_in

if TYPE_CHECKING:
    from twinbean.play.game import Seat
    from twinbean.play.stage import Place


# Under which name a page's rows have what is kept of a participant.
_RECORDED = {"kept": "arrangement"}


def _times_asked(row: Mapping[str, Any]) -> int:
    """How many answers the participant gave to this screen: a forced arm and the only key are answered for them."""
    if is_trial(row):
        return int(not row.get("forced") and not row.get("missed"))
    if row.get("response") is None and "questions" in row:
        return 0
    return len(responses_in(row, "a row", lambda value, _: list(value)))


def page_rows(
    rows: Sequence[Mapping[str, Any]], seat: Seat, rt_ms: Sequence[float], *, places: Sequence[Place] = ()
) -> list[dict[str, Any]]:
    """Rows of a play in the form in which a page records them, so that they are read and replayed like a page's."""
    times = iter(rt_ms)
    common = {
        "format": 2,
        "twinbean": __version__,
        "participant": seat.participant,
        "session": seat.session,
        "task": seat.task,
        "variant": seat.variant,
        **{_RECORDED.get(name, name): value for name, value in seat.details.items()},
    }
    return [
        {
            **common,
            **({"block": place.block, "phase": place.phase} if place else {}),
            "trial_index": number,
            "rt": sum(taken) if (taken := list(islice(times, _times_asked(row)))) else None,
            **{f"bean_{name}": value for name, value in row.items()},
        }
        for number, (row, place) in enumerate(zip_longest(rows, places))
    ]
