"""Risky choice: a sure amount or a lottery, both described.

At each trial two options with their outcomes and probabilities: points for certain, or more points with some
probability and otherwise nothing, worth nearly the same on average. With `losses`, every second pair offers a gamble to
win or lose points with equal chances (Tom et al. 2007, Science 315:515), or nothing. Nothing is to be learned from
trial to trial.

Source: Kahneman & Tversky 1979, Econometrica 47:263
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, Options
from twinbean.tasks.schedules import LotteryPairs

STORY = (
    "You are going to choose {trials} times between two options, labeled {{labels}}. Each time you read how many "
    "points an option pays and with what chance. The options are new ones every time.\n"
    "{feedback}\n"
    "Your goal is to win as many points as possible."
)
SHOWN = "After each choice you see what the option that you chose pays."
HIDDEN = (
    "The option that you choose is played out, and its points are added to your score. You will not see what it pays."
)
HOW = "To choose an option, click or tap it, or press the letter that stands on it."


def build(*, rng, trials: int = 100, spread: float = 0.5, losses: bool = False, feedback: bool = False) -> Experiment:
    timeline = LotteryPairs(spread=spread, losses=losses).draw(rng, trials)
    score = SharedVariable("score", 0)
    add_points = FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    options = Options(
        TimelineVariable("options"),
        feedback="chosen" if feedback else "none",
        time_after_response=1500 if feedback else 400,
        side_effects=[SideEffect(score, add_points)],
    )
    story = STORY.format(trials=trials, feedback=SHOWN if feedback else HIDDEN)
    return Experiment(
        [Block([Instructions([*story.split("\n"), HOW], text=story)]), Block([options], timeline=timeline)]
    )
