"""Two-armed bandit with crossing payoffs.

One machine pays 10 points at first and a point less at every trial, the other starts at nothing and pays a point more:
whoever notices in time moves from one to the other. It is the reinforcement-learning example of SweetBean's
documentation, written as a function so that it can be longer or shorter.

Source: SweetBean's reinforcement-learning example
"""

from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit, Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean.tasks.schedules.payoffs import check_trials


def build(*, rng, trials: int = 11) -> Experiment:
    check_trials(trials)
    timeline = [
        {
            "bandit_1": {"color": "orange", "value": trials - 1 - trial},
            "bandit_2": {"color": "blue", "value": trial},
        }
        for trial in range(trials)
    ]

    bandit_1 = TimelineVariable("bandit_1")
    bandit_2 = TimelineVariable("bandit_2")
    score = SharedVariable("score", 0)
    value = DataVariable("value", 0)
    update_score = FunctionVariable("update_score", lambda sc, val: sc + val, [score, value])
    bandit_task = Bandit(bandits=[bandit_1, bandit_2], side_effects=[SideEffect(score, update_score)])

    score_text = FunctionVariable("score_text", lambda sc: f"Score: {sc}", [score])
    show_score = Text(duration=2000, text=score_text)

    return Experiment([Block([bandit_task, show_score], timeline=timeline)])
