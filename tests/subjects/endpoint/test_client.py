"""One request: what passes is asked again, what does not is told at once, and nothing is paid twice."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import threading
import time
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from twinbean.errors import RunError, SubjectError, SubjectUnavailable
from twinbean.subjects.endpoint import Calls, Client, RetryPolicy, read_calls, resolve
from twinbean.subjects.endpoint.calls import Call
from twinbean.subjects.endpoint.refusals import refusal
from twinbean.subjects.endpoint.response import Response
from twinbean.testing.faults import Faults
from twinbean.testing.responders import BadRequest, Script
from twinbean.testing.server import serve

QUICK = RetryPolicy(first_s=0.01, most_s=0.02, timeout_s=2.0, refused_s=20.0, tries=4)


def call(number=0, **body):
    body = {"model": "script", "messages": [{"role": "user", "content": f"question {number}"}], **body}
    return Call("session", number, "choice", "/chat/completions", body)


def send(server, *calls, path=None, model="script", **options):
    """Each call's reply, or the error that it ended in."""
    options = {"retry_policy": QUICK, **options}
    client = Client(resolve(f"api:{model}", server.base_url), Calls(path), **options)

    async def play():
        try:
            return await asyncio.gather(*map(client.send, calls), return_exceptions=True)
        finally:
            await client.close()

    return asyncio.run(play())


def said(reply):
    return reply.choice.message.content


class Refusing:
    """A server of Python's own that answers every request in one way; `came` holds when each came."""

    def __init__(self, status, message, headers):
        refusing = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                refusing.came.append(time.monotonic())
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                content = json.dumps({"error": {"message": message}}).encode()
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *parts):
                pass

        self.came = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *raised):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def always(kind, **options):
    """The first two requests meet the fault, later ones do not."""

    class Twice(Faults):
        def at(self, number):
            return kind if number < 2 else None

    return Twice(kinds=[kind], **options)


@pytest.mark.parametrize("kind", ["refused", "refused_with_time", "error", "cut", "slow", "malformed"])
def test_what_passes_is_asked_again_until_it_has(kind):
    faults = always(kind, retry_after_s=0.05, slow_s=4.0)
    with serve(Script(lambda body: "yes"), faults=faults) as server:
        (reply,) = send(server, call())
        assert said(reply) == "yes"
        assert len(server.requests) == 3


@pytest.mark.parametrize("kind", ["empty", "truncated", "content_filter"])
def test_a_reply_that_says_little_is_a_reply(kind):
    with serve(Script(lambda body: "yes"), faults=always(kind)) as server:
        (reply,) = send(server, call())
        assert said(reply) in ("", "y", None)
        assert len(server.requests) == 1


def test_retries_end_with_the_reason():
    with serve(Script(lambda body: "yes"), faults=Faults(rate=1, kinds=["error"])) as server:
        (error,) = send(server, call())
        assert str(error).endswith("gave no reply in 4 tries, the last: status 500: something broke")
        assert len(server.requests) == 4


def test_a_refused_key_an_unknown_model_and_a_wrong_address_are_told_at_once_and_to_all(monkeypatch):
    monkeypatch.setenv("TWINBEAN_API_KEY", "wrong")
    with serve(Script(lambda body: "yes"), key="right") as server:
        errors = send(server, *[call(n) for n in range(20)], concurrency=1)
        assert {str(error) for error in errors} == {
            f"127.0.0.1:{server.port} refused the key (401): set TWINBEAN_API_KEY to one that it knows"
        }
    monkeypatch.delenv("TWINBEAN_API_KEY")
    with serve(Script(lambda body: "yes")) as server:
        errors = send(server, *[call(n, model="other") for n in range(20)], model="other", concurrency=1)
        assert all("has no model 'other'" in str(error) for error in errors)
        assert len(server.requests) == 1


def test_a_prompt_that_is_too_long_fails_alone():
    def say(body):
        if "question 1" in body["messages"][0]["content"]:
            raise BadRequest("the context is 10 tokens")
        return "yes"

    with serve(Script(say)) as server:
        first, second, third = send(server, call(0), call(1), call(2))
        assert said(first) == said(third) == "yes"
        assert isinstance(second, SubjectError)
        assert "too long for 'script' (400)" in str(second)


