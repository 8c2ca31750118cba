"""Who is predicted from whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twinbean._random import generator
from twinbean.cognitive.choices import Choices
from twinbean.errors import TwinbeanError


@dataclass(frozen=True)
class Fold:
    """The places, among all people, of those whom a group is fitted to, and of those who are predicted from it."""

    train: tuple[int, ...]
    test: tuple[int, ...]


def dealt(people: Sequence[Choices], folds: int, seed: int) -> list[Fold]:
    """Each source's participants dealt into `folds`, each predicted from the others of its source. Keyed by the
    participants, so that the order of the data deals nobody into another fold. Raises TwinbeanError for too few."""
    found = []
    for source in dict.fromkeys(person.source for person in people):
        own = [i for i, person in enumerate(people) if person.source == source]
        if not 2 <= folds <= len(own):
            raise TwinbeanError(
                f"{len(own)} participants ({source}) cannot be dealt into {folds} folds: "
                f"expected at least as many participants as folds, and at least 2 folds"
            )
        draws = [generator(seed, people[i].participant, purpose="folds").random() for i in own]
        order = [own[place] for place in np.argsort(draws)]
        for fold in range(folds):
            test = set(order[fold::folds])
            found.append(Fold(tuple(i for i in own if i not in test), tuple(i for i in own if i in test)))
    return found
