"""Mapping files: which columns of other people's tables hold what, and what their entries mean, in TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from twinbean._messages import names_listed
from twinbean._toml import load
from twinbean._validation import validated
from twinbean.errors import DataError
from twinbean.sessions.foreign import read_all_foreign
from twinbean.sessions.foreign_columns import Columns, Option
from twinbean.sessions.hbayesdm import HBAYESDM, columns_of_hbayesdm
from twinbean.sessions.session import Session
from twinbean.sessions.told import Telling, read_told

_Entries = str | int | list[str | int]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _ColumnNames(_Part):
    choice: str
    participant: str | None = None
    session: str | None = None
    reward: str | list[str] | None = None
    block: str | None = None
    rt: str | None = None
    rt_unit: Literal["ms", "s"] | None = None
    phase: str | None = None
    keep: list[str] = []


class _OptionWords(_Part):
    choice: str | int
    attributes: Mapping[str, str | int | float]


class _TranscriptWords(_Part):
    outcomes: str | None = None
    reward: str | None = None
    values: Mapping[str, int | float] = {}
    block: str | None = None
    keep: list[str] = []


class MappingFile(_Part):
    """What a mapping file says; docs/converting.md describes it."""

    source: str = ""
    columns: _ColumnNames | None = None
    transcript: _TranscriptWords | None = None
    arms: Mapping[str, _Entries] = {}
    missed: _Entries = []
    phases: Mapping[str, _Entries] = {}
    where: Mapping[str, _Entries] = {}
    options: list[_OptionWords] = []


def read_mapping(path: Path) -> Columns | Telling:
    """Raises DataError for a file that is no such TOML, or contradicts itself."""
    content: dict[str, Any] = load(path)
    unknown = sorted(content.keys() - MappingFile.model_fields.keys())
    if unknown:
        raise DataError(f"{path} has {unknown[0]!r}, expected {', '.join(MappingFile.model_fields)}")
    found = validated(MappingFile, content, str(path))
    named = found.columns
    if found.transcript is not None:
        others = sorted(content.keys() - {"source", "transcript"})
        if others:
            raise DataError(f"{path} has {others[0]!r}, which is for tables, beside [transcript]")
        return _telling(found.transcript, path)
    if named is None:
        raise DataError(f"{path} says nothing: expected [columns] of a table, or [transcript]")
    if found.arms and found.options:
        raise DataError(f"{path} has [arms] and [[options]]: what is chosen is either an arm or an option")
    if bool(found.phases) != (named.phase is not None):
        raise DataError(f"{path}: [phases] names entries of the column columns.phase, and one of the two is missing")
    entries = [one for given in found.arms.values() for one in _texts(given)]
    twice = [one for one in dict.fromkeys(entries) if entries.count(one) > 1]
    if twice:
        raise DataError(f"{path}: the entry {twice[0]!r} is of several arms, and arms are {names_listed(found.arms)}")
    return Columns(
        choice=named.choice,
        participant=named.participant,
        session=named.session,
        reward=named.reward,
        block=named.block,
        rt=named.rt,
        rt_ms=None if named.rt_unit is None else {"s": 1000, "ms": 1}[named.rt_unit],
        phase=named.phase,
        phases={name: _texts(given) for name, given in found.phases.items()},
        where={name: _texts(given) for name, given in found.where.items()},
        keep=named.keep,
        arms={label: _texts(given) for label, given in found.arms.items()},
        missed=_texts(found.missed),
        options=[Option(entry=str(one.choice), attributes=one.attributes) for one in found.options],
    )


def read_mapped(mapping: str, paths: Sequence[Path]) -> list[Session]:
    """The sessions of tables or transcripts: by a mapping file, or by the name of a program that takes such tables."""
    found = columns_of_hbayesdm(paths[0]) if mapping == HBAYESDM else read_mapping(Path(mapping))
    if isinstance(found, Telling):
        return [session for path in paths for session in read_told(path, found)]
    return read_all_foreign(paths, found)


def _telling(words: _TranscriptWords, path: Path) -> Telling:
    patterns = {"outcomes": words.outcomes, "reward": words.reward, "block": words.block}
    compiled = {}
    for name, pattern in patterns.items():
        if pattern is None:
            continue
        try:
            compiled[name] = re.compile(pattern)
        except re.error as error:
            raise DataError(f"{path}: transcript.{name} is {pattern!r}, which is no pattern: {error}") from None
        needed = {"value", "label"} if name == "outcomes" else {"value"}
        if missing := sorted(needed - compiled[name].groupindex.keys()):
            raise DataError(f"{path}: transcript.{name} has no group (?P<{missing[0]}>...), in which it is found")
    return Telling(**compiled, values=words.values, keep=words.keep)


def _texts(given: _Entries) -> list[str]:
    """Entries as a table has them; a number and its text are one entry."""
    return [str(one) for one in (given if isinstance(given, list) else [given])]
