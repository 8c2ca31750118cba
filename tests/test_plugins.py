"""What other packages add by entry points: the examples, installed as users install them, and what breaks."""

from __future__ import annotations

import json

import numpy as np
import pytest

import twinbean
from plugin_packages import EXAMPLES, install, offer
from twinbean._plugins import Registry
from twinbean.cli import app
from twinbean.cli.plugins import registries
from twinbean.cognitive import MODELS, Scale, choices_of, model, trial_log_likelihoods
from twinbean.cognitive.recovery import recover
from twinbean.cognitive.simulation import environment
from twinbean.errors import SubjectError, TaskError, TwinbeanError
from twinbean.testing.responders import Script
from twinbean.testing.server import serve


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("installed")
    install(target, *EXAMPLES)
    return target


@pytest.fixture
def installed(folder, monkeypatch):
    monkeypatch.syspath_prepend(str(folder))


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return twinbean.replay("two_armed_bandit", model="rw", samples=3, run=folder / "run")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short(example):
    code = [path for path in example.rglob("*.*") if path.suffix in (".py", ".js", ".toml")]
    assert {".py", ".toml"} <= {path.suffix for path in code}
    per_file = [len(path.read_text(encoding="utf-8").splitlines()) for path in code]
    assert (sum(per_file) if example.name == "kind" else max(per_file)) < 60


def test_every_sort_of_plugin_has_an_example(installed):
    assert all(list(registry.plugins()) for registry in registries())


def test_a_task_from_outside_is_exported_and_played(installed, tmp_path):
    task = twinbean.load_task("two_coins")
    assert (task.name, task.source) == ("two_coins", "Sutton & Barto 2018, section 2.1")
    assert "two_coins" in twinbean.export("two_coins", parameters={"trials": 4})
    played = twinbean.replay("two_coins", model="rw", parameters={"trials": 4}, run=tmp_path / "run")
    assert [session.n_choices for session in played] == [4]


def test_a_provider_from_outside_plays_with_its_own_options(installed, tmp_path):
    with serve(Script(lambda body: "2")) as server:
        played = twinbean.replay(
            "two_armed_bandit", model="acme:script", base_url=server.base_url, temperature=0.5, run=tmp_path / "run"
        )
        assert {received.body["temperature"] for received in server.requests} == {0.5}
        assert len(server.requests) == 11
    assert {trial.label for trial in played[0].trials} == {"2"}
    assert played[0].source == "acme:script"


