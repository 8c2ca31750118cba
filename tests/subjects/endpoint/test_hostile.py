"""Replies that no endpoint should give: at worst one session fails, and the run can be started again."""

from __future__ import annotations

import csv
import json
import math

import pytest

from twinbean.errors import SubjectError
from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.subjects.endpoint import RetryPolicy, read_calls
from twinbean.subjects.registry import SubjectOptions
from twinbean.testing.faults import Faults
from twinbean.testing.hostile import HOSTILE
from twinbean.testing.responders import Script
from twinbean.testing.server import serve

QUICK = RetryPolicy(first_s=0.001, most_s=0.002, timeout_s=5.0, tries=2)
HONEST = Script(
    lambda body: "blue" if body.get("logprobs") else "<Answer>blue</Answer>",
    logps=lambda body: {"blue": math.log(0.6), "green": math.log(0.3)},
)
SMALL = {"trials": 2, "arms": 2}
# These are words, and no legal answer: the session has failed for good. All others are asked again.
ILLEGAL = {"long", "escapes", "lone_surrogate", "nul", "only_blanks", "invalid_utf8"}
# There is nothing wrong with what is read of these.
READ = {"usage_text", "usage_nan"}


class First(Faults):
    """The first `seed` requests meet the fault."""

    def at(self, number):
        return self.kinds[0] if number < self.seed else None


def play(server, run, **options):
    options = SubjectOptions(base_url=server.base_url, retry_policy=QUICK, temperature=0.0, concurrency=1, **options)
    return replay("five_armed_buttons", model="api:script", run=run, samples=3, parameters=SMALL, options=options)


def statuses(run):
    """As a reader sees them that knows nothing of long cells."""
    csv.field_size_limit(131_072)
    with (run / "sessions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert len(row["reason"]) <= 300
        assert row["reason"].isprintable()
    return [row["status"] for row in rows]


def cases():
    return list(_cases())


def _cases():
    for kind in HOSTILE:
        if kind.startswith("logp"):
            yield kind, {"reading": "logprobs"}
            yield kind, {"reading": "logprobs", "endpoint": "completions"}
        else:
            yield kind, {}


@pytest.mark.parametrize(("kind", "options"), cases())
def test_a_server_that_gives_nothing_else_ends_no_run_and_a_restart_with_an_honest_one_completes_it(
    tmp_path, kind, options
):
    run = tmp_path / "run"
    with serve(HONEST, faults=First(kinds=[kind], seed=10**9)) as server:
        port = server.port
        play(server, run, **options)
        bounded = len(server.requests)
    found = statuses(run)
    assert bounded <= 40
    if kind in ILLEGAL:
        assert found == ["failed"] * 3
    elif kind in READ:
        assert found == ["complete"] * 3
    for line in read_calls(run / "calls.jsonl"):
        if line["kind"] == "error":
            assert len(line["error"]) <= 400
            assert line["error"].isprintable()
    with serve(HONEST, port=port) as server:
        sessions = play(server, run, **options)
    if kind not in ILLEGAL:
        assert statuses(run) == ["complete"] * 3
        assert [len(session.trials) for session in sessions] == [2] * 3


@pytest.mark.parametrize(("kind", "options"), cases())
def test_one_such_reply_costs_at_most_one_session(tmp_path, kind, options):
    with serve(HONEST, faults=First(kinds=[kind], seed=1)) as server:
        play(server, tmp_path / "run", **options)
    assert statuses(tmp_path / "run").count("complete") >= 2


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind not in ILLEGAL | READ])
def test_scoring_ends_with_a_sentence_and_goes_on_at_the_next_start(tmp_path, kind):
    people = replay("five_armed_buttons", model="random", run=tmp_path / "people", samples=2, parameters=SMALL)

    def scored(server):
        options = SubjectOptions(base_url=server.base_url, retry_policy=QUICK)
        return score("five_armed_buttons", people, model="api:script", run=tmp_path / "run", options=options)

    with serve(HONEST, faults=First(kinds=[kind], seed=10**9)) as server:
        port = server.port
        with pytest.raises(SubjectError) as caught:
            scored(server)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600
    with serve(HONEST, port=port) as server:
        assert all(trial.logp is not None for session in scored(server) for trial in session.trials)


class At(Faults):
    """The request of this number meets the fault."""

    def at(self, number):
        return self.kinds[0] if number == self.seed else None


@pytest.mark.parametrize("kind", ["choices_of_null", "logp_text", "logp_positive", "cut_json", "error_as_text"])
def test_one_such_reply_to_scoring_is_one_sessions_failure_and_the_next_start_asks_for_it_alone(tmp_path, kind):
    people = replay("five_armed_buttons", model="random", run=tmp_path / "people", samples=4, parameters=SMALL)

    def scored(server):
        once = RetryPolicy(first_s=0.001, most_s=0.002, timeout_s=5.0, tries=1)
        options = SubjectOptions(base_url=server.base_url, retry_policy=once, concurrency=1)
        return score("five_armed_buttons", people, model="api:script", run=tmp_path / "run", options=options)

    # The first requests find out whether the endpoint echoes.
    with serve(HONEST, faults=At(kinds=[kind], seed=4)) as server:
        port = server.port
        sessions = scored(server)
        n_honest = len(server.requests)
    assert sorted(statuses(tmp_path / "run")) == ["complete", "complete", "complete", "interrupted"]
    assert sum(all(trial.logp is not None for trial in session.trials) for session in sessions) == 3
    with serve(HONEST, port=port) as server:
        assert all(trial.logp is not None for session in scored(server) for trial in session.trials)
        assert len(server.requests) < n_honest / 2
    assert statuses(tmp_path / "run") == ["complete"] * 4


def test_a_reply_that_an_earlier_version_kept_unread_is_asked_for_again(tmp_path):
    with serve(HONEST) as server:
        port = server.port
        whole = play(server, tmp_path / "run")
    calls = tmp_path / "run" / "calls.jsonl"
    lines = [json.loads(line) for line in calls.read_text(encoding="utf-8").splitlines()]
    lines[0]["reply"] = {"choices": [None]}
    calls.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "run" / "trials.jsonl").unlink()
    with serve(HONEST, port=port) as server:
        assert play(server, tmp_path / "run") == whole
        assert len(server.requests) == 1


def test_a_long_answer_is_whole_in_the_journal_and_short_in_the_table(tmp_path):
    with serve(HONEST, faults=First(kinds=["long"], seed=10**9)) as server:
        play(server, tmp_path / "run")
    assert statuses(tmp_path / "run") == ["failed"] * 3
    lines = [json.loads(line) for line in (tmp_path / "run" / "trials.jsonl").read_text().splitlines()]
    assert {len(line["raw"]) for line in lines if line["kind"] == "illegal"} == {131_073}


def test_a_reply_that_cannot_be_read_is_kept_with_what_is_wrong(tmp_path):
    with serve(HONEST, faults=First(kinds=["choices_of_null"], seed=1)) as server:
        play(server, tmp_path / "run")
    (wrong,) = [line for line in read_calls(tmp_path / "run" / "calls.jsonl") if line["kind"] == "error"]
    assert wrong["error"] == "choices[0] is None, expected an object"
    assert wrong["content"] == '{"choices": [null]}'


def test_there_are_at_least_35_of_them():
    assert len(HOSTILE) >= 35
