"""Probabilistic reversal learning.

One machine wins most of the time and the other seldom; then they change places without a sign. They do so after a drawn
number of trials, or, with `correct` above 0, as soon as the better machine was chosen `correct` times among the last
`of` choices, so that people reverse when they have learned.

Source: Cools et al. 2002, J Neurosci 22:4563
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.errors import TaskError
from twinbean.tasks.schedules import Reversal

COLORS = ("#0072B2", "#E69F00")

STORY = (
    "You are going to choose {trials} times between two slot machines, labeled {{labels}}. Each time, the machine that "
    "you choose pays 1 point or nothing.\n"
    "One machine pays more often than the other. From time to time, without a sign, the machines change places: the "
    "one that paid more often then pays less often.\n"
    "Your goal is to win as many points as possible."
)
HOW = "To choose a machine, click or tap it, or press the letter that stands on it."


def remember(right, response, better, of):
    return (right + [response == better])[-of:]  # noqa: RUF005 (a page has no *)


def reverse(better, right, correct):
    return 1 - better if right.count(True) >= correct else better


def forget(right, correct):
    return [] if right.count(True) >= correct else right


def build(
    *, rng, trials: int = 120, p: float = 0.8, shortest: int = 15, longest: int = 25, correct: int = 0, of: int = 12
) -> Experiment:
    if correct > of:
        raise TaskError(f"correct is {correct}, expected at most of={of}: the machines would never change places")
    if not correct >= 0:
        raise TaskError(f"correct is {correct}, expected a number of choices, or 0 for reversals at drawn trials")
    if not 0.5 < p <= 1:
        raise TaskError(f"p is {p!r}, expected a probability above .5: one machine is the better one")
    arms = Reversal((p, round(1 - p, 6)), between=(shortest, longest))
    states = arms.states(rng, trials) if correct else (arms.draw(rng, trials),)
    rows = [[row["bandits"] for row in payoffs.timeline(COLORS)] for payoffs in states]
    # At each trial, what a machine pays in each state.
    timeline = [{"left": [a for a, _ in row], "right": [b for _, b in row]} for row in zip(*rows, strict=True)]

    score, better, right = SharedVariable("score", 0), SharedVariable("better", 0), SharedVariable("right", [])
    response, value = DataVariable("response", 0), DataVariable("value", 0)
    effects = [SideEffect(score, FunctionVariable("add_points", lambda total, won: total + won, [score, value]))]
    if correct:
        effects += [
            SideEffect(right, FunctionVariable("remember", remember, [right, response, better, of])),
            SideEffect(better, FunctionVariable("reverse", reverse, [better, right, correct])),
            SideEffect(right, FunctionVariable("forget", forget, [right, correct])),
        ]
    bandits = [
        FunctionVariable(side, lambda states, better: states[better], [TimelineVariable(side), better])
        for side in ("left", "right")
    ]
    machines = SlotMachines(bandits=bandits, side_effects=effects)

    story = STORY.format(trials=trials)
    return Experiment(
        [Block([Instructions([*story.split("\n"), HOW], text=story)]), Block([machines], timeline=timeline)]
    )
