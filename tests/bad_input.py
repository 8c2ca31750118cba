"""Malformed inputs, made from valid ones by changing one thing at a time, and the command line called in process."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from twinbean import cli
from twinbean.cli.messages import LONGEST

DEEP = "[" * 200 + "]" * 200
# JSON texts, since some of them are what Python's writer would never write.
WRONG = (
    "-1", "0.5", "1e999", "NaN", "1" + "0" * 400, "9" * 5_000, "true", "null", '""', '"x"', '"\\ud800"', '"=1+1"', "[]",
    "[[0]]", "[-1, 0]", "[0.5, 0]", "[true, false]", '["a", "a"]', "[0, 0]", "[0]", "[0, 1, 2]", "{}", '{"a": [1]}',
    '[{"value": 1e999}, {"value": 1}]', "[null, null]", DEEP, json.dumps("x" * 10_000),
)  # fmt: skip
ROW = {
    "format": 1, "participant": "p", "session": "s", "task": "two_armed_bandit", "variant": "0", "seed": 0,
    "parameters": {"trials": 3}, "twinbean": "0.1.0", "fingerprint": None, "rt": 400, "bean_response": 0,
    "bean_bandits": [{"color": "orange", "value": 2}, {"color": "blue", "value": 0}], "bean_value": 2, "bean_score": 2,
    "bean_labels": ["1", "2"], "bean_positions": [0, 1], "bean_offered": [0, 1], "bean_forced": False,
    "bean_feedback": "chosen", "bean_block": 0, "interruptions": [], "bean_missed": False, "device": {"width": 1},
}  # fmt: skip


def page_rows(**first):
    """Three trials of the two-armed bandit, the fields of the first row as given: JSON texts by name."""
    rows = []
    for trial in range(3):
        row = ROW | {
            "bean_bandits": [{"color": "orange", "value": 2 - trial}, {"color": "blue", "value": trial}],
            "bean_value": 2 - trial,
            "bean_score": sum(2 - t for t in range(trial + 1)),
        }
        rows.append({name: json.dumps(value) for name, value in row.items() if value is not None})
    rows[0] |= first
    written = (", ".join(f"{json.dumps(name)}: {value}" for name, value in row.items()) for row in rows)
    return "[" + ",\n".join("{" + row + "}" for row in written) + "]"


class CommandLine:
    """`twinbean` in this process, in a folder; every call must end as the documentation says that it ends."""

    def __init__(self, folder: Path, monkeypatch, capsys) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys

    def __call__(self, *arguments):
        self._monkeypatch.setattr(sys, "argv", ["twinbean", *map(str, arguments)])
        self._capsys.readouterr()
        before = self.listing()
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = self._capsys.readouterr()
        status = left.value.code
        assert status in (0, 1, 2), (status, err)
        assert "Traceback" not in err
        if status == 2:
            assert err.startswith("twinbean: error: "), err
            assert err.count("\n") == 1, err
            assert len(err) < LONGEST + 400, err
            assert self.listing() == before, f"a refused command changed files: {err}"
        return status, out, err

    def listing(self):
        files = (path for path in sorted(self.folder.rglob("*")) if path.name != ".lock")
        return {path: path.read_bytes() if path.is_file() else None for path in files}

    def refused(self, *arguments):
        status, out, err = self(*arguments)
        assert status == 2, (arguments, out, err)
        return err
