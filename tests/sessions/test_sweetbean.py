"""SweetBean's data helpers count choices, and give back the rows up to the next one."""

from __future__ import annotations

import pytest

from twinbean.errors import DataError
from twinbean.sessions.sweetbean import get_n_responses, process_js, until_response


def bandit(response, **more):
    return {"bandits": [{"value": 1}, {"value": 2}], "response": response, "value": 1} | more


KEY = {"text": "Ready?", "choices": [" "], "response": " "}
SCORE = {"text": "Score: 1", "response": None}
ROWS = [KEY, bandit(0, forced=True), bandit(1), SCORE, bandit(None, missed=True), SCORE, bandit(0), SCORE]


def test_only_choices_are_counted():
    assert get_n_responses(ROWS) == 2


def test_rows_end_before_the_next_choice():
    assert until_response(ROWS, 0) == ROWS[:2]
    assert until_response(ROWS, 1) == ROWS[:6]


def test_all_choices_are_all_rows():
    assert until_response(ROWS, 2) == ROWS


@pytest.mark.parametrize("n", [-1, 3])
def test_another_number_is_refused(n):
    with pytest.raises(DataError, match=f"the data hold 2 choices, so there is no data until response {n}"):
        until_response(ROWS, n)


def test_a_pages_rows_get_sweetbeans_names():
    row = {"rt": 5, "trial_index": 3, "bean_bandits": [], "bean_response": None, "response": 1, "bean_value": 2}
    assert process_js([row]) == [{"rt": 5, "bandits": [], "response": 1, "value": 2}]


def test_processed_rows_stay_and_are_copies():
    again = process_js(ROWS)
    assert again == ROWS
    assert again[0] is not ROWS[0]
