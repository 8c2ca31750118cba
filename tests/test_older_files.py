"""What Twinbean 0.1.0 wrote is read, replayed, scored, resumed and compared, with the numbers that 0.1.0 gave.

tests/fixtures/release_0_1_0/README.md says what is there. Only the command line and `twinbean.*` are used here, so that
the package can be rearranged. Cells are compared by value; columns and names that came later are let pass.
"""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import twinbean
from twinbean import cli
from twinbean.sessions.cells import unmarked

FIXTURES = Path(__file__).parent / "fixtures" / "release_0_1_0"
PEOPLE = sorted(path.name for path in (FIXTURES / "people").iterdir())
RUNS = sorted(path.parent.name for path in (FIXTURES / "runs").glob("*/whole"))
KILLED = [name for name in RUNS if (FIXTURES / "runs" / name / "killed").is_dir()]


def arguments(name):
    """The command of a run, without its output."""
    return json.loads((FIXTURES / "runs" / name / "command.json").read_text(encoding="utf-8"))


def asks_a_language_model(name):
    return not {"--model=smollm2", "--model=api:note-keeper"}.isdisjoint(arguments(name))


# A language model takes seconds to load; what it says is checked where its runs are resumed.
REPEATED = [name for name in RUNS if name not in KILLED or not asks_a_language_model(name)]
FINISHED = [name for name in RUNS if arguments(name)[0] == "replay" and not asks_a_language_model(name)]
PORT = 48127
# What the choices settle: where the likelihood is flat, a parameter is as good at one bound as at the other.
OF_FITS = ("participant", "model", "nll", "mean_nll", "n_choices", "n_parameters", "aic", "bic")


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """A copy of the fixtures with everything unpacked."""
    folder = tmp_path_factory.mktemp("older") / "release"
    shutil.copytree(FIXTURES, folder)
    for packed in folder.rglob("*.gz"):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    return folder


