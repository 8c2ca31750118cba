"""The table of the first seed: one row a trial, with prompts, replies and running sums of every arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from twinbean import _journal
from twinbean._validation import Held, validated
from twinbean.errors import DataError
from twinbean.sessions.reading import read_run
from twinbean.sessions.session import Session, Trial
from twinbean.sessions.stages import stages_of
from twinbean.sessions.table import save_table

COLUMNS: Sequence[str] = (
    *("trial", "arm_name", "arm_idx", "reward", "cumulative_reward", "system_prompt", "user_prompt"),
    *("raw_prediction", "history_summary", "best_arm"),
)
_Requests = Mapping[tuple[str, int, str], Mapping[str, Any]]


class _Message(Held):
    role: str
    content: str


class _Request(Held):
    messages: list[_Message] = Field(default_factory=list)


class _Call(Held):
    """A line of calls.jsonl, as far as this table needs it."""

    kind: str
    session: str
    trial: int | None
    purpose: str
    request: _Request = Field(default_factory=_Request)
    notes: str | None = None


def wide_table(run: Path) -> pd.DataFrame:
    """The choices of a run folder: `session`, the seed's columns, then `cumulative_reward_LABEL` and
    `cumulative_occurrence_LABEL` of every arm.

    Prompts and replies are those of calls.jsonl, and empty where no endpoint was asked. `history_summary` holds the
    notes that were written after the trial. Raises DataError where `run` is no run folder.
    """
    if not (run / "run.json").is_file():
        raise DataError(f"{run} is no run folder: a wide table needs the calls that a run keeps")
    sessions = read_run(run)
    if stages_of(sessions):
        raise DataError(f"{run}: the wide table has a row a trial, and these trials have several choices each")
    requests = _last_requests(run)
    labels = list(dict.fromkeys(label for session in sessions for trial in session.trials for label in trial.labels))
    rows = [row for session in sessions for row in _rows(session, labels, requests)]
    sums = [f"cumulative_{what}_{label}" for what in ("reward", "occurrence") for label in labels]
    table = pd.DataFrame(rows, columns=["session", *COLUMNS, *sums])
    for name in ("reward", "cumulative_reward", *sums):
        # Points that are whole numbers read 1, as the seed's do, not 1.0.
        if (table[name] % 1 == 0).all():
            table[name] = table[name].astype("Int64")
    return table


def write_wide(run: Path, path: Path) -> int:
    """Write the wide table of `run`, Parquet or CSV by the name of the file; returns its number of rows."""
    table = wide_table(run)
    save_table(table, path)
    return len(table)


def _rows(session: Session, labels: Sequence[str], requests: _Requests) -> list[dict[str, Any]]:
    paid = dict.fromkeys(labels, 0.0)
    times = dict.fromkeys(labels, 0)
    rows = []
    for trial in session.trials:
        if trial.choice is None or trial.label is None:
            continue
        paid[trial.label] += trial.reward or 0
        times[trial.label] += 1
        messages = requests.get((session.session, trial.trial, "choice"), {}).get("messages", [])
        notes = requests.get((session.session, trial.trial, "notes"), {})
        rows.append(
            {
                "session": session.session,
                "trial": trial.trial,
                "arm_name": trial.label,
                "arm_idx": trial.choice,
                "reward": trial.reward,
                "cumulative_reward": sum(paid.values()),
                "system_prompt": _content(messages, "system"),
                "user_prompt": _content(messages, "user"),
                "raw_prediction": trial.raw,
                "history_summary": notes.get("notes"),
                "best_arm": _best(trial),
                **{f"cumulative_reward_{label}": paid[label] for label in labels},
                **{f"cumulative_occurrence_{label}": times[label] for label in labels},
            }
        )
    return rows


def _last_requests(run: Path) -> _Requests:
    """Of every (session, trial, purpose) the last request, and the notes that were read from its reply."""
    requests: dict[tuple[str, int, str], dict[str, Any]] = {}
    for where, entry in _journal.read(run / "calls.jsonl"):
        call = validated(_Call, entry, where)
        if call.trial is None:
            continue
        found = requests.setdefault((call.session, call.trial, call.purpose), {})
        if call.kind == "reply":
            found["messages"] = call.request.messages
        found.update({"notes": call.notes} if call.notes is not None else {})
    return requests


def _content(messages: Sequence[_Message], role: str) -> str | None:
    """The last message of a role."""
    return next((message.content for message in reversed(messages) if message.role == role), None)


def _best(trial: Trial) -> str | None:
    return trial.labels[trial.best_arm] if trial.best_arm is not None and trial.labels else None
