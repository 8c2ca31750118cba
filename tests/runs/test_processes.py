"""One process or many, in any order: a participant's game is the same."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pandas as pd
import pytest

from twinbean.cli import app

PEOPLE = ("ann", "bob", "cy")


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Sessions of three participants, played by a learner that explores."""
    folder = tmp_path_factory.mktemp("people")
    command = ["replay", "two_armed_bandit", "--model", "random", "--samples", "3", "-o", str(folder / "run")]
    app(command, standalone_mode=False)
    trials = pd.read_csv(folder / "run" / "trials.csv")
    for name, (_, session) in zip(PEOPLE, trials.groupby("participant"), strict=True):
        session.assign(participant=name, session=name, source="human").to_csv(folder / f"{name}.csv", index=False)
    return {name: folder / f"{name}.csv" for name in PEOPLE}


def command(people, names, run):
    files = [str(people[name]) for name in names]
    return ["replay", "two_armed_bandit", *files, "--model", "rw", "--after", "4", "--samples", "2", "-o", str(run)]


def test_three_participants_in_one_process_have_the_totals_of_three_processes(people, tmp_path):
    alone = []
    for name in PEOPLE:
        program = [
            sys.executable,
            "-c",
            "from twinbean.cli import main; main()",
            *command(people, [name], tmp_path / name),
        ]
        subprocess.run(program, check=True, capture_output=True)
        alone.append(pd.read_csv(tmp_path / name / "trials.csv"))
    expected = pd.concat(alone).sort_values(["participant", "sample", "trial"], ignore_index=True)
    assert expected.groupby(["participant", "sample"])["shown_score"].last().nunique() > 1

    for number, order in enumerate(itertools.permutations(PEOPLE)):
        app(command(people, order, tmp_path / f"together-{number}"), standalone_mode=False)
        together = pd.read_csv(tmp_path / f"together-{number}" / "trials.csv")
        pd.testing.assert_frame_equal(
            together.sort_values(["participant", "sample", "trial"], ignore_index=True), expected
        )
