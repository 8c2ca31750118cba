"""What rows say of who answered and what was typed is counted over a session, and refused where no page says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twinbean.errors import DataError
from twinbean.sessions import read, write_table
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.observed import observed_in
from twinbean.sessions.participants import participants_table

TRIAL = {"bean_bandits": [{"color": "a", "value": 1}, {"color": "b", "value": 2}], "bean_response": 0, "bean_value": 1}


def counts(*rows: dict[str, Any]) -> dict[str, int]:
    return observed_in(list(enumerate(rows, start=1)), "file")


def test_what_is_not_said_is_not_counted() -> None:
    assert counts({}, {"trusted": None}) == {}


def test_screens_add_up() -> None:
    left = {"interruptions": [{"event": "left"}, {"event": "resized"}]}
    rows = [{"trusted": True, "typed": 4, "pasted": 0}, {"trusted": False}, {"typed": 2, "pasted": 9} | left]
    assert counts(*rows) == {"untrusted": 1, "typed": 6, "pasted": 9, "focus_losses": 1}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"typed": -1}, "file, row 1: typed is -1, expected a number of characters"),
        ({"pasted": 1e300}, "file, row 1: pasted is 1e.300, expected a number of characters"),
        ({"trusted": "perhaps"}, "file, row 1: trusted is 'perhaps', expected true or false"),
        ({"interruptions": [3]}, "file, row 1: interruptions is .3., expected a list of events"),
    ],
)
def test_what_no_page_says_is_refused(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        counts(row)


def test_the_counts_stand_among_what_is_known_of_participants_also_from_a_table(tmp_path: Path) -> None:
    rows = [TRIAL | {"trusted": False, "typed": 3, "pasted": 5}]
    sessions = sessions_from_rows(rows, where="file", participant="p")
    write_table(sessions, tmp_path / "trials.csv")
    for found in (sessions, read(tmp_path / "trials.csv")):
        table = participants_table(found)
        assert table[["untrusted", "typed", "pasted"]].values.tolist() == [[1, 3, 5]]
    # A table of people of whom nobody asked has no such columns.
    assert "typed" not in participants_table(sessions_from_rows([TRIAL], where="file", participant="p"))
