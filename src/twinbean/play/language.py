"""SweetBean's `run_on_language`, played as Twinbean plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from twinbean.errors import TaskError
from twinbean.sessions.jspsych import sessions_from_rows

if TYPE_CHECKING:
    from twinbean.subjects.scripted import Reply


def run_on_language(
    experiment: Any, get_input: Callable[[str], Reply], *, data: Sequence[Mapping[str, Any]] | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """SweetBean's `experiment.run_on_language(get_input, data=...)`, played as Twinbean plays.

    `get_input` is any function from prompt to reply: `input`, or one that asks a model; of a dict, "response" is the
    reply, and the other entries go into the row. `data` are rows that
    `process_js` or `until_response` returned: their choices are replayed and checked, the rest is asked. Returns
    `(rows, prompts)`; `"".join(prompts)` is the whole text.
    """
    from twinbean.definitions.definition import define
    from twinbean.definitions.emission import emit_definition
    from twinbean.play.game import Play, Record, Seat
    from twinbean.play.scheduler import until_choice
    from twinbean.subjects.scripted import Function

    subject = Function(get_input)
    record, labels, positions = Record(), None, None
    if data:
        sessions = sessions_from_rows(data, where="data", participant="human")
        if len(sessions) > 1:
            raise TaskError(f"data hold {len(sessions)} sessions, expected one")
        record = until_choice(sessions[0], sessions[0].n_choices)
        labels = record.trials[0].labels if record.trials else None
        positions = tuple(sessions[0].details.get("positions", ())) or None
    seat = Seat(participant="human", session="human", task="experiment", labels=labels, positions=positions)
    definition = define(experiment)
    # What could not be exported is refused here too: it would be another game than people's.
    emit_definition(definition)
    played = Play(definition, seat, subject.answer, record=record).run()
    return played.rows, played.prompts
