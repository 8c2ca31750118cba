"""What SweetBean's own documentation shows for bandits, as a file without a word about Twinbean: export, play, replay.

Its three-armed bandit (Stimuli, Bandit) shows the shared variable itself as a text and ends by writing its page; its
two-armed bandit (Use cases, Reinforcement learning) words the score; its tutorials put screens of text and a key before
and between. The definitions here have the same parts.
"""

from __future__ import annotations

import pytest

from twinbean._random import generator
from twinbean.page.export import export
from twinbean.play.language import run_on_language
from twinbean.runs.replaying import replay
from twinbean.sessions.sweetbean import get_n_responses, process_js, until_response
from twinbean.tasks.task import load
from twinbean.testing.player import WinStayLoseShift, play_page

COMMON = """
from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Feedback, Fixation, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

score = SharedVariable("score", 0)
update_score = FunctionVariable("update_score", lambda sc, val: sc + val, [score, DataVariable("value", 0)])
effects = [SideEffect(score, update_score)]
"""

THREE_ARMED = """
payoffs = [(10, 0, 5), (9, 1, 5), (8, 2, 5), (7, 3, 5), (6, 4, 5)]
timeline = [
    {f"bandit_{n}": {"color": c, "value": v} for n, (c, v) in enumerate(zip(("orange", "blue", "red"), row), start=1)}
    for row in payoffs
]
bandits = [TimelineVariable("bandit_1"), TimelineVariable("bandit_2"), TimelineVariable("bandit_3")]
show_score = Text(duration=1000, text=score)
experiment = Experiment([Block([Bandit(bandits=bandits, side_effects=effects), show_score], timeline=timeline)])
experiment.to_html("basic.html")
"""

TWO_ARMED = """
timeline = []
for i in range(11):
    timeline.append({"bandit_1": {"color": "orange", "value": 10 - i}, "bandit_2": {"color": "blue", "value": i}})
bandits = [TimelineVariable("bandit_1"), TimelineVariable("bandit_2")]
score_text = FunctionVariable("score_text", lambda sc: f"Score: {sc}", [score])
show_score = Text(duration=2000, text=score_text)
experiment = Experiment([Block([Bandit(bandits=bandits, side_effects=effects), show_score], timeline=timeline)])
experiment.to_html("bandit.html", path_local_download="bandit.json")
"""

WITH_INSTRUCTIONS = """
welcome = Block([Text(text="Two boxes pay points.<br><br>Press SPACE to begin.", choices=[" "])])
timeline = [{"bandits": [{"color": "orange", "value": v}, {"color": "blue", "value": 1 - v}]} for v in (1, 0, 1, 1)]
task = Bandit(bandits=TimelineVariable("bandits"), side_effects=effects)
earlier = [DataVariable("value", 1), score]
won = FunctionVariable("won", lambda val, sc: "You win, " + str(sc) if val > 0 else "Nothing", earlier)
trials = Block([Fixation(500), task, Text(duration=800, text=won)], timeline=timeline)
experiment = Experiment([welcome, trials])
"""


@pytest.mark.parametrize("source", [THREE_ARMED, TWO_ARMED, WITH_INSTRUCTIONS])
def test_a_documented_example_is_one_game_on_both_sides(browser, tmp_path, source):
    path = tmp_path / "example.py"
    path.write_text(COMMON + source, encoding="utf-8")
    task = load(str(path))
    page = tmp_path / "page.html"
    page.write_text(export(task), encoding="utf-8")
    player = WinStayLoseShift(generator(3, "player"), noise=0.4)
    shown = process_js(play_page(browser, page, player, participant="ann", on_trial=lambda choices: None))

    n_choices = get_n_responses(shown)
    assert n_choices == task.define().trials_per_session
    again, _ = run_on_language(task.build(), nobody, data=until_response(shown, n_choices))
    assert [parts(row) for row in again] == [parts(row) for row in shown]
    paid = [row["value"] for row in shown if "bandits" in row]
    assert [row["score"] for row in shown if "bandits" in row] == [sum(paid[: n + 1]) for n in range(len(paid))]

    half, prompts = run_on_language(task.build(), lambda prompt: "1", data=until_response(shown, 2))
    assert [row["response"] for row in half if "bandits" in row][2:] == [0] * (n_choices - 2)
    assert "".join(prompts).count("<<1>>") >= n_choices - 2

    (session,) = replay(task, model="random", run=tmp_path / "run")
    assert session.n_choices == n_choices


def parts(row):
    return {name: row.get(name) for name in ("bandits", "response", "value", "score", "text", "correct")}


def nobody(prompt):
    raise AssertionError(f"asked although all is on record: {prompt!r}")
