"""The horizon task: games of 5 or 10 trials that begin with four forced choices.

The forced choices show both machines twice, or one once and the other three times; then one choice is free, or six. Who
takes the machine seen less often at the first free choice, and more often when six are left, explores on purpose.

Source: Wilson et al. 2014, J Exp Psychol Gen 143:2074
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.tasks.schedules import HorizonGames

COLORS = ("#0072B2", "#E69F00")

STORY = (
    "You are going to play {games} games with two slot machines, labeled {{labels}}. Each time, the machine that you "
    "choose pays between 1 and 100 points. A machine pays about the same throughout a game, give or take some points, "
    "and one of the two pays more on average. In each game the machines are new ones.\n"
    "A game has 5 or 10 trials. In the first four trials of each game you are told which machine to choose. After "
    "that the choice is yours: once in a game of 5 trials, six times in a game of 10.\n"
    "Your goal is to win as many points as possible."
)
HOW = "To choose a machine, click or tap it, or press the letter that stands on it."


def build(*, rng, games: int = 160, sd: float = 8.0) -> Experiment:
    score = SharedVariable("score", 0)
    add_points = FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    machines = SlotMachines(
        bandits=TimelineVariable("bandits"),
        offered=TimelineVariable("offered"),
        forced=TimelineVariable("forced"),
        side_effects=[SideEffect(score, add_points)],
    )

    story = STORY.format(games=games)
    blocks = [Block([Instructions([*story.split("\n"), HOW], text=story)])]
    for number, game in enumerate(HorizonGames(sd=sd).draw(rng, games), start=1):
        timeline = game.timeline(COLORS)
        # In the timeline, since the lengths of the games are drawn: the task is the same for everybody.
        told = {"told": f"Game {number} of {games}. There are {len(timeline)} trials in this game."}
        blocks.append(Block([Instructions([TimelineVariable("told")])], timeline=[told]))
        blocks.append(Block([machines], timeline=timeline))
    return Experiment(blocks)
