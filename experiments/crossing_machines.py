"""Two slot machines whose payoffs cross.

One machine pays the most at first and a point less at every trial, the other starts at nothing and pays a point more:
whoever notices in time moves from one to the other. People and models read the same instructions, goal and score.

Source: SweetBean's reinforcement-learning example
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.tasks.schedules import Crossing

COLORS = ("#E69F00", "#0072B2")

STORY = (
    "You are going to choose {trials} times between two slot machines, labeled {{labels}}. Each time, the machine that "
    "you choose pays some points.\n"
    "What a machine pays can change slowly over time.\n"
    "Your goal is to win as many points as possible."
)
HOW = "To choose a machine, click or tap it, or press the letter that stands on it."


def build(*, rng, trials: int = 12) -> Experiment:
    timeline = Crossing().draw(rng, trials).timeline(COLORS)

    score = SharedVariable("score", 0)
    add_points = FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    machines = SlotMachines(bandits=TimelineVariable("bandits"), side_effects=[SideEffect(score, add_points)])

    story = STORY.format(trials=trials)
    return Experiment(
        [Block([Instructions([*story.split("\n"), HOW], text=story)]), Block([machines], timeline=timeline)]
    )
