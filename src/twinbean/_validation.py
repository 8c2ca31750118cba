"""What files hold, checked by pydantic, with its findings in one sentence."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from twinbean.errors import DataError

Model = TypeVar("Model", bound=BaseModel)

# What pydantic calls otherwise than JSON does.
_WORDS = {"string": "text", "dictionary": "an object of names and values", "list": "a list"}


class Held(BaseModel):
    """What a file must hold; it may hold more."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


def validated(model: type[Model], value: Any, where: str) -> Model:
    """`value` as a `model`. Raises DataError, which begins with `where`, for the first thing that is wrong with it."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise DataError(_sentence(error, value, where)) from None


def _sentence(error: ValidationError, value: Any, where: str) -> str:
    if not isinstance(value, dict):
        return f"{where} is {value!r}, expected an object of names and values"
    first = error.errors(include_url=False)[0]
    name = ".".join(map(str, first["loc"])) or "it"
    if first["type"] == "missing":
        return f"{where}: {name} is missing"
    expected = first["msg"].removeprefix("Input should be ").removeprefix("a valid ").removeprefix("valid ")
    expected = _WORDS.get(expected.partition(" or instance of ")[0], expected)
    return f"{where}: {name} is {first['input']!r}, expected {expected}"
