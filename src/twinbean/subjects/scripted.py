"""Subjects that need no model: a list of answers, or any Python function from prompt to reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twinbean._messages import shortened
from twinbean.errors import SubjectError
from twinbean.sessions.questions import Answer, Question, legal_label

Reply = str | Mapping[str, Any]


class Scripted:
    """Gives the answers of a script, in order, to each session anew; an answer is what stands on the arm."""

    name = "script"

    def __init__(self, answers: Iterable[str]) -> None:
        self._answers = tuple(map(str, answers))

    async def ask(self, question: Question) -> Answer:
        n_answers = len(self._answers)
        if question.n_answered >= n_answers:
            raise SubjectError(f"the script has {n_answers} answers, and session {question.session!r} asks for another")
        reply = self._answers[question.n_answered]
        return Answer(label=legal_label(reply, question.labels), raw=reply)

    def describe(self) -> dict[str, Any]:
        return {"model": self.name, "answers": list(self._answers)}


class Function:
    """Asks `generate(prompt) -> str`, which may be `input`, a pipeline, or anything else that continues a text.

    As in SweetBean, it may also return a dict: "response" is the reply, and its other entries go into the row.
    """

    def __init__(self, generate: Callable[[str], Reply], *, name: str = "function") -> None:
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
        also = dict(reply) if isinstance(reply, Mapping) else {}
        label = also.pop("response", None) if isinstance(reply, Mapping) else reply
        if isinstance(label, int) and not isinstance(label, bool) and isinstance(reply, Mapping):
            label = str(label)
        if not isinstance(label, str):
            raise SubjectError(
                f"{self.name} returned {shortened(reply)}, expected a str, or a dict with a str under 'response'"
            )
        return Answer(label=legal_label(label, question.labels), raw=label, also=also)

    def describe(self) -> dict[str, Any]:
        return {"model": self.name}
