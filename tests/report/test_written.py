"""What lies beside a report, and in it from elsewhere: methods, references, comparison.json, what models were shown."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from twinbean.comparison import compare, fit_models, read_notes
from twinbean.errors import DataError
from twinbean.report import write_report
from twinbean.runs.examples import Message
from twinbean.runs.replaying import replay
from twinbean.sessions import Session, Trial, read


def people(n: int = 12) -> list[Session]:
    rng = np.random.default_rng(0)
    found = []
    for number in range(n):
        arms = rng.integers(0, 2, 8)
        trials = tuple(
            Trial(trial=t, choice=int(arm), label="AB"[arm], reward=1.0 - arm, outcomes=(1.0, 0.0), offered=(0, 1),
                  labels=("A", "B"), feedback="all")
            for t, arm in enumerate(arms)
        )  # fmt: skip
        found.append(Session(participant=f"p{number}", session=f"p{number}", task="coins_100%", trials=trials))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of people and a learner that went on from their third choice."""
    folder = tmp_path_factory.mktemp("written")
    replay("recorded", people(), model="wsls1", after=3, samples=2, seed=7, run=folder / "run")
    sessions = [*people(), *read(folder / "run")]
    fits = fit_models(sessions, models=["base_rate"])
    write_report(compare(sessions, fits=fits, runs=read_notes([folder / "run"])), folder / "report", title="A <title>")
    return folder


def content(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "report" / "comparison.json").read_text(encoding="utf-8"))
    return loaded


def test_comparison_json_has_what_its_schema_says(folder: Path) -> None:
    text = (resources.files("twinbean.report") / "comparison.schema.json").read_text(encoding="utf-8")
    schema, found = json.loads(text), content(folder)
    assert set(schema["required"]) <= set(found) == set(schema["properties"])
    assert found["format"] == max(schema["properties"]["format"]["enum"])
    tables = schema["properties"]["tables"]
    assert set(tables["required"]) <= set(found["tables"])
    for name, table in tables["properties"].items():
        for row in found["tables"][name]:
            assert set(table["items"]["required"]) <= set(row), name


def test_the_methods_paragraph_says_what_the_manifest_says(folder: Path) -> None:
    said = content(folder)["methods"]
    assert "12 people played coins_100% (2 arms). Nobody was excluded." in said
    assert "wsls1 continued each session after 3 recorded choices (2 samples each)" in said
    assert "seed 7" in said
    assert "Cognitive models (base_rate) were fitted" in said
    assert said in (folder / "report" / "report.html").read_text(encoding="utf-8").replace("&#39;", "'")


def test_references_are_of_what_was_used_and_of_nothing_else(folder: Path) -> None:
    text = (folder / "report" / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"@\w+\{([^,]+),", text)
    assert {"twinbean", "task_coins_100", "model_wsls1", "numpy", "hesterberg2015"} <= set(keys)
    assert len(keys) == len(set(keys))
    assert "fieller1954" not in keys
    # What LaTeX would take for a comment.
    assert r"coins\_100\%" in text
    assert all(entry.count("{") == entry.count("}") for entry in text.replace(r"\{", "").split("\n\n"))


def test_a_title_takes_the_place_of_the_question(folder: Path) -> None:
    page = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert "<h1>A &lt;title&gt;</h1>" in page
    assert "How alike" not in page


def test_figures_lie_beside_their_numbers(folder: Path) -> None:
    table = pd.read_csv(folder / "report" / "figures" / "agreement.csv")
    means = table[table["participant"].isna() & (table["curve"] != "chance")]
    found = pd.DataFrame(content(folder)["tables"]["agreement"])
    # Five trials are drawn one by one.
    assert list(means["mean"]) == pytest.approx(list(found["agreement"]))
    assert list(means["low"]) == pytest.approx(list(found["agreement_low"]))
    assert list(means["x"]) == list(found["lag"])


def test_axes_begin_where_trials_do(folder: Path) -> None:
    table = pd.read_csv(folder / "report" / "figures" / "learning_3.csv")
    assert table["x"].min() == 4


def test_of_two_arms_one_is_drawn(folder: Path) -> None:
    names = {path.stem for path in (folder / "report" / "figures").glob("arm_*.svg")}
    assert names == {"arm_0_0", "arm_0_3"}


def test_a_whole_transcript_is_shown_with_the_choices_that_were_the_records(folder: Path) -> None:
    (notes,) = read_notes([folder / "run"])
    assert notes.example is not None
    choices = [piece for piece in notes.example.pieces if piece.is_choice]
    first = people()[0]
    assert [piece.text for piece in choices[:3]] == [trial.label for trial in first.trials[:3]]
    assert [piece.recorded for piece in choices] == [True] * 3 + [False] * 5
    assert all(0 <= piece.p <= 1 for piece in choices[3:] if piece.p is not None)
    text = json.loads((folder / "run" / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()[0])["text"]
    said = "".join(f"<<{piece.text}>>" if piece.is_choice else piece.text for piece in notes.example.pieces)
    assert said == text


def test_the_first_and_last_messages_to_an_endpoint_are_shown(folder: Path, tmp_path: Path) -> None:
    for path in (folder / "run").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = [
        {"format": 1, "kind": "reply", "session": "p0.0", "request": {"messages": [{"role": "user", "content": said}]},
         "reply": {"choices": [{"message": {"content": f"to {said}"}}]}}
        for said in ("one <b>", "two", "three")
    ]  # fmt: skip
    lines.append({**lines[0], "session": "p1.0"})
    (tmp_path / "calls.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + "damaged\n")
    (notes,) = read_notes([tmp_path])
    assert notes.example is not None
    assert notes.example.exchanges == (
        (Message(role="user", text="one <b>"), Message(role="reply", text="to one <b>")),
        (Message(role="user", text="three"), Message(role="reply", text="to three")),
    )
    page = write_report(compare(people(), runs=[notes]), tmp_path / "report").read_text(encoding="utf-8")
    assert "one &lt;b&gt;" in page


def predictions(**columns: Any) -> pd.DataFrame:
    rows = {"participant": [f"p{n}" for n in range(12)], "source": "human", "model": "rw"}
    ways = dict.fromkeys(("in_sample", "population", "own_earlier", "prequential", "scored"), np.nan)
    return pd.DataFrame(rows | ways | columns)


def test_what_each_predictor_saw_stands_in_columns_of_its_own_and_by_thirds(tmp_path: Path) -> None:
    table = predictions(in_sample=0.2, prequential=np.arange(12) / 10, prequential_3=0.4)
    table.loc[12] = ["left", "human", "rw", 9, 9, 9, 9, 9, 9]
    found = compare(people(), predicted=table)
    by = found.predicted.set_index(["way", "third"])
    assert by.loc[("prequential", 0), "nll"] == pytest.approx(0.55)
    assert by.loc[("prequential", 0), "n_people"] == 12
    assert set(by.index) == {("in_sample", 0), ("prequential", 0), ("prequential", 3)}
    only = compare(people(), predicted=table, fits=fit_models(people(), models=["base_rate"]))
    page = write_report(only, tmp_path).read_text(encoding="utf-8")
    assert '<td role="cell" data-of="Prequential">0.550 (' in page
    assert "Prequential, last third" in page


def test_a_table_that_is_none_of_predictions_is_refused() -> None:
    with pytest.raises(DataError, match="the table of predictions has no column 'scored'"):
        compare(people(), predicted=predictions().drop(columns="scored"))
