"""Delay discounting: fewer dollars today, or more dollars later.

At each trial two options, both described and neither paid. With `kirby`, the 27 items of the Monetary Choice
Questionnaire in their order, whatever `trials` is; else pairs that are drawn so that discount rates from 0.0003 to 0.3
a day can be told apart.

Source: Kirby, Petry & Bickel 1999, J Exp Psychol Gen 128:78
"""

from sweetbean import Block, Experiment
from sweetbean.variable import TimelineVariable

from twinbean import Instructions, Options
from twinbean.tasks.schedules import KIRBY, DelayPairs, questionnaire

STORY = (
    "You are going to choose {trials} times between two options, labeled {{labels}}. Each time you read how many "
    "dollars an option pays and when. The options are new ones every time.\n"
    "Nothing is paid in this study. Please choose as if you would really get the dollars at the time that is said.\n"
    "There is no right or wrong answer: choose what you would rather have."
)
HOW = "To choose an option, click or tap it, or press the letter that stands on it."


def build(*, rng, trials: int = 48, kirby: bool = False) -> Experiment:
    timeline = questionnaire(rng) if kirby else DelayPairs().draw(rng, trials)
    story = STORY.format(trials=len(KIRBY) if kirby else trials)
    options = Options(TimelineVariable("options"), time_after_response=400)
    return Experiment(
        [Block([Instructions([*story.split("\n"), HOW], text=story)]), Block([options], timeline=timeline)]
    )
