"""Rows of a play in the form in which a page records them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from twinbean._version import __version__

if TYPE_CHECKING:
    from twinbean.play.game import Seat
    from twinbean.play.stage import Place


def _was_asked(row: Mapping[str, Any]) -> bool:
    """Whether the participant answered this screen: a forced arm and the only key are answered for them."""
    is_trial = "bandits" in row
    asked = not row.get("forced") if is_trial else len(row.get("choices") or ()) > 1
    return asked and row.get("response") is not None


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
        **seat.details,
    }
    return [
        {
            **common,
            **({"block": place.block, "phase": place.phase} if place else {}),
            "trial_index": number,
            "rt": next(times, None) if _was_asked(row) else None,
            **{f"bean_{name}": value for name, value in row.items()},
        }
        for number, (row, place) in enumerate(zip_longest(rows, places))
    ]