def test_no_server_is_an_error_that_names_the_address():
    with serve(Script(lambda body: "yes")) as server:
        pass
    (error,) = send(server, call())
    assert f"127.0.0.1:{server.port} gave no reply in 4 tries" in str(error)
    assert "the connection failed" in str(error)


def test_a_reply_is_kept_and_used_again(tmp_path):
    path = tmp_path / "calls.jsonl"
    with serve(Script(lambda body: "yes 😀 \ud83d \u2028")) as server:
        first = send(server, call(0), call(1), path=path)
        again = send(server, call(0), call(1), call(2), path=path)
        assert again[:2] == first
        assert len(server.requests) == 3
    lines = list(read_calls(path))
    assert [line["trial"] for line in lines] == [0, 1, 2]
    for line in lines:
        assert line["request"]["messages"][0]["content"] == f"question {line['trial']}"
        assert line["reply"]["choices"][0]["message"]["content"] == "yes 😀 \ud83d \u2028"
        assert line["provider"].startswith("127.0.0.1")
        assert line["prompt_tokens"] > 0
        assert line["completion_tokens"] > 0
        assert line["latency_s"] >= 0
        assert line["cost"] is None


def test_the_cost_that_an_endpoint_names_is_kept(tmp_path):
    with serve(Script(lambda body: "yes"), cost=0.25) as server:
        send(server, call(), path=tmp_path / "calls.jsonl")
    (line,) = read_calls(tmp_path / "calls.jsonl")
    assert line["cost"] == 0.25


def test_a_line_that_was_not_finished_is_asked_again(tmp_path):
    path = tmp_path / "calls.jsonl"
    with serve(Script(lambda body: "yes")) as server:
        send(server, call(0), path=path)
        whole = path.read_bytes()
        send(server, call(1), path=path)
        path.write_bytes(path.read_bytes()[:-20])
        send(server, call(0), call(1), path=path)
        assert len(server.requests) == 3
    assert path.read_bytes().startswith(whole)
    assert len(list(read_calls(path))) == 2


def test_a_reply_that_0_1_0_was_given_without_a_limit_on_its_tokens_is_not_paid_for_again(tmp_path):
    path = tmp_path / "calls.jsonl"
    now = call()
    before = replace(now, body={name: value for name, value in now.body.items() if name != "max_tokens"})
    with serve(Script(lambda body: "yes")) as server:
        send(server, before, path=path)
        send(server, replace(now, body={**before.body, "max_tokens": 4096}), path=path)
        assert len(server.requests) == 1


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_text('{"format": 1}\nnot json\n', encoding="utf-8")
    with pytest.raises(RunError, match=r"calls\.jsonl, line 2 is not JSON"):
        list(read_calls(path))
    path.write_text(json.dumps({"format": 9}) + "\n", encoding="utf-8")
    with pytest.raises(RunError, match="line 1 has format 9, expected 1"):
        list(read_calls(path))


def test_no_more_requests_are_sent_than_allowed_over_all_starts(tmp_path):
    path = tmp_path / "calls.jsonl"
    with serve(Script(lambda body: "yes"), delay_s=0.02) as server:
        replies = send(server, *[call(n) for n in range(10)], path=path, max_calls=4)
        assert sum(isinstance(reply, SubjectError) for reply in replies) == 6
        send(server, *[call(n) for n in range(10)], path=path, max_calls=7)
        assert len(server.requests) == 7
        (error,) = send(server, call(99), path=path, max_calls=7)
        assert "may send 7 requests (--max-calls)" in str(error)


def test_pauses_grow_and_are_shortened_at_random_by_up_to_a_half():
    retry_policy, rng = RetryPolicy(first_s=1, most_s=60), random.Random(1)
    for earlier, most in enumerate([1, 2, 4, 8, 16, 32, 60, 60]):
        pauses = [retry_policy.pause(earlier, rng) for _ in range(200)]
        assert most / 2 <= min(pauses) < 0.6 * most
        assert 0.9 * most < max(pauses) <= most


def test_pauses_are_drawn_from_no_global_generator():
    with serve(Script(lambda body: "yes"), faults=always("error")) as server:
        random.seed(1)
        before = random.getstate()
        send(server, call())
        assert random.getstate() == before


