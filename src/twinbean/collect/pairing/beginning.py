"""As much of a visitor's session as a model needs to play the same game."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twinbean.collect.collected import Collected
from twinbean.sessions.session import Session

# What is told of the end, and a check of whole records: the model begins before there is either.
_OF_THE_END = ("finished", "shown")
_KEPT_OF_THE_END = ("outcome", "flags")


def beginning_of(one: Collected, conditions: Mapping[str, Mapping[str, Any]]) -> Session | None:
    """The session up to the first choice that counts, or all of one that ended without any; None where it is too early.

    What a replay from the start takes from a person stands before that choice: seed, condition, order, labels, places,
    and what was answered before. Cut there, the game is the same whenever it is asked for, and with it what the model
    does; answers of forms that come later are known of the participant only if it is asked for later.
    Raises DataError for rows that no page records.
    """
    session = one.session(conditions)
    if session is None:
        return None
    first = next((number for number, trial in enumerate(session.trials) if trial.counts), None)
    if first is None:
        return session if one.record.state == "finished" else None
    details = {name: value for name, value in session.details.items() if name not in _OF_THE_END}
    if "responses" in details:
        details["responses"] = [response for response in session.responses if response[0] <= first]
    if "kept" in details:
        details["kept"] = {name: value for name, value in session.kept.items() if name not in _KEPT_OF_THE_END}
    return session.replace(trials=session.trials[: first + 1], details=details)
