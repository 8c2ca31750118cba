"""What it means that an endpoint did not answer: another try may help, or none will, or nobody is answered."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from twinbean._messages import short
from twinbean.errors import SubjectError, SubjectUnavailable
from twinbean.subjects.endpoint.endpoint import Endpoint
from twinbean.subjects.endpoint.replies import MalformedReply, parse, text_of
from twinbean.subjects.endpoint.response import Response

_OTHER_TIMES = (408, 409, 425)
_FOR_EVERYBODY = (401, 402, 404)
# What not every endpoint knows -> what to do instead.
_PARAMETERS = {
    "response_format": "choose another --reading than structured",
    "structured_outputs": "choose another --reading than choice",
    "top_logprobs": "choose another --reading than logprobs",
}


class Passing(Exception):
    """A fault that another try may be spared. `content` is the reply, where it could not be read."""

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        content: str | None = None,
        at_once: bool = False,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after
        self.content = content
        self.at_once = at_once


def refusal(endpoint: Endpoint, response: Response, sent: Mapping[str, Any]) -> Passing | SubjectError:
    """What is raised for a reply that is no success."""
    # Without the key before it is cut, so that no half of it is left.
    text = endpoint.hide(text_of(response.content))
    try:
        body = parse(text)
    except MalformedReply:
        body = text
    return refused(
        endpoint, response.status, _message(body), _code(body), sent, retry_after=retry_after(response.headers)
    )


def error_in(endpoint: Endpoint, parsed: object, sent: Mapping[str, Any]) -> Passing | SubjectError | None:
    """The error in a reply of status 200: so OpenRouter reports those of its providers."""
    error = parsed.get("error") if isinstance(parsed, dict) and not parsed.get("choices") else None
    status = error.get("code") if isinstance(error, dict) else None
    if not isinstance(status, int) or not 400 <= status < 600:
        return None
    return refused(endpoint, status, _message(error), None, sent, retry_after=None)


def refused(
    endpoint: Endpoint,
    status: int,
    message: str,
    code: str | None,
    sent: Mapping[str, Any],
    *,
    retry_after: float | None,
) -> Passing | SubjectError:
    detail = short(endpoint.hide(message)) or "it says no more"
    if status == 429 and code != "insufficient_quota":
        return Passing(f"refused (429): {detail}", status=status, retry_after=retry_after)
    if "max_tokens" in sent and status in (400, 422) and "max_completion_tokens" in message:
        return Passing(detail, status=status, at_once=True)
    for parameter, advice in _PARAMETERS.items():
        # Some servers answer 500 to what they do not know.
        if parameter in sent and status not in (401, 402, 404, 429) and re.search(rf"\b{parameter}\b", message):
            return SubjectUnavailable(f"{endpoint.host} does not take {parameter} ({status}: {detail}); {advice}")
    if status >= 500 or status in _OTHER_TIMES:
        return Passing(f"status {status}: {detail}", status=status, retry_after=retry_after)
    reason = f"{endpoint.host} answered {status}: {detail}"
    if status == 401:
        # What it says may hold a part of the key.
        reason = f"{endpoint.host} refused the key (401): set {endpoint.key_variable} to one that it knows"
    elif status == 404:
        reason = f"{endpoint.host} has no model {endpoint.model!r}, or {endpoint.base_url} is wrong (404): {detail}"
    elif status in (402, 429):
        reason = f"the account at {endpoint.host} has no credit left ({status}): {detail}"
    elif code == "context_length_exceeded" or "context" in detail.lower():
        reason = f"the prompt is too long for {endpoint.model!r} ({status}): {detail}"
    for_everybody = status in _FOR_EVERYBODY or status == 429 or code == "model_not_found"
    return SubjectUnavailable(reason) if for_everybody else SubjectError(reason)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the headers ask to wait, given as a number or as a date (RFC 9110, 10.2.3); None where they do not
    say it in a way that can be understood."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        return None if math.isnan(seconds) else max(0.0, seconds)
    try:
        return max(0.0, parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError, OverflowError):
        return None


def _message(body: object) -> str:
    if isinstance(body, dict) and body.get("choices"):
        # Its log-probabilities have the name of a parameter, and say nothing against it.
        return "there is a reply with it all the same"
    error = body.get("error", body) if isinstance(body, dict) else body
    text = error.get("message", error) if isinstance(error, dict) else error
    return text if isinstance(text, str) else repr(text)


def _code(body: object) -> str | None:
    error = body.get("error", body) if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None
