"""The test server keeps to the protocol, and its faults are those it is asked for."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from twinbean.errors import TwinbeanError
from twinbean.testing.faults import FAULTS, Faults
from twinbean.testing.responders import BadRequest, Script
from twinbean.testing.server import serve

MESSAGES = [{"role": "user", "content": "Hello?"}]


def client(server, **options):
    return openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0, timeout=5, **options)


def post(server, path="/v1/chat/completions", **body):
    """Status, headers and content of one request, by a client that knows nothing of the protocol."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("POST", path, json.dumps({"model": "script", "messages": MESSAGES, **body}))
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read().decode()
    finally:
        connection.close()


def test_the_openai_client_reads_chat_and_completions():
    script = Script(lambda body: "Hi!", logps=lambda body: {"Hi!": -0.1, "Ho!": -2.5, "No": -4.0})
    with serve(script) as server, client(server) as api:
        chat = api.chat.completions.create(model="script", messages=MESSAGES, logprobs=True, top_logprobs=2)
        assert chat.choices[0].message.content == "Hi!"
        assert chat.choices[0].finish_reason == "stop"
        top = chat.choices[0].logprobs.content[0].top_logprobs
        assert [(one.token, one.logprob) for one in top] == [("Hi!", -0.1), ("Ho!", -2.5)]
        assert chat.usage.prompt_tokens > 0
        completion = api.completions.create(model="script", prompt="Say", logprobs=1)
        assert completion.choices[0].text == "Hi!"
        assert completion.choices[0].logprobs.top_logprobs == [{"Hi!": -0.1}]
        assert server.n_paid == 2


def test_what_is_wrong_is_refused_as_endpoints_do():
    def say(body):
        raise BadRequest("too long")

    with serve(Script(say), key="k") as server:
        assert post(server)[0] == 401
    with serve(Script(say)) as server:
        assert post(server, path="/v1/other")[0] == 404
        assert post(server, model="other")[0] == 404
        status, _, content = post(server)
        assert (status, json.loads(content)["error"]["message"]) == (400, "too long")


def faulty(kind, **options):
    return serve(Script(lambda body: "twelve chars"), faults=Faults(rate=1, kinds=[kind], **options))


@pytest.mark.parametrize(("kind", "status"), [("refused", 429), ("refused_with_time", 429), ("error", 500)])
def test_faults_of_status(kind, status):
    with faulty(kind, retry_after_s=7) as server:
        found, headers, _ = post(server)
        assert found == status
        assert headers.get("Retry-After") == ("7" if kind == "refused_with_time" else None)


def test_a_cut_connection_ends_without_a_reply():
    with faulty("cut") as server, pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        post(server)


def test_a_slow_reply_comes_after_the_client_has_given_up():
    with (
        faulty("slow", slow_s=1.0) as server,
        openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0, timeout=0.2) as api,
        pytest.raises(openai.APITimeoutError),
    ):
        api.chat.completions.create(model="script", messages=MESSAGES)


def test_broken_json_is_broken():
    with faulty("malformed") as server:
        status, _, content = post(server)
        assert status == 200
        with pytest.raises(json.JSONDecodeError):
            json.loads(content)


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [("empty", "", "stop"), ("truncated", "twelve", "length"), ("content_filter", None, "content_filter")],
)
def test_faults_of_content(kind, content, reason):
    with faulty(kind) as server:
        choice = json.loads(post(server)[2])["choices"][0]
        assert (choice["message"]["content"], choice["finish_reason"]) == (content, reason)


def test_null_log_probabilities_are_null_although_there_are_some():
    faults = Faults(rate=1, kinds=["null_logprobs"])
    with serve(Script(lambda body: "a", logps=lambda body: {"a": -0.5}), faults=faults) as server:
        assert json.loads(post(server, logprobs=True, top_logprobs=1)[2])["choices"][0]["logprobs"] is None


def test_faults_come_at_their_rate_all_kinds_of_them_and_the_same_ones_each_time():
    faults = Faults(rate=0.3, seed=1)
    met = [faults.at(number) for number in range(4000)]
    assert met == [Faults(rate=0.3, seed=1).at(number) for number in range(4000)]
    assert sum(fault is not None for fault in met) / 4000 == pytest.approx(0.3, abs=0.025)
    assert set(met) == {None, *FAULTS}
    with pytest.raises(TwinbeanError, match=r"faults are \['flood'\], expected some of refused"):
        Faults(kinds=["flood"])


def test_more_requests_than_it_takes_are_refused():
    with serve(Script(lambda body: "a"), delay_s=0.3, limit=2) as server, ThreadPoolExecutor(6) as threads:
        found = sorted(status for status, _, _ in threads.map(lambda _: post(server), range(6)))
        assert found == [200, 200, 429, 429, 429, 429]
        assert (server.n_refused, server.most_under_way) == (4, 2)


def test_a_reply_that_is_asked_for_again_with_its_key_is_not_made_again():
    with serve(Script(lambda body: "a")) as server, client(server, default_headers={"Idempotency-Key": "k"}) as api:
        first, again = (api.chat.completions.create(model="script", messages=MESSAGES) for _ in range(2))
        assert first.id == again.id
        assert server.n_paid == 1
        assert [received.key for received in server.requests] == ["k", "k"]


def test_a_port_that_is_taken_is_an_error():
    with (
        serve(Script(lambda body: "a")) as server,
        pytest.raises(TwinbeanError, match=f"no server can be started at port {server.port}"),
        serve(Script(lambda body: "a"), port=server.port),
    ):
        pass
