"""Five buttons, one of them better.

Every button pays 1 point or nothing. One of them, which one is drawn for each session, pays with a probability that is
`gap` above that of the others. With the template set `buttons-notes` and a memory of notes, it is the experiment of
a language model that keeps its own notes; its payoffs are drawn before the session, so that people and models meet the
same ones. The source uses the same buttons for 100 trials.

Source: Krishnamurthy et al. 2024, arXiv:2403.15371
"""

from sweetbean import Block, Experiment
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.errors import TaskError
from twinbean.tasks.schedules import Bernoulli

COLORS = ("blue", "green", "red", "yellow", "purple", "orange", "pink", "brown", "gray", "white")

COVER = (
    "You are in a room with {arms} buttons labeled {names}. Each button is associated with a Bernoulli distribution "
    "with a fixed but unknown mean; the means for the buttons could be different. For each button, when you press it, "
    "you will get a reward that is sampled from the button's associated distribution. You have {trials} time steps "
    "and, on each time step, you can choose any button and receive the reward. Your goal is to maximize the total "
    "reward over the {trials} time steps."
)


def build(*, rng, arms: int = 5, gap: float = 0.2, trials: int = 10) -> Experiment:
    if not 2 <= arms <= len(COLORS):
        raise TaskError(f"arms is {arms!r}, expected 2 to {len(COLORS)}, one a color")
    if not 0 < gap <= 1:
        raise TaskError(f"gap is {gap!r}, expected a number above 0 and up to 1: one button is the better one")
    best = int(rng.integers(arms))
    p = tuple(0.5 + (gap / 2 if arm == best else -gap / 2) for arm in range(arms))
    colors = COLORS[:arms]
    timeline = Bernoulli(p).draw(rng, trials).timeline(colors)

    score = SharedVariable("score", 0)
    value = DataVariable("value", 0)
    update_score = FunctionVariable("update_score", lambda sc, val: sc + val, [score, value])
    buttons = SlotMachines(
        bandits=TimelineVariable("bandits"), labels=list(colors), side_effects=[SideEffect(score, update_score)]
    )

    cover = COVER.format(arms=arms, names=", ".join(colors), trials=trials)
    return Experiment([Block([Instructions(cover)]), Block([buttons], timeline=timeline)])
