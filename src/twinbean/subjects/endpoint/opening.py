"""From what the command line says to a subject or a scorer behind an endpoint."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from twinbean.errors import SubjectError
from twinbean.subjects.base import Subject
from twinbean.subjects.drawing import check_temperature
from twinbean.subjects.endpoint.calls import Calls
from twinbean.subjects.endpoint.client import Client, RetryPolicy, Transport
from twinbean.subjects.endpoint.completing import CompletionSubject
from twinbean.subjects.endpoint.dry_run import DryRun
from twinbean.subjects.endpoint.endpoint import Endpoint, resolve
from twinbean.subjects.endpoint.prices import read_price
from twinbean.subjects.endpoint.prompting import Prompter, Style, open_templates
from twinbean.subjects.endpoint.reading import READINGS, Reading
from twinbean.subjects.endpoint.scorer import ApiScorer
from twinbean.subjects.endpoint.subject import ChatSubject
from twinbean.subjects.providers import PROVIDERS

if TYPE_CHECKING:
    from twinbean.subjects.registry import SubjectOptions


def open_api(spec: str, options: SubjectOptions) -> Subject:
    """The subject of `api:NAME`, or of a provider's prefix. Raises SubjectError for options that do not go together,
    before anything is sent."""
    endpoint = resolve(spec, options.base_url)
    if options.reading not in READINGS:
        raise SubjectError(f"the reading is {options.reading!r}, expected one of {', '.join(READINGS)}")
    reading = options.reading
    check_temperature(options.temperature)
    _check_provider(spec, endpoint, options)
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
        _transport(spec, endpoint, options),
        prompter,
        name=spec,
        model=endpoint.model,
        provider=endpoint.host,
        reading=reading,
        temperature=options.temperature,
        max_tokens=options.max_tokens,
        seed_compatible=options.seed_compatible,
        shuffle_labels=options.shuffle_labels,
        extra=_extra(endpoint, reading) | _effort(endpoint, options),
        described={**endpoint.describe(), "endpoint": "chat", **({"effort": options.effort} if options.effort else {})},
    )


def open_scorer(spec: str, options: SubjectOptions) -> ApiScorer:
    """The scorer behind an endpoint for plain completions with log-probabilities."""
    endpoint = resolve(spec, options.base_url)
    provider = PROVIDERS.get(endpoint.kind)
    if provider is not None and not provider.completions:
        raise SubjectError(
            f"{endpoint.kind}: models answer in chats alone, and scoring needs completions with log-probabilities"
        )
    return ApiScorer(
        _transport(spec, endpoint, options),
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
        _transport(spec, endpoint, options),
        name=spec,
        model=endpoint.model,
        provider=endpoint.host,
        reading=reading,
        temperature=options.temperature,
        described={**endpoint.describe(), "endpoint": "completions"},
    )


def _transport(spec: str, endpoint: Endpoint, options: SubjectOptions) -> Transport:
    price = None if options.prices is None else read_price(options.prices, spec)
    if options.max_cost is not None and price is None and not endpoint.is_openrouter:
        raise SubjectError(
            f"--max-cost needs to know what {spec!r} costs, which only OpenRouter says itself: give --prices FILE"
        )
    if options.max_cost is not None and not 0 <= options.max_cost < math.inf:
        raise SubjectError(f"max-cost is {options.max_cost!r}, expected an amount from 0")
    if options.transport is not None:
        if isinstance(options.transport, DryRun):
            options.transport.price = price
        return options.transport
    return Client(
        endpoint,
        Calls(options.calls_file, options.spent),
        concurrency=options.concurrency,
        max_calls=options.max_calls,
        retry_policy=options.retry_policy or RetryPolicy(timeout_s=options.timeout_s),
        price=price,
        max_cost=options.max_cost,
    )


def _check_provider(spec: str, endpoint: Endpoint, options: SubjectOptions) -> None:
    """What a provider would let pass without doing it is refused here."""
    provider = PROVIDERS.get(endpoint.kind)
    if provider is None:
        return
    if options.reading in provider.ignores:
        others = ", ".join(one for one in READINGS if one not in provider.ignores)
        what = "gives no log-probabilities" if options.reading == "logprobs" else f"does not do {options.reading!r}"
        raise SubjectError(f"{provider.about.partition(',')[0]} {what}; choose another --reading: {others}")
    if options.endpoint == "completions" and not provider.completions:
        raise SubjectError(f"{spec!r} answers in chats alone; leave out --endpoint completions")
    if options.temperature > provider.highest_temperature:
        raise SubjectError(
            f"the temperature is {options.temperature:g}, and {provider.about.partition(',')[0]} takes one up to "
            f"{provider.highest_temperature:g}"
        )


def _effort(endpoint: Endpoint, options: SubjectOptions) -> dict[str, Any]:
    """How much a model should reason, in the endpoint's words."""
    if options.effort is None:
        return {}
    provider = endpoint.provider
    field = "reasoning_effort" if provider is None else provider.effort
    if field is None:
        raise SubjectError(f"{endpoint.kind}: models take no --effort; leave it out")
    return {"reasoning": {"effort": options.effort}} if field == "reasoning" else {field: options.effort}


def _extra(endpoint: Endpoint, reading: Reading) -> dict[str, Any]:
    """OpenRouter says what a reply cost, and leaves out providers that would ignore what is asked for."""
    if not endpoint.is_openrouter:
        return {}
    extra: dict[str, Any] = {"usage": {"include": True}}
    if reading != "text":
        extra["provider"] = {"require_parameters": True}
    return extra
