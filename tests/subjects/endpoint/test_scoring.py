"""SmolLM2 behind HTTP gives the log-probabilities that it gives here."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from twinbean.errors import SubjectError
from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.scoring.choices import score as score_transcripts
from twinbean.sessions.transcripts import Span, Transcript
from twinbean.subjects.endpoint import open_scorer, read_calls
from twinbean.subjects.local import load
from twinbean.subjects.local.forced import ForcedScorer
from twinbean.subjects.registry import SubjectOptions
from twinbean.testing.responders import BadRequest, Script
from twinbean.testing.server import serve
from twinbean.testing.smollm2 import SmolLM2

SMALL = {"trials": 3, "arms": 3}


@pytest.fixture(scope="module")
def smollm2():
    try:
        language_model = load("smollm2", dtype="float32", device="cpu")
    except SubjectError as error:
        pytest.skip(f"SmolLM2 cannot be had here: {error}")
    torch.set_num_threads(1)
    return SmolLM2(language_model)


@pytest.fixture(scope="module")
def server(smollm2):
    with serve(smollm2) as running:
        yield running


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return replay(
        "five_armed_buttons", model="random", run=tmp_path_factory.mktemp("people") / "run", samples=2, parameters=SMALL
    )


def options(server, **more):
    return SubjectOptions(base_url=server.base_url, **more)


def close(one, other):
    return [
        (a.logp, a.legal_mass, a.p) == (pytest.approx(b.logp, abs=1e-3), pytest.approx(b.legal_mass, abs=1e-3),
                                        pytest.approx(b.p, abs=1e-3))
        for a, b in zip(one.trials, other.trials, strict=True)
    ]  # fmt: skip


def test_scores_through_http_equal_the_local_ones(server, people, tmp_path):
    local = score("five_armed_buttons", people, model="smollm2", run=tmp_path / "local")
    remote = score("five_armed_buttons", people, model="api:smollm2", run=tmp_path / "api", options=options(server))
    for one, other in zip(local, remote, strict=True):
        assert all(close(one, other))
        assert all(trial.logp is not None for trial in other.trials)
    first = [
        line
        for line in read_calls(tmp_path / "api" / "calls.jsonl")
        if line["purpose"] == "score" and line["trial"] is None
    ]
    # One request for the whole text, and one for each choice with a label outside the list of the most likely tokens.
    assert len(first) == len(people)


def test_a_resumed_scoring_pays_for_nothing_again(server, people, tmp_path):
    before = len(server.requests)
    score("five_armed_buttons", people, model="api:smollm2", run=tmp_path / "run", options=options(server))
    (tmp_path / "run" / "trials.jsonl").unlink()
    (tmp_path / "run" / "trials.csv").unlink()
    sent = len(server.requests) - before
    score("five_armed_buttons", people, model="api:smollm2", run=tmp_path / "run", options=options(server))
    assert len(server.requests) - before == sent


def test_choices_drawn_through_http_are_those_drawn_here(server, people, tmp_path):
    local = replay("five_armed_buttons", people[:1], model="smollm2", run=tmp_path / "local", after=1)
    remote = replay(
        "five_armed_buttons",
        people[:1],
        model="api:smollm2",
        run=tmp_path / "api",
        after=1,
        options=options(server, endpoint="completions", reading="logprobs"),
    )
    for one, other in zip(local, remote, strict=True):
        assert [trial.label for trial in one.trials] == [trial.label for trial in other.trials]
        tail = [dataclasses.replace(session, trials=session.trials[1:]) for session in (one, other)]
        assert all(close(*tail))


def test_labels_of_several_tokens_are_scored_whole(server, smollm2, tmp_path):
    labels = ("1", "10", "unbelievable")
    text, spans = "You can press 1, 10 or unbelievable.\n", []
    for trial, label in enumerate(("10", "unbelievable", "1")):
        text += "You press <<"
        spans.append(Span(start=len(text), end=len(text) + len(label), labels=labels, arms=(0, 1, 2), trial=trial))
        text += f"{label}>> and get 3 points.\n"
    transcript = Transcript(participant="p", experiment="e", text=text, spans=tuple(spans))
    (local,) = score_transcripts([transcript], scorer=ForcedScorer(smollm2._language_model))
    (remote,) = score_transcripts([transcript], scorer=open_scorer("api:smollm2", options(server)))
    for one, other in zip(local, remote, strict=True):
        assert other.logp == pytest.approx(one.logp, abs=1e-3)
        assert other.p == pytest.approx(one.p, abs=1e-3)


def test_without_echo_a_request_a_choice_does_where_every_label_is_listed(people, tmp_path):
    even = {label: math.log(0.15) for label in ("blue", "green", "red")}
    with serve(Script(lambda body: "red", logps=lambda body: even)) as server:
        (one, _) = score("five_armed_buttons", people, model="api:script", run=tmp_path / "r", options=options(server))
        # The probe asks for an echo in vain and reads nothing else from such a server; so nobody's text is echoed.
        assert len(server.requests) == 1 + 2 * 3
    assert [trial.logp for trial in one.trials] == pytest.approx([math.log(0.15)] * 3)
    assert [trial.legal_mass for trial in one.trials] == pytest.approx([0.45] * 3)


def test_scoring_refuses_where_a_label_is_not_listed(people, tmp_path):
    with (
        serve(Script(lambda body: "red", logps=lambda body: {"red": -0.1})) as server,
        pytest.raises(SubjectError, match=r"does not list the label 'blue' at trial 0 .* it cannot score"),
    ):
        score("five_armed_buttons", people, model="api:script", run=tmp_path / "r", options=options(server))


def test_scoring_refuses_where_there_are_no_completions(people, tmp_path):
    class ChatOnly(Script):
        def complete(self, body):
            raise BadRequest("this is a chat model and not supported in the v1/completions endpoint")

    with (
        serve(ChatOnly(lambda body: "red")) as server,
        pytest.raises(SubjectError, match="scoring needs an endpoint with plain completions .* this is a chat model"),
    ):
        score("five_armed_buttons", people, model="api:script", run=tmp_path / "r", options=options(server))


def test_scoring_refuses_null_log_probabilities_with_the_providers_name(people, tmp_path):
    with (
        serve(Script(lambda body: "red")) as server,
        pytest.raises(SubjectError, match=r"127\.0\.0\.1:\d+ gave no log-probabilities"),
    ):
        score("five_armed_buttons", people, model="api:script", run=tmp_path / "r", options=options(server))


def test_smollm2_answers_in_chat_with_the_probabilities_of_its_first_token(server, tmp_path):
    (session,) = replay(
        "five_armed_buttons",
        model="api:smollm2",
        run=tmp_path / "run",
        parameters={"trials": 2},
        options=options(server, reading="logprobs", temperature=0.0),
    )
    lines = list(read_calls(tmp_path / "run" / "calls.jsonl"))
    top = lines[0]["reply"]["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert len(top) == 20
    assert session.participant == "simulated-0000"
