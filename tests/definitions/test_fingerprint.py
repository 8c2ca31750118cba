"""A fingerprint is what the author wrote, and nothing that is drawn, emitted or shown."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from function_files import written
from twinbean.definitions.definition import define
from twinbean.definitions.emission import Emission, emit_definition
from twinbean.definitions.fingerprint import is_comparable, what_differs
from twinbean.definitions.structure import Loop, Phase
from twinbean.tasks.task import load
from twinbean.transpile import statements

RULES = """
BONUS = 2

def doubled(won):
    return won * 2

def add(total, won):
    return total + doubled(won) + BONUS
"""


def emitted(
    rules: str = RULES,
    *,
    timeline: Any = None,
    start: int = 0,
    duration: int | None = None,
    text: str = "-",
    **around: Any,
) -> Emission:
    score = SharedVariable("score", start)
    add = FunctionVariable("add", written(rules)["add"], [score, DataVariable("value", 0)])
    bandit = Bandit(
        bandits=[TimelineVariable("a"), TimelineVariable("b")], duration=duration, side_effects=[SideEffect(score, add)]
    )
    blocks: list[Any] = [Block([bandit, Text(duration=5, text=text)], timeline=timeline or [arms()])]
    if "most" in around:
        until = FunctionVariable("enough", lambda total: total > 3, [score])
        blocks = [Loop(blocks, until=until, most=around["most"])]
    if around.get("practice"):
        blocks = [Phase("practice", blocks, resets=[score]), Block([bandit], timeline=[arms()])]
    return emit_definition(define(Experiment(blocks)))


def arms(first: Any = 1, second: Any = 2, color: str = "red") -> dict[str, Any]:
    return {"a": {"color": color, "value": first}, "b": {"color": color, "value": second}}


def test_it_is_the_format_and_sha_256_of_canonical_json() -> None:
    """Written out by hand, so that a fingerprint stays what it is."""
    rules = written("def add(total, won):\n    return total + won\n")
    score = SharedVariable("score", 0)
    add = FunctionVariable("add", rules["add"], [score, DataVariable("value", 0)])
    bandit = Bandit(bandits=[TimelineVariable("a"), TimelineVariable("b")], side_effects=[SideEffect(score, add)])
    emission = emit_definition(define(Experiment([Block([bandit], timeline=[arms()])])))
    total, won = ({"Name": {"id": name}} for name in ("total", "won"))
    function = {
        "body": [{"Return": {"value": {"BinOp": {"left": total, "op": "Add", "right": won}}}}],
        "defaults": [],
        "outside": {},
        "parameters": ["total", "won"],
    }
    content = {
        "blocks": [
            {
                "phase": "main",
                "stimuli": [
                    {
                        "arguments": {
                            "bandits": [{"$timeline": "a"}, {"$timeline": "b"}],
                            "duration": None,
                            "time_after_response": 2000,
                        },
                        "effects": [
                            {
                                "shared": "score",
                                "value": {"$call": [0, [{"$shared": "score"}, {"$data": ["value", 0]}]]},
                            }
                        ],
                        "kind": "Bandit",
                    }
                ],
                "timeline": ["a", "b"],
            }
        ],
        "functions": [json.dumps(function, separators=(",", ":"))],
        "loops": [],
        "parameters": {"trials": 3},
        "shared": {"score": 0},
    }
    text = json.dumps(content, separators=(",", ":"))
    assert emission.fingerprint({"trials": 3.0}) == "2:" + hashlib.sha256(text.encode()).hexdigest()


def test_work_on_the_compiler_changes_nobodys_task(monkeypatch: pytest.MonkeyPatch) -> None:
    before = emitted()
    translate = statements.function

    def otherwise(*given: Any) -> Any:
        source, arity = translate(*given)
        return f"(0, {source})", arity

    monkeypatch.setattr(statements, "function", otherwise)
    after = emitted()
    assert after.functions != before.functions
    assert after.fingerprint({}) == before.fingerprint({})
    assert after.parts() == before.parts()


def test_functions_for_which_the_same_is_emitted_stay_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the calls by index, and with them the fingerprint, would depend on the compiler."""
    usual = emitted(most=2).fingerprint({})
    translate = statements.function
    monkeypatch.setattr(statements, "function", lambda *given: ("() => 0", translate(*given)[1]))
    assert emitted(most=2).fingerprint({}) == usual


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"rules": RULES.replace("BONUS = 2", "BONUS = 3")}, "function 'add'"),
        ({"rules": RULES.replace("won * 2", "won + won")}, "function 'add'"),
        ({"rules": RULES.replace("total + doubled", "total - doubled")}, "function 'add'"),
        ({"start": 1}, "shared variables"),
        ({"duration": 100}, "arguments of block 1, stimulus 1 (Bandit)"),
        ({"text": "Score"}, "arguments of block 1, stimulus 2 (Text)"),
        (
            {"duration": 100, "text": "Score"},
            "arguments of block 1, stimulus 1 (Bandit), arguments of block 1, stimulus 2 (Text)",
        ),
        ({"timeline": [arms() | {"c": 1}]}, "blocks"),
        ({"practice": True}, "blocks"),
        ({"most": 2}, "loops, function 'enough'"),
    ],
)
def test_every_change_of_the_task_is_seen_and_named(changes: dict[str, Any], differs: str) -> None:
    usual, other = emitted(), emitted(**changes)
    assert other.fingerprint({}) != usual.fingerprint({})
    assert what_differs(usual.parts(), other.parts()) == differs


