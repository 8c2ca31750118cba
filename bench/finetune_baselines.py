"""Cognitive models of the choices that the test people are predicted at: a row a choice and model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from finetune_people import TEST_BLOCKS, TRIALS, Study, placed, study

from twinbean._files import write_text
from twinbean.cognitive import choices_of, fit_one, model, scale_of, trial_log_likelihoods
from twinbean.inference import prequential
from twinbean.sessions import Session

MODELS = ("base_rate", "wsls1", "wsls2", "sticky", "rw", "rw_stick", "rw_ck")
MIXTURE = {"mixture": ["wsls2", "rw_stick", "rw_ck", "ck"]}
_COLUMNS = ["model", "participant", "block", "place", "logp_legal"]


def baselines(out: Path, data: Path) -> None:
    found = study(data)
    steps = {
        "fits": lambda: _table(fits(found)),
        "prequential-block": lambda: ahead(found, "block"),
        "prequential-whole": lambda: ahead(found, "person"),
    }
    (out / "baselines").mkdir(exist_ok=True)
    for name, step in steps.items():
        file = out / "baselines" / f"{name}.csv"
        if not file.exists():
            table = step()
            write_text(file, table.to_csv(index=False))
            print(name, table.groupby("model")["logp_legal"].mean().round(4).to_dict(), flush=True)


def fits(found: Study) -> Iterator[tuple[object, ...]]:
    """One set of parameters for all training people, and one for each test person's blocks before the one predicted."""
    scale = scale_of(found.people)
    learned = choices_of([one for one in found.sessions if one.participant in set(found.split.train)], scale)
    people = {one.participant: one for one in found.side("test")}
    for name in MODELS:
        shared = fit_one(model(name), learned).values
        for person in choices_of(list(people.values()), scale):
            for block in TEST_BLOCKS:
                where = asked(people[person.participant], block)
                at = [trial for _, trial in where]
                earlier = person.scored & (np.arange(len(person.scored)) < at[0])
                own = fit_one(model(name), [replace(person, scored=earlier)], method="map").values
                for kind, values in (("population", shared), ("own earlier blocks", own)):
                    logps = trial_log_likelihoods(model(name), values, person)[at]
                    for (place, _), logp in zip(where, logps, strict=True):
                        yield f"{name}, {kind}", person.participant, block, place, float(logp)


def ahead(found: Study, history: str) -> pd.DataFrame:
    """Each choice from the training people, as the adapter has read them, and one's own earlier ones, as `history`
    says."""
    test = found.side("test")
    learned = [one for one in found.sessions if one.participant in set(found.split.train)]
    table = prequential(test, train=learned, models=["wsls2"], mixtures=MIXTURE, history=history)
    wanted = {
        (one.participant, trial): (block, place)
        for one in test
        for block in TEST_BLOCKS
        for place, trial in asked(one, block)
    }
    table["model"] += f", prequential, {history}"
    return _table(
        (row.model, row.participant, *wanted[row.participant, row.trial], row.logp)
        for row in table.itertuples()
        if (row.participant, row.trial) in wanted
    )


def asked(person: Session, block: int) -> list[tuple[int, int]]:
    """The choices of a block that are predicted: each one's place in it, and its trial among all."""
    return [(place, trial.trial) for number, place, trial in placed(person) if number == block and place < TRIALS]


def _table(rows: Iterator[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=_COLUMNS)
