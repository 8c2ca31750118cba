"""The privacy page says what is really stored: every table, every column, every entry of a row."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sqlite3
from pathlib import Path

from collecting import Called
from taking_part import take_part
from twinbean.collect.policies import Policies
from twinbean.collect.privacy import COLUMNS, POLICIES, privacy_page
from twinbean.collect.starting import page_options


def tables_of(folder: Path) -> dict[str, list[str]]:
    """Read by nothing of Twinbean's."""
    with contextlib.closing(sqlite3.connect(folder / "study.sqlite")) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        names = [name for name in names if not name.startswith("sqlite_")]
        return {name: [row[1] for row in database.execute(f"PRAGMA table_info({name})")] for name in names}


def test_every_column_of_the_database_is_described(tmp_path: Path) -> None:
    with Called(tmp_path / "study"):
        assert {table: list(columns) for table, columns in COLUMNS.items()} == tables_of(tmp_path / "study")


def test_the_page_names_all_that_is_stored(tmp_path: Path) -> None:
    text = "You may stop.\n\nAny time <b>."
    with Called(tmp_path / "study", parameters={"trials": 3}, page={"consent": text}) as study:
        shown = page_options(study.study.settings).consents_shown[0]
        hashed = hashlib.sha256(shown.encode()).hexdigest()
        consent = {"text_sha256": hashed, "language": "en", "at": "2026-01-01T00:00:00.000Z"}
        sent = take_part(study, "ann-the-id", consent=consent)["sent"]
        page = privacy_page(study.study)
    for table, columns in tables_of(tmp_path / "study").items():
        assert f"<h3>{table}</h3>" in page
        assert all(f"<code>{column}</code>" in page for column in columns)
    assert {entry for row in sent for entry in json.loads(row)} <= set(re.findall(r"<code>(\w+)</code>", page))
    assert "not described" not in page
    assert "Any time &lt;b&gt;." in page
    assert "ann-the-id" not in page
    assert "Answers are deleted when the participant withdraws." in page


def test_a_column_that_nobody_has_described_is_shown_as_such(tmp_path: Path) -> None:
    with Called(tmp_path / "study") as study:
        study.study.store.write(lambda transaction: transaction.execute("CREATE TABLE more (secret TEXT)")).result()
        assert "<code>secret</code>: not described" in privacy_page(study.study)


def test_every_policy_that_a_study_can_have_is_said() -> None:
    for name, said in POLICIES.items():
        annotation = Policies.model_fields[name].annotation
        values = getattr(annotation, "__args__", (True,))
        assert set(said) == set(values)
