"""What a chat model is shown under each memory."""

from __future__ import annotations

from dataclasses import replace as changed

import pytest

from twinbean.errors import SubjectError
from twinbean.runs.replaying import replay
from twinbean.sessions.questions import Answer
from twinbean.subjects.endpoint.prompting import Prompter, Style, open_templates
from twinbean.subjects.endpoint.prompting.situation import situations
from twinbean.subjects.scripted import Scripted
from twinbean.tasks.task import load


class Recorder:
    """Chooses by a list of labels and keeps the questions, with copies of what grows."""

    name = "recorder"

    def __init__(self, labels):
        self._labels = iter(labels)
        self.questions = []

    async def ask(self, question):
        self.questions.append(situations(question))
        label = next(self._labels)
        return Answer(label=label, raw=f"I say {label}")

    def describe(self):
        return {}


@pytest.fixture(scope="module")
def buttons(tmp_path_factory):
    """The situations at each choice of a session of four trials: blue, green, blue, red."""
    recorder = Recorder(["blue", "green", "blue", "red"])
    run = tmp_path_factory.mktemp("run") / "run"
    (session,) = replay("five_armed_buttons", model=recorder, run=run, parameters={"trials": 4})
    return recorder.questions, session


def shown(buttons, memory, *, at, **style):
    questions, _ = buttons
    prompter = Prompter(open_templates("plain"), Style(memory=memory, **style))
    return prompter.choice(questions[at], notes="what I know")


def paid(buttons):
    return [int(trial.reward) for trial in buttons[1].trials]


def test_the_cover_story_is_the_tasks_own_and_stands_in_the_system_prompt(buttons):
    screen = load("five_armed_buttons").define(parameters={"trials": 4}).blocks[0].screens[0]
    (page,) = screen.arguments["pages"]
    assert shown(buttons, "transcript", at=0)[0] == {"role": "system", "content": page}


def test_the_transcript_holds_every_choice_and_what_it_paid(buttons):
    system, user = shown(buttons, "transcript", at=3)
    a, b, c, _ = paid(buttons)
    assert (
        f"You can press blue, green, red, yellow or purple. You press blue and get {a} points.\n"
        f"You press green and get {b} points.\nYou press blue and get {c} points.\n"
    ) in user["content"]
    assert "<<" not in system["content"] + user["content"]


def test_in_turns_each_outcome_reaches_the_model_in_the_turn_after_its_choice(buttons):
    messages = shown(buttons, "turns", at=3)
    a, b, c, _ = paid(buttons)
    assert [message["role"] for message in messages] == ["system", *["user", "assistant"] * 3, "user"]
    assert [message["content"] for message in messages if message["role"] == "assistant"] == [
        "I say blue",
        "I say green",
        "I say blue",
    ]
    users = [message["content"] for message in messages if message["role"] == "user"]
    for user, told in zip(users[1:], (f"blue and get {a}", f"green and get {b}", f"blue and get {c}"), strict=True):
        assert told in user
    assert "get" not in users[0].split("What do you choose")[0]


def test_turns_grow_by_appending_only(buttons):
    assert shown(buttons, "turns", at=3)[: len(shown(buttons, "turns", at=2))] == shown(buttons, "turns", at=2)


def test_the_summary_counts_and_averages_by_arm(buttons):
    a, b, c, _ = paid(buttons)
    user = shown(buttons, "summary", at=3)[1]["content"]
    assert f"blue: chosen 2 times, {round((a + c) / 2, 2)} points on average" in user
    assert f"green: chosen 1 time, {float(b)} points on average" in user
    assert "purple: not chosen yet" in user
    assert "You have made 3 of 4 choices." in user


def test_notes_are_all_that_is_seen_of_the_past(buttons):
    user = shown(buttons, "notes", at=3)[1]["content"]
    assert "what I know" in user
    assert "points" not in user


def test_after_a_choice_the_model_is_told_what_happened_and_asked_to_rewrite_its_notes(buttons):
    questions, _ = buttons
    prompter = Prompter(open_templates("plain"), Style(memory="notes"))
    now = questions[2]
    messages = prompter.rewriting(now[1], now[-1], notes="after one")
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert "after one" in messages[1]["content"]
    assert messages[2]["content"] == "I say green"
    assert f"You press green and get {paid(buttons)[1]} points." in messages[3]["content"]
    assert "<HISTORY>" in messages[3]["content"]


@pytest.mark.parametrize(
    ("reading", "asks", "says"),
    [
        ("text", "<Answer>LABEL</Answer>", "<Answer>blue</Answer>"),
        ("structured", 'JSON object whose "answer"', '{"answer": "blue"}'),
        ("logprobs", "exactly one of blue, green, red, yellow, purple, and nothing else", "blue"),
        ("choice", "exactly one of blue, green, red, yellow, purple, and nothing else", "blue"),
    ],
)
def test_the_answer_is_asked_for_in_the_form_in_which_it_is_read(buttons, reading, asks, says):
    assert asks in shown(buttons, "transcript", at=0, reading=reading)[1]["content"]
    _, session = buttons
    prompter = Prompter(open_templates("plain"), Style(reading=reading))
    assert prompter.spoken(changed(session.trials[0], raw=None)) == says


