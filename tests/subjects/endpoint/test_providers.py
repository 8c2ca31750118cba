"""Providers, each in its dialect: 30 % faults, every session complete or reported, no more paid than was allowed."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from pathlib import Path

import pytest

from checkout import ROOT
from twinbean.cli import app
from twinbean.errors import DataError, SubjectError
from twinbean.runs.replaying import dry_run, replay
from twinbean.runs.statuses import read_statuses
from twinbean.subjects import providers
from twinbean.subjects.endpoint import Calls, Client, RetryPolicy, read_calls, resolve
from twinbean.subjects.endpoint.anthropic import from_anthropic, to_anthropic
from twinbean.subjects.endpoint.calls import Call
from twinbean.subjects.endpoint.prices import read_price
from twinbean.subjects.providers import PROVIDERS
from twinbean.subjects.registry import open_scorer, open_subject
from twinbean.testing.faults import Faults
from twinbean.testing.responders import Script
from twinbean.testing.server import serve

QUICK = RetryPolicy(first_s=0.001, most_s=0.002, timeout_s=5.0, refused_s=60.0, tries=12)
TASK = {"task": "five_armed_buttons", "parameters": {"arms": 2, "trials": 4}}
DIALECTS = ("openai", "openrouter", "vllm", "llama-cpp", "ollama", "anthropic")
# Of ten kinds of faults those that do not slow a test down.
FAULTS = ("refused", "refused_with_time", "error", "cut", "malformed", "empty", "truncated", "content_filter")


@pytest.fixture
def at(monkeypatch):
    """Lets a provider be at the address of a test server, with a key."""

    def put(name: str, base_url: str) -> None:
        from dataclasses import replace

        # The library of Anthropic adds the version of the protocol itself.
        url = base_url.removesuffix("/v1") if name == "anthropic" else base_url
        monkeypatch.setitem(providers.PROVIDERS, name, replace(PROVIDERS[name], base_url=url))
        monkeypatch.setenv(PROVIDERS[name].key, "a-key-of-ours")

    return put


def blue(body) -> str:
    return "<Answer>blue</Answer>"


def prices(folder: Path, *models: str) -> Path:
    path = folder / "prices.toml"
    listed = "".join(f'[models."{model}"]\nprompt = 1.0\ncompletion = 10.0\n' for model in models)
    path.write_text(f'currency = "USD"\n{listed}')
    return path


@pytest.mark.parametrize("name", DIALECTS)
def test_with_faults_every_session_is_complete_or_reported(name, at, tmp_path):
    faults = Faults(rate=0.3, kinds=FAULTS, seed=3, retry_after_s=0.001)
    with serve(Script(blue), faults=faults, dialect=name, key="a-key-of-ours") as server:
        at(name, server.base_url)
        given = {"model": f"{name}:script", "samples": 6, "run": tmp_path / "run", "retry_policy": QUICK, **TASK}
        played = replay(**given, prices=prices(tmp_path, f"{name}:script"))
    assert {one.fault for one in server.requests} >= {"error", "malformed", None}
    with (tmp_path / "run" / "sessions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        assert row["status"] == "complete" or row["reason"]
    whole = [one for one in played if len(one.trials) == 4]
    assert len(whole) == sum(row["status"] == "complete" for row in rows) >= 4
    # Nothing is invented: every choice stands in a reply.
    assert {trial.label for one in played for trial in one.trials} == {"blue"}
    assert {trial.raw for one in played for trial in one.trials} == {"<Answer>blue</Answer>"}
    replies = [one for one in read_calls(tmp_path / "run" / "calls.jsonl") if one["kind"] == "reply"]
    for one in replies:
        tokens = one["prompt_tokens"] + 10 * one["completion_tokens"]
        assert one["cost"] == pytest.approx(tokens / 1e6)


@pytest.mark.parametrize("name", ["openrouter", "anthropic", "vllm"])
def test_no_more_is_paid_than_was_allowed_but_for_what_was_under_way(name, at, tmp_path):
    listed = prices(tmp_path, f"{name}:script")
    with serve(Script(blue), dialect=name, cost=0.01 if name == "openrouter" else None) as server:
        at(name, server.base_url)
        price = {} if name == "openrouter" else {"prices": listed}
        # What one reply costs.
        given = {"model": f"{name}:script", "retry_policy": QUICK, **price, **TASK}
        replay(**given, samples=1, run=tmp_path / "one", seed=1)
        each = max(one["cost"] for one in read_calls(tmp_path / "one" / "calls.jsonl"))
        allowed, under_way = 6 * each, 3
        given |= {"samples": 5, "run": tmp_path / "run", "concurrency": under_way, "max_cost": allowed}
        before = server.n_paid
        played = replay(**given)
        paid = sum(one["cost"] or 0 for one in read_calls(tmp_path / "run" / "calls.jsonl") if one["kind"] == "reply")
        assert allowed <= paid + 1e-9
        assert paid <= allowed + under_way * each
        assert server.n_paid - before <= 6 * 2 + under_way
        statuses = read_statuses(tmp_path / "run")
        assert "--max-cost" in "".join(reason for _, reason in statuses.of.values())
        assert any(len(one.trials) < 4 for one in played) or not statuses.usable
        # With more the same command goes on, and pays nothing twice.
        whole = replay(**{**given, "max_cost": 1000.0})
        assert [len(one.trials) for one in whole] == [4] * 5
        replies = [one for one in read_calls(tmp_path / "run" / "calls.jsonl") if one["kind"] == "reply"]
        assert len({one["key"] for one in replies}) == len(replies) == 5 * 4
        assert server.n_paid - before <= 5 * 4


def test_a_reasoning_model_is_asked_in_its_own_words_and_its_thoughts_are_counted(at, tmp_path):
    with serve(Script(blue), dialect="openai") as server:
        at("openai", server.base_url)
        replay(model="openai:script", effort="low", run=tmp_path / "run", retry_policy=QUICK, **TASK)
    body = server.requests[0].body
    assert (body["reasoning_effort"], body["max_completion_tokens"]) == ("low", 4096)
    assert not body.keys() & {"max_tokens", "temperature"}
    reply = next(one for one in read_calls(tmp_path / "run" / "calls.jsonl") if one["kind"] == "reply")
    assert reply["reasoning_tokens"] == 10
    assert reply["completion_tokens"] > 10


def test_openrouter_has_other_words_for_effort(at, tmp_path):
    with serve(Script(blue), dialect="openrouter") as server:
        at("openrouter", server.base_url)
        replay(model="openrouter:script", effort="high", retry_policy=QUICK, **TASK)
    assert server.requests[0].body["reasoning"] == {"effort": "high"}


def test_a_server_of_llama_cpp_is_scored_with_one_prompt_a_request():
    """It answers 500 to several at once; that is asked once, and never again."""
    said: list[object] = []

    def say(body):
        said.append(body["prompt"])
        return "blue"

    with serve(Script(say, logps=lambda body: {"blue": -0.1, "green": -3.0}), dialect="llama-cpp") as server:
        client = Client(resolve("llama-cpp:script", server.base_url), Calls(None), retry_policy=QUICK)
        body = {"model": "script", "prompt": ["a", "b"], "max_tokens": 1}

        async def ask():
            try:
                return await client.send(Call("s", 0, "score", "/completions", body, tries=1))
            finally:
                await client.close()

        with pytest.raises(SubjectError, match="Only one prompt is supported"):
            asyncio.run(ask())
    assert not said


def test_a_local_server_needs_no_key_and_may_be_elsewhere(monkeypatch):
    monkeypatch.delenv("TWINBEAN_API_KEY", raising=False)
    here, there = resolve("ollama:m", None), resolve("ollama:m", "http://127.0.0.1:9/v1")
    assert (here.base_url, there.base_url) == ("http://127.0.0.1:11434/v1", "http://127.0.0.1:9/v1")
    with pytest.raises(SubjectError, match="groq: models are at .*; for another endpoint use api:m"):
        resolve("groq:m", "http://127.0.0.1:9/v1")


@pytest.mark.parametrize(("name", "provider"), [(n, p) for n, p in PROVIDERS.items() if not p.local])
def test_every_provider_wants_its_own_key(name, provider, monkeypatch):
    for other in PROVIDERS.values():
        monkeypatch.setenv(other.key, "another")
    monkeypatch.delenv(provider.key)
    with pytest.raises(SubjectError, match=f"set the environment variable {provider.key}"):
        resolve(f"{name}:m", None)


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        (
            "anthropic:m",
            {"reading": "logprobs"},
            "Anthropic gives no log-probabilities; choose another --reading: text",
        ),
        ("mistral:m", {"reading": "logprobs"}, "Mistral gives no log-probabilities"),
        ("deepseek:m", {"reading": "structured"}, "DeepSeek does not do 'structured'"),
        ("openai:m", {"reading": "choice"}, "OpenAI does not do 'choice'"),
        ("anthropic:m", {"temperature": 1.5}, "the temperature is 1.5, and Anthropic takes one up to 1"),
        ("groq:m", {"endpoint": "completions"}, "'groq:m' answers in chats alone"),
        ("mistral:m", {"effort": "low"}, "mistral: models take no --effort"),
        ("groq:m", {"max_cost": 1.0}, "--max-cost needs to know what 'groq:m' costs"),
    ],
)
def test_what_a_provider_does_not_do_is_refused_before_anything_is_sent(spec, options, message, monkeypatch):
    for provider in PROVIDERS.values():
        monkeypatch.setenv(provider.key, "k")
    with pytest.raises(SubjectError, match=re.escape(message)):
        open_subject(spec, **options)


def test_a_chat_without_completions_scores_nothing(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    with pytest.raises(SubjectError, match="anthropic: models answer in chats alone"):
        open_scorer("anthropic:m")


def test_anthropic_is_told_and_answers_in_its_own_words():
    body = {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
    }
    assert to_anthropic(body) == {
        "model": "m", "max_tokens": 9, "system": "s", "messages": [{"role": "user", "content": "u"}]
    }  # fmt: skip
    reply = {
        "content": [
            {"type": "thinking", "thinking": "…"},
            {"type": "text", "text": "a"},
            {"type": "text", "text": "b"},
        ],
        "stop_reason": "max_tokens",
        "model": "m-1",
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 3},
    }
    said = json.loads(from_anthropic(json.dumps(reply).encode()))
    assert said["choices"] == [{"message": {"content": "ab"}, "finish_reason": "length"}]
    assert said["usage"] == {"prompt_tokens": 12, "completion_tokens": 3}


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"content": "x"}', b'{"type": "error"}'])
def test_what_is_no_message_of_anthropic_stays_as_it_came(content):
    assert from_anthropic(content) == content


def test_a_dry_run_says_what_it_would_cost(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", "k")
    listed = prices(tmp_path, "groq:m")
    counted = dry_run(TASK["task"], model="groq:m", parameters=TASK["parameters"], prices=listed)
    assert counted.cost == pytest.approx((counted.prompt_tokens + 10 * counted.completion_tokens) / 1e6)
    command = ["replay", "five_armed_buttons", "--model", "groq:m", "-o", str(tmp_path / "r"), "--dry-run"]
    app([*command, "--prices", str(listed)], standalone_mode=False)
    assert re.search(r"completion tokens, about 0.00\d+ USD; nothing was sent", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('currency = "USD"\n[models]\n', "has no price of 'groq:m' (it has none)"),
        ("[models]\n", "currency is missing"),
        ('currency = "USD"\n[models."groq:m"]\nprompt = -1\ncompletion = 1', "prompt is -1"),
        ('currency = "USD"\n[models."groq:m"]\nprompt = inf\ncompletion = 1', "prompt is inf"),
    ],
)
def test_a_price_list_that_is_none_is_refused(tmp_path, text, message):
    (tmp_path / "prices.toml").write_text(text)
    with pytest.raises((DataError, SubjectError), match=re.escape(message)):
        read_price(tmp_path / "prices.toml", "groq:m")


def test_a_reply_that_does_not_say_its_tokens_is_counted_at_the_most_that_it_can_have(tmp_path):
    price = read_price(prices(tmp_path, "m"), "m")
    client = Client(resolve("api:m", "http://127.0.0.1:9/v1"), Calls(None), price=price)
    from twinbean.subjects.endpoint.replies import read_reply

    reply = read_reply({"choices": [{"message": {"content": "x"}}]})
    body = {"messages": [{"role": "user", "content": "é"}], "max_tokens": 100}
    bytes_of_prompt = len(json.dumps(body["messages"], ensure_ascii=False).encode())
    assert client._cost(reply, body) == pytest.approx((bytes_of_prompt + 10 * 100) / 1e6)


def test_the_documentation_lists_every_provider_with_its_key():
    text = (ROOT / "docs" / "api-models.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+):NAME` \| [^|]+ \| (?:`(\w+)`)?[^|]*\| ([^|]*)\|$", text, re.MULTILINE)
    assert {name: key for name, key, _ in rows} == {"api": "TWINBEAN_API_KEY"} | {
        name: "" if one.local else one.key for name, one in PROVIDERS.items()
    }
    refused = {name: set(re.findall(r"logprobs|structured|scoring", no)) for name, _, no in rows}
    for name, one in PROVIDERS.items():
        assert refused[name] == (one.ignores - {"choice"}) | (set() if one.completions else {"scoring"})
