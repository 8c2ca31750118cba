"""`twinbean serve --pair MODEL`: what the model plays, who is told of it and when, and that nobody's answers wait."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collecting import Called, access, stored
from pages_and_servers import wait_for
from pairs import FailingOnce, Halting, Paired
from taking_part import rows_for, take_part
from twinbean.collect.collected import collected_session
from twinbean.collect.erasing import erase
from twinbean.collect.pairing.beginning import beginning_of
from twinbean.collect.pairing.opening import PairWanted, remember
from twinbean.collect.privacy import privacy_page
from twinbean.collect.reading import read
from twinbean.collect.store import StudyError
from twinbean.comparison import compare
from twinbean.sessions import Session
from twinbean.sessions.questions import Answer, Question
from twinbean.tasks.task import load
from twinbean.testing.recorded import recorded_rows
from twinbean.testing.responders import Script
from twinbean.testing.server import serve
from twinbean.watching.document import watch

FIXTURES = Path(__file__).parents[1] / "fixtures" / "collecting"
TRIALS = 6
SHORT = {"parameters": {"trials": TRIALS}}


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("new_database") if request.param == "postgres" else None


@pytest.fixture
def study(tmp_path: Path, database: str | None) -> Iterator[Paired]:
    with Paired(tmp_path / "study", "rw", database=database, **SHORT) as called:
        yield called


def runs(study: Called) -> Path:
    return study.study.folder / "pair"


def paid(rows: list[bytes]) -> list[list[float]]:
    """What every arm would have paid at each trial, as the browser's rows have it."""
    return [
        [bandit["value"] for bandit in row["bean_bandits"]] for row in map(json.loads, rows) if "bean_bandits" in row
    ]


@pytest.mark.parametrize("model", ["rw", Halting()], ids=["a learner", "a script"])
def test_the_model_meets_what_every_arm_paid_the_visitor_under_their_condition(
    tmp_path: Path, model: str | Halting
) -> None:
    wanted = {"variants": 3, "conditions": {"trials": [4, 5]}}
    with Paired(tmp_path / "study", model, "restless_four_armed", **wanted) as study:
        visitors = [take_part(study, who) for who in ("ann", "bob", "cem", "dee")]
        for visitor in visitors:
            assert study.told(visitor)["state"] == "ready"
        met = {session.session: session for session in read(runs(study))}
        for visitor in visitors:
            session = met[f"{visitor['session']}.0"]
            assert [list(trial.outcomes) for trial in session.trials] == paid(visitor["sent"])
            assert {trial.origin for trial in session.trials} == {"subject"}
    assert len({str(paid(visitor["sent"])[0]) for visitor in visitors}) > 1, "all met the same: nothing is shown"
    assert {len(session.trials) for session in met.values()} == {4, 5}


class Knowing(Halting):
    """Answers the quizzes of practised.py."""

    name = "knowing"

    async def ask(self, question: Question) -> Answer:
        label = "two" if "two" in question.labels else question.labels[0]
        return Answer(label=label, raw=label)


def test_the_model_plays_the_order_of_the_visitor_and_the_practice(tmp_path: Path) -> None:
    task = str(FIXTURES / "practised.py")
    with Paired(tmp_path / "study", Knowing(), task, variants=4) as study:
        ways = {}
        for choices in range(200):
            opened = study.open(f"p{choices}")
            sent = list(recorded_rows(load(task), opened, participant="p", choices=choices))
            if "bean_bandits" not in json.loads(sent[-1]):
                continue  # screened out by a quiz
            study.send(opened, 0, sent)
            study.finish(opened, sent)
            assert study.told(opened)["state"] == "ready"
            ways[f"{opened['session']}.0"] = opened["variant"]["arrangement"], paid(sent)
            if len({way["order"] for way, _ in ways.values()}) == 2:
                break
        found = {session.session: session for session in read(runs(study))}
        assert found.keys() == ways.keys()
        for name, (way, payoffs) in ways.items():
            assert found[name].kept.items() >= way.items()
            assert [list(trial.outcomes) for trial in found[name].trials] == payoffs
            assert {trial.origin for trial in found[name].trials} == {"subject"}, "the practice is played, too"


