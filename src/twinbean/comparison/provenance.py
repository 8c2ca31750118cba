"""What run folders say beside their trials: the manifest, who failed, and how many answers were illegal."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinbean.errors import DataError
from twinbean.json_lines import finished, json_lines


@dataclass(frozen=True, kw_only=True)
class RunNotes:
    """`statuses` maps (source, session) to "complete" or "failed". `n_illegal` counts the questions whose first answer
    was no legal label, `n_asked` all questions that were answered: how often an illegal answer is asked again is the
    user's choice, and must not change the rate."""

    folder: str
    manifest: Mapping[str, Any]
    statuses: Mapping[tuple[str, str], str] = field(default_factory=dict)
    n_illegal: int = 0
    n_asked: int = 0

    @property
    def source(self) -> str:
        """The name of whoever played or scored."""
        described = self.manifest.get("subject") or self.manifest.get("scorer") or {}
        named = {source for source, _ in self.statuses}
        return next(iter(sorted(named)), str(described.get("name", "unknown")))


def read_notes(paths: Iterable[str | Path]) -> list[RunNotes]:
    """The notes of those `paths` that are run folders. Raises DataError for a run.json that is not JSON."""
    return [_notes(Path(path)) for path in paths if (Path(path) / "run.json").is_file()]


def _notes(folder: Path) -> RunNotes:
    try:
        manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DataError(f"{folder / 'run.json'} is not JSON (line {error.lineno}: {error.msg})") from None
    statuses = {}
    if (folder / "sessions.csv").is_file():
        with (folder / "sessions.csv").open(encoding="utf-8", newline="") as file:
            statuses = {(row["source"], row["session"]): row["status"] for row in csv.DictReader(file)}
    illegal: set[tuple[str, int | None]] = set()
    asked: set[tuple[str, int | None]] = set()
    if (folder / "trials.jsonl").is_file():
        # A run that is still being written may end in half a line.
        journal = folder / "trials.jsonl"
        for _, entry in json_lines(finished(journal.read_bytes()), str(journal)):
            # Sets, since a resumed run may write down an answer again.
            if entry["kind"] == "illegal" and entry["attempt"] == 0:
                illegal.add((entry["session"], entry["trial"]))
            if entry["kind"] == "trial" and entry.get("origin") == "subject" and not entry.get("forced"):
                asked.add((entry["session"], entry["trial"]))
    return RunNotes(
        folder=folder.name,
        manifest=manifest,
        statuses=statuses,
        n_illegal=len(illegal),
        n_asked=len(asked | illegal),
    )
