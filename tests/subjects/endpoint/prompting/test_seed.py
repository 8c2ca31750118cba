"""The first seed's experiment: its own script and Twinbean play the same game, and write the same table."""

from __future__ import annotations

import re
import types
import typing
from pathlib import Path

import jinja2
import pandas as pd
import pytest

from twinbean.runs.replaying import replay
from twinbean.runs.wide import wide_table
from twinbean.subjects.endpoint.prompting import read_notes
from twinbean.subjects.endpoint.reading import tagged_label
from twinbean.subjects.registry import SubjectOptions
from twinbean.testing.responders import Script, note_keeper
from twinbean.testing.server import serve

SEED = Path(__file__).parents[4] / "../shared/seeds/1_llm_plays_a_five_armed_bandit.txt"
COLORS = ("blue", "green", "red", "yellow", "purple")


@pytest.fixture(scope="module")
def seed():
    """The names that the seed's cells define, and its loop as text."""
    if not SEED.exists():
        pytest.skip("the seed is not beside this checkout")
    text = SEED.read_text(encoding="utf-8")
    names = {
        "re": re,
        "t": typing,
        "OpenAI": object,
        "Template": jinja2.Template,
        "pd": pd,
        "N_ARMS": 5,
        "N_TRIALS": 10,
        "MODEL_NAME": "script",
        "TEMPERATURE": 0.0,
        "ARM_NAME_TO_IDX": {color: arm for arm, color in enumerate(COLORS)},
        "ARM_IDX_TO_NAME": dict(enumerate(COLORS)),
        "tqdm": lambda trials, total: trials,
        "print": lambda *said: None,
    }
    exec(_between(text, 'SYSTEM_PROMPT_TEMPLATE = """', "\nIn [19]"), names)
    exec(_between(text, "def get_prediction(", "\nIn [32]"), names)
    names["loop"] = _between(text, "stats = []", "\n 10%|")
    return names


def _between(text, start, end):
    return text[text.index(start) : text.index(end, text.index(start))]


class Client:
    """What the seed's script calls, with the player of the test server behind it."""

    def __init__(self):
        self.asked = []
        self.chat = types.SimpleNamespace(completions=types.SimpleNamespace(create=self._create))

    def _create(self, *, model, messages, temperature):
        self.asked.append(messages)
        message = types.SimpleNamespace(content=note_keeper({"messages": messages}))
        return types.SimpleNamespace(choices=[types.SimpleNamespace(message=message)])


class Bandit:
    """Pays what our session was paid: the payoffs are drawn before it."""

    def __init__(self, trials):
        self._outcomes = iter([trial.outcomes for trial in trials])
        self.best_arm = trials[0].best_arm

    def pull(self, arm):
        return next(self._outcomes)[arm]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Three sessions of the experiment, what was asked in each, and the run."""
    run = tmp_path_factory.mktemp("seed") / "run"
    options = {"memory": "notes", "templates": "buttons-notes", "temperature": 0.0, "seed_compatible": True}
    with serve(Script(note_keeper)) as server:
        options = SubjectOptions(base_url=server.base_url, concurrency=1, **options)
        sessions = replay("five_armed_buttons", model="api:script", samples=3, run=run, options=options)
    return sessions, [received.body["messages"] for received in server.requests], run


def test_the_seeds_script_and_a_run_ask_the_same_to_the_letter_and_write_the_same_table(seed, played):
    sessions, asked, run = played
    wide = wide_table(run)
    for session in sessions:
        client = Client()
        names = {**seed, "client": client, "bandit": Bandit(session.trials)}
        exec(seed["loop"], names)
        ours = [messages for messages in asked if messages in client.asked]
        assert len(client.asked) == 20
        assert all(messages in ours for messages in client.asked)
        table = wide[wide["session"] == session.session].drop(columns="session").reset_index(drop=True)
        pd.testing.assert_frame_equal(table, names["df"], check_dtype=False)
        assert list(table.columns) == list(names["df"].columns)


def test_nothing_else_is_asked(seed, played):
    _, asked, _ = played
    assert len(asked) == 3 * 10 * 2


@pytest.mark.parametrize(
    "reply",
    [
        "<HISTORY>\n- one\n</HISTORY>",
        "before <HISTORY>a</HISTORY> between <HISTORY>b</HISTORY>",
        "<HISTORY></HISTORY>",
        "<history>lower case</history>",
        "<HISTORY>never closed",
        "none at all",
    ],
)
def test_notes_are_found_as_the_seed_finds_them(seed, reply):
    assert (read_notes(reply, seed_compatible=True) or "") == seed["extract_hystory"](reply)


@pytest.mark.parametrize(
    "reply",
    [
        "I choose <Answer>green</Answer>",
        "<Answer>green</Answer> or <Answer>red</Answer>",
        "<answer>green</answer>",
        "<Answer> green </Answer>",
        "<Answer>teal</Answer> <Answer>blue</Answer>",
        "green",
    ],
)
def test_answers_are_found_as_the_seed_finds_them(seed, reply):
    assert tagged_label(reply, COLORS, first=True) == seed["extract_arm_color"](reply)
