"""Servers that echo: right, shifted by a token, or one prompt at a time."""

from __future__ import annotations

import math

import pytest

from bigrams import LABELS, Bigrams, logps
from twinbean.errors import SubjectUnavailable
from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.subjects.endpoint import RetryPolicy, read_calls
from twinbean.subjects.registry import SubjectOptions
from twinbean.testing.responders import BadRequest
from twinbean.testing.server import serve

QUICK = RetryPolicy(first_s=0.001, most_s=0.002, timeout_s=1.0, tries=3)
SMALL = {"trials": 2, "arms": 3}


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return replay(
        "five_armed_buttons", model="random", run=tmp_path_factory.mktemp("people") / "run", samples=2, parameters=SMALL
    )


def scored(server, people, run):
    options = SubjectOptions(base_url=server.base_url, retry_policy=QUICK)
    return score("five_armed_buttons", people, model="api:script", run=run, options=options)


def drawn(server, run):
    options = SubjectOptions(base_url=server.base_url, retry_policy=QUICK, endpoint="completions", reading="logprobs")
    return replay("five_armed_buttons", model="api:script", run=run, samples=3, parameters=SMALL, options=options)


def check(sessions):
    after = logps("<<")
    for session in sessions:
        for trial in session.trials:
            assert trial.logp == pytest.approx(after[trial.label], abs=1e-9)
            assert trial.legal_mass == pytest.approx(sum(math.exp(after[label]) for label in LABELS), abs=1e-9)


def test_a_server_that_echoes_rightly_is_asked_a_few_words_first_and_scores(people, tmp_path):
    with serve(Bigrams()) as server:
        check(scored(server, people, tmp_path / "run"))
        check(drawn(server, tmp_path / "drawn"))
    probes = [line for line in read_calls(tmp_path / "run" / "calls.jsonl") if line["purpose"] == "probe"]
    assert 1 < len(probes) <= 7


@pytest.mark.parametrize("shift", [1, -1, 2])
def test_a_server_whose_echo_is_shifted_is_refused_before_anything_is_scored(people, tmp_path, shift):
    with serve(Bigrams(shift=shift)) as server:
        refusal = rf"127.0.0.1:{server.port} echoes log-probabilities that are not those of the echoed tokens"
        with pytest.raises(SubjectUnavailable, match=refusal):
            scored(server, people, tmp_path / "scored")
        with pytest.raises(SubjectUnavailable, match=refusal):
            drawn(server, tmp_path / "drawn")
    for run in ("scored", "drawn"):
        assert (tmp_path / run / "trials.jsonl").read_text() == ""
        assert {line["purpose"] for line in read_calls(tmp_path / run / "calls.jsonl")} == {"probe"}


def five_hundred(body):
    raise BadRequest("'list' object has no attribute 'encode'", status=500)


def bad_request(body):
    raise BadRequest("prompt: Input should be a valid string")


def first_only(body):
    return [Bigrams().completion(0, body["prompt"][0], body)]


def hangs(body):
    import time

    time.sleep(3)
    return first_only(body)


@pytest.mark.parametrize("refuse", [five_hundred, bad_request, first_only, hangs])
def test_a_server_that_takes_one_prompt_at_a_time_is_sent_one_at_a_time_after_its_first_refusal(tmp_path, refuse):
    with serve(Bigrams(one_at_a_time=refuse)) as server:
        check(drawn(server, tmp_path / "run"))
        several = [received for received in server.requests if isinstance(received.body["prompt"], list)]
        alone = [received for received in server.requests if isinstance(received.body["prompt"], str)]
    # Those three that were under way when the first was refused.
    assert 1 <= len(several) <= 3
    assert len(alone) >= 3 * 2 * 3


def test_every_request_has_a_limit_of_tokens(people, tmp_path):
    with serve(Bigrams()) as server:
        scored(server, people, tmp_path / "scored")
        drawn(server, tmp_path / "drawn")
        assert all(received.body["max_tokens"] >= 1 for received in server.requests)
