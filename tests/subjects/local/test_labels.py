from __future__ import annotations

import math

import numpy as np
import pytest

from twinbean.errors import SubjectError
from twinbean.sessions.questions import Question
from twinbean.subjects.drawing import draw
from twinbean.subjects.local import LanguageModel
from twinbean.subjects.local.labels import label_tokens, legal_mass


def question(*, trial: int | None = 0, **values: object) -> Question:
    given = {"session": "s", "text": "You press <<", "labels": ("A", "B"), "arms": (0, 1), "n_arms": 2}
    return Question(**{**given, "participant": "p", "trial": trial, **values})


def test_the_closing_marker_is_left_out_where_no_label_begins_another(tiny: LanguageModel) -> None:
    found = label_tokens(tiny.encoder, ("A", "blue"))
    assert not found.closed
    assert [tiny.encoder.tokenizer.convert_ids_to_tokens(one) for one in found.sequences] == [["A"], ["blue"]]


def test_its_first_token_ends_every_label_where_one_label_begins_another(tiny: LanguageModel) -> None:
    found = label_tokens(tiny.encoder, ("2", "21", "3"))
    assert found.closed
    written = [tiny.encoder.tokenizer.convert_ids_to_tokens(one) for one in found.sequences]
    assert written == [["2", ">>"], ["2", "1", ">>"], ["3", ">>"]]


def test_branches_are_the_beginnings_after_which_a_token_is_predicted(tiny: LanguageModel) -> None:
    found = label_tokens(tiny.encoder, ("cat", "car", "dog"))
    written = ["".join(tiny.encoder.tokenizer.convert_ids_to_tokens(branch)) for branch in found.branches]
    assert sorted(written) == ["", "c", "ca", "d", "do"]
    assert found.branches[0] == ()


@pytest.mark.parametrize("labels", [("A", "A"), ("A", "")])
def test_labels_that_cannot_be_told_apart_are_refused(tiny: LanguageModel, labels: tuple[str, str]) -> None:
    with pytest.raises(SubjectError, match="labels"):
        label_tokens(tiny.encoder, labels)


def test_a_legal_mass_above_one_is_a_mistake() -> None:
    assert legal_mass([math.log(0.25), math.log(0.5)]) == pytest.approx(0.75)
    with pytest.raises(AssertionError, match=r"1\.7"):
        legal_mass([math.log(0.9), math.log(0.8)])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_labels_are_drawn_with_p_proportional_to_exp_logp_over_temperature(temperature: float) -> None:
    logps = [math.log(0.05), math.log(0.15), math.log(0.02)]
    drawn = [draw(logps, temperature=temperature, question=question(trial=trial)) for trial in range(4000)]
    weights = np.array([0.05, 0.15, 0.02]) ** (1 / temperature)
    expected = weights / weights.sum()
    error = np.sqrt(expected * (1 - expected) / 4000)
    assert np.all(np.abs(np.bincount(drawn, minlength=3) / 4000 - expected) < 4 * error)


def test_temperature_zero_takes_the_most_likely_and_breaks_ties_by_the_seed() -> None:
    assert draw([-3.0, -1.0, -2.0], temperature=0, question=question()) == 1
    tied = [draw([-1.0, -5.0, -1.0], temperature=0, question=question(seed=seed)) for seed in range(40)]
    assert set(tied) == {0, 2}
    assert tied == [draw([-1.0, -5.0, -1.0], temperature=0, question=question(seed=seed)) for seed in range(40)]


def test_a_draw_belongs_to_its_key_alone() -> None:
    def drawn(**key: object) -> int:
        return draw(np.zeros(1_000_000), temperature=1, question=question(**key))

    assert drawn() == drawn()
    others = [{"seed": 1}, {"participant": "q"}, {"sample": 1}, {"trial": 1}, {"attempt": 1}, {"trial": None}]
    # A person's second session is another one.
    others.append({"session": "another"})
    assert len({drawn(), *(drawn(**key) for key in others)}) == 8
