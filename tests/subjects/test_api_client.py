"""One request: what passes is asked again, what does not is told at once, and nothing is paid twice."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from twinbean.errors import RunError, SubjectError
from twinbean.subjects.api import Calls, Client, Patience, read_calls, resolve
from twinbean.subjects.api.calls import Call
from twinbean.testing.faults import Faults
from twinbean.testing.responders import BadRequest, Script
from twinbean.testing.server import serve

QUICK = Patience(first_s=0.01, most_s=0.02, timeout_s=0.5, refused_s=5.0, tries=4)


def call(number=0, **body):
    body = {"model": "script", "messages": [{"role": "user", "content": f"question {number}"}], **body}
    return Call("session", number, "choice", "/chat/completions", body)


def send(server, *calls, path=None, model="script", **options):
    """Each call's reply, or the error that it ended in."""
    client = Client(resolve(f"api:{model}", server.base_url), Calls(path), patience=QUICK, **options)

    async def play():
        try:
            return await asyncio.gather(*map(client.send, calls), return_exceptions=True)
        finally:
            await client.close()

    return asyncio.run(play())


def said(reply):
    return reply["choices"][0]["message"]["content"]


def always(kind, **options):
    """The first two requests meet the fault, later ones do not."""

    class Twice(Faults):
        def at(self, number):
            return kind if number < 2 else None

    return Twice(kinds=[kind], **options)


@pytest.mark.parametrize("kind", ["refused", "refused_with_time", "error", "cut", "slow", "malformed"])
def test_what_passes_is_asked_again_until_it_has(kind):
    faults = always(kind, retry_after_s=0.05, slow_s=2.0)
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


def test_patience_ends_with_the_reason():
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


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_text('{"format": 1}\nnot json\n', encoding="utf-8")
    with pytest.raises(RunError, match=r"calls\.jsonl, line 2 is damaged"):
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
    patience, rng = Patience(first_s=1, most_s=60), random.Random(1)
    for earlier, most in enumerate([1, 2, 4, 8, 16, 32, 60, 60]):
        pauses = [patience.pause(earlier, rng) for _ in range(200)]
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
    ],
)
def test_an_endpoint_is_checked_before_anything_is_sent(monkeypatch, spec, url, reason):
    for name in ("OPENAI_API_KEY", "OPENROUTER_API_KEY", "TWINBEAN_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SubjectError, match=reason) as caught:
        resolve(spec, url)
    assert "secret" not in str(caught.value)
