"""The names of BIDS's files: entities of letters and digits, no two files of the same name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twinbean.sessions.session import Session


@dataclass(frozen=True, kw_only=True)
class FileName:
    """`sub-SUBJECT[_ses-SESSION]_task-TASK[_acq-MODEL][_run-SAMPLE]`."""

    subject: str
    session: str | None
    task: str
    model: str | None
    run: int | None

    @property
    def folder(self) -> str:
        within = "" if self.session is None else f"/ses-{self.session}"
        return f"sub-{self.subject}{within}/beh"

    def __str__(self) -> str:
        parts = [
            ("sub", self.subject),
            ("ses", self.session),
            ("task", self.task),
            ("acq", self.model),
            ("run", self.run),
        ]
        return "_".join(f"{entity}-{label}" for entity, label in parts if label is not None)


def file_names(sessions: Sequence[Session]) -> list[FileName]:
    """One for each session, in their order; sessions of a participant are counted where there are several."""
    subjects = _labels(one.participant for one in sessions)
    tasks = _labels(one.task for one in sessions)
    models = _labels(one.source for one in sessions)
    # A model that continues a person's sessions has as many.
    passes: dict[tuple[str, str, int], dict[str, int]] = {}
    for one in sessions:
        own = passes.setdefault(_player(one), {})
        own.setdefault(one.session, len(own) + 1)
    several = {who[0] for who, own in passes.items() if len(own) > 1}
    of_many = {one.source for one in sessions if one.sample}
    names: list[FileName] = []
    taken: set[str] = set()
    for one in sessions:
        label = None if one.source == "human" else models[one.source]
        # The same person can be continued by the same model from several places.
        for again in range(1, len(sessions) + 1):
            name = FileName(
                subject=subjects[one.participant],
                session=str(passes[_player(one)][one.session]) if one.participant in several else None,
                task=tasks[one.task],
                model=label if again == 1 else f"{label or 'human'}x{again}",
                run=one.sample + 1 if one.source in of_many else None,
            )
            if str(name) not in taken:
                break
        taken.add(str(name))
        names.append(name)
    return names


def _player(session: Session) -> tuple[str, str, int]:
    return session.participant, session.source, session.sample


def _labels(names: Iterable[str]) -> dict[str, str]:
    """Letters and digits for each name, another for each."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        plain = re.sub(r"[^A-Za-z0-9]", "", name) or "x"
        # Folders of some systems do not tell capitals apart.
        label, again = plain, 1
        while label.lower() in taken:
            again += 1
            label = f"{plain}x{again}"
        taken.add(label.lower())
        found[name] = label
    return found
