"""Two-armed bandits with normal payoffs, in blocks.

In each block two new machines: their average payoffs are drawn from N(0, 100), and each payoff from a normal
distribution with variance 10 around its machine's average, in whole points. Blocks this short tell random from directed
exploration.

Source: Gershman 2018, Cognition 173:34
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.errors import TaskError
from twinbean.tasks.schedules import Gaussian, Limits
from twinbean.tasks.schedules.payoffs import check_trials

COLORS = ("#0072B2", "#E69F00")

STORY = (
    "You are going to play {blocks} games. In each game you choose {trials} times between two slot machines, labeled "
    "{{labels}}. Each time, the machine that you choose pays points, or takes points from you.\n"
    "One machine pays more than the other on average, but payoffs vary. In each game the machines are new ones, so "
    "that what they paid in earlier games does not matter.\n"
    "Your goal is to win as many points as possible."
)
HOW = "To choose a machine, click or tap it, or press the letter that stands on it."


def build(
    *, rng, blocks: int = 20, trials: int = 10, means_variance: float = 100.0, payoff_variance: float = 10.0
) -> Experiment:
    check_trials(blocks, "blocks")
    check_trials(blocks * trials, "blocks times trials")
    if not means_variance > 0:
        raise TaskError(
            f"means_variance is {means_variance!r}, expected a number above 0: one machine is the better one"
        )
    if not payoff_variance >= 0:
        raise TaskError(f"payoff_variance is {payoff_variance!r}, expected a number from 0")
    arms = Gaussian(means=(0.0, 0.0), means_sd=means_variance**0.5, sd=payoff_variance**0.5, limits=Limits(digits=0))

    score = SharedVariable("score", 0)
    add_points = FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    machines = SlotMachines(bandits=TimelineVariable("bandits"), side_effects=[SideEffect(score, add_points)])

    story = STORY.format(blocks=blocks, trials=trials)
    played = [Block([Instructions([*story.split("\n"), HOW], text=story)])]
    for number in range(1, blocks + 1):
        played.append(Block([Instructions(f"Game {number} of {blocks}. The machines are new.")]))
        played.append(Block([machines], timeline=arms.draw(rng, trials).timeline(COLORS)))
    return Experiment(played)
