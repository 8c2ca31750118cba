"""A rating from 1 to a number of steps: people press a button or its digit, a model names the number."""

from twinbean import AskingKind, Offer, Stimulus
from twinbean.errors import EmissionError


class Rating(Stimulus):
    def __init__(self, prompt, steps=5, *, side_effects=None):
        super().__init__({"prompt": prompt, "steps": steps}, side_effects)


class RatingKind(AskingKind):
    name = "Rating"
    stimuli = (Rating,)
    arguments = ("prompt", "steps")
    script = "rating.js"

    def check(self, stimulus, arguments, where):
        if arguments["steps"] not in range(2, 10):
            raise EmissionError(f"{where} has {arguments['steps']!r} steps, expected from 2 to 9")

    def offer(self, arguments, where):
        steps = range(1, arguments["steps"] + 1)
        opening = f"{arguments['prompt']} From 1 to {len(steps)}, you answer "
        return Offer(labels=tuple(map(str, steps)), values=tuple(steps), opening=opening)