@pytest.fixture
def run(older, monkeypatch, capsys):
    """The command line in the folder of the fixtures; what it says on standard output."""

    def call(*arguments):
        monkeypatch.chdir(older)
        monkeypatch.setattr(sys, "argv", ["twinbean", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        # Since 0.2.0 a run without one usable session says so to the shell.
        expected = 1 if "--model=script:scripts/illegal.txt" in arguments else 0
        assert left.value.code == expected, said.err
        return said.out

    return call


@pytest.fixture
def model(request, run):
    """Lets a test pass by whose model is not to be had here."""

    def need(command):
        if "--model=smollm2" in command:
            try:
                run("models", "fetch", "smollm2")
            except AssertionError as error:
                pytest.skip(f"SmolLM2 cannot be had here: {error}")
        if "--model=api:note-keeper" in command:
            request.getfixturevalue("note_keeper")

    return need


@pytest.fixture(scope="module")
def note_keeper():
    """The server that keeps notes, where it stood when the fixtures were made."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            pytest.skip(f"port {PORT} is taken")
    command = [sys.executable, "-m", "twinbean.testing", "--port", str(PORT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        server.stdout.readline()
        yield
        server.terminate()


# ---- comparing by value


def value(cell):
    """A cell of a table: a number, a list, an object or text; None where it is empty."""
    if cell in ("", None):
        return None
    try:
        return json.loads(cell)
    except ValueError:
        return {"True": True, "False": False}.get(cell, cell)


def cells(path):
    with path.open(encoding="utf-8", newline="") as file:
        # Since 0.2.0 a text that a spreadsheet would run is marked as text.
        return [{name: value(cell) for name, cell in unmarked(row).items()} for row in csv.DictReader(file)]


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


SINCE = {"whole_score": "shown_score", "score": "shown_score"}


def check_rows(found, expected, *, within=1e-9):
    """Every row that 0.1.0 wrote, in its order; whatever else stands in a row came later.

    Since then the score that was shown is told apart from what the main phase paid.
    """
    found = [row for row in found if row.get("measure") != "main_score"]
    assert len(found) == len(expected)
    for number, (row, old) in enumerate(zip(found, expected, strict=True)):
        for called, cell in old.items():
            name = called if called in row else SINCE.get(called, called)
            where = f"row {number}, {name}"
            assert name in row, where
            if isinstance(cell, dict):
                # The fingerprint of a later format is another.
                kept = {key: one for key, one in cell.items() if key != "fingerprint"}
                check_rows([row[name]], [kept], within=within)
            elif is_numeric(cell):
                assert row[name] == pytest.approx(cell, rel=within, abs=within), where
            else:
                assert row[name] in (cell, SINCE["whole_score"] if cell == "whole_score" else cell), where


def is_numeric(cell):
    if isinstance(cell, list):
        return bool(cell) and all(map(is_numeric, cell))
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def in_order(rows):
    return sorted(rows, key=lambda row: (str(row["session"]), row["trial"]))


def check_run(found, expected, *, within=1e-9):
    """The tables and texts of two runs."""
    check_rows(cells(found / "trials.csv"), cells(expected / "trials.csv"), within=within)
    check_rows(lines(found / "transcripts.jsonl"), lines(expected / "transcripts.jsonl"))
    if (expected / "sessions.csv").exists():
        rows = [cells(folder / "sessions.csv") for folder in (found, expected)]
        check_rows(rows[0], [{name: cell for name, cell in row.items() if name != "resumed"} for row in rows[1]])


# ---- people


@pytest.mark.parametrize("name", PEOPLE)
def test_what_a_page_saved_is_read_as_it_was(older, run, tmp_path, name):
    run("convert", f"people/{name}", "-o", tmp_path / "table.csv")
    check_rows(cells(tmp_path / "table.csv"), cells(older / "tables" / f"{name}.csv"))


@pytest.mark.parametrize("name", ["two_armed_bandit", "iowa_gambling"])
def test_what_was_played_at_the_terminal_is_read_as_it_was(older, run, tmp_path, name):
    run("convert", f"played/{name}.json", "-o", tmp_path / "table.csv")
    check_rows(cells(tmp_path / "table.csv"), cells(older / "tables" / f"played-{name}.csv"))


@pytest.mark.parametrize("name", PEOPLE)
def test_the_definition_pays_scores_and_tells_what_it_did(older, run, tmp_path, name):
    """Every choice is the record's, nobody is asked, and everything else is computed anew."""
    for data in sorted((older / "people" / name).iterdir()):
        (person,) = twinbean.read(data)
        made = sum(trial.choice is not None and not trial.forced for trial in person.trials)
        nobody = ("--model=script:scripts/nothing.txt", f"--after={made}", "-o", tmp_path / data.stem)
        run("replay", name.partition("-")[0], f"people/{name}/{data.name}", *nobody)
        check_run(tmp_path / data.stem, older / "expected" / name / data.stem)
        manifest = json.loads((tmp_path / data.stem / "run.json").read_text(encoding="utf-8"))
        assert manifest["matched"] == {"structure": 1}


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("horizon", {"bean_value": 999}, "the record has reward 999"),
        (
            "horizon",
            {"bean_pages": ["Another story."]},
            "screens, and the definition does not give as many with the same",
        ),
        ("two_armed_bandit", {"bean_text": "Score: 999"}, "does not give as many with the same words"),
        ("two_armed_bandit", {"bean_score": 999}, "the record has score 999"),
    ],
)
def test_data_that_only_look_like_the_tasks_are_refused(older, run, tmp_path, name, change, said):
    """Their fingerprint cannot say so: one row that a page of 0.1.0 did not record is found."""
    rows = json.loads((older / "people" / name / "p1.json").read_text(encoding="utf-8"))
    changed = [row for row in rows if change.keys() <= row.keys() and row.get("bean_response", 0) is not None]
    changed = changed or [row for row in rows if change.keys() <= row.keys()]
    changed[-1].update(change, **{key.removeprefix("bean_"): one for key, one in change.items()})
    (tmp_path / "p1.json").write_text(json.dumps(rows))
    for command in ("replay", "score"):
        with pytest.raises(AssertionError, match=said):
            run(command, name, tmp_path / "p1.json", "--model=rw:alpha=0.3,beta=0.1", "-o", tmp_path / "run")
        assert not (tmp_path / "run").exists()


