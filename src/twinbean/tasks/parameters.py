"""The parameters of a task by the types of its `build`: read from text, and checked where they come from a record."""

from __future__ import annotations

import inspect
import math
import types
import typing
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twinbean.errors import TaskError


def _options(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)


def hints_of(build: Callable[..., Any]) -> dict[str, Any]:
    """The types of the parameters; one that cannot be evaluated here, as a name imported for type checkers only, is
    taken from the parameter's default."""
    hints: dict[str, Any] = {}
    for name, parameter in inspect.signature(build).parameters.items():
        hint = parameter.annotation
        if isinstance(hint, str):
            with suppress(Exception):
                hint = eval(hint, getattr(inspect.unwrap(build), "__globals__", {}))
        if hint is inspect.Parameter.empty or isinstance(hint, str):
            if parameter.default in (inspect.Parameter.empty, None):
                continue
            hint = type(parameter.default)
        hints[name] = hint
    return hints


def fits(value: Any, hint: Any) -> bool:
    """Whether a value that was recorded can be a parameter of this type; True for types that say nothing of it."""
    for option in _options(hint):
        if typing.get_origin(option) is typing.Literal:
            if value in typing.get_args(option):
                return True
        elif option is None or option is type(None):
            if value is None:
                return True
        elif option in (int, float):
            if (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and (option is float or value == int(value))
            ):
                return True
        elif option in (bool, str):
            if isinstance(value, option):
                return True
        else:
            return True
    return False


def named(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)


def is_float(hint: Any) -> bool:
    return float in _options(hint) and int not in _options(hint)


def parse(name: str, text: str, hint: Any) -> Any:
    options = _options(hint)
    if type(None) in options and text.lower() in ("none", "null"):
        return None
    for option in options:
        if typing.get_origin(option) is typing.Literal:
            if text in typing.get_args(option):
                return text
        elif option is bool:
            if text.lower() in ("true", "false"):
                return text.lower() == "true"
        elif option in (int, float, str):
            try:
                value = option(text)
            except ValueError:
                continue
            if isinstance(value, str) or math.isfinite(value):
                return value
    raise TaskError(f"parameter {name} is {text!r}, expected {named(hint)}")
