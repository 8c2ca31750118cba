"""What researchers say of their data, and nobody else can know: title, authors, licence, columns of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from twinbean._toml import load
from twinbean._validation import validated
from twinbean.errors import DataError
from twinbean.sessions.codebook import Column


class ColumnWords(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    description: str
    units: str | None = None
    levels: Mapping[str, str] = {}

    def column(self) -> Column:
        return Column(description=self.description, units=self.units, levels=self.levels)


class About(BaseModel):
    """`task` holds what BIDS asks of a task and nobody but the researcher knows, as CogAtlasID, under BIDS's names."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    title: str | None = None
    description: str | None = None
    licence: str | None = None
    authors: list[str] = []
    funding: list[str] = []
    references: list[str] = []
    institution: str | None = None
    task: Mapping[str, str] = {}
    columns: Mapping[str, ColumnWords] = {}


def read_about(path: Path) -> About:
    """Raises DataError for a file that is no such TOML."""
    found: dict[str, Any] = load(path)
    unknown = sorted(found.keys() - About.model_fields.keys())
    if unknown:
        raise DataError(f"{path} has {unknown[0]!r}, expected {', '.join(About.model_fields)}")
    return validated(About, found, str(path))
