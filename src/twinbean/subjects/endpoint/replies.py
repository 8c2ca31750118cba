"""An endpoint's reply, checked before anything is read from it or kept of it.

What is read must have the types that the protocol gives it; what is not read may be anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from twinbean._messages import short

# Endpoints nest their replies about eight deep.
_MOST_DEPTH = 64
_TOO_DEEP = f"the reply is nested more than {_MOST_DEPTH} deep"
# What rounding may add to probabilities that sum to 1.
_ROUNDING = 0.01
_EXPECTED = {
    "model_type": "an object",
    "dict_type": "an object",
    "list_type": "a list",
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "too_short": "at least one entry",
}


class MalformedReply(Exception):
    """A reply is not what the protocol says; the message says where."""


def _text(value: object) -> object:
    """A lone surrogate is half of a character, and can be written to no file and sent in no request."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _content(value: object) -> object:
    """Some endpoints give the content in parts."""
    if isinstance(value, list):
        parts = [part.get("text") for part in value if isinstance(part, dict) and part.get("type") == "text"]
        value = "".join(part for part in parts if isinstance(part, str)) if parts else value
    return _text(value)


def _logp(value: float) -> float:
    if math.isnan(value) or value > _ROUNDING:
        raise ValueError("a log-probability up to 0")
    return min(value, 0.0)


def _whole(listed: Iterable[float | None]) -> None:
    mass = math.fsum(math.exp(logp) for logp in listed if logp is not None)
    if mass > 1 + _ROUNDING:
        raise ValueError(f"probabilities that sum to 1 at most (found {mass:.3f})")


def _name(value: object) -> object:
    return _text(value) if isinstance(value, str) else None


Text = Annotated[str, BeforeValidator(_text)]
Content = Annotated[str, BeforeValidator(_content)]
Logp = Annotated[float, AfterValidator(_logp)]
Name = Annotated[str | None, BeforeValidator(_name)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Message(_Part):
    content: Content | None = None


class Listed(_Part):
    """A token that might have stood in a place. Without a number it was listed as impossible, or not at all."""

    token: Text
    logprob: Logp | None = None


class Place(_Part):
    """The place of one token of a chat's answer."""

    top_logprobs: list[Listed] | None = None

    @model_validator(mode="after")
    def _sums(self) -> Place:
        _whole(one.logprob for one in self.top_logprobs or ())
        return self


class Logprobs(_Part):
    """`content` in chats; the others in completions, one entry a token of the text."""

    content: list[Place] | None = None
    tokens: list[Text] | None = None
    token_logprobs: list[Logp | None] | None = None
    top_logprobs: list[dict[Text, Logp | None] | None] | None = None

    @model_validator(mode="after")
    def _one_a_token(self) -> Logprobs:
        for top in self.top_logprobs or ():
            _whole((top or {}).values())
        lengths = {len(part) for part in (self.tokens, self.token_logprobs, self.top_logprobs) if part}
        if len(lengths) > 1:
            raise ValueError(f"as many tokens as log-probabilities (found {' and '.join(map(str, sorted(lengths)))})")
        return self


class Choice(_Part):
    index: int | None = None
    text: Text | None = None
    message: Message | None = None
    finish_reason: Text | None = None
    logprobs: Logprobs | None = None

    @model_validator(mode="after")
    def _says(self) -> Choice:
        if self.message is None and self.text is None:
            raise ValueError("a message or a text")
        return self

    @property
    def output(self) -> str:
        """What the model generated; "" where there is nothing."""
        return (self.message.content if self.message is not None else self.text) or ""

    @property
    def listed(self) -> list[tuple[str, float]]:
        """The most likely first tokens of the answer, with their log-probabilities; empty where there are none."""
        found = self.logprobs
        pairs: Iterable[tuple[str, float | None]] = ()
        if found is not None and found.content:
            pairs = ((one.token, one.logprob) for one in found.content[0].top_logprobs or ())
        elif found is not None and found.top_logprobs:
            pairs = (found.top_logprobs[0] or {}).items()
        return [(token, logp) for token, logp in pairs if logp is not None and logp > -math.inf]

    @property
    def echoed(self) -> bool:
        """Whether the tokens of the text have log-probabilities."""
        return self.logprobs is not None and any(logp is not None for logp in self.logprobs.token_logprobs or ())


class Reply(_Part):
    choices: Annotated[list[Choice], Field(min_length=1)]
    provider: Name = None
    model: Name = None
    usage: Any = None

    @property
    def choice(self) -> Choice:
        return self.choices[0]

    def used(self, name: str) -> float | None:
        """A number of the reply's usage, None where there is none."""
        found = self.usage.get(name) if isinstance(self.usage, dict) else None
        return _number(found)

    @property
    def reasoning_tokens(self) -> float | None:
        """How many of the reply's tokens were thought and not said; None where the endpoint does not tell."""
        found = self.usage.get("completion_tokens_details") if isinstance(self.usage, dict) else None
        return _number(found.get("reasoning_tokens")) if isinstance(found, dict) else None


def _number(found: object) -> float | None:
    known = isinstance(found, (int, float)) and not isinstance(found, bool) and 0 <= found < 2**53
    return found if known else None  # type: ignore[return-value]


def text_of(content: bytes) -> str:
    """JSON is UTF-8, whatever the headers say; what is none is replaced."""
    return content.decode("utf-8-sig", "replace")


def parse(text: str) -> Any:
    """JSON from a server. Raises MalformedReply."""
    try:
        parsed = json.loads(text)
    except ValueError:
        raise MalformedReply(f"the reply is no JSON: {short(text, 80)!r}") from None
    except RecursionError:
        raise MalformedReply(_TOO_DEEP) from None
    level = [parsed]
    for _ in range(_MOST_DEPTH):
        level = [one for outer in level if isinstance(outer, (dict, list)) for one in _within(outer)]
        if not level:
            return parsed
    raise MalformedReply(_TOO_DEEP)


def read_reply(parsed: object) -> Reply:
    """Raises MalformedReply, with what is wrong and where."""
    try:
        return Reply.model_validate(parsed)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in found["loc"]).lstrip(".")
    expected = _EXPECTED.get(found["type"]) or str(found.get("ctx", {}).get("error") or found["msg"])
    problem = "missing" if found["type"] == "missing" else f"{short(_repr(found['input']), 60)}, expected {expected}"
    raise MalformedReply(f"{short(where, 60) or 'the reply'} is {problem}") from None


def _within(outer: Mapping[str, Any] | list[Any]) -> Iterable[Any]:
    return outer.values() if isinstance(outer, Mapping) else outer


def _repr(value: object) -> str:
    try:
        return repr(value)
    except ValueError:
        # A whole number with more digits than Python writes.
        return "a number of many digits"
