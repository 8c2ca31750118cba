"""The page about recovery holds the numbers of its tables, and lies beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from twinbean.cognitive.recovery import Recovery, recover
from twinbean.cognitive.simulation import environment
from twinbean.report.recovery import write_recovery
from twinbean.tasks.schedules import Bernoulli


@pytest.fixture(scope="module")
def recovery() -> Recovery:
    payoffs = Bernoulli((0.2, 0.8)).draw(np.random.default_rng(0), 40)
    return recover([environment(payoffs.outcomes)], models=["wsls1", "rw"], simulations=6)


def test_every_table_and_figure_lies_beside_the_page(recovery: Recovery, tmp_path: Path) -> None:
    page = write_recovery(recovery, tmp_path, facts={"task": "<b>coins</b>", "seed": 0})
    html = page.read_text(encoding="utf-8")
    assert "<b>coins" not in html
    assert "&lt;b&gt;coins" in html
    # The page may load nothing, not even an image that it carries itself.
    assert "<image" not in html
    names = {path.stem for path in (tmp_path / "figures").glob("*.svg")}
    assert names == {"confusion", "recovery_wsls1", "recovery_rw"}
    assert names == {path.stem for path in (tmp_path / "figures").glob("*.png")}
    assert len(pd.read_csv(tmp_path / "tables" / "parameters.csv")) == 6 * 2 * 3
    content = json.loads((tmp_path / "recovery.json").read_text(encoding="utf-8"))
    assert (content["format"], content["n_choices"], content["task"]) == (1, 40, "<b>coins</b>")
    for warning in content["warnings"]:
        assert warning.split(",")[0] in html
    row = recovery.summary.iloc[0]
    assert f">{row['pearson']:.2f}</td>".replace("-", "−") in html
