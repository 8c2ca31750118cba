"""The two-step task.

A trial has two choices. The first is between two rockets; each flies mostly to one of two planets, and sometimes to the
other. The second is between the planet's two aliens, who have treasure with probabilities that drift. Who repeats a
rocket after a treasure wherever it flew learns by reward alone; who asks which rocket flies to that planet plans.

Source: Daw et al. 2011, Neuron 69:1204
"""

import string

from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect, TimelineVariable

from twinbean import Instructions, SlotMachines
from twinbean.errors import TaskError
from twinbean.tasks.schedules import DriftingBernoulli

PLANETS = ("red", "purple")
ROCKET_COLORS = ("#56B4E9", "#E69F00")
ALIEN_COLORS = ("#C0392B", "#8E44AD")
HOW = "To choose a rocket or an alien, click or tap it, or press the letter that stands on it."


def rockets_told(letters, trials):
    return (
        f"You are going to fly to two planets, the red one and the purple one, {trials} times. Each time, you first "
        f"choose one of two rockets, labeled {letters[0][0]} and {letters[0][1]}.\n"
        f"Each rocket flies to one of the planets most of the time, and to the other one now and then. Which planet a "
        f"rocket mostly flies to never changes."
    )


def aliens_told(letters):
    return (
        f"On each planet there are two aliens: {letters[1][0]} and {letters[1][1]} on the red planet, {letters[2][0]} "
        f"and {letters[2][1]} on the purple planet. You ask one of them for treasure. A treasure is 1 point.\n"
        f"Some aliens have treasure more often than others. How often an alien has treasure changes slowly, and "
        f"independently of the other aliens.\n"
        f"Your goal is to win as many points as possible."
    )


def land(response, common):
    """The planet of a rocket; one that nobody chose in time flies as the first."""
    rocket = 0 if response is None else response
    return rocket if common else 1 - rocket


def alien_met(pays, means, planet, alien):
    place = 2 * planet + alien
    return {"color": ALIEN_COLORS[planet], "value": pays[place], "expected": means[place]}


def build(
    *, rng, trials: int = 201, common: float = 0.7, sd: float = 0.025, low: float = 0.25, high: float = 0.75
) -> Experiment:
    if not 0.5 < common <= 1:
        raise TaskError(
            f"common is {common!r}, expected a probability above .5: a rocket has one planet that is its own"
        )
    drawn = [str(letter) for letter in rng.permutation(list(string.ascii_uppercase))[:6]]
    aliens = DriftingBernoulli(n_arms=4, sd=sd, low=low, high=high).draw(rng, trials)
    flights = rng.random(trials) < common
    timeline = [
        _element(outcomes, means, common, flight)
        for outcomes, means, flight in zip(aliens.outcomes, aliens.expected, flights.tolist(), strict=True)
    ]

    score, planet, letters = SharedVariable("score", 0), SharedVariable("planet", 0), SharedVariable("letters", [])
    response, flight = DataVariable("response", 0), TimelineVariable("common")
    add_points = SideEffect(
        score, FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    )
    told, worth = TimelineVariable("letters"), TimelineVariable("worth")
    story = Instructions(
        [
            FunctionVariable("rockets_told", rockets_told, [told, trials]),
            FunctionVariable("aliens_told", aliens_told, [told]),
        ],
        side_effects=[SideEffect(letters, FunctionVariable("letters", lambda letters: letters, [told]))],
    )
    rockets = SlotMachines(
        bandits=[
            {
                "color": color,
                "value": 0,
                "expected": FunctionVariable("worth", lambda worth, own: worth[own], [worth, own]),
            }
            for own, color in enumerate(ROCKET_COLORS)
        ],
        labels=FunctionVariable("rocket_letters", lambda letters: letters[0], [letters]),
        time_after_response=600,
        side_effects=[add_points, SideEffect(planet, FunctionVariable("land", land, [response, flight]))],
        stage=1,
        pays=False,
    )
    arrival = FunctionVariable("arrival", lambda planet: f"You land on the {PLANETS[planet]} planet.", [planet])
    asked = SlotMachines(
        bandits=[
            FunctionVariable(
                "alien_met", alien_met, [TimelineVariable("pays"), TimelineVariable("means"), planet, alien]
            )
            for alien in (0, 1)
        ],
        labels=FunctionVariable("alien_letters", lambda letters, planet: letters[1 + planet], [letters, planet]),
        side_effects=[add_points],
        stage=2,
        state=FunctionVariable("state", lambda planet: PLANETS[planet], [planet]),
        transition=FunctionVariable("transition", lambda common: "common" if common else "rare", [flight]),
    )
    return Experiment(
        [
            Block([story], timeline=[{"letters": [drawn[:2], drawn[2:4], drawn[4:]]}]),
            Block([Instructions(HOW, text="")]),
            Block([rockets, Text(duration=1000, text=arrival), asked], timeline=timeline),
        ]
    )


def _element(outcomes, means, common, flight):
    """What a trial pays on either planet and where the rockets fly, as short as a page can carry it."""
    best = max(means[:2]), max(means[2:])
    # What a rocket is worth to who asks the better alien.
    worth = [common * best[own] + (1 - common) * best[1 - own] for own in (0, 1)]
    return {
        "pays": list(outcomes),
        "means": [round(mean, 6) for mean in means],
        "worth": [round(value, 6) for value in worth],
        "common": flight,
    }
