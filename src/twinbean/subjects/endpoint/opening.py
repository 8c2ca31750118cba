"""From what the command line says to a subject or a scorer behind an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinbean.errors import SubjectError
from twinbean.subjects.base import Subject
from twinbean.subjects.drawing import check_temperature
from twinbean.subjects.endpoint.calls import Calls
from twinbean.subjects.endpoint.client import Client, RetryPolicy, Transport
from twinbean.subjects.endpoint.completing import CompletionSubject
from twinbean.subjects.endpoint.dry_run import DryRun
from twinbean.subjects.endpoint.endpoint import Endpoint, resolve
from twinbean.subjects.endpoint.prompting import Prompter, Style, open_templates
from twinbean.subjects.endpoint.reading import READINGS, Reading
from twinbean.subjects.endpoint.scorer import ApiScorer
from twinbean.subjects.endpoint.subject import ChatSubject

if TYPE_CHECKING:
    from twinbean.subjects.registry import SubjectOptions


def open_api(spec: str, options: SubjectOptions) -> Subject:
    """The subject of `api:NAME`, `openai:NAME` or `openrouter:NAME`. Raises SubjectError for options that do not go
    together, before anything is sent."""
    endpoint = resolve(spec, options.base_url)
    if options.reading not in READINGS:
        raise SubjectError(f"the reading is {options.reading!r}, expected one of {', '.join(READINGS)}")
    reading = options.reading
    check_temperature(options.temperature)
    if options.max_tokens < 1:
        raise SubjectError(f"max-tokens is {options.max_tokens!r}, expected at least 1")
    if options.endpoint == "completions":
        return _completing(spec, endpoint, reading, options)
    if options.endpoint != "chat":
        raise SubjectError(f"the endpoint is {options.endpoint!r}, expected chat or completions")
    templates = open_templates(options.templates)
    style = Style(memory=options.memory, framing=options.framing, reasoning=options.reasoning, reading=reading)
    prompter = Prompter(templates, style)
    if options.reasoning and reading in ("logprobs", "choice"):
        raise SubjectError(
            f"reading {reading!r} takes the first token as the answer, and step-by-step reasoning comes before the "
            f"answer; choose text or structured"
        )
    if options.seed_compatible and reading != "text":
        raise SubjectError(f"seed-compatible answers stand in tags, and the reading is {reading!r}; expected text")
    if isinstance(options.transport, DryRun):
        # A set that leaves the reasoning to nobody else asks for it itself.
        options.transport.reasoning = options.reasoning or not templates.uses("reasoning")
    return ChatSubject(
        _transport(endpoint, options),
        prompter,
        name=spec,
        model=endpoint.model,
        provider=endpoint.host,
        reading=reading,
        temperature=options.temperature,
        max_tokens=options.max_tokens,
        seed_compatible=options.seed_compatible,
        shuffle_labels=options.shuffle_labels,
        extra=_extra(endpoint, reading),
        described={**endpoint.describe(), "endpoint": "chat"},
    )


def open_scorer(spec: str, options: SubjectOptions) -> ApiScorer:
    """The scorer behind an endpoint for plain completions with log-probabilities."""
    endpoint = resolve(spec, options.base_url)
    return ApiScorer(
        _transport(endpoint, options),
        name=spec,
        model=endpoint.model,
        provider=endpoint.host,
        described={**endpoint.describe(), "endpoint": "completions"},
    )


def _completing(spec: str, endpoint: Endpoint, reading: Reading, options: SubjectOptions) -> Subject:
    defaults = type(options)()
    for name in ("memory", "framing", "reasoning", "templates", "seed_compatible", "shuffle_labels", "max_tokens"):
        given = getattr(options, name)
        if given != getattr(defaults, name):
            raise SubjectError(
                f"{name.replace('_', '-')} is {given!r}, and a model for plain completions reads the transcript as it "
                f"is; leave it out or use the chat endpoint"
            )
    if reading == "structured":
        raise SubjectError("plain completions have no structured outputs; choose logprobs, choice or text")
    return CompletionSubject(
        _transport(endpoint, options),
        name=spec,
        model=endpoint.model,
        provider=endpoint.host,
        reading=reading,
        temperature=options.temperature,
        described={**endpoint.describe(), "endpoint": "completions"},
    )


def _transport(endpoint: Endpoint, options: SubjectOptions) -> Transport:
    if options.transport is not None:
        return options.transport
    return Client(
        endpoint,
        Calls(options.calls_file),
        concurrency=options.concurrency,
        max_calls=options.max_calls,
        retry_policy=options.retry_policy or RetryPolicy(timeout_s=options.timeout_s),
    )


def _extra(endpoint: Endpoint, reading: Reading) -> dict[str, Any]:
    """OpenRouter says what a reply cost, and leaves out providers that would ignore what is asked for."""
    if not endpoint.is_openrouter:
        return {}
    extra: dict[str, Any] = {"usage": {"include": True}}
    if reading != "text":
        extra["provider"] = {"require_parameters": True}
    return extra
