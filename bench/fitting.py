"""Fit eight models to the 101 people and 132,251 choices of Dezfouli et al. 2019, beside independent fits.

    python bench/fitting.py ../shared/data/dezfouli2019

prints a line a model: seconds, summed negative log-likelihood, and the reference's where it has the model.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from twinbean.fitting import fit
from twinbean.records.foreign import Columns, read_foreign

MODELS = ("uniform", "wsls1", "wsls2", "rw", "rw_stick", "rw_dual", "ck", "rw_ck")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds choices_diagno.csv.gz and the reference fits")
    folder = parser.parse_args().folder
    reference = json.loads((folder / "reference_dezfouli2019_key.json").read_text())["models"]
    columns = Columns(participant="ID", choice="key", reward="reward", block="trial")
    sessions = read_foreign(folder / "choices_diagno.csv.gz", columns)
    print(f"{len(sessions)} people, {sum(session.n_choices for session in sessions):,} choices")
    # The first use on a machine compiles; a user pays it once, so it is told apart.
    started = time.perf_counter()
    fit(sessions[:1], models=["uniform"], reward_unit=1)
    print(f"compiled or loaded in {time.perf_counter() - started:.1f} s")
    print(f"{'model':10}{'seconds':>9}{'nll':>13}{'reference':>13}{'a choice':>10}{'people at a bound':>19}")
    total = 0.0
    for name in MODELS:
        started = time.perf_counter()
        table = fit(sessions, models=[name], reward_unit=1)
        seconds = time.perf_counter() - started
        total += seconds
        nll = table["nll"].sum()
        known = reference.get("random" if name == "uniform" else name, {}).get("total_nll")
        beside = f"{known:13.2f}" if known is not None else f"{'':13}"
        bounds = (table["at_bound"] != "").sum()
        print(f"{name:10}{seconds:9.1f}{nll:13.2f}{beside}{nll / table['n_choices'].sum():10.4f}{bounds:19}")
    print(f"{len(MODELS)} models in {total:.1f} s")


if __name__ == "__main__":
    main()
