"""A reply stands for a label only when it says nothing else."""

from __future__ import annotations

import math

import pytest

from twinbean.errors import SubjectError
from twinbean.sessions.questions import legal_label, renormalised


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


def test_what_cannot_be_probabilities_is_refused_and_what_is_far_out_is_not():
    norm, legal = renormalised([-800.0, -801.0])
    assert norm == pytest.approx(-800 + math.log1p(math.exp(-1)))
    assert legal == pytest.approx([-math.log1p(math.exp(-1)), -1 - math.log1p(math.exp(-1))])
    assert renormalised([-1.0, -math.inf])[1] == (0, -math.inf)
    for logps in ([math.log(0.9), math.log(0.88)], [-math.inf, -math.inf], [math.nan, -1.0]):
        with pytest.raises(SubjectError, match=r"more than 1|expected finite numbers"):
            renormalised(logps)
