"""SweetBean's variables: which of them a value reads, and what an effect sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.errors import EmissionError


def effect_name(effect: Any) -> str:
    """Under which name an effect's value stands in the row."""
    target = effect.set_variable
    if isinstance(target, DataVariable):
        return str(target.raw_name)
    if isinstance(target, SharedVariable):
        return str(target.name)
    raise EmissionError(f"a side effect sets {target!r}; it can set a SharedVariable or a DataVariable")


def variables_in(value: Any) -> Iterator[Any]:
    """Every variable in a value, also in lists, dicts and the arguments of functions, in the order in which they stand
    there."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        # Timelines are mostly numbers and texts, and to compare with SweetBean's classes takes ten times as long.
        if one is None or isinstance(one, str | int | float):
            continue
        if isinstance(one, dict):
            waiting += reversed(one.values())
        elif isinstance(one, list | tuple):
            waiting += reversed(one)
        elif isinstance(one, FunctionVariable):
            yield one
            waiting.append(one.args)
        elif isinstance(one, TimelineVariable | DataVariable | SharedVariable):
            yield one


def timeline_lists(value: Any, timeline: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """What `value` is at each element of a timeline, where it is a TimelineVariable; else the value itself, once."""
    if isinstance(value, TimelineVariable):
        yield from (element[value.name] for element in timeline)
    else:
        yield value
