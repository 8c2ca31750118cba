"""Whole runs against the test server: with faults, killed and resumed, with keys, dry, and after recorded people."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import textwrap
import traceback
from collections import Counter

import pandas as pd
import pytest

from twinbean.cli import main
from twinbean.comparison import read_notes
from twinbean.errors import SubjectError, SubjectUnavailable
from twinbean.runs.replaying import rehearse, replay
from twinbean.subjects.endpoint import Patience, read_calls
from twinbean.subjects.registry import SubjectOptions
from twinbean.testing.faults import FAULTS, Faults
from twinbean.testing.responders import Script, note_keeper
from twinbean.testing.server import serve

QUICK = Patience(first_s=0.01, most_s=0.05, timeout_s=1.0, tries=12)
NOTES = {"memory": "notes", "templates": "buttons-notes"}


def play(server, run, *, samples=20, temperature=1.0, data=(), after=0, task="five_armed_buttons", **options):
    options = SubjectOptions(base_url=server.base_url, temperature=temperature, **{"patience": QUICK, **options})
    return replay(task, data, model="api:script", run=run, samples=samples, after=after, options=options)


def status(run):
    return pd.read_csv(run / "sessions.csv", keep_default_na=False).set_index("session")


@pytest.mark.parametrize("temperature", [1.0, 0.0])
def test_under_faults_of_all_kinds_every_session_is_complete_or_failed_and_every_choice_is_the_models(
    tmp_path, temperature
):
    run = tmp_path / "run"
    faults = Faults(rate=0.3, seed=5, retry_after_s=0.02, slow_s=3.0)
    with serve(Script(note_keeper), faults=faults) as server:
        sessions = play(server, run, temperature=temperature, **NOTES)
        met = Counter(received.fault for received in server.requests)
        again = play(server, run, temperature=temperature, **NOTES)
        assert sum(met.values()) == len(server.requests)
    assert set(met) == {None, *FAULTS}
    assert again == sessions
    said = status(run)
    assert set(said["status"]) <= {"complete", "failed"}
    replies = {}
    for line in read_calls(run / "calls.jsonl"):
        if line["kind"] == "reply" and line["purpose"] == "choice":
            replies.setdefault((line["session"], line["trial"]), []).append(line)
    choices = Counter()
    for session in sessions:
        failed = said.loc[session.session, "status"] == "failed"
        assert [trial.trial for trial in session.trials] == list(range(len(session.trials)))
        assert len(session.trials) < 10 if failed else len(session.trials) == 10
        assert bool(said.loc[session.session, "reason"]) == failed
        for trial in session.trials:
            last = replies[session.session, trial.trial][-1]
            (color,) = re.findall(r"<Answer>(\w+)</Answer>", note_keeper(last["request"]))
            assert trial.label == color
            choices[session.session, trial.trial] += 1
    assert set(choices.values()) == {1}
    # At temperature 0 an empty or filtered reply is the last word of its session; otherwise it is asked again.
    n_failed = int((said["status"] == "failed").sum())
    assert n_failed > 0 if temperature == 0 else n_failed == 0
    for session, reason in said["reason"][said["status"] == "failed"].items():
        assert "1 illegal answers" in reason, session


KILLED = textwrap.dedent("""
    import os, random, signal, sys, time
    import numba, openai, torch  # before the fork, so that no start pays for them again
    from pathlib import Path
    from twinbean.subjects.registry import SubjectOptions
    from twinbean.runs.replaying import replay
    base_url, run, kills = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])

    def play():
        options = SubjectOptions(
            base_url=base_url, memory="notes", templates="buttons-notes", temperature=0.0, concurrency=4
        )
        replay("five_armed_buttons", model="api:script", run=run, samples=6, options=options)

    def size():
        calls = run / "calls.jsonl"
        return calls.stat().st_size if calls.exists() else 0

    rng = random.Random(7)
    for _ in range(kills):
        more = size() + rng.randrange(3_000, 25_000)
        child = os.fork()
        if child == 0:
            play()
            os._exit(0)
        while size() < more and os.waitpid(child, os.WNOHANG) == (0, 0):
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = [line for line in (run / "calls.jsonl").read_bytes().split(b"\\n")[:-1]]
        print(len(lines), flush=True)
    play()
