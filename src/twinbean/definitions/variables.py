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
    """Every variable in a value, also in lists, dicts and the arguments of functions."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from variables_in(item)
    elif isinstance(value, FunctionVariable):
        yield value
        yield from variables_in(value.args)
    elif isinstance(value, TimelineVariable | DataVariable | SharedVariable):
        yield value


def timeline_lists(value: Any, timeline: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """What `value` is at each element of a timeline, where it is a TimelineVariable; else the value itself, once."""
    if isinstance(value, TimelineVariable):
        yield from (element[value.name] for element in timeline)
    else:
        yield value
