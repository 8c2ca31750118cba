"""The tidy table holds sessions exactly, and a table that contradicts itself is refused by its row."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import TimelineVariable

from twinbean.definitions.stimuli import SlotMachines
from twinbean.errors import DataError
from twinbean.play.rows import page_rows
from twinbean.play.scheduler import play_all as play
from twinbean.play.seating import seat_simulated
from twinbean.runs.replaying import replay
from twinbean.sessions import COLUMNS, Session, Trial, from_table, read_file, to_table, write_table
from twinbean.sessions.cells import csv_text
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import Task

NUMBERS = st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e9, 1e9, allow_nan=False))
# Surrogates are no text, and the empty text is how a table says that nothing is there.
WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)

RESPONSES = st.one_of(st.none(), st.text(), st.integers(0, 9))

DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "seed": st.integers(0, 2**40),
        "parameters": st.dictionaries(WORDS, st.one_of(st.none(), NUMBERS, WORDS, st.booleans()), max_size=2),
        "positions": st.permutations([0, 1, 2]),
        "responses": st.lists(st.tuples(st.integers(0, 9), RESPONSES).map(list), max_size=2),
        "fingerprint": WORDS,
        "parts": st.dictionaries(WORDS, WORDS, max_size=2),
        "shown": st.tuples(st.integers(0, 99), WORDS).map(list),
        "device": WORDS,
        "started": WORDS,
        "finished": WORDS,
        "consented": WORDS,
        "resumed": st.integers(0, 9),
        "ids": st.dictionaries(WORDS, WORDS, max_size=2),
    },
)


@st.composite
def trials(draw, number):
    n_arms = draw(st.integers(2, 4))
    choice = draw(st.one_of(st.none(), st.integers(0, n_arms - 1)))
    forced = choice is not None and draw(st.booleans())
    some = st.one_of(st.none(), NUMBERS)
    labels = draw(st.lists(WORDS, min_size=n_arms, max_size=n_arms))
    outcomes = draw(st.lists(some, min_size=n_arms, max_size=n_arms))
    return Trial(
        trial=number,
        choice=choice,
        block=draw(st.integers(0, 3)),
        label=None if choice is None else labels[choice],
        reward=None if choice is None else outcomes[choice],
        score=draw(some),
        rt_ms=draw(st.one_of(st.none(), NUMBERS.map(abs))),
        origin=draw(st.sampled_from(["recorded", "subject"])),
        outcomes=tuple(outcomes),
        offered=(choice,) if forced else tuple(range(n_arms)),
        position=choice,
        labels=tuple(labels),
        best_arm=draw(st.one_of(st.none(), st.integers(0, n_arms - 1))),
        expected=tuple(outcomes),
        feedback=draw(st.sampled_from(["chosen", "all"])),
        forced=forced,
        missed=choice is None,
        logp=draw(st.one_of(st.none(), st.floats(-50, 0))),
        legal_mass=draw(st.one_of(st.none(), st.floats(0, 1))),
        p=draw(st.sampled_from([(), (0.25, 0.75, *[None] * (n_arms - 2)), (*[None] * (n_arms - 1), 1.0)])),
        raw=draw(st.one_of(st.none(), WORDS)),
    )


@st.composite
def sessions(draw):
    names = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    return [
        Session(
            participant=name,
            session=draw(WORDS),
            task=draw(WORDS),
            source=draw(WORDS),
            sample=draw(st.integers(0, 5)),
            variant=draw(st.one_of(st.none(), WORDS)),
            wording=draw(st.one_of(st.none(), WORDS)),
            details=draw(DETAILS),
            trials=tuple(draw(trials(number)) for number in range(draw(st.integers(1, 4)))),
        )
        for name in names
    ]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(written=sessions())
def test_what_is_written_is_read_back(tmp_path, suffix, written):
    path = tmp_path / f"table{suffix}"
    write_table(written, path)
    assert read_file(path) == written


def test_missing_is_empty_and_never_zero(tmp_path):
    write_table(
        [Session(participant="p", session="s", task="t", trials=(Trial(trial=0, choice=0),))], tmp_path / "t.csv"
    )
    row = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False).iloc[0]
    assert list(row.index) == list(COLUMNS)
    assert {row[name] for name in ("reward", "shown_score", "rt_ms", "outcomes", "position", "logp", "p", "raw")} == {
        ""
    }


def test_three_columns_are_a_table():
    table = pd.DataFrame({"participant": [7, 7, 8], "trial": [1, 0, 0], "choice": [1, 0, float("nan")]})
    seven, eight = from_table(table)
    assert [trial.choice for trial in seven.trials] == [0, 1]
    assert (seven.participant, seven.session, seven.source) == ("7", "7", "human")
    assert (eight.trials[0].choice, eight.trials[0].missed) == (None, True)


def test_lists_of_a_parquet_file_need_no_json():
    table = pd.DataFrame({"participant": ["p"], "trial": [0], "choice": [1], "outcomes": [[3.0, 4.0]]})
    assert from_table(table)[0].trials[0].outcomes == (3.0, 4.0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"participant": ""}, "row 1: participant is missing"),
        ({"trial": ""}, "row 1: trial is missing"),
        ({"trial": "x"}, "trial is 'x', expected a number"),
        ({"trial": "inf"}, "trial is 'inf', expected a number"),
        ({"reward": "inf"}, "reward is 'inf', expected a number"),
        ({"rt_ms": "-inf"}, "rt_ms is '-inf', expected a number"),
        ({"choice": "0.5"}, "choice is '0.5', expected a number"),
        ({"choice": "-1"}, "choice is -1, but the trial has arms numbered from 0"),
        ({"choice": "2", "outcomes": "[1, 2]"}, "choice is 2, but the trial has arms 0 to 1"),
        ({"choice": "", "missed": "false"}, "choice is None and missed is False"),
        ({"missed": "true"}, "choice is 0 and missed is True"),
        ({"origin": "guessed"}, "origin is 'guessed', expected recorded or subject"),
        ({"phase": pd.Timedelta(seconds=3)}, "phase is .*, expected text"),
        ({"task": b"bandit"}, "task is b'bandit', expected text"),
        ({"forced": "maybe"}, "forced is 'maybe', expected true or false"),
        ({"outcomes": "{}"}, "outcomes is '{}', expected a JSON list"),
        ({"outcomes": "[3,"}, r"outcomes is '\[3,', expected a JSON list"),
        ({"outcomes": '[1, "x"]'}, r"outcomes is .*, expected a JSON list"),
        ({"outcomes": "[1, true]"}, r"outcomes is '\[1, true\]', expected a JSON list"),
        ({"logp": "inf"}, "logp is 'inf', expected a number"),
        ({"task": True}, "task is True, expected text"),
        ({"label": [1]}, r"label is \[1\], expected text"),
        ({"details": "[3]"}, r"row 1: details is '\[3\]', expected a JSON object with a session's seed"),
        ({"details": "{"}, "details is '{', expected a JSON object"),
        ({"details": '{"seed": -1}'}, "expected a JSON object with a session's seed"),
        *(
            ({"details": details}, "expected a JSON object with a session's seed")
            for details in (
                '{"keys": [1]}',
                '{"keys": [["0", "j"]]}',
                '{"keys": [[0, true]]}',
                '{"seed": true}',
                '{"seed": 0.5}',
                '{"parameters": [3]}',
                '{"positions": [1, 2]}',
                '{"positions": [0, 0]}',
                '{"fingerprint": 3}',
                '{"focus_losses": -1}',
                '{"kept": [1]}',
                '{"kept": {"diagnosis": 3}}',
            )
        ),
        ({"details": '{"responses": [[0, ["F"]]]}'}, "positions, responses and what is known of"),
    ],
)
def test_a_row_that_says_the_impossible_is_refused(row, said):
    with pytest.raises(DataError, match=said):
        from_table(pd.DataFrame([{"participant": "p", "trial": "0", "choice": "0"} | row]))


def test_details_are_kept_as_they_were_said():
    details = {
        "seed": 0,
        "parameters": {"trials": 3},
        "responses": [[0, "j"]],
        "positions": [1, 0],
        "fingerprint": "f",
        "focus_losses": 0,
        "kept": {"diagnosis": "none", "age": None},
    }
    (session,) = from_table(
        pd.DataFrame({"participant": ["p"], "trial": [0], "choice": [1], "details": [json.dumps(details)]})
    )
    assert json.loads(json.dumps(session.details)) == details


def test_what_participants_wrote_can_be_read_in_the_table():
    details = {"answers": {"name": "Zoë 李"}}
    trials = (Trial(trial=0, choice=0, labels=("Ä", "Ö")),)
    row = to_table([Session(participant="p", session="s", task="t", trials=trials, details=details)]).iloc[0]
    assert (row["details"], row["labels"]) == ('{"answers": {"name": "Zoë 李"}}', '["Ä", "Ö"]')


def test_a_trial_that_is_there_twice_is_refused():
    with pytest.raises(DataError, match="row 2: participant 'p' has trial 0 more than once"):
        from_table(pd.DataFrame({"participant": ["p", "p"], "trial": [0, 0], "choice": [1, 1]}))


def test_a_table_without_a_choice_says_what_it_has():
    with pytest.raises(DataError, match="no column 'choice' .found 'participant', 'trial'"):
        from_table(pd.DataFrame({"participant": ["p"], "trial": [0]}))


def test_the_table_of_no_sessions_has_its_columns():
    assert list(to_table([]).columns) == list(COLUMNS)


def build(*, rng, trials: int = 4) -> Experiment:
    payoffs = rng.integers(1, 1000, size=(trials, 2)).tolist()
    timeline = [{"a": {"color": "red", "value": a}, "b": {"color": "blue", "value": b}} for a, b in payoffs]
    machines = SlotMachines(bandits=[TimelineVariable("a"), TimelineVariable("b")])
    return Experiment([Block([Text(text="f or j?", choices=["f", "j"])]), Block([machines], timeline=timeline)])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_is_replayed_as_the_page_that_it_was_made_from(tmp_path, suffix):
    task = Task("drawn", build)
    seating = seat_simulated(task, "human", samples=3, seed=5, given={"trials": 6})[2]
    rows = page_rows(play([seating], Scripted(["J", *seating.seat.labels * 3]))[0].rows, seating.seat, [300.0] * 7)
    rows = [row | {"bean_positions": [1, 0]} if "bean_bandits" in row else row for row in rows]
    (person,) = sessions_from_rows(rows, where="page", participant="p")
    write_table([person], tmp_path / f"table{suffix}")

    def continued(people, folder):
        subject = Scripted(seating.seat.labels * 2)
        replay(task, people, model=subject, run=tmp_path / folder, after=2, seed=9)
        return (tmp_path / folder / "trials.csv").read_bytes(), (tmp_path / folder / "transcripts.jsonl").read_text()

    direct = continued([person], "direct")
    assert continued(read_file(tmp_path / f"table{suffix}"), "through") == direct
    assert "You press J" in direct[1] or "<<J>>" in direct[1]


def test_what_is_no_number_is_missing_and_an_impossible_choice_has_a_log_probability():
    row = {"participant": "p", "trial": 0, "choice": 0, "reward": "NaN", "score": "nan", "logp": "-inf"}
    (session,) = from_table(pd.DataFrame([row]))
    (trial,) = session.trials
    assert (trial.reward, trial.score, trial.logp) == (None, None, float("-inf"))


@pytest.mark.parametrize(("numbers", "said"), [([1, 2, 3], "no trial 0 .found 1 to 3"), ([0, 1, 3], "no trial 2")])
def test_trials_are_counted_from_0_without_a_gap(numbers, said):
    with pytest.raises(DataError, match=said):
        from_table(pd.DataFrame({"participant": ["p"] * 3, "trial": numbers, "choice": [1] * 3}))


def test_a_table_that_is_written_some_sessions_at_a_time_is_the_table(tmp_path, monkeypatch):
    people = [
        Session(
            participant=f"p{number}",
            session=f"s{number}",
            task="t",
            trials=(
                Trial(trial=0, choice=0, reward=1.5 if number % 2 else None, outcomes=(1.5, None)),
                Trial(trial=1, choice=None, missed=True, raw="=1+1" if number == 3 else None),
            ),
            details={"kept": {f"column {number % 3}": "yes"}},
        )
        for number in range(5)
    ]
    monkeypatch.setattr("twinbean.sessions.table._AT_ONCE", 3)
    write_table(people, tmp_path / "some.csv")
    assert (tmp_path / "some.csv").read_text(encoding="utf-8") == csv_text(to_table(people))
    write_table([], tmp_path / "none.csv")
    assert (tmp_path / "none.csv").read_text(encoding="utf-8") == csv_text(to_table([]))