def test_an_option_that_a_provider_does_not_have_is_refused_by_name(installed, tmp_path):
    with pytest.raises(SubjectError, match="temprature is 0.5, and acme:script has no use for it: its options are "):
        twinbean.replay("two_armed_bandit", model="acme:script", temprature=0.5, run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_command_line_gives_a_provider_its_own_options_and_the_run_names_its_version(installed, tmp_path):
    run = tmp_path / "run"
    with serve(Script(lambda body: "2")) as server:
        command = [
            "replay",
            "two_armed_bandit",
            "--model",
            "acme:script",
            "-o",
            str(run),
            "--option",
            "temperature=0.25",
        ]
        app([*command, "--base-url", server.base_url], standalone_mode=False)
        assert {received.body["temperature"] for received in server.requests} == {0.25}
    manifest = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert manifest["subject"] == {"model": "script", "temperature": 0.25}
    assert manifest["versions"]["twinbean-acme"] == "1.0"
    with pytest.raises(SubjectError, match="effort is 'high', and acme:script has no use for it"):
        app([*command, "--option", "effort=high"], standalone_mode=False)


def test_a_scorer_from_outside_scores(installed, people, tmp_path):
    human = [session.replace(source="human") for session in people]
    scored = twinbean.score("two_armed_bandit", human, model="acme", run=tmp_path / "run")
    for session in scored:
        chosen = [0, 0]
        for trial in session.trials:
            expected = np.log((chosen[trial.choice] + 1) / (sum(chosen) + 2))
            assert trial.logp_legal == pytest.approx(expected)
            chosen[trial.choice] += 1


def test_a_cognitive_model_from_outside_is_fitted_plays_recovers_and_predicts(installed, people, tmp_path):
    fits = twinbean.fit(people, models=["rw", "pearce_hall"]).set_index("model")
    assert fits.loc["pearce_hall", "n_parameters"].tolist() == [4, 4, 4]
    assert fits.loc["pearce_hall", ["kappa", "eta", "beta", "lapse"]].notna().all(axis=None)
    predicted = twinbean.predictive(people, across="trials", models=["pearce_hall"])
    assert predicted["nll"].notna().all()
    met = environment((np.random.default_rng(0).random((60, 2)) < [0.2, 0.8]).astype(float).tolist())
    found = recover([met], models=["pearce_hall"], simulations=2)
    assert set(found.summary["parameter"]) == {"kappa", "eta", "beta", "lapse"}
    human = [session.replace(source="human") for session in people]
    compared = twinbean.compare(human, fits=twinbean.fit_models(human, models=["pearce_hall"]))
    assert "pearce_hall" in set(compared.likelihood["model"])
    page = twinbean.write_report(compared, tmp_path / "report").read_text(encoding="utf-8")
    assert "Pearce-Hall" in page


def test_a_learner_from_outside_finds_choices_as_likely_as_its_fit_does(installed, people, tmp_path):
    human = [session.replace(source="human") for session in people]
    (scored, *_) = twinbean.score("two_armed_bandit", human, model="pearce_hall", kappa=0.7, run=tmp_path / "run")
    choices = choices_of([human[0]], Scale())[0]
    expected = trial_log_likelihoods(model("pearce_hall"), [0.7, 0.3, 5, 0.05], choices)
    assert [trial.logp_legal for trial in scored.trials] == pytest.approx(expected.tolist(), abs=1e-9)


def test_a_measure_from_outside_is_in_every_table_and_in_the_report(installed, people, tmp_path):
    compared = twinbean.compare([session.replace(source="human") for session in people])
    for session in people:
        choices = "".join(str(trial.choice) for trial in session.trials)
        longest = max(len(run) for run in choices.replace("01", "0 1").replace("10", "1 0").split())
        row = compared.sessions[compared.sessions["session"] == session.session]
        assert row["longest_run"].tolist() == [longest]
    assert "Longest run" in twinbean.write_report(compared, tmp_path).read_text(encoding="utf-8")


def test_a_memory_from_outside_is_all_that_a_model_is_told(installed, tmp_path):
    with serve(Script(lambda body: "<Answer>2</Answer>")) as server:
        options = {"base_url": server.base_url, "memory": "recent"}
        twinbean.replay("two_armed_bandit", model="api:script", run=tmp_path / "run", **options)
        last = server.requests[-1].body["messages"]
    assert [message["role"] for message in last] == ["system", "user"]
    assert last[1]["content"].count("You chose") <= 5
    assert "Score: 4" not in last[1]["content"].splitlines()[0]


def test_plugins_are_listed_with_where_they_come_from(installed, capsys):
    app(["plugins"], standalone_mode=False)
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["task", "two_coins", "twinbean-coins"] in rows
    assert ["memory", "recent", "twinbean-recent"] in rows
    assert ["cognitive", "model", "rw", "twinbean"] in rows


def test_a_broken_plugin_is_one_sentence_and_the_others_work(installed, people, tmp_path, monkeypatch, capsys):
    for number, group in enumerate(("tasks", "models", "measures", "subjects")):
        offer(tmp_path / group, f"broken{number}", f"twinbean.{group}", monkeypatch, broken="nowhere_at_all:it")
    with pytest.raises(TaskError, match="task 'broken' of broken0 cannot be loaded: ModuleNotFoundError: No module"):
        twinbean.load_task("broken")
    with pytest.raises(TwinbeanError, match="cognitive model 'broken' of broken1 cannot be loaded"):
        twinbean.fit(people, models=["broken"])
    with pytest.raises(SubjectError, match="model 'broken' of broken3 cannot be loaded"):
        twinbean.replay("two_armed_bandit", model="broken", run=tmp_path / "run")
    compared = twinbean.compare([session.replace(source="human") for session in people])
    assert [warning for warning in compared.warnings if "broken2" in warning]
    assert {"score", "longest_run"} <= set(compared.sessions)
    assert twinbean.load_task("two_coins").name == "two_coins"
    app(["plugins"], standalone_mode=False)
    assert "measure 'broken' of broken2 cannot be loaded" in " ".join(capsys.readouterr().out.split())


def test_what_comes_with_twinbean_keeps_its_name(tmp_path, monkeypatch, capsys):
    offer(tmp_path, "thief", "twinbean.models", monkeypatch, rw="nowhere_at_all:it")
    assert model("rw") is MODELS["rw"]
    app(["plugins"], standalone_mode=False)
    assert "'rw' is offered by twinbean and thief" in " ".join(capsys.readouterr().out.split())


def test_a_name_that_two_packages_offer_is_nobodys(tmp_path, monkeypatch):
    for package in ("one", "other"):
        offer(tmp_path / package, package, "twinbean.things", monkeypatch, same="json:dumps")
    things = Registry(group="twinbean.things", what="thing", built_in={})
    with pytest.raises(TwinbeanError, match="thing 'same' is offered by one and other"):
        things.find("same")


def test_what_a_plugin_offers_is_what_it_should_be(tmp_path, monkeypatch):
    offer(tmp_path, "wrong", "twinbean.models", monkeypatch, wrong="json:dumps")
    with pytest.raises(
        TwinbeanError, match="cognitive model 'wrong' of wrong is a function, expected a CognitiveModel"
    ):
        model("wrong")


@pytest.mark.parametrize("registry", registries(), ids=lambda registry: registry.what)
def test_what_comes_with_twinbean_stands_in_its_registry_under_its_name(registry):
    for entry in registry.entries():
        if entry.is_built_in and registry.what != "task":
            assert registry.load(entry) is not None
