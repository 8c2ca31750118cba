"""The decks of cards of the Iowa gambling task."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from twinbean.tasks.schedules.payoffs import Payoffs, check_trials


@dataclass(frozen=True)
class IowaDecks:
    """The four decks A to D of the Iowa gambling task: row i is the i-th card of each deck, its win less its loss.

    A and B win 100 a card and C and D 50; in each ten cards A and B lose 1,250 and C and D 250. After 40 cards a deck
    starts again. Nothing is drawn. A row is a card, not a trial: what is paid depends on how often a deck was chosen.
    Source: Bechara, Damasio, Damasio & Anderson 1994, Cognition 50:7, figure 1. Points are dollars.
    """

    def draw(self, rng: Generator, cards: int) -> Payoffs:
        check_trials(cards, "cards")
        rows = tuple(
            tuple(gain - losses.get(card % 40, 0) for gain, losses in zip(_GAINS, _LOSSES, strict=True))
            for card in range(cards)
        )
        return Payoffs(outcomes=rows, expected=((-25, -25, 25, 25),) * cards)


_GAINS = (100, 100, 50, 50)


def _losses(cards: str) -> dict[int, int]:
    """`3:150` is a loss of 150 on the third card."""
    pairs = (pair.split(":") for pair in cards.split())
    return {int(card) - 1: int(loss) for card, loss in pairs}


_LOSSES = (
    _losses(
        "3:150 5:300 7:200 9:250 10:350 12:350 14:250 15:200 17:300 18:150 "
        "22:300 24:350 26:200 27:250 28:150 31:350 32:200 33:250 37:150 38:300"
    ),
    _losses("9:1250 14:1250 21:1250 32:1250"),
    _losses(
        "3:50 5:50 7:50 9:50 10:50 12:25 13:75 17:25 18:75 20:50 "
        "24:50 25:25 26:50 29:75 30:50 34:25 35:25 37:75 39:50 40:75"
    ),
    _losses("10:250 20:250 29:250 35:250"),
)
