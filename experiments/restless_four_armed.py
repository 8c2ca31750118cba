"""Restless four-armed bandit.

Four machines whose payoffs, 1 to 100 points, drift slowly and independently: what was learned of a machine grows old,
so that exploring never ends.

Source: Daw et al. 2006, Nature 441:876
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.tasks.schedules import RandomWalk

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")

STORY = (
    "You are going to choose {trials} times among four slot machines, labeled {{labels}}. Each time, the machine that "
    "you choose pays between 1 and 100 points.\n"
    "What a machine pays varies around its average. The averages change slowly and independently of each other, so "
    "that a machine which is good now may become bad later, and a bad one good.\n"
    "Your goal is to win as many points as possible."
)
HOW = "To choose a machine, click or tap it, or press the letter that stands on it."


def build(
    *, rng, trials: int = 300, decay: float = 0.9836, centre: float = 50.0, drift: float = 2.8, noise: float = 4.0
) -> Experiment:
    walk = RandomWalk(n_arms=4, decay=decay, centre=centre, drift=drift, noise=noise)
    timeline = walk.draw(rng, trials).timeline(COLORS)

    score = SharedVariable("score", 0)
    add_points = FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    machines = SlotMachines(bandits=TimelineVariable("bandits"), side_effects=[SideEffect(score, add_points)])

    story = STORY.format(trials=trials)
    return Experiment(
        [Block([Instructions([*story.split("\n"), HOW], text=story)]), Block([machines], timeline=timeline)]
    )
