"""What docs/r.md does in R can be done, where R is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checkout import ROOT
from twinbean import _assets


@pytest.mark.skipif(
    "TWINBEAN_R" not in os.environ or shutil.which("Rscript") is None,
    reason="make r runs it, where R is installed (on Debian: apt-get install r-base-core)",
)
def test_what_the_page_for_r_does_can_be_done(tmp_path):
    (tmp_path / "people").mkdir()
    for session in _assets.example_sessions():
        shutil.copy(session, tmp_path / "people")
    blocks = re.findall(r"^```r\n(.*?)^```", (ROOT / "docs" / "r.md").read_text(encoding="utf-8"), re.S | re.M)
    # A text that a spreadsheet would run, and what gives it back.
    back = re.search(r"`(sub\(.*?perl = TRUE\))`", (ROOT / "docs" / "r.md").read_text(encoding="utf-8"))[1]
    blocks += ['trials$label <- "\'=1+1"\n', f'stopifnot(all({back} == "=1+1"))\n', "stopifnot(!any(trials$missed))\n"]
    (tmp_path / "page.R").write_text("\n".join(blocks), encoding="utf-8")
    where = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    path = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PATH": where, "PYTHONPATH": path}
    done = subprocess.run(
        ["Rscript", "--vanilla", "page.R"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^33 trials of 3 people$", done.stdout, re.MULTILINE)
    assert re.search(r"^24 choices of the model$", done.stdout, re.MULTILINE)