""")


def test_killed_ten_times_and_resumed_a_run_ends_with_the_same_table_and_pays_for_no_reply_twice(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    with serve(Script(note_keeper)) as server:
        play(server, whole, samples=6, temperature=0.0, **NOTES)
    with serve(Script(note_keeper), delay_s=0.02) as server:
        command = [sys.executable, "-W", "ignore", "-c", KILLED, server.base_url, str(killed), "10"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
        assert result.returncode == 0, result.stderr
        asked = Counter(received.key for received in server.requests)
        n_paid = server.n_paid
    kept = [int(line) for line in result.stdout.split()]
    assert len(kept) == 10
    assert kept == sorted(kept)
    assert kept[0] < kept[-1] < 120
    assert (killed / "trials.csv").read_bytes() == (whole / "trials.csv").read_bytes()
    replies = Counter(line["key"] for line in read_calls(killed / "calls.jsonl") if line["kind"] == "reply")
    assert set(replies.values()) == {1}
    assert len(replies) == n_paid == 6 * 10 * 2
    # Asked again were only calls that were under way when the client was killed, at most four each time.
    assert sum(times - 1 for times in asked.values()) <= 10 * 4


def test_a_key_is_in_no_file_log_or_error(tmp_path, monkeypatch, caplog, capsys):
    key = 'sk-"secret"/1234567890'
    monkeypatch.setenv("TWINBEAN_API_KEY", key)
    caplog.set_level(logging.DEBUG)

    def tell_tale(body):
        return f"{note_keeper(body)} The key is {key}, or {json.dumps(key)}."

    with serve(Script(tell_tale), key=key, faults=Faults(rate=0.2, seed=3, retry_after_s=0.01, slow_s=0)) as server:
        play(server, tmp_path / "run", samples=3, **NOTES)
        monkeypatch.setenv("TWINBEAN_API_KEY", "sk-other-secret")
        with pytest.raises(SubjectUnavailable, match=r"refused the key \(401\): set TWINBEAN_API_KEY") as caught:
            play(server, tmp_path / "refused", samples=2, **NOTES)
    files = [path for folder in ("run", "refused") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    assert len(files) > 6
    texts = [path.read_text(encoding="utf-8") for path in files]
    texts += [
        "".join(traceback.format_exception(caught.value)),
        caplog.text,
        repr(caplog.records),
        *capsys.readouterr(),
    ]
    for text in texts:
        assert "secret" not in text
    assert any("[key]" in text for text in texts)


def test_one_sessions_failure_does_not_stop_the_others(tmp_path):
    def say(body):
        return "no answer" if "played 4 times" in body["messages"][1]["content"] and next(turns) else note_keeper(body)

    turns = iter([True] + [False] * 1000)
    with serve(Script(say)) as server:
        play(server, tmp_path / "run", samples=4, temperature=0.0, **NOTES)
    said = status(tmp_path / "run")["status"]
    assert Counter(said) == {"complete": 3, "failed": 1}


def test_a_budget_interrupts_a_run_and_a_larger_one_goes_on(tmp_path):
    with serve(Script(note_keeper)) as server:
        play(server, tmp_path / "run", samples=4, max_calls=30, **NOTES)
        assert len(server.requests) == 30
        assert "interrupted" in set(status(tmp_path / "run")["status"])
        sessions = play(server, tmp_path / "run", samples=4, max_calls=100, **NOTES)
        assert len(server.requests) == 80
    assert [len(session.trials) for session in sessions] == [10] * 4


@pytest.mark.parametrize("memory", ["transcript", "turns", "summary", "notes"])
def test_a_dry_run_counts_the_requests_that_a_run_sends(tmp_path, memory):
    options = {"memory": memory, "temperature": 0.0}
    notes = f"<HISTORY>{80 * 'as seen '}</HISTORY>"

    def say(body):
        return notes if "<HISTORY>" in body["messages"][-1]["content"] else "<Answer>blue</Answer>"

    with serve(Script(say)) as server:
        rehearsal = rehearse(
            "five_armed_buttons",
            model="api:script",
            samples=3,
            options=SubjectOptions(base_url=server.base_url, **options),
        )
        assert not server.requests
        play(server, tmp_path / "run", samples=3, **options)
        assert rehearsal.n_calls == len(server.requests)
        asked = sum(len(json.dumps(received.body["messages"])) for received in server.requests)
    assert rehearsal.prompt_tokens == pytest.approx(asked / 4, rel=0.5)
    assert rehearsal.completion_tokens > 0
    assert rehearsal.reasoning is False


def test_only_a_model_behind_an_endpoint_has_a_dry_run():
    with pytest.raises(SubjectError, match="'random' is no model behind an endpoint"):
        rehearse("five_armed_buttons", model="random")


def test_after_recorded_choices_notes_are_written_for_them_too(tmp_path):
    with serve(Script(note_keeper)) as server:
        people = play(server, tmp_path / "people", samples=2, **NOTES)
        before = len(server.requests)
        sessions = play(server, tmp_path / "run", samples=2, data=people, after=4, **NOTES)
        asked = server.requests[before:]
    for session, person in zip(sessions[::2], people, strict=True):
        assert [trial.label for trial in session.trials[:4]] == [trial.label for trial in person.trials[:4]]
        # The player is deterministic, and its notes after four recorded choices are those it would have written.
        assert [trial.label for trial in session.trials] == [trial.label for trial in person.trials]
    per_session = Counter((line["session"], line["purpose"]) for line in read_calls(tmp_path / "run" / "calls.jsonl")
                          if line["kind"] == "reply")  # fmt: skip
    assert set(per_session.values()) == {6, 10}
    recorded = next(one.body["messages"] for one in asked if len(one.body["messages"]) == 4)
    assert recorded[2]["content"] == f"<Answer>{people[0].trials[0].label}</Answer>"


def test_notes_without_tags_are_empty_and_flagged(tmp_path):
    def say(body):
        return "nothing in tags" if len(body["messages"]) == 4 else "<Answer>red</Answer>"

    with serve(Script(say)) as server:
        play(server, tmp_path / "run", samples=1, **NOTES)
        assert "so far:\n\n\n\nWhich button" in server.requests[2].body["messages"][1]["content"]
    flags = [line for line in read_calls(tmp_path / "run" / "calls.jsonl") if line["kind"] == "flag"]
    assert [flag["missing"] for flag in flags] == [True] * 10


# Log-probabilities in chat


def logps(**probabilities):
    import math

    return lambda body: {token: math.log(p) for token, p in probabilities.items()}


def test_choices_are_drawn_here_from_the_log_probabilities_of_the_first_token(tmp_path):
    with serve(Script(lambda body: "blue", logps=logps(blue=0.5, green=0.25, red=0.1, yellow=0.1, purple=0.05))) as s:
        sessions = play(s, tmp_path / "run", samples=60, reading="logprobs")
    drawn = Counter(trial.label for session in sessions for trial in session.trials)
    assert drawn["blue"] / 600 == pytest.approx(0.5, abs=0.06)
    assert drawn["purple"] / 600 == pytest.approx(0.05, abs=0.03)
    trial = sessions[0].trials[0]
    assert trial.p == pytest.approx((0.5, 0.25, 0.1, 0.1, 0.05))
    assert trial.legal_mass == pytest.approx(1.0)


def test_where_a_label_is_not_listed_the_endpoints_own_token_counts_and_the_rest_is_unresolved(tmp_path):
    with serve(Script(lambda body: "purple", logps=logps(blue=0.5, green=0.25))) as server:
        (session,) = play(server, tmp_path / "run", samples=1, reading="logprobs")
    assert {trial.label for trial in session.trials} == {"purple"}
    assert {(trial.logp, trial.legal_mass, trial.p) for trial in session.trials} == {(None, None, ())}
    flags = [line for line in read_calls(tmp_path / "run" / "calls.jsonl") if line["kind"] == "flag"]
    assert flags[0]["unresolved_mass"] == pytest.approx(0.25)
    assert flags[0]["missing_labels"] == ["red", "yellow", "purple"]


def test_after_notes_a_probability_is_conditional_and_not_the_choices(tmp_path):
    def say(body):
        return "<HISTORY>x</HISTORY>" if len(body["messages"]) == 4 else "red"

    even = logps(blue=0.2, green=0.2, red=0.2, yellow=0.2, purple=0.2)
    with serve(Script(say, logps=even)) as server:
        (session,) = play(server, tmp_path / "run", samples=1, reading="logprobs", memory="notes")
    assert {trial.logp for trial in session.trials} == {None}
    flags = [line for line in read_calls(tmp_path / "run" / "calls.jsonl") if "p_conditional" in line]
    assert [flag["p_conditional"] for flag in flags] == pytest.approx([0.2] * 10)


def test_null_log_probabilities_end_the_session_with_the_providers_name(tmp_path):
    with serve(Script(lambda body: "red")) as server:
        play(server, tmp_path / "run", samples=1, reading="logprobs")
        assert f"127.0.0.1:{server.port} gave no log-prob" in status(tmp_path / "run")["reason"].iloc[0]


def test_step_by_step_reasoning_and_the_first_token_do_not_go_together(tmp_path):
    with serve(Script(lambda body: "red")) as server, pytest.raises(SubjectError, match="comes before the answer"):
        play(server, tmp_path / "run", reading="logprobs", reasoning=True)


@pytest.mark.parametrize(("reading", "said"), [("structured", '{"answer": "red"}'), ("choice", "red")])
def test_constrained_answers_carry_the_legal_labels_in_the_request(tmp_path, reading, said):
    with serve(Script(lambda body: said)) as server:
        (session,) = play(server, tmp_path / "run", samples=1, reading=reading)
        body = server.requests[0].body
    assert {trial.label for trial in session.trials} == {"red"}
    assert '["blue", "green", "red", "yellow", "purple"]' in json.dumps(
        body["response_format"] if reading == "structured" else body["structured_outputs"]
    )


def test_plain_completions_are_asked_at_the_opened_response(tmp_path):
    with serve(Script(lambda body: "red", logps=logps(red=0.6, blue=0.1, green=0.1, yellow=0.1, purple=0.1))) as server:
        play(server, tmp_path / "said", samples=1, endpoint="completions")
        assert all(received.body["prompt"].endswith("You press <<") for received in server.requests)
        (session,) = play(server, tmp_path / "logps", samples=1, endpoint="completions", reading="logprobs")
    assert session.trials[0].p == pytest.approx((0.1, 0.1, 0.6, 0.1, 0.1))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"endpoint": "completions", "memory": "notes"}, "reads the transcript as it is"),
        ({"endpoint": "completions", "reading": "structured"}, "no structured outputs"),
        ({"endpoint": "fax"}, "expected chat or completions"),
        ({"reading": "mind"}, "the reading is 'mind', expected one of text, structured, choice, logprobs"),
        ({"seed_compatible": True, "reading": "choice"}, "stand in tags"),
        ({"concurrency": 0}, "the concurrency is 0"),
    ],
)
def test_options_that_do_not_go_together_are_refused_and_leave_nothing(tmp_path, options, reason):
    with serve(Script(lambda body: "red")) as server, pytest.raises(SubjectError, match=reason):
        play(server, tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


def test_the_illegal_rate_counts_first_attempts(tmp_path):
    attempts = Counter()

    def say(body):
        asked = body["messages"][1]["content"]
        attempts[asked] += 1
        return "nothing" if "made 3 of 10" in asked and attempts[asked] <= 2 else "<Answer>red</Answer>"

    with serve(Script(say)) as server:
        play(server, tmp_path / "run", samples=1, memory="summary")
    (notes,) = read_notes([tmp_path / "run"])
    assert (notes.n_illegal, notes.n_asked) == (1, 10)
    lines = [json.loads(line) for line in (tmp_path / "run" / "trials.jsonl").read_text().splitlines()]
    assert [line["attempt"] for line in lines if line["kind"] == "illegal"] == [0, 1]


def test_a_model_that_is_not_there_ends_the_run_at_once_and_the_run_goes_on_when_it_is(tmp_path):
    with serve(Script(note_keeper, model="other")) as server:
        with pytest.raises(SubjectUnavailable, match="has no model 'script'"):
            play(server, tmp_path / "run", samples=50, concurrency=2, **NOTES)
        assert len(server.requests) <= 2
        port = server.port
    with serve(Script(note_keeper), port=port) as server:
        sessions = play(server, tmp_path / "run", samples=50, **NOTES)
    assert {len(session.trials) for session in sessions} == {10}


@pytest.mark.parametrize(
    ("options", "said", "limit"),
    [
        ({}, "<Answer>red</Answer>", 4096),
        ({"max_tokens": 77}, "<Answer>red</Answer>", 77),
        ({"memory": "notes"}, "<Answer>red</Answer><HISTORY>x</HISTORY>", 4096),
        ({"reading": "structured"}, '{"answer": "red"}', 4096),
        ({"reading": "choice"}, "red", 4096),
        ({"endpoint": "completions"}, "red", 16),
    ],
)
def test_every_request_has_a_limit_of_tokens(tmp_path, options, said, limit):
    with serve(Script(lambda body: said)) as server:
        play(server, tmp_path / "run", samples=1, **options)
        assert {received.body["max_tokens"] for received in server.requests} == {limit}


@pytest.mark.parametrize("kind", ["escapes", "error_in_escapes"])
def test_what_a_server_says_moves_no_terminal(tmp_path, capsys, monkeypatch, kind):
    run = tmp_path / "run"
    with serve(Script(lambda body: "red"), faults=Faults(rate=1, kinds=[kind])) as server:
        command = f"twinbean replay five_armed_buttons --model api:script --temperature 0 --base-url {server.base_url}"
        monkeypatch.setattr(sys, "argv", [*command.split(), "-o", str(run)])
        with pytest.raises(SystemExit):
            main()
    told = capsys.readouterr()
    assert "u001b" in told.out or "x1b" in told.out or kind == "escapes"
    for text in (*told, (run / "sessions.csv").read_text()):
        assert all(line.isprintable() for line in text.splitlines())


def test_a_dry_run_needs_no_package_that_sends(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    for name in [name for name in sys.modules if name.startswith("twinbean.subjects.endpoint")]:
        monkeypatch.delitem(sys.modules, name)
    options = SubjectOptions(base_url="http://localhost/v1")
    rehearsal = rehearse("five_armed_buttons", model="api:script", samples=2, options=options)
    assert rehearsal.n_calls == 20


def test_a_dry_run_of_completions_counts_the_probe_too():
    options = SubjectOptions(base_url="http://localhost/v1", endpoint="completions", reading="logprobs")
    rehearsal = rehearse("five_armed_buttons", model="api:script", samples=2, options=options)
    assert rehearsal.n_calls == 20 + 1 + 6
