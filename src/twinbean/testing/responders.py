"""What stands behind a test server: a script, or SmolLM2."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from twinbean.errors import TwinbeanError

Body = Mapping[str, Any]


class BadRequest(TwinbeanError):
    """The endpoint does not do what was asked: it answers `status` with this message."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Responder(Protocol):
    """Answers requests of the OpenAI protocol with a list of `choices`. Called from several threads at once."""

    model: str

    def chat(self, body: Body) -> list[dict[str, Any]]: ...

    def complete(self, body: Body) -> list[dict[str, Any]]: ...


class Script:
    """Says what `say(body)` returns, in chat and completions alike.

    With `logps`, a function from the body to the log-probabilities of the next tokens, it also gives log-probabilities
    of the first one.
    """

    def __init__(
        self,
        say: Callable[[Body], str],
        *,
        logps: Callable[[Body], Mapping[str, float]] | None = None,
        model: str = "script",
    ) -> None:
        self.model = model
        self._say = say
        self._logps = logps

    def chat(self, body: Body) -> list[dict[str, Any]]:
        output = self._say(body)
        choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": output}, "logprobs": None}
        if body.get("logprobs") and self._logps is not None:
            listed = most_likely(self._logps(body), int(body.get("top_logprobs") or 0))
            top = [{"token": token, "logprob": logp} for token, logp in listed.items()]
            choice["logprobs"] = {"content": [{"token": output, "logprob": 0.0, "top_logprobs": top}]}
        return [choice | {"finish_reason": "stop"}]

    def complete(self, body: Body) -> list[dict[str, Any]]:
        if body.get("echo"):
            raise BadRequest("this endpoint does not echo")
        choice: dict[str, Any] = {"index": 0, "text": self._say(body), "logprobs": None, "finish_reason": "stop"}
        if body.get("logprobs") and self._logps is not None:
            listed = most_likely(self._logps(body), int(body["logprobs"]))
            choice["logprobs"] = {"tokens": [choice["text"]], "token_logprobs": [0.0], "top_logprobs": [listed]}
        return [choice]


def most_likely(logps: Mapping[str, float], n: int) -> dict[str, float]:
    """The `n` most likely tokens, as an endpoint lists them."""
    ordered = sorted(logps.items(), key=lambda item: -item[1])[:n]
    return {token: logp for token, logp in ordered if logp > -math.inf}


def note_keeper(body: Body) -> str:
    """A player for the seed's experiment: keeps its own record in its notes, and chooses by what it finds there.

    It stays with a color that has just paid, else takes the next in the list. Deterministic in the prompt.
    """
    if "messages" not in body:
        raise BadRequest("this player answers chats, not completions")
    messages = body["messages"]
    colors = _colors(messages[0]["content"] + messages[1]["content"])
    earlier = [line for line in messages[1]["content"].splitlines() if re.fullmatch(r"- \w+ paid \S+", line)]
    if len(messages) == 4:
        chosen = re.findall(r"<Answer>(.*?)</Answer>", messages[2]["content"])[-1]
        paid = re.findall(r"equal to (\S+?)\.|get (\S+) points", messages[3]["content"])[-1]
        lines = [*earlier, f"- {chosen} paid {''.join(paid)}"]
        return "I noted it.\n<HISTORY>\n" + "\n".join(lines) + "\n</HISTORY>"
    color = colors[0]
    if earlier:
        _, last, _, paid_last = earlier[-1].split()
        place = colors.index(last) + (float(paid_last) <= 0)
        color = colors[place % len(colors)]
    return f"Let me think. I have {len(earlier)} results. <Answer>{color}</Answer>"


def _colors(prompt: str) -> list[str]:
    listed = re.findall(r"one of ([^.]+?)\.", prompt)
    if not listed:
        raise BadRequest("the prompt does not say what can be chosen")
    return [color.strip() for color in str(listed[-1]).split(",")]
