"""The answer in words. Every number in a sentence is looked up in a table of the comparison."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from twinbean.comparison.comparing import Comparison
from twinbean.comparison.likelihood import FAIR
from twinbean.comparison.statistics import LEVEL

MISSING = "–"


def number(value: Any, digits: int = 2) -> str:
    """A number as people read it, with a true minus sign; a dash where there is none."""
    if value is None or pd.isna(value):
        return MISSING
    text = f"{float(value):.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def share(value: Any) -> str:
    return MISSING if pd.isna(value) else f"{float(value):.0%}"


def interval(low: Any, high: Any, digits: int = 2) -> str:
    """ "0.10 to 0.30", or nothing where there is no interval."""
    return "" if pd.isna(low) else f"{number(low, digits)} to {number(high, digits)}"


def answer(comparison: Comparison) -> list[str]:
    """One sentence or two for every group of model sessions, then one for the likelihoods."""
    paragraphs = [_group_answer(comparison, str(name)) for name in comparison.differences["group"].unique()]
    if not comparison.n_people:
        paragraphs.insert(0, "There are no people in these data, so models are described and not compared.")
        paragraphs += [_alone(comparison, str(name)) for name in comparison.groups["group"].unique()]
    elif not paragraphs:
        paragraphs += [_alone(comparison, "people")]
    if len(comparison.likelihood):
        paragraphs.append(_likelihood_answer(comparison.likelihood))
    return [paragraph for paragraph in paragraphs if paragraph]


def _group_answer(comparison: Comparison, name: str) -> str:
    own = comparison.differences[comparison.differences["group"] == name].set_index("measure")
    reward = own.loc["mean_reward"]
    if not reward["n_people"] or not reward["n_model"]:
        return ""
    verb = "more" if reward["difference"] > 0 else "less"
    whom = "the same people" if reward["paired"] else "the people"
    size = f"{reward['n_people']} {_people(reward['n_people'])}"
    if not reward["paired"]:
        size += f", {reward['n_model']} simulated"
    bounds = interval(reward["low"], reward["high"])
    bounds = f"{LEVEL:.0%} interval of the difference {bounds}; " if bounds else ""
    text = (
        f"{name} earned {number(reward['model'])} a choice and {whom} {number(reward['people'])}: "
        f"{number(abs(reward['difference']))} {verb} ({bounds}{size})."
    )
    best, switch = own.loc["best_share"], own.loc["switch_rate"]
    if pd.notna(best["difference"]):
        text += f" It made the best choice {share(best['model'])} of the time, the people {share(best['people'])}."
    if pd.notna(switch["difference"]):
        text += (
            f" It switched arms after {share(switch['model'])} of its choices, they after {share(switch['people'])}."
        )
    agreement = comparison.agreement[comparison.agreement["group"] == name]
    if len(agreement):
        text += (
            f" It chose what the person chose {share(agreement['agreement'].mean())} of the time, where chance gives "
            f"{share(agreement['chance'].mean())} (mean over {len(agreement)} lags)."
        )
    return text


def _people(number: int) -> str:
    return "person" if number == 1 else "people"


def _alone(comparison: Comparison, name: str) -> str:
    own = comparison.groups[comparison.groups["group"] == name].set_index("measure")
    reward, best = own.loc["mean_reward"], own.loc["best_share"]
    if pd.isna(reward["mean"]):
        return ""
    text = f"{name}: {number(reward['mean'])} earned a choice"
    return text + (f", the best choice {share(best['mean'])} of the time." if pd.notna(best["mean"]) else ".")


def _likelihood_answer(table: pd.DataFrame) -> str:
    fair = table[table["quantity"].isin(FAIR)]
    kind = "" if len(fair) else " of the models fitted to them"
    fair = fair if len(fair) else table
    if not fair["nll"].notna().any():
        return ""
    fair = fair.sort_values("nll", ignore_index=True)
    best = fair.iloc[0]
    bounds = interval(best["low"], best["high"], 3)
    told = (
        f"{best['model']} tells best{kind} what people do"
        if best["pseudo_r2"] > 0
        else f"no model tells better than guessing what people do; {best['model']} comes nearest{kind}"
    )
    text = (
        f"Choice by choice, {told}: {number(best['nll'], 3)} nats a choice"
        f"{f' ({LEVEL:.0%} interval {bounds})' if bounds else ''}, pseudo-R² {number(best['pseudo_r2'])}, where 0 is "
        f"guessing and 1 is certainty."
    )
    others = fair.iloc[1:]
    if len(others):
        text += " The others: " + ", ".join(_one_behind(row) for row in others.to_dict("records")) + "."
        if others["behind_low"].notna().any():
            text += f" In brackets, how far behind they are, with the {LEVEL:.0%} interval paired by person."
    return text


def _one_behind(row: Mapping[Hashable, Any]) -> str:
    bounds = interval(row["behind_low"], row["behind_high"], 3)
    text = f"{row['model']} {number(row['nll'], 3)}"
    return f"{text} ({number(row['behind'], 3)} behind, {bounds})" if bounds else text
