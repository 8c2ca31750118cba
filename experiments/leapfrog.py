"""Leapfrog: two machines that overtake each other.

The better machine always pays 10 points more than the other, and always the same, until the other leaps ahead of it by
rising 20 points. Only who tries the worse machine now and then finds out.

Source: Knox et al. 2012, Front Psychol 2:398
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.tasks.schedules import Leapfrog

COLORS = ("#0072B2", "#E69F00")

STORY = (
    "You are going to choose {trials} times between two slot machines, labeled {{labels}}. One machine always pays "
    "10 points more than the other.\n"
    "A machine goes on paying what it paid, except that now and then, without a sign, the worse machine starts to pay "
    "20 points more than before, and is from then on the better one.\n"
    "Your goal is to win as many points as possible."
)
HOW = "To choose a machine, click or tap it, or press the letter that stands on it."


def build(*, rng, trials: int = 300, hazard: float = 0.075) -> Experiment:
    timeline = Leapfrog(start=(10, 20), step=20, hazard=hazard).draw(rng, trials).timeline(COLORS)

    score = SharedVariable("score", 0)
    add_points = FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    machines = SlotMachines(bandits=TimelineVariable("bandits"), side_effects=[SideEffect(score, add_points)])

    story = STORY.format(trials=trials)
    return Experiment(
        [Block([Instructions([*story.split("\n"), HOW], text=story)]), Block([machines], timeline=timeline)]
    )
