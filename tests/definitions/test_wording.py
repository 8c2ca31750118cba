"""How a trial reads, and what is no wording."""

from __future__ import annotations

import pytest

from twinbean.definitions.wording import Choice, Outcome, listed, screen_sentence, wording
from twinbean.errors import TaskError

BANDITS = [{"color": "red", "value": 1}, {"color": "blue", "value": 2}, {"color": "green", "value": 3}]


def choice(**changes):
    return Choice(
        **{"trial": 0, "bandits": BANDITS, "labels": ("A", "B", "C"), "offered": (0, 2), "listed": False} | changes
    )


OUTCOME = Outcome(label="C", reward=3.0, foregone={"A": 1})


def test_names_are_listed_as_people_list_them():
    assert [listed(names, "or") for names in (["A"], ["A", "B"], ["A", "B", "C"])] == ["A", "A or B", "A, B or C"]


def test_sweetbeans_own_sentences_name_the_arms_on_offer():
    words = wording("sweetbean")
    assert words.opening(choice()) == (
        "You see 2 bandits. Bandit A is red. Bandit C is green. "
        "Choose a bandit by naming the number of the bandit. You name <<"
    )
    assert words.outcome(choice(), OUTCOME) == (
        ". The value of the chosen bandit was 3.0. The value of bandit A was 1."
    )
    assert words.missed(choice()).endswith("You name no bandit in time.")


def test_psych101_says_what_is_on_offer_when_it_has_changed():
    words = wording("psych101")
    assert words.opening(choice()) == "You can press A or C. You press <<"
    assert words.opening(choice(listed=True)) == "You press <<"
    assert words.outcome(choice(), OUTCOME) == " and get 3.0 points. A would have paid 1 points."
    assert words.forced(choice(), OUTCOME).startswith("You are instructed to press C and get 3.0 points.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"text": "Hi", "color": "white", "duration": 5}, 'You see "Hi" in "white" for 5ms.'),
        ({"text": "Hi", "color": "white", "duration": None}, 'You see "Hi" in "white" for Nonems.'),
        ({"text": "", "duration": 5}, "You see a blank screen for 5ms."),
    ],
)
def test_a_text_screen_in_a_sentence(arguments, sentence):
    assert screen_sentence(arguments) == sentence.replace(" for Nonems", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("klingon", "there is no wording 'klingon': expected 'sweetbean', 'psych101' or a Jinja2 template"),
        ("written", "there is no wording 'written'"),
        ("", "there is no wording ''"),
        ("{{ reward }}", "has no {{ answer }}"),
        ("{{ answer", "is no Jinja2 template"),
    ],
)
def test_what_is_no_wording_is_refused(name, said):
    with pytest.raises(TaskError, match=said):
        wording(name)
