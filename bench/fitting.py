"""Fit eight models to the 101 people and 132,251 choices of Dezfouli et al. 2019, beside independent fits.

    python bench/fitting.py ../shared/data/dezfouli2019

fits all of them in one call, as `twinbean fit` does, and prints its seconds and, a line a model, the summed negative
log-likelihood and, where the reference has the model, its sum and the least and the largest difference for one person
(fit less reference: below 0 the fit found the higher likelihood).

    python bench/fitting.py ../shared/data/dezfouli2019 --times 1,2,4,8

fits two of them to everybody so many times over, under other names, and prints processor time a million choices.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd

from twinbean.cognitive import fit
from twinbean.sessions import Session
from twinbean.sessions.foreign import Columns, read_foreign

MODELS = ("uniform", "wsls1", "wsls2", "rw", "rw_stick", "rw_dual", "ck", "rw_ck")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds choices_diagno.csv.gz and the reference fits")
    parser.add_argument("--times", help="fit everybody so many times over, as 1,2,4,8")
    options = parser.parse_args()
    folder = options.folder
    reference = pd.read_csv(folder / "reference_dezfouli2019_key_participants.csv").set_index("pid")
    reference = reference.rename(columns={"random": "uniform"})
    columns = Columns(participant="ID", choice="key", reward="reward", block="trial")
    sessions = read_foreign(folder / "choices_diagno.csv.gz", columns)
    print(f"{len(sessions)} people, {sum(session.n_choices for session in sessions):,} choices")
    # The first use on a machine compiles; a user pays it once, so it is listed apart.
    started = time.perf_counter()
    fit(sessions[:1], models=["uniform"], reward_unit=1)
    print(f"compiled or loaded in {time.perf_counter() - started:.1f} s")
    if options.times:
        for times in map(int, options.times.split(",")):
            grown(sessions, times)
        return
    started, before = time.perf_counter(), time.process_time()
    fits = fit(sessions, models=MODELS, reward_unit=1)
    seconds, processor = time.perf_counter() - started, time.process_time() - before
    print(f"{'model':10}{'nll':>11}{'a choice':>10}{'at a bound':>12}{'reference':>11}{'differences':>19}")
    for name in MODELS:
        table = fits[fits["model"] == name].set_index("participant")
        nll = table["nll"].sum()
        beside = ""
        if name in reference:
            differences = table["nll"] - reference[name]
            beside = f"{reference[name].sum():11.2f}{differences.min():10.4f}{differences.max():9.4f}"
        bounds = (table["at_bound"] != "").sum()
        print(f"{name:10}{nll:11.2f}{nll / table['n_choices'].sum():10.4f}{bounds:12}{beside}")
    print(f"{len(MODELS)} models in {seconds:.1f} s, {processor:.1f} s of processor time")


def grown(sessions: list[Session], times: int) -> None:
    """How long as many people take as there are, so many times over."""
    people = [one.replace(participant=f"{one.participant}.{n}") for n in range(times) for one in sessions]
    n_choices = sum(one.n_choices for one in people)
    for name in ("wsls2", "rw"):
        before = time.process_time()
        fit(people, models=[name], reward_unit=1)
        seconds = time.process_time() - before
        print(f"{name:6}{n_choices:12,} choices{seconds:8.1f} s{seconds / n_choices * 1e6:8.1f} s a million")


if __name__ == "__main__":
    main()