def test_many_differences_are_counted() -> None:
    now = {f"function 'f{number}'": "1" for number in range(7)}
    assert what_differs({"function 'f0'": "0"}, now) == (
        "function 'f0', function 'f1', function 'f2', function 'f3', and 3 more"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"timeline": [arms(7, 9, "green"), arms()]},
        {"rules": RULES.replace("BONUS = 2", "# What a win brings.\nBONUS   =  1 + 1")},
        {"rules": "UNUSED = 3\n" + RULES.replace("(won):", "(won: int) -> int:\n    'Twice.'\n")},
    ],
)
def test_what_was_drawn_and_how_it_was_written_down_leave_no_trace(changes: dict[str, Any]) -> None:
    usual, other = emitted(), emitted(**changes)
    assert other.fingerprint({}) == usual.fingerprint({})
    assert what_differs(usual.parts(), other.parts()) == ""


def test_the_parameters_are_in_it() -> None:
    fingerprints = [emitted().fingerprint(parameters) for parameters in ({}, {"trials": 1}, {"trials": 2})]
    assert len(set(fingerprints)) == 3


def test_the_seed_and_the_variant_are_not_in_it() -> None:
    task = load("two_armed_bandit")
    found = {emit_definition(task.define(seed=s, variant=v)).fingerprint({}) for s in (0, 1) for v in (0, 1)}
    assert len(found) == 1


def test_two_functions_of_one_name_are_two_parts() -> None:
    score = SharedVariable("score", 0)
    both = [
        SideEffect(score, FunctionVariable("add", rule, [score]))
        for rule in written("def a(x):\n    return x + 1\ndef b(x):\n    return x + 2\n").values()
        if getattr(rule, "__name__", "") in ("a", "b")
    ]
    bandit = Bandit(bandits=[TimelineVariable("a"), TimelineVariable("b")], side_effects=both)
    parts = emit_definition(define(Experiment([Block([bandit], timeline=[arms()])]))).parts()
    assert {"function 'add'", "function 'add', 2"} <= parts.keys()


def test_a_fingerprint_of_0_1_is_known_as_such() -> None:
    assert is_comparable(emitted().fingerprint({}))
    assert not is_comparable("8b75840dff4ddafae9f488d4c43ec8fcde7c7751700df6c0714ca8177d081fc0")
