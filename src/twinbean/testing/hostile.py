"""Replies that no endpoint should give, by name: each is made of the honest one.

with serve(script, faults=Faults(rate=0.1, kinds=tuple(HOSTILE))) as server: ...
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from twinbean.testing.wire import WireReply

Made = dict[str, Any]
Hostile = Callable[[Made], WireReply]

LONG = 131_073
DEEP = 10_000
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x1b[31m\u202e\x9b1m"


def _text(text: str | bytes, **headers: str) -> Hostile:
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda made: WireReply(200, content, named)


def _json(content: Any) -> Hostile:
    return _text(json.dumps(content))


def _status(status: int, text: str = "", **headers: str) -> Hostile:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda made: WireReply(status, text.encode(), named)


def _choice(**parts: Any) -> Hostile:
    """The honest reply, with parts of its choices replaced."""
    return lambda made: _reply(made | {"choices": [choice | parts for choice in made["choices"]]})


def _content(content: Any) -> Hostile:
    """The honest reply, with other words."""

    def reply(made: Made) -> WireReply:
        spoken = [
            choice | ({"message": {"content": content}} if "message" in choice else {"text": content})
            for choice in made["choices"]
        ]
        return _reply(made | {"choices": spoken})

    return reply


def _logp(value: Any) -> Hostile:
    """The honest reply, with `value` as every log-probability."""

    def reply(made: Made) -> WireReply:
        listed = [{"token": "red", "logprob": value}, {"token": "blue", "logprob": value}]
        logprobs = {
            "content": [{"token": "red", "logprob": value, "top_logprobs": listed}],
            "tokens": ["red"],
            "token_logprobs": [value],
            "top_logprobs": [{"red": value, "blue": value}],
        }
        return _choice(logprobs=logprobs)(made)

    return reply


def _reply(made: Made) -> WireReply:
    return WireReply(200, json.dumps(made).encode())


def _raw_logp(text: str) -> Hostile:
    """A number that json.dumps does not write."""

    def reply(made: Made) -> WireReply:
        reply = _logp("NUMBER")(made)
        return WireReply(200, reply.content.replace(b'"NUMBER"', text.encode()))

    return reply


def _whole(made: Made) -> bytes:
    return json.dumps(made).encode()


HOSTILE: dict[str, Hostile] = {
    # No object with a list of choices
    "empty_body": _text(""),
    "null": _text("null"),
    "number": _text("5"),
    "text": _json("red"),
    "list": _json([]),
    "no_choices": _json({"id": "x"}),
    "choices_null": _json({"choices": None}),
    "choices_empty": _json({"choices": []}),
    "choices_text": _json({"choices": "red"}),
    "choices_object": _json({"choices": {"0": {"text": "red"}}}),
    "choices_of_null": _json({"choices": [None]}),
    "choices_of_texts": _json({"choices": ["red"]}),
    "choices_of_lists": _json({"choices": [[[]]]}),
    "choice_empty": _json({"choices": [{}]}),
    "choices_twice": _text('{"choices": [{"text": "red"}], "choices": null}'),
    "error_as_text": _json({"error": "out of order"}),
    "error_with_code": _json({"error": {"code": 502, "message": "provider is down"}}),
    # Other types within
    "message_text": _choice(message="red", text=None),
    "message_list": _choice(message=["red"], text=None),
    "content_number": _content(5),
    "content_object": _content({"text": "red"}),
    "content_of_nulls": _content([None]),
    "index_text": _choice(index="0"),
    "finish_reason_object": _choice(finish_reason={"type": "stop"}),
    "usage_text": lambda made: _reply(made | {"usage": "much", "model": [1], "provider": {"name": 5}}),
    "usage_nan": lambda made: WireReply(200, _whole(made | {"usage": {"prompt_tokens": float("nan"), "cost": "1"}})),
    # Content
    "long": _content("x" * LONG),
    "escapes": _content(ESCAPES + "<Answer>red</Answer>" + ESCAPES + " no"),
    "lone_surrogate": _content("\ud800 red \udfff"),
    "nul": _content("red\x00"),
    "only_blanks": _content(" \n\u2028 "),
    # Log-probabilities
    "logprobs_list": _choice(logprobs=[1]),
    "logprobs_text": _choice(logprobs="high"),
    "logprobs_of_null": _choice(logprobs={"content": [None], "top_logprobs": [None], "tokens": [None]}),
    "logprobs_of_lists": _choice(logprobs={"content": [[]], "top_logprobs": [[]]}),
    "logprobs_unlike": _choice(logprobs={"content": [], "tokens": ["a", "b"], "token_logprobs": [-1.0]}),
    "logp_null": _logp(None),
    "logp_text": _logp("-1"),
    "logp_bool": _logp(True),
    "logp_positive": _logp(3.5),
    "logp_sum": _logp(-0.01),
    "logp_nan": _raw_logp("NaN"),
    "logp_inf": _raw_logp("Infinity"),
    "logp_minus_inf": _raw_logp("-Infinity"),
    "logp_huge": _raw_logp("-1e999"),
    "logp_many_digits": _raw_logp("-" + "9" * 400),
    "logp_5000_digits": _raw_logp("-" + "9" * 5000),
    # No JSON, or hardly
    "cut_json": lambda made: WireReply(200, _whole(made)[:-20]),
    "html": _text("<html><body>Bad gateway</body></html>", Content_Type="text/html"),
    "event_stream": _text('data: {"choices": []}\n\ndata: [DONE]\n\n', Content_Type="text/event-stream"),
    "invalid_utf8": _text(b'{"choices": [{"text": "\xff\xfe", "message": {"content": "\xc3("}}]}'),
    "utf16": _text('{"choices": [{"text": "red"}]}'.encode("utf-16"), Content_Type="application/json; charset=utf-16"),
    "wrong_charset": _text("[]", Content_Type="application/json; charset=no-such-charset"),
    "deep": _text("[" * DEEP + "]" * DEEP),
    "deep_within": _text('{"choices": [{"text": ' + "[" * 900 + "]" * 900 + "}]}"),
    "no_gzip": _text("no gzip", Content_Encoding="gzip"),
    "cut_gzip": lambda made: WireReply(200, gzip.compress(_whole(made))[:40], {"Content-Encoding": "gzip"}),
    # Over the wire
    "short_of_its_length": lambda made: WireReply(200, b'{"choices"', {"Content-Length": "5000"}, cut=True),
    "cut_chunk": lambda made: WireReply(200, b'5\r\n{"cho\r\nff\r\nic', {"Transfer-Encoding": "chunked"}, cut=True),
    "no_chunk": lambda made: WireReply(200, b"zz\r\n", {"Transfer-Encoding": "chunked"}, cut=True),
    "no_content": _status(204),
    "other_success": _status(206, "{}"),
    "unknown_status": _status(599, "<html>" + ESCAPES),
    "error_in_escapes": _status(400, json.dumps({"error": {"message": ESCAPES + "no"}})),
    "error_of_lists": _status(400, json.dumps([[[{"error": [None]}]]])),
    "error_deep": _status(500, "[" * DEEP),
    "error_long": _status(400, "x" * LONG),
    "redirect": _status(307, Location="http://localhost:9/v1/chat/completions"),
    "redirect_nowhere": _status(302),
    "redirect_to_no_url": _status(307, Location="http://[::1:x/"),
}
