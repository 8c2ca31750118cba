"""Notes between tags."""

from __future__ import annotations

import pytest

from twinbean.subjects.endpoint.prompting import read_notes


@pytest.mark.parametrize(
    ("reply", "notes"),
    [
        ("<HISTORY>\n- one\n- two\n</HISTORY>", "- one\n- two"),
        ("I put it in <HISTORY></HISTORY>: <history>last</History> done", "last"),
        ("<HISTORY>a <HISTORY>b</HISTORY>", "b"),
        ("<HISTORY></HISTORY>", ""),
        ("<HISTORY>cut off", None),
        ("", None),
    ],
)
def test_the_last_pair_of_tags_holds_the_notes(reply, notes):
    assert read_notes(reply) == notes


def test_a_long_reply_without_a_closing_tag_takes_no_time():
    assert read_notes("<HISTORY>" * 20_000) is None
