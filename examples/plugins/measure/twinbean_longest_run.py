"""How often one arm is chosen in a row at most: a column in every comparison, once the package is installed."""

from itertools import groupby

from twinbean import Measure


def longest_run(course):
    """`course` holds arrays over trials; `counted` marks the choices that a measure is taken over."""
    runs = [
        len(list(run)) for block in course.blocks() for _, run in groupby(course.choice[block][course.counted[block]])
    ]
    return max(runs, default=float("nan"))


LONGEST_RUN = Measure(
    name="longest_run",
    title="Longest run",
    definition="The most counted choices of one arm in a row, within a block.",
    source="Wagenaar (1972), Psychol. Bull. 77:65-72",
    of=longest_run,
)
