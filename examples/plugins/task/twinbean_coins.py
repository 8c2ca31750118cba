"""Two coins that pay a point with fixed probabilities.

Source: Sutton & Barto 2018, section 2.1
"""

from sweetbean import Block, Experiment
from sweetbean.stimulus import Bandit
from sweetbean.variable import TimelineVariable


def build(*, rng, trials: int = 20, better: float = 0.8) -> Experiment:
    paid = rng.random((trials, 2)) < [better, 1 - better]
    timeline = [
        {"left": {"color": "orange", "value": int(one)}, "right": {"color": "blue", "value": int(other)}}
        for one, other in paid
    ]
    return Experiment(
        [Block([Bandit(bandits=[TimelineVariable("left"), TimelineVariable("right")])], timeline=timeline)]
    )
