"""A form: questions about a person, whose answers are no trials and stand in the participants' table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twinbean.definitions.kinds.kind import Arguments, Kind
from twinbean.definitions.kinds.questions import Question, check_column, check_question
from twinbean.definitions.kinds.stimulus import Stimulus
from twinbean.errors import EmissionError


class Form(Stimulus):
    """Questions on one screen, by the names under which their answers stand in the participants' table.

    Form({
        "age": Form.number("How old are you?", low=18, high=120),
        "hand": Form.single_choice("Which hand do you write with?", ["left", "right", "both"]),
        "comment": Form.long_text("Is there anything that we should know?", required=False),
    })

    A required question must be answered before the page goes on. A question with `attention`, the answer that whoever
    reads it gives, checks that: `attention_failed` counts in the participants' table how many were answered otherwise.
    Only people are asked: a replay skips a form.
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
    def number(
        prompt: str,
        *,
        low: float | None = None,
        high: float | None = None,
        required: bool = True,
        attention: float | None = None,
    ) -> Question:
        """A number, `low` and `high` included."""
        return {"type": "number", "prompt": prompt, "low": low, "high": high, **_ends(required, attention)}

    @staticmethod
    def single_choice(
        prompt: str, options: Sequence[str], *, required: bool = True, attention: str | None = None
    ) -> Question:
        """One of several options; the answer is its text."""
        return {"type": "one", "prompt": prompt, "options": list(options), **_ends(required, attention)}

    @staticmethod
    def multiple_choice(
        prompt: str, options: Sequence[str], *, required: bool = True, attention: Sequence[str] | None = None
    ) -> Question:
        """Any of several options, one at least where it is required; the answer is the list of their texts."""
        right = None if attention is None else list(attention)
        return {"type": "any", "prompt": prompt, "options": list(options), **_ends(required, right)}

    @staticmethod
    def likert(prompt: str, labels: Sequence[str], *, required: bool = True, attention: int | None = None) -> Question:
        """One of several ordered labels; the answer is its number, from 1."""
        return {"type": "scale", "prompt": prompt, "options": list(labels), **_ends(required, attention)}

    @staticmethod
    def slider(
        prompt: str,
        *,
        low: float = 0,
        high: float = 100,
        step: float = 1,
        ends: Sequence[str] = (),
        required: bool = True,
        attention: float | None = None,
    ) -> Question:
        """A place between `low` and `high`, whose `ends` may be labelled; it stands nowhere until it is moved."""
        place = {"low": low, "high": high, "step": step, "ends": list(ends)}
        return {"type": "slider", "prompt": prompt, **place, **_ends(required, attention)}


def _ends(required: bool, attention: Any) -> dict[str, Any]:
    return {"required": required, **({} if attention is None else {"attention": attention})}


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
            check_question(question, where)
            check_column(question["name"], f"{where}, question {question['name']!r}")

    def answer_names(self, arguments: Arguments) -> Iterator[str]:
        yield from (question["name"] for question in arguments["questions"])

    def notes(self, arguments: Arguments, where: str) -> Iterator[str]:
        yield f"{where}: a form is asked of people only, and a replay skips it"
