"""A form: questions about a person, whose answers are no trials and stand in the participants' table."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twinbean.definitions.kinds.kind import Arguments, Kind
from twinbean.definitions.kinds.stimulus import Stimulus
from twinbean.definitions.variables import variables_in
from twinbean.errors import EmissionError
from twinbean.sessions.session import TAKEN_OF_PARTICIPANT

Question = Mapping[str, Any]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Form(Stimulus):
    """Questions on one screen, by the names under which their answers stand in the participants' table.

    Form({
        "age": Form.number("How old are you?", low=18, high=120),
        "hand": Form.single_choice("Which hand do you write with?", ["left", "right", "both"]),
        "comment": Form.long_text("Is there anything that we should know?", required=False),
    })

    A required question must be answered before the page goes on. Only people are asked: a replay skips a form.
    """

    type = "twinbeanForm"

    def __init__(self, questions: Mapping[str, Question], *, side_effects: Any = None) -> None:
        super().__init__({"questions": [{"name": name, **asked} for name, asked in questions.items()]}, side_effects)

    @staticmethod
    def short_text(prompt: str, *, required: bool = True) -> Question:
        """One line; the answer is its text."""
        return {"type": "line", "prompt": prompt, "required": required}

    @staticmethod
    def long_text(prompt: str, *, required: bool = True) -> Question:
        """Several lines; the answer is their text."""
        return {"type": "lines", "prompt": prompt, "required": required}

    @staticmethod
    def number(prompt: str, *, low: float | None = None, high: float | None = None, required: bool = True) -> Question:
        """A number, `low` and `high` included."""
        return {"type": "number", "prompt": prompt, "low": low, "high": high, "required": required}

    @staticmethod
    def single_choice(prompt: str, options: Sequence[str], *, required: bool = True) -> Question:
        """One of several options; the answer is its text."""
        return {"type": "one", "prompt": prompt, "options": list(options), "required": required}

    @staticmethod
    def multiple_choice(prompt: str, options: Sequence[str], *, required: bool = True) -> Question:
        """Any of several options, one at least where it is required; the answer is the list of their texts."""
        return {"type": "any", "prompt": prompt, "options": list(options), "required": required}

    @staticmethod
    def likert(prompt: str, labels: Sequence[str], *, required: bool = True) -> Question:
        """One of several ordered labels; the answer is its number, from 1."""
        return {"type": "scale", "prompt": prompt, "options": list(labels), "required": required}

    @staticmethod
    def slider(
        prompt: str,
        *,
        low: float = 0,
        high: float = 100,
        step: float = 1,
        ends: Sequence[str] = (),
        required: bool = True,
    ) -> Question:
        """A place between `low` and `high`, whose `ends` may be labelled; it stands nowhere until it is moved."""
        place = {"low": low, "high": high, "step": step, "ends": list(ends)}
        return {"type": "slider", "prompt": prompt, **place, "required": required}


class FormKind(Kind):
    name = "Form"
    stimuli = (Form,)
    arguments = ("questions",)
    responses = frozenset({"response"})
    people_only = True

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        questions = arguments["questions"]
        if not questions:
            raise EmissionError(f"{where} has no questions")
        for question in questions:
            name = question["name"]
            here = f"{where}, question {name!r}"
            if any(variables_in(question)):
                raise EmissionError(f"{here} holds a variable; a form asks everybody the same")
            if not _NAME.fullmatch(name) or name in TAKEN_OF_PARTICIPANT:
                raise EmissionError(
                    f"{here}: its name is a column of the participants' table, so give letters, digits and "
                    f"underscores, a letter first, and none of {', '.join(sorted(TAKEN_OF_PARTICIPANT))}"
                )
            if "type" not in question:
                raise EmissionError(f"{here} is no question: expected Form.number(...), Form.likert(...) or another")
            _check_answers(question, here)

    def answer_names(self, arguments: Arguments) -> Iterator[str]:
        yield from (question["name"] for question in arguments["questions"])

    def notes(self, arguments: Arguments, where: str) -> Iterator[str]:
        yield f"{where}: a form is asked of people only, and a replay skips it"


def _check_answers(question: Question, where: str) -> None:
    """Raises EmissionError where there is nothing, or not one thing alone, to answer."""
    options = question.get("options")
    if options is not None and (
        not options or not all(isinstance(option, str) and option.strip() for option in options)
    ):
        raise EmissionError(f"{where} has the options {options!r}, expected texts")
    if options is not None and len(set(options)) < len(options):
        raise EmissionError(f"{where} has the options {options!r}, expected different ones")
    low, high = question.get("low"), question.get("high")
    for limit in (low, high):
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float) or math.isnan(limit)):
            raise EmissionError(f"{where} has the limit {limit!r}, expected a number")
    if low is not None and high is not None and low >= high:
        raise EmissionError(f"{where} goes from {low!r} to {high!r}, expected a low below the high")
    if question["type"] == "slider":
        if not question["step"] > 0:
            raise EmissionError(f"{where} has the step {question['step']!r}, expected a number above 0")
        if len(question["ends"]) not in (0, 2):
            raise EmissionError(f"{where} has the ends {question['ends']!r}, expected two labels or none")