def test_nothing_of_the_model_is_told_before_the_end_though_it_has_played(study: Paired) -> None:
    opened = take_part(study, "ann", outcome=None)
    wait_for(lambda: (runs(study) / opened["session"] / "trials.csv").exists(), "the model has played to its end")
    early = study.asked(opened)
    assert early.status_code == 403
    assert set(early.json()) == {"error"}
    study.finish(opened, opened["sent"])
    assert study.told(opened)["state"] == "ready"


def test_only_the_sessions_own_token_is_told(study: Paired) -> None:
    ann, bob = take_part(study, "ann"), take_part(study, "bob")
    study.told(ann)
    assert study.asked(bob, of=ann["session"]).status_code == 401
    assert study.asked(ann, Authorization="Bearer x").status_code == 401
    assert study.asked(ann, Authorization="").status_code == 401
    assert study.asked(ann, **{"Twinbean-Lease": "0" * 32}).status_code == 409
    for odd in ("0" * 16, "x" * 5_000, "..%2F..%2Fstudy.json", "%00", "-1", "' OR 1=1 --"):
        assert study.asked(ann, of=odd).status_code in (401, 404)
    assert study.post(f"sessions/{ann['session']}/pair", {}, headers=access(ann)).status_code == 405


def test_a_study_without_a_pair_has_none_to_be_asked_for(tmp_path: Path) -> None:
    with Called(tmp_path / "study", **SHORT) as study:
        opened = take_part(study, "ann")
        assert study.get(f"/api/1/sessions/{opened['session']}/pair").status_code == 404
        page = study.get("/").text
    with Paired(tmp_path / "study", "rw") as study:
        paired = study.get("/").text
        assert not runs(study).joinpath(opened["session"]).exists(), "who came before the pair is not played for"
    with Called(tmp_path / "study") as study:
        assert study.get("/").text == page
    assert "pair" not in page.replace("repair", "").lower().split("<script>")[-2]
    assert len(page) < len(paired) < 300_000


def test_the_model_begins_with_the_same_whenever_it_does(study: Paired) -> None:
    opened = study.open("ann")
    sent = rows_for(study, opened, "ann")
    first = next(number for number, row in enumerate(sent, start=1) if b"bean_bandits" in row)
    assert first < len(sent) - 1

    def beginning() -> Session | None:
        one = study.study.store.read(lambda transaction: collected_session(transaction, opened["session"]))
        assert one is not None
        return beginning_of(one, {})

    study.send(opened, 0, sent[:first])
    early = beginning()
    assert early is not None
    assert len(early.trials) == 1
    study.send(opened, first, sent[first:])
    study.finish(opened, sent, outcome="screened_out")
    assert beginning() == early


def test_both_courses_are_told_as_the_two_have_played(study: Paired) -> None:
    opened = take_part(study, "ann")
    own, other = study.told(opened)["courses"]
    chosen = [row["bean_response"] for row in map(json.loads, opened["sent"]) if "bean_bandits" in row]
    assert [trial["choice"] for trial in own] == chosen
    (session,) = read(runs(study))
    assert [trial["choice"] for trial in other] == [trial.choice for trial in session.trials]
    assert own[-1]["score"] == sum(trial["reward"] for trial in own)
    assert other[-1]["score"] == sum(trial.reward or 0 for trial in session.trials)


def test_a_model_that_is_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    first = Halting(after=3)
    study = Paired(tmp_path / "study", first, **SHORT)
    ann, bob = take_part(study, "ann"), take_part(study, "bob")
    assert first.stands.wait(120)
    assert study.asked(ann).json() == {"state": "playing", "done": 3, "of": TRIALS}
    assert study.asked(bob).json() == {"state": "waiting", "before": 1}
    closing = threading.Thread(target=study.__exit__)
    closing.start()
    wait_for(study.pair._stopping.is_set, "the server is being stopped")
    first.goes_on.set()
    closing.join()
    wait_for(lambda: not study.pair._thread.is_alive(), "the model has stopped")
    journal = runs(study) / ann["session"] / "trials.jsonl"
    before = journal.read_bytes()
    assert before.count(b'"kind": "trial"') == 4

    second = Halting()
    with Paired(tmp_path / "study", second) as study:
        assert study.told(ann)["state"] == study.told(bob)["state"] == "ready"
        assert not any((runs(study) / ".waiting").iterdir())
    assert journal.read_bytes().startswith(before)
    assert second.asked == [(f"{ann['session']}.0", n) for n in (4, 5)] + [
        (f"{bob['session']}.0", n) for n in range(TRIALS)
    ]


