"""Cover stories for people whose own is not on record, so that a model learns from the choices and not the story."""

from __future__ import annotations

from twinbean.definitions.recorded import COVER

# The first is that of `recorded`, in which held-out people are told.
COVERS = (
    COVER,
    "You play a game with the machines {labels}. In every round you press one of them, and it pays you some points. "
    "Your goal is to win as many points as possible.",
    "There are buttons called {labels}. Every press of a button gives points, and some buttons give more than others. "
    "Collect as many points as you can.",
    "You are in a casino in front of the slot machines {labels}. What they pay differs, and you find it out by "
    "playing. Earn as much as you can.",
    "A robot has the levers {labels}. Pulling a lever earns a reward of so many points. Choose freely, and try to get "
    "the most out of them.",
    "In front of you are the decks of cards {labels}. Each time you press a letter you turn a card of that deck, which "
    "tells you how many points you get. Please get as many points as possible.",
    "This is a study about decisions. You will choose between the options {labels} many times, and after each choice "
    "you see how many points it was worth.",
    "Machines {labels}. Win points.",
)
