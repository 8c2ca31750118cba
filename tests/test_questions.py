"""A reply stands for a label only when it says nothing else."""

from __future__ import annotations

import pytest

from twinbean.questions import legal_label


@pytest.mark.parametrize(
    ("reply", "labels", "label"),
    [
        (" 1\n", ("1", "2"), "1"),
        ("'2'.", ("1", "2"), "2"),
        ('"k"', ("K", "M"), "K"),
        ("Bandit 1", ("1", "2"), None),
        ("1 or 2", ("1", "2"), None),
        ("", ("1", "2"), None),
        ("1", ("10", "11"), None),
        ("a", ("a", "A"), "a"),
        ("A", ("A.", "B."), None),
        ("A.", ("A.", "B."), "A."),
        ('"A"', ('"A"', "B"), '"A"'),
    ],
)
def test_what_a_reply_stands_for(reply, labels, label):
    assert legal_label(reply, labels) == label


def test_a_reply_in_another_case_that_could_be_two_labels_is_none():
    assert legal_label("ÄB", ("äb", "Äb")) is None
