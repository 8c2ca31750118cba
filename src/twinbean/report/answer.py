"""The answer in words. Every number in a sentence is looked up in a table of the comparison."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from twinbean.comparison.comparing import Comparison
from twinbean.comparison.likelihood import KINDS
from twinbean.comparison.statistics import FEWEST, LEVEL

MISSING = "–"


def number(value: Any, digits: int = 2) -> str:
    """A number as people read it, with a true minus sign; a dash where there is none."""
    if value is None or pd.isna(value):
        return MISSING
    text = f"{float(value):.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def share(value: Any) -> str:
    return MISSING if pd.isna(value) else f"{float(value):.0%}"


def digits_of(low: Any, high: Any) -> int:
    """How many decimals tell the ends of an interval apart from one another, and from 0."""
    # Bounds of one value differ in their last bits.
    if pd.isna(low) or high - low >= 0.05 or high - low < 1e-9:
        return 2
    return 3 if high - low >= 0.005 else 4


def interval(low: Any, high: Any, digits: int = 2) -> str:
    """ "0.10 to 0.30", or nothing where there is no interval."""
    return "" if pd.isna(low) else f"{number(low, digits)} to {number(high, digits)}"


def answer(comparison: Comparison) -> list[str]:
    """One sentence or two for every group of model sessions, then one for the likelihoods."""
    paragraphs = [_group_answer(comparison, str(name)) for name in comparison.differences["group"].unique()]
    if not comparison.n_people:
        paragraphs.insert(0, "There are no people in these data, so models are described and not compared.")
    if not comparison.n_people or not paragraphs:
        each = [_alone(comparison, str(name)) for name in comparison.groups["group"].unique()]
        paragraphs.append(f"{'; '.join(filter(None, each))}." if any(each) else "")
    if len(comparison.tasks) > 1:
        paragraphs.insert(0, several_tasks(comparison.tasks))
    if len(comparison.likelihood):
        paragraphs.append(_likelihood_answer(comparison.likelihood))
    return [paragraph for paragraph in paragraphs if paragraph]


def several_tasks(names: Sequence[str]) -> str:
    """What a reader must know before the first number, where the data come from more than one task."""
    return (
        f"The data name {len(names)} tasks ({', '.join(names)}), and what follows compares them as if they were one: "
        f"this is valid only if arms and payoffs mean the same in all of them."
    )


def _group_answer(comparison: Comparison, name: str) -> str:
    own = comparison.differences[comparison.differences["group"] == name].set_index("measure")
    reward = own.loc["mean_reward"]
    if not reward["n_people"] or not reward["n_model"]:
        return ""
    gap = number(abs(reward["difference"]))
    gap = "no difference" if float(gap) == 0 else f"{gap} {'more' if reward['difference'] > 0 else 'less'}"
    if reward["low"] <= 0 <= reward["high"] and reward["difference"]:
        gap += ", which may be 0"
    whom = "the same people" if reward["paired"] else "the people"
    size = f"{reward['n_people']} {_people(reward['n_people'])}"
    if not reward["paired"]:
        size += f", {reward['n_model']} simulated"
    bounds = interval(reward["low"], reward["high"])
    bounds = f"{LEVEL:.0%} interval of the difference {bounds}; " if bounds else ""
    text = (
        f"{name} earned {number(reward['model'])} a choice and {whom} {number(reward['people'])}: "
        f"{gap} ({bounds}{size})."
    )
    best, switch = own.loc["best_share"], own.loc["switch_rate"]
    if pd.notna(best["difference"]):
        text += f" It made the best choice {share(best['model'])} of the time, the people {share(best['people'])}"
        text += f"{_by(best)}."
    if pd.notna(switch["difference"]):
        text += (
            f" It switched arms after {share(switch['model'])} of its choices, the people after "
            f"{share(switch['people'])} of theirs{_by(switch)}."
        )
    agreement = comparison.agreements[comparison.agreements["group"] == name]
    for row in agreement.to_dict("records"):
        bounds = "" if pd.isna(row["low"]) else f", {LEVEL:.0%} interval {share(row['low'])} to {share(row['high'])}"
        text += (
            f" It chose what the person chose {share(row['agreement'])} of the time, where chance gives "
            f"{share(row['chance'])} (mean over persons{bounds})."
        )
    return text


def _by(row: Any) -> str:
    """The interval of a difference of shares, in percentage points."""
    if pd.isna(row["low"]):
        return ""
    low, high = (number(100 * row[bound], 0) for bound in ("low", "high"))
    return f" (a difference of {low} to {high} percentage points)"


def _people(number: int) -> str:
    return "person" if number == 1 else "people"


def _alone(comparison: Comparison, name: str) -> str:
    own = comparison.groups[comparison.groups["group"] == name].set_index("measure")
    reward, best = own.loc["mean_reward"], own.loc["best_share"]
    if pd.isna(reward["mean"]):
        return ""
    whom = f"The {_people(reward['n_people'])}" if name == "people" else name
    text = f"{whom} earned {number(reward['mean'], digits_of(reward['low'], reward['high']))} a choice"
    return text + (f" and made the best choice {share(best['mean'])} of the time" if pd.notna(best["mean"]) else "")


def _likelihood_answer(table: pd.DataFrame) -> str:
    """Models are ranked within one kind of likelihood: the fairest that there is."""
    kind = next((kind for kind in KINDS if table.loc[table["quantity"].isin(kind), "nll"].notna().any()), None)
    if kind is None:
        return ""
    ranked = table[table["quantity"].isin(kind) & table["nll"].notna()].sort_values("nll", ignore_index=True)
    how = " (in-sample: each was fitted to these very choices)" if kind == ("in-sample",) else ""
    how = " (each person's later choices)" if kind[0].endswith(", later") else how
    best, others = ranked.iloc[0], ranked.iloc[1:]
    if best["n_people"] < FEWEST:
        each = ", ".join(f"{row['model']} {number(row['nll'], 3)}" for _, row in ranked.iterrows())
        text = (
            f"Choice by choice{how}, in nats (lower is better): {each}. With {best['n_people']} "
            f"{_people(best['n_people'])} no model is named as the best; that needs at least {FEWEST}."
        )
    else:
        text = _best_answer(best, others, how)
    return " ".join([text, *_what_was_seen(ranked)])


def _best_answer(best: pd.Series[Any], others: pd.DataFrame, how: str) -> str:
    name, bounds = best["model"], interval(best["low"], best["high"], 3)
    level = f"{LEVEL:.0%}"
    size = f"{number(best['nll'], 3)} nats a choice{f' ({level} interval {bounds})' if bounds else ''}"
    size += f", pseudo-R² {number(best['pseudo_r2'])}, where 0 is guessing and 1 is certainty"
    close = others[~(others["behind_low"] > 0)]
    if best["pseudo_r2"] <= 0:
        text = f"Choice by choice{how}, no model's mean is below that of guessing; {name} comes nearest: {size}."
    elif others.empty:
        text = f"Choice by choice{how}, {name} predicts what people do with {size}; there is no other model beside it."
    elif close.empty:
        text = f"Choice by choice{how}, {name} predicts best what people do: {size}."
    else:
        text = f"Choice by choice{how}, {name} has the lowest mean: {size}."
    if len(close):
        tied = ", ".join(close["model"])
        text += f" Not distinguishable from it, since the interval of the difference contains 0: {tied}."
    if len(others):
        text += " The others: " + ", ".join(_one_behind(row) for row in others.to_dict("records")) + "."
        if others["behind_low"].notna().any():
            text += f" In brackets: the difference from {name}, paired by person, with simultaneous {level} intervals."
    return text


def _what_was_seen(ranked: pd.DataFrame) -> list[str]:
    """What each side knew of a person, where models that read stand beside models that were fitted."""
    scored = ranked.loc[ranked["kind"] == "scored", "model"]
    if scored.empty or len(scored) == len(ranked):
        return []
    text = (
        f"{' and '.join(scored)} read each person's session up to the choice in question and can adapt to the person "
        f"from it; the cognitive models were allowed to see the same choices and payoffs, which move their values, but "
    )
    if ranked["quantity"].str.endswith(", later").any():
        return [text + "their parameters were fitted to the first part of the person's choices alone."]
    return [text + "their parameters were fitted to other people and are the same for everybody they predict."]


def _one_behind(row: Mapping[Hashable, Any]) -> str:
    bounds = interval(row["behind_low"], row["behind_high"], 3)
    text = f"{row['model']} {number(row['nll'], 3)}"
    return f"{text} ({number(row['behind'], 3)} behind, {bounds})" if bounds else text
