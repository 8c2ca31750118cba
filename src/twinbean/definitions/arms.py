"""What is drawn for a participant: the letters on the arms, their places on the screen, orders and conditions."""

from __future__ import annotations

import string

from twinbean._random import generator
from twinbean.definitions.blocks import Definition
from twinbean.definitions.counterbalancing import Arrangement


def draw_labels(definition: Definition, *, seed: int, participant: str) -> tuple[str, ...] | None:
    """Capital letters for one participant, as many as a trial has arms; None where the definition labels its arms."""
    n_arms = n_unlabelled_arms(definition)
    if n_arms == 0:
        return None
    letters = generator(seed, participant, purpose="labels").permutation(list(string.ascii_uppercase))
    return tuple(str(letter) for letter in letters[:n_arms])


def draw_positions(n_arms: int, *, seed: int, variant: int) -> list[int]:
    """Where on the screen each arm of a variant stands, in reading order from 0."""
    return [int(place) for place in generator(seed, sample=variant, purpose="positions").permutation(n_arms)]


def draw_arrangement(definition: Definition, *, seed: int, number: int) -> Arrangement:
    """The order and conditions of participant `number`: in an order that is drawn, each once before any comes again."""
    ways = definition.arrangements
    once, place = divmod(number, len(ways))
    drawn = generator(seed, sample=once, purpose="order and conditions").permutation(len(ways))
    return ways[int(drawn[place])]


def n_unlabelled_arms(definition: Definition) -> int:
    """The most arms without labels that a trial shows; 26 where a function makes the arms."""
    counts = [
        screen.kind.n_arms(screen.arguments, block.timeline) or len(string.ascii_uppercase)
        for block in definition.blocks
        for screen in block.screens
        if screen.kind.draws_labels(screen.arguments)
    ]
    return max(counts, default=0)


def stated_labels(definition: Definition) -> tuple[str, ...]:
    """The labels that the definition itself puts on its arms; none where it leaves them open, or where they differ from
    trial to trial, so that no text before the trials could name them."""
    stated = {
        labels
        for block in definition.blocks
        for screen in block.screens
        for labels in screen.kind.stated_labels(screen.arguments, block.timeline)
    }
    return stated.pop() if len(stated) == 1 else ()
