"""Held-out choices are predicted by parameters that never saw them."""

from __future__ import annotations

import numpy as np
import pytest

from twinbean.cognitive import predictive
from twinbean.errors import TwinbeanError
from twinbean.sessions import Session, Trial


def stayer(participant, p_stay, n=60):
    """Someone whose share of repetitions is exactly `p_stay`, whatever they are paid."""
    pattern = np.arange(n - 1) % 10 >= 10 * p_stay
    choices = np.concatenate([[0], np.cumsum(pattern) % 2])
    trials = tuple(Trial(trial=t, choice=int(c), reward=1.0, offered=(0, 1)) for t, c in enumerate(choices))
    return Session(participant=participant, session=participant, task="t", trials=trials)


def likelihood(choices, stay):
    """The negative log-likelihood of repeating with probability `stay`."""
    stays = np.array(choices)[1:] == np.array(choices)[:-1]
    return -(np.log(stay) * stays + np.log(1 - stay) * ~stays).sum()


def test_each_person_is_predicted_by_the_others():
    people = [stayer("a", 0.9), stayer("b", 0.6), stayer("c", 0.7)]
    table = predictive(people, models=["sticky"], folds=3).set_index("participant")
    assert sorted(table["fold"]) == [0, 1, 2]
    arms = {one.participant: [trial.choice for trial in one.trials] for one in people}
    for name, own in arms.items():
        others = [np.diff(choices) == 0 for other, choices in arms.items() if other != name]
        stay = np.mean(np.concatenate(others))
        assert table.loc[name, "nll"] == pytest.approx(np.log(2) + likelihood(own, stay), abs=1e-3)


def test_later_choices_are_predicted_from_earlier_ones():
    person = stayer("a", 0.8)
    (row,) = predictive([person], across="trials", models=["sticky"], train_share=0.5).to_dict("records")
    choices = [trial.choice for trial in person.trials]
    stay = np.mean(np.diff(choices[:30]) == 0)
    assert row["n_choices"] == 30
    # The first held-out choice still knows the last one before it.
    assert row["nll"] == pytest.approx(likelihood(choices[29:], stay), abs=1e-3)


def test_folds_are_dealt_by_the_seed_and_not_by_the_order_of_the_data():
    people = [stayer(str(i), 0.5 + i / 20) for i in range(9)]

    def folds(data, seed):
        table = predictive(data, models=["sticky"], folds=3, seed=seed)
        return table.set_index("participant")["fold"].sort_index().tolist()

    assert folds(people, 0) == folds(people[::-1], 0) != folds(people, 1)
    assert np.bincount(folds(people, 0)).tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folds": 5}, r"2 participants \(human\) cannot be dealt into 5 folds"),
        ({"across": "time"}, "across is 'time', expected 'people' or 'trials'"),
        ({"across": "trials", "train_share": 1.0}, "train_share is 1.0, expected a number between 0 and 1"),
    ],
)
def test_what_cannot_be_done_is_refused(options, message):
    with pytest.raises(TwinbeanError, match=message):
        predictive([stayer("a", 0.5), stayer("b", 0.5)], models=["sticky"], **options)
