"""What a study plays: its task under each condition, as one page and as what the server gives each participant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twinbean.errors import TaskError
from twinbean.page.export import document
from twinbean.tasks.task import Task

# What a condition may have otherwise than the page; timelines, labels and places are in each variant.
_OWN = ("fingerprint", "parameters", "shared", "blocks", "loops")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A task under one setting of its parameters. `variants` is what the page's `withVariant` takes for each."""

    name: str
    values: Mapping[str, Any]
    fingerprint: str
    variants: Sequence[Mapping[str, Any]]
    # How many rows a session has at least that played to its end; loops are gone through once.
    least_rows: int


@dataclass(frozen=True, kw_only=True)
class Game:
    """`definition` is the first condition's without its timelines, which come with a variant; `functions` and `scripts`
    are those of all conditions."""

    definition: Mapping[str, Any]
    functions: Sequence[str]
    scripts: Sequence[str]
    conditions: Mapping[str, Condition]


def make_game(
    task: Task, conditions: Mapping[str, Mapping[str, Any]], *, seed: int, variants: int, parameters: Mapping[str, Any]
) -> Game:
    """`conditions` says which parameters each sets besides `parameters`. Raises TaskError where the task has no such
    parameter or draws more than payoffs."""
    functions: list[str] = []
    scripts: list[str] = []
    made: dict[str, Condition] = {}
    definition: dict[str, Any] = {}
    files: dict[str, str] = {}
    for name, values in conditions.items():
        content = document(task, seed=seed, variants=variants, parameters={**parameters, **values})
        taken = {*values, *(["condition"] if name else [])}
        for recorded in content.get("variants", [{}])[0].get("arrangement", {}):
            if recorded in taken:
                raise TaskError(
                    f"{task.name!r} records an order or condition as {recorded!r}, and so does the study: give the "
                    f"task's Counterbalanced or Conditions another name="
                )
        places = [_place(functions, function) for function in content.pop("functions")]
        scripts += [script for script in content.pop("scripts") if script not in scripts]
        given = content.pop("variants", [{"variant": content["variant"]}])
        timelines = [block["timeline"] for block in content["blocks"]]
        content["blocks"] = [{**_renumbered(block, places), "timeline": []} for block in content["blocks"]]
        content["loops"] = _renumbered(content["loops"], places)
        files |= content.pop("files", {})
        definition = definition or content
        own = {key: content[key] for key in _OWN if content[key] != definition[key]}
        made[name] = Condition(
            name=name,
            values=values,
            fingerprint=content["fingerprint"],
            variants=[{"timelines": timelines, **variant, **own} for variant in given],
            least_rows=min(
                _least_rows(content["blocks"], variant.get("timelines", timelines), variant.get("order"))
                for variant in given
            ),
        )
    if files:
        definition["files"] = files
    return Game(definition=definition, functions=functions, scripts=scripts, conditions=made)


def _place(functions: list[str], function: str) -> int:
    """Where a function stands among those of all conditions."""
    if function not in functions:
        functions.append(function)
    return functions.index(function)


def _renumbered(node: Any, places: Sequence[int]) -> Any:
    """`node` with the functions that it calls by their new places (docs/page-format.md, "Values")."""
    if isinstance(node, list):
        return [_renumbered(one, places) for one in node]
    if not isinstance(node, Mapping):
        return node
    if node.keys() == {"$call"}:
        number, arguments = node["$call"]
        return {"$call": [places[number], _renumbered(arguments, places)]}
    return {key: _renumbered(value, places) for key, value in node.items()}


def _least_rows(
    blocks: Sequence[Mapping[str, Any]], timelines: Sequence[Sequence[Any]], order: Sequence[int] | None
) -> int:
    played = range(len(blocks)) if order is None else order
    return sum(max(1, len(timelines[number])) * len(blocks[number]["stimuli"]) for number in played)
