"""The screens of a study's sessions as tables: all that was recorded of each, and what was answered besides choices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from twinbean.collect.collected import Collected
from twinbean.errors import DataError
from twinbean.sessions.jspsych import is_trial, plain_row
from twinbean.sessions.responses import asked_in, responses_in

RESPONSES = ("participant", "session", "screen", "trials", "question", "asked", "response", "rt_ms")
_FIRST = ("participant", "session", "screen")


def screens_table(found: Iterable[Collected], *, identified: bool = False) -> pd.DataFrame:
    """A row a screen, a column for each entry that any screen has, under SweetBean's own names; lists and objects are
    JSON."""
    rows = [
        whose | {name: _cell(value) for name, value in row.items() if name not in whose}
        for whose, row in _screens(found, identified)
    ]
    columns = dict.fromkeys((*_FIRST, *(name for row in rows for name in row)))
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def responses_table(found: Iterable[Collected], *, identified: bool = False) -> pd.DataFrame:
    """A row for everything that was asked on a screen that is no choice among arms: a key, an option, each question of
    a survey or a form, free text, too. `trials` counts the choices before it, `question` is its name in the row,
    `asked` its text; an empty `response` is none."""
    rows = [row for one in found for row in _responses(one, identified)]
    return pd.DataFrame(rows, columns=list(RESPONSES), dtype=object)


def _screens(found: Iterable[Collected], identified: bool) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    for one in found:
        whose = {"participant": one.name(identified=identified), "session": one.record.session}
        for screen, row in enumerate(one.own_rows(identified=identified)):
            yield whose | {"screen": screen}, plain_row(row)


def _responses(one: Collected, identified: bool) -> Iterator[dict[str, Any]]:
    trials = 0
    for whose, row in _screens([one], identified):
        if is_trial(row):
            trials += 1
            continue
        for question, asked, response in _asked(row):
            known = {"trials": trials, "question": question, "asked": _cell(asked), "response": _cell(response)}
            yield whose | known | {"rt_ms": row.get("rt")}


def _asked(row: Mapping[str, Any]) -> Iterator[tuple[str | None, Any, Any]]:
    """What a screen asked: under which name, in which words, and the answer."""
    response = row.get("response")
    questions = row.get("questions")
    if isinstance(questions, list):
        answers = response if isinstance(response, Mapping) else {}
        for number, question in enumerate(questions):
            # A question with free text is its words alone.
            said = question if isinstance(question, Mapping) else {"prompt": question}
            name = str(said.get("name", f"Q{number}"))
            yield name, said.get("prompt"), answers.get(name)
        return
    try:
        asks = bool(responses_in(row, "it", lambda value, _: list(value)))
    except (DataError, TypeError):
        # Whatever a browser says that was answered is shown.
        asks = True
    if asks:
        yield None, asked_in(row), response


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | Mapping) else value
