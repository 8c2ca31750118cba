"""Each person on one side, alike in every group, and found under another name."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from choosers import person, session
from twinbean.errors import TrainingError
from twinbean.sessions import Session
from twinbean.sessions.transcripts import Span, Transcript
from twinbean.training.corpus import Corpus
from twinbean.training.leaks import check_leaks, same_people
from twinbean.training.splits import Split, split_people

GROUPS = {f"s{number:03d}": "abc"[number % 3] for number in range(101)}


def test_the_sides_are_as_large_as_asked_for_and_alike_in_every_group() -> None:
    split = split_people(GROUPS, ratio=(64, 16, 21))
    assert [len(split.train), len(split.validation), len(split.test)] == [64, 16, 21]
    for side, expected in ((split.train, 64 / 3), (split.validation, 16 / 3), (split.test, 7)):
        counts = Counter(GROUPS[one] for one in side)
        assert all(abs(counts[group] - expected) <= 1 for group in "abc")


def test_who_is_on_which_side_depends_on_names_and_seed_alone() -> None:
    backwards = dict(reversed(GROUPS.items()))
    assert split_people(backwards, seed=1) == split_people(GROUPS, seed=1) != split_people(GROUPS, seed=2)


@pytest.mark.parametrize("ratio", [(0, 1, 1), (1, -1, 1), (1, 1)])
def test_a_split_that_is_none_is_refused(ratio: tuple[float, ...]) -> None:
    with pytest.raises(TrainingError, match="expected shares of train, validation and test"):
        split_people(GROUPS, ratio=ratio)


def test_nobody_is_on_two_sides() -> None:
    with pytest.raises(TrainingError, match="'a' is on two sides"):
        Split(train=("a", "b"), test=("a",))
    with pytest.raises(TrainingError, match="nobody is left to train on"):
        split_people({"a": ""}, ratio=(1, 1, 98))


def test_a_group_of_which_a_person_has_no_entry_is_refused() -> None:
    corpus = Corpus(sessions=[person(1, diagnosis="x"), person(2)])
    with pytest.raises(TrainingError, match="diagnosis of participant 'p002' is nothing"):
        corpus.groups("diagnosis")


def rebuilt(one: Session, change: Callable[[list[list[tuple[int, float]]]], list[list[tuple[int, float]]]]) -> Session:
    """Under another name, with other blocks of choices and rewards."""
    n_blocks = 1 + max(trial.block for trial in one.trials)
    blocks = [[(t.choice, t.reward) for t in one.trials if t.block == number] for number in range(n_blocks)]
    changed = change(blocks)
    return session(
        "copy",
        [[arm for arm, _ in block] for block in changed],
        rewards=[[paid for _, paid in block] for block in changed],
    )


ORIGINAL = person(1, trials=40, blocks=5)
CHANGES: dict[str, Callable[..., list[list[tuple[int, float]]]]] = {
    "first 60 % of blocks": lambda blocks: blocks[:3],
    "60 % of each block": lambda blocks: [block[:24] for block in blocks],
    "the last 60 % of each block": lambda blocks: [block[16:] for block in blocks],
    "other order": lambda blocks: random.Random(3).sample(blocks, 5),
    "arms mirrored": lambda blocks: [[(1 - arm, paid) for arm, paid in block] for block in blocks],
    "rewards rescaled": lambda blocks: [[(arm, 50 * paid - 7) for arm, paid in block] for block in blocks],
}


@pytest.mark.parametrize(
    "changes",
    [*([name] for name in CHANGES), ["60 % of each block", "other order", "arms mirrored", "rewards rescaled"]],
)
def test_a_person_is_found_again_in_a_copy_with(changes: list[str]) -> None:
    copy = ORIGINAL
    for name in changes:
        copy = rebuilt(copy, CHANGES[name])
    people = {"original": [ORIGINAL], "copy": [copy]} | {
        f"p{n}": [person(n, trials=40, blocks=5)] for n in range(2, 20)
    }
    assert same_people(people) == [("copy", "original")]
    sides = Split(train=("original", *(f"p{n}" for n in range(2, 19))), test=("copy", "p19"))
    with pytest.raises(TrainingError, match=r"'copy' \(test\) and 'original' \(train\) made the same choices"):
        check_leaks(people, sides)
    # On the same side a person may have two names.
    check_leaks(people, replace(sides, train=(*sides.train, "copy"), test=("p19",)))


def test_a_person_is_found_again_in_a_transcript_with_other_letters() -> None:
    def transcript(name: str, letters: str, choices: list[int]) -> Transcript:
        text, spans = "Choose.\n", []
        for trial, arm in enumerate(choices):
            text += "You press <<"
            spans.append(Span(start=len(text), end=len(text) + 1, labels=tuple(letters), arms=(0, 1), trial=trial))
            text += f"{letters[arm]}>>.\n"
        return Transcript(participant=name, experiment="e", text=text, spans=tuple(spans), session=name)

    draws = random.Random(5)
    choices = [draws.randrange(2) for _ in range(99)]
    others = [[draws.randrange(2) for _ in range(99)] for _ in range(10)]
    some = [transcript("a", "XY", choices), transcript("b", "QP", choices[30:90])]
    some += [transcript(f"c{number}", "XY", one) for number, one in enumerate(others)]
    assert same_people({one.participant: [one] for one in some}) == [("a", "b")]


@pytest.mark.parametrize("paid", ["the same", "drawn"])
def test_two_people_who_always_chose_the_same_are_not_one(paid: str) -> None:
    def always(name: str, *, change: int | None = None) -> Session:
        draws = random.Random("the same" if paid == "the same" else name)
        choices = [[0] * 40 for _ in range(5)]
        if change is not None:
            choices[change][7] = 1
        return session(name, choices, rewards=[[draws.randrange(2) for _ in range(40)] for _ in range(5)])

    people = [always("a"), always("b"), always("c", change=1), always("d", change=3)]
    assert same_people({one.participant: [one] for one in people}) == []


def test_two_people_who_always_alternate_are_not_one() -> None:
    people = {name: [session(name, [[0, 1] * 20] * 3, rewards=[[0, 1] * 20] * 3)] for name in "ab"}
    assert same_people(people) == []