@pytest.mark.parametrize(
    ("spec", "url", "reason"),
    [
        ("api:", "http://localhost/v1", "names no model, expected api:NAME"),
        ("api:m", None, "give --base-url URL"),
        ("api:m", "localhost/v1", "expected http://HOST/PATH"),
        ("openai:m", "http://localhost/v1", "use api:m with --base-url"),
        ("openai:m", None, "set the environment variable OPENAI_API_KEY"),
        ("openrouter:m", None, "set the environment variable OPENROUTER_API_KEY"),
        ("api:m", "http://user:secret@localhost/v1", "keys come only from TWINBEAN_API_KEY"),
        ("api:m", "http://localhost/v1?key=secret", "keys come only from TWINBEAN_API_KEY"),
        ("api:m", "http://localhost/v1#secret", "keys come only from TWINBEAN_API_KEY"),
        ("api:m", "http://h:abc", "the base URL is not usable"),
        ("api:m", "http://h:99999", "the base URL is not usable"),
        ("api:m", "http://h:-1/v1", "the base URL is not usable"),
        ("api:m", "http://[::1/v1", "the base URL is not usable"),
        ("api:m", "http://h h/v1", "the base URL is not usable"),
        ("api:m", "http://h/v1\x1b[2J", "the base URL is not usable"),
        ("api:m", "http://..../v1", "the base URL is not usable"),
        ("api:m", "http://" + "h" * 300, "the base URL is not usable"),
        ("api:m", "http://h\ud800/v1", "the base URL is not usable"),
    ],
)
def test_an_endpoint_is_checked_before_anything_is_sent(monkeypatch, spec, url, reason):
    for name in ("OPENAI_API_KEY", "OPENROUTER_API_KEY", "TWINBEAN_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SubjectError, match=reason) as caught:
        resolve(spec, url)
    assert "secret" not in str(caught.value)


def test_a_key_that_no_header_can_hold_is_refused_and_not_shown(monkeypatch):
    monkeypatch.setenv("TWINBEAN_API_KEY", "schlüssel\nsecret")
    with pytest.raises(SubjectError, match="the key in TWINBEAN_API_KEY holds characters that no key has") as caught:
        resolve("api:m", "http://localhost/v1")
    assert "secret" not in str(caught.value)


# Retry-After

PAST = "Fri, 21 Nov 2025 16:59:11 GMT"


def in_seconds(seconds):
    return formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.parametrize("asked", ["0", "-5", "nan", "-inf", "", "soon", PAST, "Mon, 99 Foo 2020", "0x1"])
def test_a_retry_after_that_asks_for_no_time_leaves_one_all_the_same(asked):
    retry_policy = RetryPolicy(first_s=0.2, most_s=0.4, refused_s=5.0)
    with serve(Script(lambda body: "yes"), faults=always("refused_with_time", retry_after_s=asked)) as server:
        (reply,) = send(server, call(), retry_policy=retry_policy)
        assert said(reply) == "yes"
        came = [received.at for received in server.requests]
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(came))


