"""A study whose parts come in different orders: participants play what they were given, and the server sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Image

from collecting import Called
from file_screens import SHOWN
from twinbean import Counterbalanced, Task, told
from twinbean.collect.agreeing import Referee
from twinbean.collect.collected import collected
from twinbean.collect.game import make_game
from twinbean.collect.reading import read
from twinbean.errors import TaskError
from twinbean.tasks.task import load
from twinbean.testing.recorded import recorded_rows

TASK = str(Path(__file__).parents[1] / "fixtures" / "collecting" / "practised.py")
URL = "https://app.prolific.com/submissions/complete?cc=DONE"


@pytest.fixture(params=[None, 4], ids=["one set of payoffs", "payoffs of each variant's own"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Called]:
    with Called(
        tmp_path / "study", TASK, completion_url=URL, codes={"screened_out": "OUT"}, variants=request.param
    ) as called:
        yield called


def answers_of(called: Called, opened: dict[str, Any], wanted: str) -> list[bytes]:
    """The rows of somebody whose answers to the quizzes are right (r) and wrong (w) as wanted."""
    for choices in range(1_000):
        sent = list(recorded_rows(load(TASK), opened, participant="p", seed=0, choices=choices))
        rows = [json.loads(row) for row in sent]
        quizzes = [list(row["bean_response"].values()) for row in rows if "bean_quiz" in row]
        if "".join("r" if said == ["two"] else "w" for said in quizzes) == wanted:
            return sent
    raise AssertionError(f"nobody answers {wanted}")


def contradictions(called: Called) -> list[str | None]:
    referee = Referee(called.study.settings)
    return [referee.contradiction(one) for one in called.study.store.read(collected)]


def take(called: Called, who: str, wanted: str, outcome: str) -> tuple[str, list[dict[str, Any]], str]:
    """The order that somebody was given, the rows that were sent and the way out."""
    opened = called.open(who, ids={"session_id": who})
    rows = answers_of(called, opened, wanted)
    assert called.send(opened, 0, rows).status_code == 200
    reply = called.finish(opened, rows, outcome).json()
    assert reply["complete"]
    return opened["variant"]["arrangement"]["order"], [json.loads(row) for row in rows], reply["url"]


def test_each_variant_says_what_is_played_and_before_which_block_the_score_begins_anew(study: Called) -> None:
    given = {
        variant["arrangement"]["order"]: (variant["order"], variant["resets"])
        for variant in study.game.conditions[""].variants
    }
    assert given == {
        "small, large": ([0, 1, 2, 3, 4], {"1": ["score"]}),
        "large, small": ([0, 3, 4, 1, 2], {"3": ["score"]}),
    }
    assert not {"order", "resets", "arrangement"} & study.game.definition.keys()


@pytest.mark.parametrize("name", ["condition", "pay"])
def test_what_the_study_records_under_the_same_name_is_refused(name: str) -> None:
    def build(*, rng: Any, pay: int = 1) -> Experiment:
        arms = [{"color": "orange", "value": pay}, {"color": "blue", "value": 0}]
        return Experiment([Counterbalanced({part: Block([Bandit(bandits=arms)]) for part in "ab"}, name=name)])

    conditions = {"low": {"pay": 1}, "high": {"pay": 2}}
    with pytest.raises(TaskError, match=f"records an order or condition as '{name}', and so does the study"):
        make_game(Task("t", build), conditions, seed=0, variants=1, parameters={})
    make_game(Task("t", build), {"": {}}, seed=0, variants=1, parameters={})


def test_who_plays_the_order_that_they_were_given_is_believed(study: Called) -> None:
    played = {}
    for number in range(4):
        order, rows, link = take(study, f"p{number}", "wrr", "done")
        assert link == URL
        played[order] = [row["bean_score"] for row in rows if "bean_score" in row]
    # Both orders are given out, and the hundred of the practice count in neither.
    assert played == {"small, large": [100, 1, 11], "large, small": [100, 10, 11]}
    assert contradictions(study) == [None] * 4
    assert {session.kept["order"] for session in read(study.study.folder)} == set(played)


@pytest.mark.parametrize(("wanted", "n_rows"), [("ww", 3), ("rww", 5)], ids=["first part", "second part"])
def test_a_quiz_ends_the_session_in_whichever_part_it_is_not_passed(study: Called, wanted: str, n_rows: int) -> None:
    orders = set()
    for number in range(4):
        order, rows, link = take(study, f"p{number}", wanted, "screened_out")
        assert (len(rows), link) == (n_rows, URL.replace("DONE", "OUT"))
        orders.add(order)
    assert orders == {"small, large", "large, small"}
    assert contradictions(study) == [None] * 4


def test_a_score_that_goes_on_from_the_practice_is_noticed(study: Called) -> None:
    opened = study.open("liar")
    rows = [json.loads(row) for row in answers_of(study, opened, "rr")]
    rows[-1]["bean_score"] += 100
    study.send(opened, 0, [json.dumps(row).encode() for row in rows])
    (found,) = contradictions(study)
    assert found is not None
    assert "111" in found


def test_another_order_than_the_one_that_was_given_is_noticed(study: Called) -> None:
    opened = study.open("chooser")
    given = opened["variant"]["arrangement"]["order"]
    (other,) = {"small, large", "large, small"} - {given}
    rows = answers_of(study, opened | {"variant": opened["variant"] | {"arrangement": {"order": other}}}, "rr")
    study.send(opened, 0, rows)
    assert contradictions(study) == [f"its rows say order {other!r}, and it was given {given!r}"]


def test_orders_are_filled_evenly_from_the_first_participants_on(study: Called) -> None:
    orders = [study.open(f"P{number}")["variant"]["arrangement"]["order"] for number in range(8)]
    assert len(set(orders)) == 2
    assert [orders[:n].count(orders[0]) for n in (2, 4, 6, 8)] == [1, 2, 3, 4]


def test_who_begins_again_has_the_order_that_they_know(study: Called) -> None:
    for number in range(6):
        first = study.open(f"P{number}")["variant"]["arrangement"]
        assert study.open(f"P{number}")["variant"]["arrangement"] == first


def test_a_study_has_the_files_of_all_its_conditions() -> None:
    def build(*, rng: Any, card: str = "red.png") -> Experiment:
        return Experiment([Block([told(Image(500, card), "You see a card.")])])

    conditions = {"red": {"card": "red.png"}, "ring": {"card": "ring.svg"}}
    game = make_game(Task("t", build, folder=SHOWN), conditions, seed=0, variants=1, parameters={})
    assert {name: address[:15] for name, address in game.definition["files"].items()} == {
        "red.png": "data:image/png;",
        "ring.svg": "data:image/svg+",
    }
