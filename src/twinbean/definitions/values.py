"""Values as JSON can carry them to the page."""

from __future__ import annotations

from typing import Any

import numpy as np
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable

from twinbean.errors import EmissionError

# Of these very types: a number of numpy can be a float, too.
_AS_THEY_ARE = frozenset({bool, str, float})
# Above, JavaScript does not count exactly.
_LARGEST = 2**53 - 1


def normalise(value: Any, where: str) -> Any:
    """`value` as JSON can carry it, variables left in place. Raises EmissionError for what JSON cannot carry."""
    # Most of it is that, and a timeline is long.
    if value is None or type(value) in _AS_THEY_ARE or (type(value) is int and -_LARGEST <= value <= _LARGEST):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, bool | str | float):
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise EmissionError(f"{where} is {value}, and JavaScript counts exactly only to 2**53 - 1")
        return value
    if isinstance(value, list | tuple):
        return [normalise(item, where) for item in value]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise EmissionError(f"{where} has the key {key!r}; on the page keys are text: use {str(key)!r}")
        return {key: item if type(item) in _AS_THEY_ARE else normalise(item, where) for key, item in value.items()}
    if isinstance(value, TimelineVariable | DataVariable | SharedVariable | FunctionVariable):
        return value
    raise EmissionError(f"{where} is {value!r}, a {type(value).__name__}, which JSON cannot carry to the page")