@pytest.mark.parametrize("asked", ["1e9", "inf", "1e999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_that_asks_for_years_is_waited_for_as_long_as_the_policy_allows(asked):
    retry_policy = RetryPolicy(first_s=0.01, longest_s=0.3, refused_s=5.0)
    with serve(Script(lambda body: "yes"), faults=always("refused_with_time", retry_after_s=asked)) as server:
        (reply,) = send(server, call(), retry_policy=retry_policy)
        assert said(reply) == "yes"
        first, second, third = (received.at for received in server.requests)
    assert second - first >= 0.29
    assert third - second >= 0.29


@pytest.mark.parametrize("asked", ["1", in_seconds])
def test_a_retry_after_is_waited_for_by_every_call(asked):
    class FirstOnly(Faults):
        def at(self, number):
            return "refused_with_time" if number == 0 else None

    # A date has no fractions of a second.
    asked = asked if isinstance(asked, str) else asked(5)
    retry_policy = RetryPolicy(first_s=0.01, most_s=0.02, refused_s=20.0)
    with serve(Script(lambda body: "yes"), faults=FirstOnly(retry_after_s=asked)) as server:
        replies = send(server, *[call(n) for n in range(5)], retry_policy=retry_policy, concurrency=1)
        assert [said(reply) for reply in replies] == ["yes"] * 5
        came = [received.at for received in server.requests]
    assert came[1] - came[0] >= 0.95


def test_a_server_that_is_down_for_a_time_that_it_names_is_left_alone_so_long():
    retry_policy = RetryPolicy(first_s=0.01, most_s=0.02, tries=3)
    headers = {"Retry-After": "0.5"}
    down = Refusing(503, "down for maintenance", headers)
    with down as server:
        (error,) = send(server, call(), retry_policy=retry_policy)
        assert "gave no reply in 3 tries, the last: status 503: down for maintenance" in str(error)
        assert all(later - earlier >= 0.45 for earlier, later in pairwise(server.came))


# The limit of tokens


class Newer(Script):
    """A model that takes no max_tokens, as OpenAI's newer ones."""

    def chat(self, body):
        if "max_tokens" in body:
            raise BadRequest("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        return super().chat(body)


def test_a_model_that_wants_another_name_for_the_limit_of_tokens_is_given_it_from_then_on(tmp_path):
    path = tmp_path / "calls.jsonl"
    with serve(Newer(lambda body: "yes")) as server:
        calls = [call(n, max_tokens=50) for n in range(4)]
        replies = send(server, *calls, path=path, concurrency=1)
        assert [said(reply) for reply in replies] == ["yes"] * 4
        assert [received.body.get("max_completion_tokens") for received in server.requests] == [None, 50, 50, 50, 50]
        send(server, *calls, path=path, concurrency=1)
        assert len(server.requests) == 5
    kept = [line for line in read_calls(path) if line["kind"] == "reply"]
    assert [line["request"]["max_completion_tokens"] for line in kept] == [50] * 4


def test_openais_own_endpoint_is_given_the_newer_name_at_once(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    client = Client(resolve("openai:m", None), Calls(None))
    assert client._wire(call(max_tokens=5)) == {**call(max_completion_tokens=5).body}


# Where the key goes


def test_a_redirect_to_another_origin_is_refused_and_nothing_is_sent_there(monkeypatch):
    monkeypatch.setenv("TWINBEAN_API_KEY", "secret")
    with serve(Script(lambda body: "yes")) as elsewhere:
        away = f"http://localhost:{elsewhere.port}/v1/chat/completions"
        with Refusing(307, "", {"Location": away}) as server:
            (error,) = send(server, call())
            assert f"redirects to localhost:{elsewhere.port}, and nothing is sent there" in str(error)
            assert len(server.came) == 1
        assert not elsewhere.requests


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_response_format_that_is_refused_is_told_at_once_and_to_all(status):
    class NoSchema(Script):
        def chat(self, body):
            raise BadRequest("body -> response_format -> type: Input should be 'text' or 'json_object'", status=status)

    with serve(NoSchema(lambda body: "yes")) as server:
        calls = [call(n, response_format={"type": "json_schema"}) for n in range(10)]
        errors = send(server, *calls, concurrency=1)
        assert len(server.requests) == 1
    assert {type(error) for error in errors} == {SubjectUnavailable}
    assert f"does not take response_format ({status}: " in str(errors[0])
    assert "choose another --reading than structured" in str(errors[0])


def test_without_the_openai_package_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.delitem(sys.modules, "twinbean.subjects.endpoint.connection", raising=False)
    with pytest.raises(SubjectError, match=r"'m' needs openai: run pip install '\.\[api\]' in Twinbean's checkout"):
        Client(resolve("api:m", "http://localhost/v1"), Calls(None))


@pytest.mark.parametrize("status", [201, 408, 503])
def test_a_reply_with_a_status_of_failure_says_nothing_against_what_was_asked_for(status):
    reply = {"choices": [{"message": {"content": "x"}, "logprobs": {"content": [{"top_logprobs": []}]}}]}
    response = Response(status=status, content=json.dumps(reply).encode())
    found = refusal(resolve("api:m", "http://localhost:1/v1"), response, {"top_logprobs": 20})
    assert str(status) in str(found)
    assert "top_logprobs" not in str(found)
    assert not isinstance(found, SubjectUnavailable)


def test_a_status_that_comes_without_a_word_is_told_as_such():
    found = refusal(resolve("api:m", "http://localhost:1/v1"), Response(status=204), {})
    assert str(found) == "localhost:1 answered 204: it says no more"