def test_the_fixtures_hold_what_is_rare(older):
    """Forced trials, several variants, a session that ended early."""
    trials = {name: [t for s in twinbean.read(older / "people" / name) for t in s.trials] for name in PEOPLE}
    assert Counter(trial.forced for trial in trials["horizon"])[True] == 32
    assert len({s.variant for s in twinbean.read(older / "people" / "restless_four_armed-variants")}) > 1
    assert len(twinbean.read(older / "played" / "iowa_gambling.json")[0].trials) == 8
    assert {name.partition("-")[0] for name in PEOPLE} == {
        path.name.partition(".")[0] for path in (FIXTURES / "tasks").iterdir()
    }


@pytest.mark.parametrize("name", [name for name in PEOPLE if (FIXTURES / "tasks" / f"{name}.py.gz").exists()])
def test_a_task_file_written_for_0_1_0_is_played(older, tmp_path, name):
    """As `twinbean new` left it with a user, imports and all. In a process of its own, where a warning is no error."""
    data = older / "people" / name / "p1.json"
    (person,) = twinbean.read(data)
    made = sum(trial.choice is not None and not trial.forced for trial in person.trials)
    command = ["replay", f"tasks/{name}.py", data, "--model=script:scripts/nothing.txt", f"--after={made}"]
    program = "import sys; sys.argv[0] = 'twinbean'; from twinbean.cli import main; main()"
    call = [sys.executable, "-c", program, *map(str, command), "-o", str(tmp_path / "run")]
    done = subprocess.run(call, cwd=older, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    check_run(tmp_path / "run", older / "expected" / name / "p1")


# ---- runs


@pytest.mark.parametrize("name", REPEATED)
def test_the_same_command_gives_the_same_run(older, run, model, tmp_path, name):
    command = arguments(name)
    model(command)
    run(*command, "-o", tmp_path / "run")
    check_run(tmp_path / "run", older / "runs" / name / "whole", within=1e-3)


@pytest.mark.parametrize("name", KILLED)
def test_a_run_that_was_killed_goes_on_to_the_end_it_would_have_had(older, run, model, tmp_path, name):
    command = arguments(name)
    model(command)
    folder = tmp_path / "run"
    shutil.copytree(older / "runs" / name / "killed", folder)
    left = (folder / "trials.jsonl").read_bytes()
    kept = left[: left.rfind(b"\n") + 1]
    run(*command, "-o", folder)
    assert (folder / "trials.jsonl").read_bytes().startswith(kept)
    check_run(folder, older / "runs" / name / "whole", within=1e-3)
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (resumption,) = manifest["resumed"]
    # What 0.1.0 called the task cannot be compared; its records were computed anew.
    assert resumption["matched"] == "structure"
    assert resumption["fingerprint"].startswith("2:")
    assert not manifest["fingerprint"].startswith("2:")


@pytest.mark.parametrize("name", KILLED)
def test_a_run_that_was_killed_is_read_as_far_as_it_came(older, name):
    folder = older / "runs" / name
    whole = {(s.session, s.sample): s.trials for s in twinbean.read(folder / "whole")}
    sessions = twinbean.read(folder / "killed")
    assert 0 < sum(len(s.trials) for s in sessions) < sum(map(len, whole.values()))
    for session in sessions:
        expected = whole[session.session, session.sample]
        assert [t.choice for t in session.trials] == [t.choice for t in expected[: len(session.trials)]]


@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_run_is_not_played_again(older, run, tmp_path, name):
    shutil.copytree(older / "runs" / name / "whole", tmp_path / "run")
    before = (tmp_path / "run" / "trials.jsonl").read_bytes()
    run(*arguments(name), "-o", tmp_path / "run")
    assert (tmp_path / "run" / "trials.jsonl").read_bytes() == before
    check_run(tmp_path / "run", older / "runs" / name / "whole")


def test_sessions_that_failed_stay_failed_with_their_reason(older):
    rows = {name: cells(older / "runs" / name / "whole" / "sessions.csv") for name in RUNS}
    (failed,) = rows["two_armed_bandit-failed"]
    assert failed["status"] == "failed"
    assert "4 illegal answers, the last '3'" in failed["reason"]
    assert Counter(row["status"] for row in rows["five_armed_buttons-free"])["failed"] > 0


def test_another_run_in_the_folder_is_still_refused(older, run, tmp_path):
    shutil.copytree(older / "runs" / "leapfrog-replay" / "killed", tmp_path / "run")
    with pytest.raises(AssertionError, match="holds another run: its after is 3, asked for is 4"):
        run(*[one.replace("--after=3", "--after=4") for one in arguments("leapfrog-replay")], "-o", tmp_path / "run")


# ---- tables, runs and texts as data


@pytest.mark.parametrize(
    "data",
    [
        *("tables/horizon.csv", "tables/horizon.parquet", "tables/leapfrog-missed.parquet"),
        "runs/horizon-replay/whole",
    ],
)
def test_a_table_or_run_is_data_like_a_pages(older, run, tmp_path, data):
    if data.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    task = Path(data.removesuffix("-replay/whole")).stem.partition("-")[0]
    run("replay", task, data, "--model=rw:alpha=0.3,beta=0.1", "--after=4", "-o", tmp_path / "run")
    people = {(one.participant, one.session): one for one in twinbean.read(older / data)}
    sessions = twinbean.read(tmp_path / "run")
    assert len(sessions) == len(people)
    for session in sessions:
        person = people[session.participant, session.session.rpartition(".")[0]]
        assert [t.outcomes for t in session.trials] == [t.outcomes for t in person.trials]


def test_a_session_that_ended_early_is_continued_from_there(older, run, tmp_path):
    data = "played/iowa_gambling.json"
    run("replay", "iowa_gambling", data, "--model=script:scripts/decks.txt", "--after=8", "-o", tmp_path / "run")
    (session,) = twinbean.read(tmp_path / "run")
    assert "".join(trial.label for trial in session.trials) == "ABCDABCD" + "ABCD"


def test_transcripts_are_scored_as_texts(older, run, model, tmp_path):
    model(["--model=smollm2"])
    texts = "runs/two_armed_bandit-score/whole/transcripts.jsonl"
    run("score", "transcripts", texts, "--labels=1,2", "--model=smollm2", "-o", tmp_path / "run")
    # The task's own run scored the very same texts.
    found, expected = (
        twinbean.read(folder) for folder in (tmp_path / "run", older / "runs/two_armed_bandit-score/whole")
    )
    assert [t.logp for s in found for t in s.trials] == pytest.approx(
        [t.logp for s in expected for t in s.trials], abs=1e-3
    )


def test_the_wide_table_of_a_run_with_notes_is_what_it_was(older, run, tmp_path):
    run("convert", "runs/five_armed_buttons-notes/whole", "--wide", "-o", tmp_path / "wide.csv")
    check_rows(cells(tmp_path / "wide.csv"), cells(older / "tables" / "wide.csv"))


# ---- numbers about people and models


def test_cognitive_models_fit_as_they_did(older, run, tmp_path):
    data = ("people/two_armed_bandit", "people/horizon", "people/leapfrog")
    run("fit", *data, "-o", tmp_path / "fits.csv")
    found, expected = (
        [{key: row[key] for key in OF_FITS} for row in cells(path)]
        for path in (tmp_path / "fits.csv", older / "tables" / "fits.csv")
    )
    check_rows(found, expected, within=1e-4)


def test_people_and_models_are_compared_with_the_same_numbers(older, run, tmp_path):
    runs = ("runs/two_armed_bandit-replay/whole", "runs/two_armed_bandit-score/whole")
    run("compare", "people/two_armed_bandit", *runs, "-o", tmp_path / "comparison")
    found, expected = (
        json.loads((folder / "comparison" / "comparison.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, older)
    )
    assert found["tasks"] == expected["tasks"]
    fits = {"fits": [{key: row[key] for key in OF_FITS} for row in expected["tables"]["fits"]]}
    for name, rows in (expected["tables"] | fits).items():
        if name == "parameters":
            continue
        # Since 0.2.0 a model is compared with the best of its kind in another way (docs/measures.md).
        kept = [{name: cell for name, cell in row.items() if not name.startswith("behind")} for row in rows]
        check_rows(found["tables"][name], kept, within=1e-4)
