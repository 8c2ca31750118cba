"""Kinds of stimuli that other packages add: as good as Twinbean's own, or refused in a sentence."""

from __future__ import annotations

import base64
import hashlib
import html
import importlib
import json
import re

import pytest
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit

import twinbean
from collecting import Called
from plugin_packages import RATED, install_kind, offer
from twinbean.cli import app
from twinbean.errors import EmissionError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return install_kind(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def installed(folder, monkeypatch):
    monkeypatch.syspath_prepend(str(folder))


@pytest.fixture
def rated(installed, tmp_path):
    (tmp_path / "rated.py").write_text(RATED, encoding="utf-8")
    return str(tmp_path / "rated.py")


def test_a_kind_from_outside_is_asked_of_a_model_and_its_row_says_so(rated, tmp_path):
    def model(prompt):
        return "2" if "bandits" in prompt else "6"

    rows, prompts = twinbean.run_on_language(twinbean.load_task(rated).build(), model)
    assert rows[0] == {"prompt": "How are you?", "steps": 7, "response": 6, "response_asked": True, "mood": 6}
    assert "".join(prompts).startswith("How are you? From 1 to 7, you answer <<6>>. You see 2 bandits.")
    assert [bandit["value"] for bandit in rows[1]["bandits"]] == [60, 1]
    played = twinbean.replay(rated, model=model, run=tmp_path / "run")
    assert played[0].responses == ((0, 6),)
    table = (tmp_path / "run" / "responses.csv").read_text(encoding="utf-8").splitlines()
    assert table[1].split(",")[4:7] == ["0", "How are you?", "6"]
    manifest = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert manifest["versions"]["twinbean-rating"] == "1.0"


def test_only_a_page_that_shows_a_kind_from_outside_has_its_script_and_no_other_may_run(rated):
    page, other = twinbean.export(rated), twinbean.export("two_armed_bandit")
    assert 'twinbean.kind("Rating"' in page
    assert "twinbean.kind(" not in other
    assert "window.twinbean.kind" not in other
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (policy,) = re.findall(r"script-src (.*?);", html.unescape(page))
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert policy.split() == [f"'sha256-{one}'" for one in hashes]


def test_the_page_of_a_study_has_the_kinds_of_all_its_conditions(installed, tmp_path):
    code = RATED.replace(
        "experiment = ", "def build(*, rng, rate=False):\n    bandit = Bandit(bandits=arms)\n    return "
    )
    code = code.replace("Rating(", "*([Rating(").replace("), Bandit(bandits=arms)]", ")] * rate), bandit]")
    (tmp_path / "rated.py").write_text(code, encoding="utf-8")
    with Called(tmp_path / "study", str(tmp_path / "rated.py"), conditions={"rate": [False, True]}) as study:
        assert 'twinbean.kind("Rating"' in study.get("/").text


KIND = """
from twinbean import AskingKind, Kind, Offer
from {package} import Scale

class ScaleKind(AskingKind):
    name = "Scale"
    stimuli = (Scale,)
    arguments = ("prompt",)
    script = "scale.js"

    def offer(self, arguments, where):
        return Offer(labels=("1", "2"), values=(1, 2), opening="You answer ")
"""
SCALE = """
from {base} import {name}
class Scale({name}):
    pass
"""


@pytest.fixture
def scale(tmp_path, monkeypatch):
    """Exports a task whose stimulus comes from a package `package`, whose kind is written as `code`."""

    def export(package, code=KIND, *, base="twinbean", name="Stimulus", script="scale.js"):
        offer(tmp_path, package, "twinbean.kinds", monkeypatch, Scale=f"{package}.kind:ScaleKind")
        (tmp_path / package).mkdir()
        for file, text in {"__init__.py": SCALE, "kind.py": code, script: "twinbean.kind"}.items():
            (tmp_path / package / file).write_text(text.format(package=package, base=base, name=name), encoding="utf-8")
        arguments = {"bandits": [{"color": "red", "value": 1}] * 2} if name == "Bandit" else {"args": {"prompt": "?"}}
        experiment = Experiment([Block([importlib.import_module(package).Scale(**arguments)])])
        return twinbean.export(twinbean.Task(name="scale", build=lambda: experiment, fixed=True))

    return export


def test_a_kind_may_lie_in_another_module_than_its_stimulus(scale):
    assert "twinbean.kind" in scale("fine_scale")


@pytest.mark.parametrize(
    ("package", "change", "problem"),
    [
        ("unloaded_scale", ("Offer\n", "Offers\n"), "cannot be loaded: ImportError: cannot import name 'Offers'"),
        ("misnamed_scale", ('"Scale"', '"Other"'), "calls itself 'Other', expected 'Scale'"),
        ("silent_scale", ("def offer", "def offers"), "has no method offer"),
        (
            "unread_scale",
            ("(AskingKind):", "(Kind):\n    responses = {{'response'}}"),
            "is neither an AskingKind nor people_only, so that nobody could",
        ),
        ("unshown_scale", ("    script", "    scripts"), "does not say its script"),
        ("lost_scale", ("scale.js", "lost.js"), "has no script 'lost.js' in lost_scale (FileNotFoundError)"),
        (
            "no_scale",
            ("class ScaleKind(AskingKind)", "ScaleKind = 1\nclass It(AskingKind)"),
            "is 1, expected a subclass",
        ),
    ],
)
def test_a_kind_that_is_broken_is_refused_at_export_in_one_sentence(scale, capsys, package, change, problem):
    assert change[0] in KIND
    with pytest.raises(EmissionError) as refused:
        scale(package, KIND.replace(*change))
    about = f"stimulus kind 'Scale' of {package} "
    assert str(refused.value).startswith(f"block 1, stimulus 1 (Scale) cannot be played: {about}")
    assert problem in str(refused.value)
    app(["plugins"], standalone_mode=False)
    assert problem[:30] in " ".join(capsys.readouterr().out.split())


def test_a_broken_kind_of_a_stimulus_that_is_derived_from_another_is_not_played_as_that_one(scale):
    with pytest.raises(EmissionError, match="stimulus kind 'Scale' of derived_scale has no method offer"):
        scale("derived_scale", KIND.replace("def offer", "def offers"), base="sweetbean.stimulus", name="Bandit")


def test_a_broken_kind_stands_in_no_other_stimulus_way(tmp_path, monkeypatch):
    offer(tmp_path, "broken", "twinbean.kinds", monkeypatch, Nothing="nowhere_at_all:It")

    class MyBandit(Bandit):
        pass

    arms = [{"color": "red", "value": 1}, {"color": "blue", "value": 0}]
    rows, _ = twinbean.run_on_language(Experiment([Block([MyBandit(bandits=arms)])]), lambda prompt: "1")
    assert rows[0]["value"] == 1


def test_two_kinds_of_one_name_are_nobodys(scale, tmp_path, monkeypatch):
    offer(tmp_path / "other", "rival", "twinbean.kinds", monkeypatch, Scale="nowhere_at_all:It")
    with pytest.raises(
        EmissionError, match="stimulus kind 'Scale' is offered by rival and shared_scale: uninstall one"
    ):
        scale("shared_scale")
