"""Where scored choices stand in their sessions, so that likelihoods of different origin can be laid side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from twinbean.cognitive.choices import Choices
from twinbean.sessions import Session

THIRDS = 3
KEY = ["participant", "session", "trial", "stage"]


def places(sessions: Sequence[Session], people: Sequence[Choices]) -> list[pd.DataFrame]:
    """For each of `people`, made from these sessions, a row a scored choice: participant, source, session, block,
    trial, stage (empty where a trial has one choice), third (1 to 3, of the choices of its session)."""
    grouped: dict[tuple[str, str], list[Session]] = {}
    for session in sessions:
        grouped.setdefault((session.source, session.participant), []).append(session)
    return [_places(grouped[one.source, one.participant], one) for one in people]


def _places(sessions: Sequence[Session], choices: Choices) -> pd.DataFrame:
    rows = [
        (session.participant, session.source, session.session, trial.block, trial.trial, trial.stage)
        for session in sessions
        for trial in session.main_trials
    ]
    columns = ["participant", "source", "session", "block", "trial", "stage"]
    table = pd.DataFrame(rows, columns=columns)[choices.scored].reset_index(drop=True)
    sizes = table.groupby("session", sort=False)["trial"].transform("size")
    number = table.groupby("session", sort=False).cumcount()
    table["third"] = np.minimum(THIRDS * number // sizes, THIRDS - 1) + 1
    return table
