"""How servers of the OpenAI protocol differ, and Anthropic's own protocol: paths, what is refused, errors, replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from twinbean.testing.wire import WireReply

Body = Mapping[str, Any]
Name = Literal["plain", "openai", "openrouter", "vllm", "llama-cpp", "ollama", "anthropic"]


def _plain_error(status: int, message: str, code: str | None) -> dict[str, Any]:
    return {"error": {"message": message, "code": code}}


def _as_it_is(value: Any) -> Any:
    return value


def _nothing_wrong(body: Body) -> tuple[int, str, str | None] | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """`refuses` says of a request with which status, message and code it is refused; `understood` gives it in OpenAI's
    words, `said` a reply in the dialect's. With `in_200` a server's failures come as replies of status 200."""

    chat: str = "/v1/chat/completions"
    completions: str | None = "/v1/completions"
    error: Callable[[int, str, str | None], dict[str, Any]] = _plain_error
    refuses: Callable[[Body], tuple[int, str, str | None] | None] = _nothing_wrong
    understood: Callable[[Body], Body] = _as_it_is
    said: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is
    in_200: bool = False

    def failure(
        self, status: int, message: str, *, code: str | None = None, headers: Mapping[str, str] | None = None
    ) -> WireReply:
        sent = 200 if self.in_200 and status >= 500 else status
        return WireReply(sent, json.dumps(self.error(status, message, code)).encode(), headers or {})


def _openai_refuses(body: Body) -> tuple[int, str, str | None] | None:
    """As models that reason do."""
    if "max_tokens" in body and "messages" in body:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        return 400, message, "unsupported_parameter"
    if "reasoning_effort" in body and body.get("temperature", 1) != 1:
        return 400, "Unsupported value: 'temperature' does not support this value with this model.", "unsupported_value"
    return None


def _openai_said(made: dict[str, Any]) -> dict[str, Any]:
    """What was thought is among the tokens of the reply, and is told."""
    used = dict(made["usage"])
    thought = 10
    used["completion_tokens"] += thought
    used["completion_tokens_details"] = {"reasoning_tokens": thought}
    return made | {"usage": used}


def _llama_refuses(body: Body) -> tuple[int, str, str | None] | None:
    if isinstance(body.get("prompt"), list):
        return 500, "Only one prompt is supported", None
    return None


def _numbered_error(kind: str) -> Callable[[int, str, str | None], dict[str, Any]]:
    return lambda status, message, _: {"error": {"code": status, "message": message, "type": kind}}


def _without_logprobs(made: dict[str, Any]) -> dict[str, Any]:
    return made | {"choices": [{**choice, "logprobs": None} for choice in made["choices"]]}


def _anthropic_refuses(body: Body) -> tuple[int, str, str | None] | None:
    if not isinstance(body.get("max_tokens"), int):
        return 400, "max_tokens: Field required", None
    if any(one["role"] == "system" for one in body["messages"]):
        return 400, 'messages: Unexpected role "system". Use the top-level `system` parameter.', None
    if not 0 <= body.get("temperature", 1) <= 1:
        return 400, "temperature: Input should be less than or equal to 1", None
    return None


def _anthropic_understood(body: Body) -> Body:
    system = [{"role": "system", "content": body["system"]}] if "system" in body else []
    return {**body, "messages": [*system, *body["messages"]]}


def _anthropic_said(made: dict[str, Any]) -> dict[str, Any]:
    choice = made["choices"][0]
    text = choice["message"]["content"]
    reasons = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
    used = made["usage"]
    return {
        "id": made["id"],
        "type": "message",
        "role": "assistant",
        "model": made["model"],
        "content": [] if text is None else [{"type": "text", "text": text}],
        "stop_reason": reasons[choice["finish_reason"]],
        "usage": {"input_tokens": used["prompt_tokens"], "output_tokens": used["completion_tokens"]},
    }


def _anthropic_error(status: int, message: str, code: str | None) -> dict[str, Any]:
    kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}
    return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message}}


DIALECTS: Mapping[Name, Dialect] = {
    "plain": Dialect(),
    "openai": Dialect(refuses=_openai_refuses, said=_openai_said),
    "openrouter": Dialect(in_200=True, error=_numbered_error("provider_error")),
    "vllm": Dialect(error=_numbered_error("InternalServerError")),
    "llama-cpp": Dialect(refuses=_llama_refuses, error=_numbered_error("server_error")),
    "ollama": Dialect(completions=None, said=_without_logprobs),
    "anthropic": Dialect(
        chat="/v1/messages",
        completions=None,
        error=_anthropic_error,
        refuses=_anthropic_refuses,
        understood=_anthropic_understood,
        said=_anthropic_said,
    ),
}
