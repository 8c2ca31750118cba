"""`twinbean train`: what is refused before a model is loaded, each in one sentence."""

from __future__ import annotations

import json
import sys

import pytest

from choosers import person
from twinbean import cli, to_table


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    people = [person(number, trials=40) for number in range(8)]
    to_table(people).to_csv("study.tidy.csv", index=False)
    twin = people[0].replace(participant="again", session="again")
    to_table([*people, twin]).to_csv("twice.tidy.csv", index=False)
    lines = [json.dumps({"text": "You press <<Q>>.", "participant": n}) for n in range(3)]
    (tmp_path / "prompts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "file").touch()

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["twinbean", "train", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code, *capfd.readouterr()

    return call


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["study.tidy.csv", "-o", "file"], "file is a file, expected a folder"),
        (["study.tidy.csv", "-o", "m", "--split", "half"], "--split is 'half', expected three shares, as 70,10,20"),
        (["study.tidy.csv", "-o", "m", "--split", "0,1,1"], "the split is '0,1,1', expected shares of train"),
        (["study.tidy.csv", "-o", "m", "--group", "age"], "age of participant 'p000' is nothing"),
        (["study.tidy.csv", "-o", "m", "--rank", "0"], "rank is 0, expected at least 1"),
        (["study.tidy.csv", "-o", "m", "--learning-rate", "nan"], "learning_rate is nan, expected more than 0"),
        (["prompts.jsonl", "-o", "m"], "name them with --labels"),
        (["twice.tidy.csv", "-o", "m", "--split", "50,0,50", "--seed", "0"], "they are one person on two sides"),
        (["missing.csv", "-o", "m"], "missing.csv"),
    ],
)
def test_what_cannot_be_is_refused_with_nothing_written(run, tmp_path, arguments, sentence):
    status, out, err = run(*arguments, "--model", "hf:nowhere")
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert sentence in err
    assert not (tmp_path / "m").exists()
