"""The first sentences of a report: what was found, each finding with its interval and no more than that allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from twinbean._messages import counted
from twinbean.comparison.comparing import Comparison
from twinbean.comparison.likelihood import KINDS
from twinbean.comparison.statistics import FEWEST, LEVEL
from twinbean.report.answer import interval, number, share

# More models than this are counted and not named one by one.
_NAMED = 3
_LEVEL = f"{LEVEL:.0%}"


def title(comparison: Comparison) -> str:
    """The question that the report answers, with the names of whom it asks about."""
    people = counted(comparison.n_people, "person", "people") if comparison.n_people else ""
    models = list(dict.fromkeys(name for name in comparison.groups["source"] if name != "human"))
    models += [name for name in _scored(comparison) if name not in models]
    named = _listed([people, *models] if people else models)
    if len(models) > _NAMED:
        named = _listed([*filter(None, [people]), f"{len(models)} models"])
    if people and models:
        return f"How alike are {named}?"
    return f"What {'did' if comparison.n_people == 1 or not people else 'do'} {named} do?"


def _scored(comparison: Comparison) -> list[str]:
    table = comparison.likelihood
    return [name.removesuffix(", given parameters") for name in table.loc[table["kind"] == "scored", "model"].unique()]


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "nobody"


def lead(comparison: Comparison) -> list[str]:
    """At most three sentences: what was earned, how alike it was, and who predicts."""
    if comparison.n_people and len(comparison.differences):
        found = [_earned(comparison), _alike(comparison)]
    else:
        found = [_alone(comparison), _contrasted(comparison)]
    return [sentence for sentence in (*found, _predicted(comparison)) if sentence]


def _earned(comparison: Comparison) -> str:
    table = comparison.differences
    rows = table[(table["measure"] == "mean_reward") & table["difference"].notna()].to_dict("records")
    if not rows:
        return ""
    whom = f"the same {counted(rows[0]['n_people'], 'person', 'people')}"
    if len({(row["paired"], row["n_people"]) for row in rows}) > 1 or not rows[0]["paired"]:
        whom = "people"
    if len(rows) > _NAMED:
        apart = [str(row["group"]) for row in rows if row["low"] > 0 or row["high"] < 0]
        return (
            f"Of {len(rows)} groups of model sessions {len(apart) or 'none'} earned more or less a choice than {whom}, "
            f"as far as {_LEVEL} intervals can tell{f': {_listed(apart)}' if apart else ''}."
        )
    each = [f"{row['group']} earned {_more(row)}" for row in rows]
    each = [each[0], *(one.replace(" earned", "", 1) for one in each[1:])]
    return f"Per choice, and beside {whom}, {'; '.join(each)}.{_unsure(rows)}"


def _more(row: Mapping[Any, Any]) -> str:
    gap = number(abs(row["difference"]))
    bounds = interval(row["low"], row["high"])
    size = f"{gap} {'more' if row['difference'] >= 0 else 'less'}"
    return f"{size} ({_LEVEL} interval {bounds})" if bounds else size


def _unsure(rows: Sequence[Mapping[Any, Any]]) -> str:
    """What the intervals do not allow to say."""
    if all(pd.isna(row["low"]) for row in rows):
        return f" So few say nothing of others: there is no interval below {FEWEST} people."
    held = [str(row["group"]) for row in rows if not (row["low"] > 0 or row["high"] < 0)]
    if not held:
        return ""
    if len(held) == len(rows):
        return f" {'No' if len(rows) > 1 else 'The'} interval {'leaves 0 out' if len(rows) > 1 else 'contains 0'}."
    return f" {_listed(held)}: the interval contains 0."


def _alike(comparison: Comparison) -> str:
    if len(comparison.distances):
        return _distances(comparison.distances)
    rows = comparison.agreements.to_dict("records")
    if not rows or len(rows) > _NAMED:
        return ""
    each = []
    for row in rows:
        bounds = "" if pd.isna(row["low"]) else f", {_LEVEL} interval {share(row['low'])} to {share(row['high'])}"
        each.append(f"{row['group']} {share(row['agreement'])} (chance {share(row['chance'])}{bounds})")
    return f"The same choice as the person's at the same trial was made by {'; '.join(each)}."


def _distances(table: pd.DataFrame) -> str:
    rows = table.to_dict("records")
    apart = [row for row in rows if row["distance"] > row["exchanged_high"]]
    within = [str(row["group"]) for row in rows if row not in apart]
    text = f"Over {rows[0]['n_measures']} measures at once"
    if apart:
        each = [
            f"{row['group']} ({number(row['distance'])}; {_LEVEL} of random exchanges give "
            f"{number(row['exchanged_low'])} to {number(row['exchanged_high'])})"
            for row in apart[:_NAMED]
        ]
        more = f" and {len(apart) - _NAMED} more" if len(apart) > _NAMED else ""
        verb = "lies" if len(apart) == 1 else "lie"
        text += f", {_listed(each)}{more} {verb} farther from people than chance explains (energy distance)"
    if within:
        named = _listed(within) if len(within) <= _NAMED else f"{len(within)} groups"
        are = "is" if len(within) == 1 else "are"
        text += f"{'; ' if apart else ', '}{named} {are} not told apart from people, which shows no likeness by itself"
    return f"{text}."


def _alone(comparison: Comparison) -> str:
    """What each group earned, where there is nobody to compare it with."""
    table = comparison.groups
    rows = table[(table["measure"] == "mean_reward") & table["mean"].notna()].to_dict("records")
    if not rows:
        return ""
    each = []
    for row in rows[: 2 * _NAMED]:
        bounds = interval(row["low"], row["high"])
        size = f"{row['n_people']} {'people' if row['source'] == 'human' else 'participants'}"
        size = size if row["n_people"] != 1 else "1 person" if row["source"] == "human" else "1 participant"
        each.append(f"{row['group']} {number(row['mean'])} ({size}{f', {_LEVEL} interval {bounds}' if bounds else ''})")
    more = f" and {len(rows) - len(each)} more groups" if len(rows) > len(each) else ""
    unsure = f" There is no interval below {FEWEST} participants." if all(pd.isna(row["low"]) for row in rows) else ""
    return f"Mean reward a choice: {'; '.join(each)}{more}.{unsure}"


def _contrasted(comparison: Comparison) -> str:
    """Differences between parts of people, in mean reward."""
    table = comparison.contrasts
    rows = table[(table["measure"] == "mean_reward") & (table["group"] == "")].to_dict("records")
    if not rows:
        return ""
    each = []
    for row in rows[: 2 * _NAMED]:
        bounds = interval(row["people_low"], row["people_high"])
        if not bounds:
            said = "too few people for an interval"
        elif row["people_low"] > 0 or row["people_high"] < 0:
            said = f"{_LEVEL} interval {bounds}"
        else:
            said = f"{_LEVEL} interval {bounds}, which contains 0"
        each.append(f"{row['contrast']} {number(row['people'])} ({said})")
    return f"Differences between them in mean reward: {'; '.join(each)}."


def _predicted(comparison: Comparison) -> str:
    """Within the fairest kind of likelihood that there is."""
    table = comparison.likelihood
    kind = next((kind for kind in KINDS if table.loc[table["quantity"].isin(kind), "nll"].notna().any()), None)
    if kind is None:
        return ""
    ranked = table[table["quantity"].isin(kind) & table["nll"].notna()].sort_values("nll", ignore_index=True)
    best, others = ranked.iloc[0], ranked.iloc[1:]
    if best["n_people"] < FEWEST:
        few = counted(int(best["n_people"]), "person", "people")
        return f"No model is named as the best predictor of the choices of {few}; that needs at least {FEWEST}."
    how = "in-sample, " if kind == ("in-sample",) else ""
    bounds = interval(best["low"], best["high"], 3)
    size = f"{how}{number(best['nll'], 3)} nats a choice, {_LEVEL} interval {bounds}"
    if best["pseudo_r2"] <= 0:
        return f"No model's mean loss is below that of guessing; {best['model']} comes nearest ({size})."
    if others.empty:
        return f"{best['model']} predicts people's choices with a loss of {size}; there is no other model beside it."
    close = list(others.loc[~(others["behind_low"] > 0), "model"])
    if not close:
        return f"{best['model']} predicts people's choices best ({size}){_ahead(others.to_dict('records'))}."
    tied = _listed(close) if len(close) <= _NAMED + 1 else f"{len(close)} others"
    return f"{best['model']} predicts people's choices with the lowest loss ({size}), not told apart from {tied}."


def _ahead(others: Sequence[Mapping[Any, Any]]) -> str:
    second = others[0]
    bounds = interval(second["behind_low"], second["behind_high"], 3)
    return f"; {second['model']} is {number(second['behind'], 3)} behind ({bounds})" if bounds else ""
