"""JSON is read as Python reads it, but for what nothing here could work with."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twinbean._json import DEEPEST, loads
from twinbean.errors import DataError

LEAVES = st.none() | st.booleans() | st.integers(-(10**300), 10**300) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_ordinary_json_is_read_as_it_is(value):
    assert loads(json.dumps(value), "it") == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f is not JSON (line 1, column 1"),
        (b"[", "f is not JSON (column 2"),
        ('{\n"a": }', "f is not JSON (line 2, column"),
        ("9" * 400, "f holds an integer of 400 digits"),
        ("[-" + "9" * 400 + "]", "f holds an integer of 400 digits"),
        ('{"a": ' + "9" * 5_000 + "}", "f holds an integer of thousands of digits"),
        ("[" * 100_000, "f is nested without end"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "f is nested without end"),
        (b"\xff\xfe[\x00]\x00", "f is not UTF-8 text"),
        (b"\x80", "f is not UTF-8 text"),
    ],
)
def test_what_nothing_could_work_with_is_refused(text, said):
    with pytest.raises(DataError) as refused:
        loads(text, "f")
    assert str(refused.value).startswith(said)


def test_half_of_a_surrogate_pair_is_read_as_its_escape():
    assert loads('["\\ud83d\\ude00", {"\\ud800": "a\\udfffb"}]', "f") == ["\U0001f600", {"\\ud800": "a\\udfffb"}]
