"""Servers that echo: right, shifted by a token, or one prompt at a time. Behind them is a table of bigrams."""

from __future__ import annotations

import math
import random
import re

import pytest

from twinbean.errors import SubjectUnavailable
from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.subjects.endpoint import RetryPolicy, read_calls
from twinbean.subjects.endpoint.probe import SENTENCE
from twinbean.subjects.registry import SubjectOptions
from twinbean.testing.responders import BadRequest, most_likely
from twinbean.testing.server import serve

QUICK = RetryPolicy(first_s=0.001, most_s=0.002, timeout_s=1.0, tries=3)
SMALL = {"trials": 2, "arms": 3}
LABELS = ("blue", "green", "red")


def tokens_of(text):
    return re.findall(r"<<|>>| ?\w+| ?[^\w\s<>]|\s|.", text)


VOCABULARY = sorted({*tokens_of(SENTENCE), *LABELS, ">>", "<<"})


def logps(before):
    """Of every token of the vocabulary after `before`."""
    scores = {token: random.Random(f"{before}|{token}").gauss(0, 3) for token in VOCABULARY}
    norm = math.log(math.fsum(map(math.exp, scores.values())))
    return {token: one - norm for token, one in scores.items()}


class Bigrams:
    model = "script"

    def __init__(self, *, shift=0, one_at_a_time=None):
        self.shift = shift
        self.one_at_a_time = one_at_a_time

    def chat(self, body):
        raise BadRequest("completions only")

    def complete(self, body):
        if isinstance(body["prompt"], str):
            return [self.completion(0, body["prompt"], body)]
        if self.one_at_a_time is not None:
            return self.one_at_a_time(body)
        return [self.completion(index, prompt, body) for index, prompt in enumerate(body["prompt"])]

    def completion(self, index, prompt, body):
        tokens = tokens_of(prompt)
        following = logps(tokens[-1])
        said = max(following, key=following.get)
        # With a shift each token is found in the distribution after a neighbour, not after the token before it.
        places = [logps(tokens[min(max(i - 1 + self.shift, 0), len(tokens) - 1)]) for i in range(1, len(tokens))]
        steps = [(tokens[0], None, None)]
        for token, place in zip(tokens[1:], places, strict=True):
            logp = place.get(token, -12.0)
            steps.append((token, logp, most_likely(place, body["logprobs"]) | {token: logp}))
        new = (said, following[said], most_likely(following, body["logprobs"]))
        steps = [*steps, new] if body.get("echo") else [new]
        return {
            "index": index,
            "text": prompt * bool(body.get("echo")) + said,
            "logprobs": {
                "tokens": [step[0] for step in steps],
                "token_logprobs": [step[1] for step in steps],
                "top_logprobs": [step[2] for step in steps],
            },
            "finish_reason": "length",
        }


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
