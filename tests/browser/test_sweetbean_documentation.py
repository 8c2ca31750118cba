"""Every example of SweetBean's documentation plays alike on both sides, or is refused as docs/sweetbean.md says.

`python tests/browser/test_sweetbean_documentation.py` prints the table of that document.
"""

from __future__ import annotations

import json
import random
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from differences import differences
from parity import SCRIPTS
from sweetbean_docs import NotFetched, examples
from twinbean._random import generator
from twinbean.definitions.definition import Definition
from twinbean.definitions.emission import emit_definition
from twinbean.errors import EmissionError, TaskError
from twinbean.page import harness
from twinbean.page.export import document, export
from twinbean.play.game import Play, Played, Record, Seat
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.sessions.questions import Answer, Question
from twinbean.tasks.task import Task, load
from twinbean.testing.player import WinStayLoseShift, play_page

ROOT = Path(__file__).parents[2]
PLAYS = "plays"
TYPED = "34 \"years\" & '</script>'"


def told(path: Path) -> str:
    """Whether an example plays, or the sentence that refuses it."""
    try:
        task = loaded(path)
        definition = task.define()
        emit_definition(definition)
        by_chance(definition)
    except (TaskError, EmissionError) as error:
        return re.sub(r"; Twinbean plays .*", "", str(error).replace(str(path), "the file")).replace("|", "\\|")
    return PLAYS


def loaded(path: Path) -> Task:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load(str(path))


def by_chance(definition: Definition, seed: int = 1) -> Played:
    rng = random.Random(seed)

    def ask(question: Question) -> Answer:
        label = rng.choice(question.labels)
        return Answer(label=label, raw=label)

    return Play(definition, Seat(participant="p", session="s", task="t"), ask).run()


def responses(rows: list[dict[str, Any]]) -> list[Any]:
    """What a page must be given to record these rows."""
    found = []
    for row in rows:
        if "questions" in row and row["response"] is None:
            found.append({f"Q{number}": TYPED for number in range(len(row["questions"]))})
        elif "people_only" in row:
            found += row["choices"][:1]
        elif "bandits" in row or "questions" in row or "html_array" in row or row.get("choices"):
            found.append(row["response"])
    return found


def in_the_document() -> dict[str, str]:
    text = (ROOT / "docs" / "sweetbean.md").read_text(encoding="utf-8")
    lines = text.partition("## The examples")[2].splitlines()
    cells = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in lines if line.startswith("| `")]
    return {name.strip("`"): sentence for name, sentence in cells}


@pytest.fixture(scope="module")
def scripts() -> dict[str, Path]:
    try:
        return {path.stem: path for path in examples()}
    except NotFetched as error:
        pytest.skip(str(error))


def test_there_are_48_examples_and_the_document_has_each(scripts):
    assert len(scripts) == 48
    assert sorted(in_the_document()) == sorted(scripts)


@pytest.mark.parametrize("name", in_the_document())
def test_the_document_says_what_becomes_of_an_example(name, scripts, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert told(scripts[name]) == in_the_document()[name]


@pytest.fixture(scope="module")
def bench(browser):
    page = browser.new_page()
    page.set_content(harness(SCRIPTS))
    yield page
    page.close()


def test_what_plays_is_the_same_game_on_both_sides(bench, scripts):
    playing = [scripts[name] for name, sentence in in_the_document().items() if sentence == PLAYS]
    assert len(playing) >= 15
    for path in playing:
        task = loaded(path)
        definition = task.define()
        content = document(task)
        for seed in range(3):
            played = by_chance(definition, seed)
            given = [content, content["functions"], responses(played.rows)]
            page = json.loads(bench.evaluate(PLAY, json.dumps(given)))
            for row, computed in zip(page["rows"], played.rows, strict=True):
                if "questions" in computed and computed["response"] is None:
                    assert set(row["bean_response"].values()) == {TYPED}
                    row["bean_response"] = None
            assert differences(page, played, definition) == [], path.stem


@pytest.mark.parametrize("name", ["stimuli_textsurvey_textsurvey", "stimuli_multichoicesurvey_multiplechoice"])
def test_a_page_is_played_by_clicks_and_its_file_played_again(browser, scripts, tmp_path, name):
    task = loaded(scripts[name])
    page = tmp_path / "page.html"
    page.write_text(export(task), encoding="utf-8")
    rows = play_page(browser, page, WinStayLoseShift(generator(1)), participant="ann", on_trial=pytest.fail)
    (session,) = sessions_from_rows(rows, where="page", participant="ann")
    record = Record(responses=session.responses)
    again = Play(task.define(), Seat(participant="ann", session="s", task=name), pytest.fail, record=record).run()
    for row, computed in zip(rows, again.rows, strict=True):
        typed = "questions" in computed and computed["response"] is None
        assert typed or row["bean_response"] == computed["response"]


PLAY = "async (game) => JSON.stringify(await twinbean.playDefinition(...JSON.parse(game)))"


if __name__ == "__main__":
    for path in examples():
        print(f"| `{path.stem}` | {told(path)} |")
