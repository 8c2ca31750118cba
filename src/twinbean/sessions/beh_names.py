"""What the name of a BIDS file of behaviour says, and what its sidecars say of a column's unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from twinbean import _json
from twinbean._files import read_text

_BEH = re.compile(r"sub-([A-Za-z0-9+]+)(?:_ses-([A-Za-z0-9+]+))?(?:_[a-z]+-[A-Za-z0-9+]+)*_beh\.tsv")
_RUN = re.compile(r"_run-([0-9]+)")
_MS = {"ms": 1.0, "msec": 1.0, "milliseconds": 1.0, "s": 1000.0, "sec": 1000.0, "seconds": 1000.0}
# What BIDS itself has in seconds.
_RESPONSE_TIME = "response_time"


def is_beh(path: Path) -> bool:
    return _BEH.fullmatch(path.name) is not None


def named_by(path: Path) -> tuple[str, str]:
    """The participant and the visit that a file's name says; any other file is one person's, named by it."""
    found = _BEH.fullmatch(path.name)
    if found is None:
        return path.name.split(".")[0], ""
    run = _RUN.search(path.name)
    return found[1], "-".join(part for part in (found[2], run[1] if run else None) if part)


def rt_ms_of(path: Path, column: str | None) -> float:
    """How many milliseconds one of the column's units is: as a sidecar says, nearest first."""
    if column is None or not is_beh(path):
        return 1.0
    for sidecar in _sidecars(path):
        said = _json.loads(read_text(sidecar), str(sidecar))
        words = said.get(column) if isinstance(said, Mapping) else None
        units = words.get("Units") if isinstance(words, Mapping) else None
        if isinstance(units, str) and units.lower() in _MS:
            return _MS[units.lower()]
    return 1000.0 if column == _RESPONSE_TIME else 1.0


def _sidecars(path: Path) -> list[Path]:
    """Its own, then those of folders above whose entities are all the file's."""
    entities = set(path.name.removesuffix("_beh.tsv").split("_"))
    found = [path.with_suffix(".json")] if path.with_suffix(".json").is_file() else []
    for folder in list(path.parents)[:4]:
        for one in sorted(folder.glob("*beh.json")):
            own = {part for part in one.name.removesuffix("beh.json").split("_") if part}
            if one not in found and own <= entities:
                found.append(one)
    return found
