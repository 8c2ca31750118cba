"""What stands on the arms: drawn for a participant, checked, and put into instructions."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sweetbean.variable import TimelineVariable

from twinbean._random import generator
from twinbean.definitions.definition import Definition, Screen, count_arms
from twinbean.definitions.wording import listed
from twinbean.errors import TaskError
from twinbean.sessions.transcripts import CLOSE, OPEN

PLACEHOLDER = "{labels}"


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


def n_unlabelled_arms(definition: Definition) -> int:
    """The most arms that a SlotMachines without labels shows at one trial; 26 where a function makes the arms."""
    most = 0
    for block in definition.blocks:
        for screen in block.screens:
            if screen.kind == "SlotMachines" and not screen.arguments["labels"]:
                most = max(most, count_arms(screen.arguments["bandits"], block.timeline) or len(string.ascii_uppercase))
    return most


def stated_labels(definition: Definition) -> tuple[str, ...]:
    """The labels that the definition itself puts on its arms; none where it leaves them open, or where they differ from
    trial to trial, so that no text before the trials could name them."""
    stated: set[tuple[str, ...]] = set()
    for block in definition.blocks:
        for screen in block.screens:
            if screen.is_trial:
                stated |= set(_stated(screen, block.timeline))
    return stated.pop() if len(stated) == 1 else ()


def _stated(screen: Screen, timeline: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    given = screen.arguments.get("labels")
    if given is None and screen.kind != "SlotMachines":
        # A stock Bandit numbers its arms.
        yield tuple(str(arm + 1) for arm in range(count_arms(screen.arguments["bandits"], timeline)))
        return
    for element in timeline:
        value = element[given.name] if isinstance(given, TimelineVariable) else given
        yield tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def with_labels(text: str, labels: Iterable[str]) -> str:
    """`text` with `{labels}` replaced by what stands on the participant's machines."""
    names = list(labels)
    return text.replace(PLACEHOLDER, listed(names, "and")) if names else text


def check_labels(labels: Sequence[str], n_arms: int, where: str) -> None:
    """Raises TaskError unless there is one label an arm, all different, none empty and none with a response marker."""
    if len(labels) != n_arms or len(set(labels)) != n_arms:
        raise TaskError(f"{where}: labels are {list(labels)!r}, expected {n_arms} different ones")
    for label in labels:
        if not label.strip() or OPEN in label or CLOSE in label:
            raise TaskError(f"{where}: the label {label!r} is blank or contains {OPEN} or {CLOSE}")
