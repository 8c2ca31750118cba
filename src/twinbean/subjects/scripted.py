"""Subjects that need no model: a list of answers, or any Python function from prompt to reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from twinbean.errors import SubjectError
from twinbean.questions import Answer, Question, legal_label


class Scripted:
    """Gives the answers of a script, in order, to each session anew; an answer is what stands on the arm."""

    name = "script"

    def __init__(self, answers: Iterable[str]) -> None:
        self._answers = tuple(map(str, answers))
        self._given: dict[str, int] = {}

    async def ask(self, question: Question) -> Answer:
        given = self._given.get(question.session, 0)
        if given == len(self._answers):
            raise SubjectError(f"the script has {given} answers, and session {question.session!r} asks for another")
        self._given[question.session] = given + 1
        reply = self._answers[given]
        return Answer(label=legal_label(reply, question.labels), raw=reply)

    def describe(self) -> dict[str, Any]:
        return {"model": self.name, "answers": list(self._answers)}


class Function:
    """Asks `generate(prompt) -> str`, which may be `input`, a pipeline, or anything else that continues a text."""

    def __init__(self, generate: Callable[[str], str], *, name: str = "function") -> None:
        self._generate = generate
        self.name = name

    async def ask(self, question: Question) -> Answer:
        return self.answer(question)

    def answer(self, question: Question) -> Answer:
        """The answer at once, without a loop."""
        try:
            reply = self._generate(question.text)
        except Exception as error:
            raise SubjectError(f"{self.name} raised {type(error).__name__}: {error}") from error
        if not isinstance(reply, str):
            raise SubjectError(f"{self.name} returned {reply!r}, expected a str")
        return Answer(label=legal_label(reply, question.labels), raw=reply)

    def describe(self) -> dict[str, Any]:
        return {"model": self.name}
