"""`twinbean score`: a run, and its ablations beside it; one summary line each."""

from __future__ import annotations

import json
import re
import sys

import pytest

from twinbean import cli
from twinbean.cli.arguments import progress_bar
from twinbean.errors import SubjectError
from twinbean.subjects.local import fetch_smollm2

LINE = {"text": "Choose Q or D.\nYou press <<Q>> and get 7.\nYou press <<D>> and get 2.\n", "experiment": "e"}


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps(LINE | {"participant": str(number)}) + "\n" for number in range(2)]
    (tmp_path / "t.jsonl").write_text("".join(lines), encoding="utf-8")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["twinbean", "score", *map(str, arguments)])
        capfd.readouterr()
        try:
            cli.main()
        except SystemExit as left:
            status = left.code
        return status, *capfd.readouterr()

    return call


@pytest.fixture
def smollm2():
    try:
        fetch_smollm2()
    except SubjectError as error:
        pytest.skip(f"SmolLM2 cannot be had here: {error}")


@pytest.mark.usefixtures("smollm2")
def test_ablations_are_runs_beside_the_plain_one(run, tmp_path):
    status, out, err = run("transcripts", "t.jsonl", "--model", "smollm2", "--device", "cpu", "--ablate", "-o", "out")
    assert (status, err) == (0, "")
    names = ["out", "out-instructions", "out-choices", "out-rewards", "out-labels"]
    assert [line.split(":")[0] for line in out.splitlines()] == names
    assert all(
        re.search(r": 2 sessions, 4 choices, mean NLL over legal labels \d\.\d{4} nats \(chance 0\.6931\)$", line)
        for line in out.splitlines()
    )
    for name in names:
        assert (tmp_path / name / "trials.csv").exists()
    manifests = [json.loads((tmp_path / name / "run.json").read_text()) for name in names]
    assert [manifest["ablation"] for manifest in manifests] == [None, "instructions", "choices", "rewards", "labels"]
    assert {manifest["found"]["encoded_otherwise"] for manifest in manifests} <= {0, 1, 2}


@pytest.mark.usefixtures("smollm2")
def test_an_ablation_that_cannot_be_is_left_out_with_its_reason(run, tmp_path):
    text = "You press <<1>> and get 7.\nYou press <<2>> and get 2.\n"
    (tmp_path / "t.jsonl").write_text(json.dumps(LINE | {"text": text, "participant": "p"}) + "\n", encoding="utf-8")
    arguments = ("--labels", "1,2", "--model", "smollm2", "--device", "cpu", "--ablate", "-o", "out")
    status, out, err = run("transcripts", "t.jsonl", *arguments)
    assert status == 0
    assert [line.split(":")[0] for line in out.splitlines()] == ["out", "out-choices", "out-rewards"]
    assert "out-instructions is left out: the text of 'p' begins with its first trial: it has no instructions" in err
    assert "out-labels is left out: the labels of 'p' are 1, 2: numbers look like payoffs" in err
    assert not (tmp_path / "out-labels").exists()


def test_a_learner_has_no_ablations(run, tmp_path):
    status, out, err = run("transcripts", "t.jsonl", "--model", "random", "--ablate", "-o", "out")
    assert (status, out) == (2, "")
    assert err == "twinbean: error: random reads no text, so --ablate would change nothing\n"
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_not_there_is_not_said_to_have_no_ablations(run):
    status, _, err = run("transcripts", "t.jsonl", "--model", "smolm2", "--ablate", "-o", "out")
    assert (status, err) == (2, "twinbean: error: there is no model 'smolm2': `twinbean models` lists them\n")


def test_progress_shows_sessions_pace_and_legal_mass(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "150")
    with progress_bar("sessions") as progress:
        progress(3, 8, choices=300, of_choices=900, legal_mass=0.256)
    err = capsys.readouterr().err
    assert "3/8" in err
    assert "choices/s" in err
    assert "legal mass 0.26" in err