def test_a_model_that_fails_is_said_and_harms_nobody(tmp_path: Path) -> None:
    with Paired(tmp_path / "study", FailingOnce(), **SHORT) as study:
        ann = take_part(study, "ann")
        assert study.told(ann) == {"state": "failed"}
        bob = take_part(study, "bob")
        assert study.told(bob)["state"] == "ready"
        wait_for(lambda: bool(study.problems()), "the problem is noted")
        assert "the weights are gone" in study.problems()[0]
        for visitor in (ann, bob):
            sent = [
                row for (session, _), row in sorted(stored(study.study.folder).items()) if session == visitor["session"]
            ]
            assert sent == visitor["sent"]
    with Paired(tmp_path / "study", Halting()) as study:
        assert study.told(ann)["state"] == "ready"


def test_whatever_a_failure_says_is_noted(tmp_path: Path, database: str | None) -> None:
    model = FailingOnce()
    model.why = "the reply was \0\ud800"
    with Paired(tmp_path / "study", model, database=database, **SHORT) as study:
        assert study.told(take_part(study, "ann")) == {"state": "failed"}
        assert study.told(take_part(study, "bob"))["state"] == "ready"
        wait_for(lambda: bool(study.problems()), "the problem is noted")
        assert study.problems()[0].endswith(r"RuntimeError: the reply was \x00\ud800")


def test_illegal_answers_end_the_models_session_for_good_and_its_run_says_why(tmp_path: Path) -> None:
    class Rambling(Halting):
        async def ask(self, question: Question) -> Answer:
            return Answer(label=None, raw="I would rather not")

    with Paired(tmp_path / "study", Rambling(), **SHORT) as study:
        ann = take_part(study, "ann")
        assert study.told(ann) == {"state": "failed"}
        with (runs(study) / ann["session"] / "sessions.csv").open() as file:
            (row,) = csv.DictReader(file)
        assert row["status"] == "failed"
        assert "I would rather not" in row["reason"]
    with Paired(tmp_path / "study", Halting()) as study:
        assert study.told(ann) == {"state": "failed"}


def test_a_bound_of_requests_is_one_for_all_visitors_and_starts(tmp_path: Path) -> None:
    with serve(Script(lambda body: "<Answer>1</Answer>")) as server:
        wanted = {"options": {"base_url": server.base_url, "max_calls": TRIALS + 2}, **SHORT}
        with Paired(tmp_path / "study", "api:script", **wanted) as study:
            ann = take_part(study, "ann")
            assert study.told(ann)["state"] == "ready"
            assert len(server.requests) == TRIALS
        with Paired(tmp_path / "study", "api:script", **wanted) as study:
            bob = take_part(study, "bob")
            assert study.told(bob) == {"state": "failed"}
            wait_for(lambda: bool(study.problems()), "the problem is noted")
            assert "--max-calls" in study.problems()[-1]
    assert len(server.requests) == TRIALS + 2


def test_who_withdraws_or_is_erased_leaves_nothing_of_the_models_run(study: Paired) -> None:
    ann, bob = take_part(study, "ann"), take_part(study, "bob")
    for visitor in (ann, bob):
        study.told(visitor)
    assert study.withdraw(ann).status_code == 200
    assert not (runs(study) / ann["session"]).exists()
    assert study.asked(ann).status_code == 410
    erase(study.study, "bob")
    assert not (runs(study) / bob["session"]).exists()
    assert study.asked(bob).status_code in (401, 410)


def test_somebody_who_withdraws_while_the_model_plays_is_played_for_no_further(tmp_path: Path) -> None:
    model = Halting(after=2)
    with Paired(tmp_path / "study", model, **SHORT) as study:
        ann = take_part(study, "ann", outcome=None)
        assert model.stands.wait(120)
        assert study.withdraw(ann).status_code == 200
        model.goes_on.set()
        wait_for(lambda: not (runs(study) / ann["session"]).exists(), "the run is gone")
        assert study.told(take_part(study, "bob"))["state"] == "ready"
        assert [session for session, _ in model.asked].count(f"{ann['session']}.0") == 3


