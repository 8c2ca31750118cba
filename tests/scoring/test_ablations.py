"""What an ablation takes away is gone, and every choice is still where its span says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from twinbean.errors import DataError
from twinbean.scoring.ablations import ABLATIONS, ablate, permuted_labels, renamed
from twinbean.scoring.layout import layout_of_lines
from twinbean.sessions.transcripts import Span, Transcript


def read(text: str, labels: tuple[str, ...] = ("J", "S"), participant: str = "p") -> Transcript:
    spans = tuple(
        Span(start=found.start(1), end=found.end(1), labels=labels, arms=tuple(range(len(labels))), trial=trial)
        for trial, found in enumerate(re.finditer("<<(.*?)>>", text))
    )
    return Transcript(participant=participant, experiment="t", text=text, spans=spans, session=participant)


INSTRUCTIONS = "Choose between J and S. Just choose.\n\n"
CHOICES = "JSSJSSJJSJSS"
WHOLE = read(
    INSTRUCTIONS
    + "".join(
        f"You press <<{label}>> and get {10 + trial}. {'S' if label == 'J' else 'J'} would have paid {50 + trial}.\n"
        for trial, label in enumerate(CHOICES)
    )
)
LAYOUT = layout_of_lines(WHOLE)


def chosen(transcript: Transcript) -> str:
    return "".join(transcript.text[span.start : span.end] for span in transcript.spans)


@pytest.mark.parametrize("ablation", ABLATIONS)
def test_spans_and_layout_still_fit_the_text(ablation) -> None:
    found, layout = ablate(WHOLE, LAYOUT, ablation, seed=3)
    assert chosen(found) == (CHOICES if ablation != "labels" else CHOICES.translate({74: 83, 83: 74}))
    assert layout == layout_of_lines(found)
    assert [span.trial for span in found.spans] == list(range(12))


def test_without_instructions_the_text_begins_with_the_first_trial() -> None:
    found, _ = ablate(WHOLE, LAYOUT, "instructions", seed=0)
    assert found.text == WHOLE.text[len(INSTRUCTIONS) :]


def test_a_text_without_instructions_has_none_to_lose() -> None:
    bare = read("You press <<J>>.\n")
    with pytest.raises(DataError, match="'p' begins with its first trial: it has no instructions"):
        ablate(bare, layout_of_lines(bare), "instructions", seed=0)


def test_choices_only_leaves_one_line_a_choice() -> None:
    found, _ = ablate(WHOLE, LAYOUT, "choices", seed=0)
    assert found.text == "".join(f"You press <<{label}>>.\n" for label in CHOICES)


def test_permuted_rewards_are_the_same_rewards_after_other_choices() -> None:
    found, _ = ablate(WHOLE, LAYOUT, "rewards", seed=0)
    assert found.text.startswith(INSTRUCTIONS + "You press <<J>> and get ")
    paid = re.findall(r"get (\d+)\. (\w) would have paid (\d+)", found.text)
    assert [int(reward) for reward, _, _ in paid] != list(range(10, 22))
    assert Counter(int(reward) for reward, _, _ in paid) == Counter(range(10, 22))
    # What the two arms paid stays together, and the arm that was not chosen is still the other one.
    assert all(int(foregone) == int(reward) + 40 for reward, _, foregone in paid)
    assert "".join(name for _, name, _ in paid) == CHOICES.translate({74: 83, 83: 74})


def test_labels_change_places_wherever_they_are_words() -> None:
    found, _ = ablate(WHOLE, LAYOUT, "labels", seed=0)
    assert found.text.startswith("Choose between S and J. Just choose.\n\nYou press <<S>> and get 10. J would have")
    assert {span.labels for span in found.spans} == {("S", "J")}


def test_numbers_cannot_change_places_with_payoffs() -> None:
    numbered = read("You name <<1>> and get 2.\n", ("1", "2"))
    with pytest.raises(DataError, match="the labels of 'p' are 1, 2: numbers look like payoffs"):
        ablate(numbered, layout_of_lines(numbered), "labels", seed=0)


def test_labels_are_drawn_for_each_session_and_never_stay() -> None:
    labels = ("A", "B", "C")
    drawn = {permuted_labels(labels, seed=0, participant=str(i), session="s") for i in range(60)}
    assert len(drawn) == 5
    assert labels not in drawn
    assert permuted_labels(labels, seed=0, participant="7", session="s") in drawn


def test_what_is_drawn_belongs_to_the_seed_and_the_session() -> None:
    texts = {
        ablate(replace(WHOLE, session=session), LAYOUT, "rewards", seed=seed)[0].text
        for session, seed in (("p", 0), ("q", 0), ("p", 1))
    }
    assert len(texts) == 3
    assert ablate(WHOLE, LAYOUT, "rewards", seed=0)[0].text in texts


def test_words_are_renamed_all_at_once() -> None:
    assert renamed("J, S and 'S' in JS", {"J": "S", "S": "J"}) == "S, J and 'J' in JS"
