"""Where in a study the runs of its pair are, and which model that is.

pair/SESSION         the model's run on the payoffs of that session, as `replay` writes it
pair-spent.jsonl     that a request was sent, and what it cost, of all sessions together
pair/.waiting        a file for each session that the model has not played to its end
pair-left-out/SESSION
                     the same of sessions that are no data unless everybody is asked for: test visits, later attempts,
                     participants who are excluded
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

from twinbean.collect import settings
from twinbean.collect.store import Transaction

RUNS, LEFT_OUT = "pair", "pair-left-out"
WAITING = ".waiting"
# What requests to an endpoint have cost: one file for all visitors, so that a bound is one for all. It says nothing of
# anybody: what was asked is in the run of the session, and goes with it.
SPENT = "pair-spent.jsonl"
# In the database: which model it is, and what it was set to.
SETTING = "pair"


def pair_of(transaction: Transaction) -> str | None:
    """The name of the model that plays, or has played, beside the participants of a study."""
    found = settings.get(transaction, SETTING)
    return None if found is None else str(json.loads(found)["model"])


def remove(folder: Path, session: str) -> None:
    """Delete what the model has played on the payoffs of a session of the study in `folder`."""
    for runs in (RUNS, LEFT_OUT):
        shutil.rmtree(folder / runs / session, ignore_errors=True)
    with contextlib.suppress(OSError):
        (folder / RUNS / WAITING / session).unlink(missing_ok=True)