def test_framing_and_reasoning_are_asked_for_where_they_are_chosen(buttons):
    neutral, suggestive = (shown(buttons, "transcript", at=0, framing=framing) for framing in ("neutral", "suggestive"))
    assert "exploration" not in neutral[0]["content"]
    assert "exploration" in suggestive[0]["content"]
    assert "step by step" in shown(buttons, "transcript", at=0, reasoning=True)[1]["content"]


def test_labels_are_listed_in_an_order_of_the_participants_own_that_holds_for_the_session(tmp_path):
    orders = {}

    class Shuffled(Recorder):
        async def ask(self, question):
            shuffled = situations(question, shuffle_labels=True)
            orders.setdefault(question.participant, set()).update(one.labels for one in shuffled)
            return Answer(label="blue", raw="blue")

    replay("five_armed_buttons", model=Shuffled([]), run=tmp_path / "run", samples=8, parameters={"trials": 3})
    assert all(len(seen) == 1 for seen in orders.values())
    assert len({order for seen in orders.values() for order in seen}) > 4


def test_forced_and_missed_trials_are_told_before_the_choice_they_precede(tmp_path):
    file = tmp_path / "forced.py"
    file.write_text(FORCED, encoding="utf-8")
    recorder = Recorder(["B", "A"])
    replay(str(file), model=recorder, run=tmp_path / "run")
    first, second = recorder.questions
    assert first[0].opening == "You are instructed to press A and get 5 points.\nYou can press A or B. You press …"
    assert [event.told for event in second[-1].past] == ["You can press A or B. You press B and get 4 points."]
    assert [(arm.label, arm.n, arm.mean) for arm in second[-1].summary] == [("A", 1, 5.0), ("B", 1, 4.0)]


FORCED = """
from sweetbean import Block, Experiment
from sweetbean.variable import TimelineVariable
from twinbean.definitions.stimuli import Instructions, SlotMachines

arms = [{"color": "red", "value": 5}, {"color": "blue", "value": 4}]
timeline = [
    {"offered": [0], "forced": True}, {"offered": [0, 1], "forced": False}, {"offered": [0, 1], "forced": False}
]
machines = SlotMachines(
    bandits=arms, labels=["A", "B"], offered=TimelineVariable("offered"), forced=TimelineVariable("forced")
)
experiment = Experiment([Block([Instructions("Welcome.")]), Block([machines], timeline=timeline)])
"""


@pytest.mark.parametrize(
    ("templates", "style", "reason"),
    [
        ("buttons-notes", {"memory": "transcript"}, "no transcript.j2: they are for the memory notes"),
        ("buttons-notes", {"memory": "notes", "reading": "logprobs"}, "ask for an answer within tags"),
        ("buttons-notes", {"memory": "notes", "framing": "suggestive"}, "their own framing"),
        ("buttons-notes", {"memory": "notes", "reasoning": True}, "whether to reason"),
        ("plain", {"memory": "dreams"}, "the memory is 'dreams', expected one of transcript, turns, summary, notes"),
        ("plain", {"framing": "odd"}, "the framing is 'odd', expected neutral or suggestive"),
    ],
)
def test_what_does_not_go_together_is_refused(templates, style, reason):
    with pytest.raises(SubjectError, match=reason):
        Prompter(open_templates(templates), Style(**style))


def test_a_scripted_subject_is_none_the_wiser(tmp_path):
    (session,) = replay("five_armed_buttons", model=Scripted(["red"] * 10), run=tmp_path / "run")
    assert {trial.label for trial in session.trials} == {"red"}


@pytest.fixture(scope="module")
def lotteries(tmp_path_factory):
    """The situations at each choice among three pairs of lotteries."""
    recorder = Recorder(["A", "A", "A"])
    run = tmp_path_factory.mktemp("run") / "run"
    task = load("risky_choice")
    labelled = changed(task, build=lambda *, rng, trials=3: _labelled(task.build(rng=rng, trials=trials)))
    (session,) = replay(labelled, model=recorder, run=run)
    return recorder.questions, session


def _labelled(experiment):
    experiment.blocks[1].stimuli[0].arg["labels"] = ["A", "B"]
    return experiment


def test_a_summary_by_arm_of_options_that_are_none_is_refused(lotteries):
    with pytest.raises(
        SubjectError, match="the memory 'summary' says what each arm has paid, and these options are no"
    ):
        shown(lotteries, "summary", at=0)


@pytest.mark.parametrize("memory", ["transcript", "turns", "notes"])
def test_what_a_lottery_paid_unseen_is_in_no_memory(lotteries, memory):
    told = "\n".join(message["content"] for message in shown(lotteries, memory, at=2))
    assert "and get" not in told
    assert "for certain" in told
    assert [trial.seen_reward for trial in lotteries[1].trials] == [None] * 3
