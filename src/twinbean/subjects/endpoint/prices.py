"""What tokens cost, from a file that the user keeps: prices change, and nobody else's are known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from twinbean._messages import names_listed
from twinbean._toml import load
from twinbean._validation import validated
from twinbean.errors import SubjectError

_MILLION = 1_000_000


class _Listed(BaseModel):
    """Of a million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: float = Field(ge=0, allow_inf_nan=False)
    completion: float = Field(ge=0, allow_inf_nan=False)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str
    models: Mapping[str, _Listed]


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a million tokens of a prompt and of a reply cost; tokens of reasoning are tokens of the reply."""

    currency: str
    prompt: float
    completion: float

    def of(self, prompt_tokens: float, completion_tokens: float) -> float:
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / _MILLION


def read_price(path: Path, spec: str) -> Price:
    """The price of the model `spec`, as `--model` names it. Raises DataError for a file that is no price list, and
    SubjectError where the model is not in it."""
    found = validated(_File, load(path), str(path))
    listed = found.models.get(spec)
    if listed is None:
        raise SubjectError(f"{path} has no price of {spec!r} (it has {names_listed(found.models) or 'none'})")
    return Price(currency=found.currency, prompt=listed.prompt, completion=listed.completion)
