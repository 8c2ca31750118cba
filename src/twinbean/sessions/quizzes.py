"""Quizzes and attention checks: how often a participant tried, whether they passed, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.responses import ReadList, Row, answered

# What becomes of who never passes.
EXCLUDE, CONTINUE, SCREEN_OUT = OTHERWISE = ("exclude", "continue", "screen out")


def columns_of(quiz: str) -> tuple[str, str]:
    """What the participants' table says of a quiz: how many attempts there were, and whether the last one passed."""
    return f"{quiz}_attempts", f"{quiz}_passed"


def is_right(question: Mapping[str, Any], given: Any, right: Any) -> bool:
    """Whether an answer is the one expected; of several options, in whatever order. The page does the same
    (static/src/right.js)."""
    if "labels" in question and isinstance(given, int):
        # SweetBean's scale records the number of a label, from 0.
        return str(question["labels"][given]) == str(right) if 0 <= given < len(question["labels"]) else False
    if isinstance(right, list) and isinstance(given, list):
        return sorted(map(str, given)) == sorted(map(str, right))
    return bool(given == right)


def passes(questions: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> bool:
    """Whether every question with a right answer has it."""
    return all(is_right(one, answers.get(one["name"]), one["answer"]) for one in questions if "answer" in one)


def checks_in(rows: Sequence[Row], where: str, read_list: ReadList) -> dict[str, Any]:
    """What rows under SweetBean's own names say of quizzes and attention checks, as entries of `Session.details`;
    nothing where there are none."""
    quizzes: dict[str, dict[str, Any]] = {}
    failed: list[bool] = []
    for number, row in enumerate(rows):
        here = f"{where}, screen {number}"
        if "questions" not in row or row.get("response") in (None, ""):
            continue
        questions, answers = answered(row, here, read_list)
        for place, question in enumerate(questions):
            if isinstance(question, Mapping) and "attention" in question:
                given = answers.get(question.get("name", f"Q{place}"))
                failed.append(not is_right(question, given, question["attention"]))
        if "quiz" in row:
            attempts = quizzes.get(str(row["quiz"]), {}).get("attempts", 0) + 1
            quizzes[str(row["quiz"])] = _attempt(row, attempts, here)
    return ({"quizzes": quizzes} if quizzes else {}) | ({"attention_failed": sum(failed)} if failed else {})


def _attempt(row: Row, attempts: int, where: str) -> dict[str, Any]:
    passed = {"true": True, "false": False}.get(str(row.get("passed")).lower())
    if passed is None or row.get("otherwise") not in OTHERWISE or not str(row.get("repeat")).isdecimal():
        found = {name: row.get(name) for name in ("passed", "otherwise", "repeat")}
        raise DataError(f"{where}: the quiz has {shortened(found)}, expected whether it was passed, and what follows")
    last = attempts >= int(str(row["repeat"]))
    return {"attempts": attempts, "passed": passed, "otherwise": row["otherwise"] if last and not passed else CONTINUE}


def check_quizzes(found: Any) -> None:
    """Raises TypeError for what `checks_in` would not have given under "quizzes"."""
    if not isinstance(found, Mapping):
        raise TypeError
    for quiz in found.values():
        kinds = [type(quiz[name]) for name in ("attempts", "passed")] if isinstance(quiz, Mapping) else []
        if kinds != [int, bool] or quiz["otherwise"] not in OTHERWISE:
            raise TypeError


def of_quizzes(quizzes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Columns of the participants' table: attempts and passing of each quiz."""
    found: dict[str, Any] = {}
    for name, quiz in quizzes.items():
        attempts, passed = columns_of(name)
        found |= {attempts: quiz["attempts"], passed: quiz["passed"]}
    return found


def failed_quiz(quizzes: Mapping[str, Mapping[str, Any]], *, ended: bool = False) -> str | None:
    """The quiz for which the task excludes a participant; with `ended` only one that ended the session."""
    wanted = (SCREEN_OUT,) if ended else (EXCLUDE, SCREEN_OUT)
    return next((name for name, quiz in quizzes.items() if quiz["otherwise"] in wanted), None)