def test_rows_that_are_not_the_tasks_are_played_for_with_no_payoffs_of_theirs(study: Paired) -> None:
    opened = study.open("ann")
    forged = [row.replace(b'"seed":0', b'"seed":1') for row in rows_for(study, opened, "ann")]
    assert forged != rows_for(study, opened, "ann")
    study.send(opened, 0, forged)
    study.finish(opened, forged)
    assert study.told(opened) == {"state": "failed"}
    assert not (runs(study) / opened["session"]).exists()


def test_test_visits_are_played_for_and_are_no_data(study: Paired) -> None:
    opened = take_part(study, "ann", test=True)
    assert study.told(opened)["state"] == "ready"
    assert not any(folder.name == opened["session"] for folder in runs(study).iterdir())


def test_the_models_runs_are_data_to_be_compared_and_watched_beside_the_visitors(study: Paired) -> None:
    ann, bob = take_part(study, "ann"), take_part(study, "bob")
    for visitor in (ann, bob):
        study.told(visitor)
    own, other = read(study.study.folder), read(runs(study))
    assert [session.source for session in (*own, *other)] == ["human", "human", "rw", "rw"]
    by_name: dict[str, Session] = {session.session: session for session in (*own, *other)}
    html = watch(load("two_armed_bandit"), by_name[ann["session"]], beside=by_name[f"{ann['session']}.0"])
    assert "rw" in html
    table = compare([*own, *other]).sessions
    met = {row["session"]: row["met"] for row in table.to_dict("records") if row["source"] == "rw"}
    assert met == {f"{visitor['session']}.0": visitor["session"] for visitor in (ann, bob)}


def test_a_study_has_one_pair_for_good_whose_bounds_may_change(tmp_path: Path) -> None:
    with Called(tmp_path / "study", **SHORT) as study:
        remember(study.study, PairWanted(model="rw"))
        remember(study.study, PairWanted(model="rw", options={"max_calls": 3}))
        with pytest.raises(StudyError, match="was served with --pair rw, and ucb would be another pair"):
            remember(study.study, PairWanted(model="ucb"))


def test_an_ethics_board_reads_that_a_model_plays(tmp_path: Path) -> None:
    with Called(tmp_path / "study", **SHORT) as study:
        assert "plays the same payoffs" not in privacy_page(study.study)
        remember(study.study, PairWanted(model="rw"))
        assert "A model (rw) plays the same payoffs beside each participant" in privacy_page(study.study)


NO_CHOICE = """
from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
experiment = Experiment([Block([Text(text="Hello", choices=["f"])], timeline=[{}])])
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--pair", "nobody"], "there is no model 'nobody'"),
        (["--pair", "rw", "--closed-loop"], "--pair cannot be had in a closed loop"),
        (["--pair-option", "max-cost=2"], "--pair-option max-cost=2 is an option of a model, and none is named"),
        (["--pair", "rw", "--pair-option", "max-cost=much"], "--pair-option max-cost is 'much', expected a number"),
        (["--pair", "rw", "--pair-option", "memory=notes"], "rw"),
        (["--pair", "hybrid"], "--pair hybrid cannot play 'two_armed_bandit'"),
    ],
)
def test_what_cannot_be_paired_is_refused_in_a_sentence_and_leaves_nothing(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, options: list[str], said: str
) -> None:
    status, printed, complaint = run("serve", "two_armed_bandit", "-o", "study", "--port", "0", *options)
    assert (status, printed) == (2, "")
    assert said in complaint
    assert complaint.count("\n") == 1
    assert not (tmp_path / "study").exists()


def test_a_task_without_choices_has_nothing_to_be_paired(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "hello.py").write_text(NO_CHOICE, encoding="utf-8")
    status, _, complaint = run("serve", "hello.py", "-o", "study", "--port", "0", "--pair", "rw")
    assert status == 2
    assert "has nothing to play: 'hello' asks for no choice among options" in complaint
