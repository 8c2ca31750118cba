"""A task as one page: its definition with what is drawn for each variant, rendered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twinbean.errors import TaskError
from twinbean.tasks.task import Task, load

if TYPE_CHECKING:
    from twinbean.definitions.definition import Definition
    from twinbean.page.options import PageOptions


def document(
    task: Task, *, seed: int = 0, variants: int = 1, parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The definition as the page reads it (docs/page-format.md), and its functions under "functions".

    With several variants, each has its own payoffs, drawn from (seed, variant), its own letters where the task leaves
    the labels open, and its own places of the arms on the screen. Raises TaskError when what is drawn changes more
    than the timelines.
    """
    from twinbean.definitions.arms import draw_labels, draw_positions, stated_labels
    from twinbean.definitions.emission import FORMAT, emit_definition

    def labels_of(variant: int, definition: Definition) -> list[str]:
        drawn = draw_labels(definition, seed=seed, participant=f"variant {variant}")
        return list(drawn or stated_labels(definition))

    if variants < 1:
        raise TaskError(f"variants is {variants}, expected at least 1")
    if task.fixed and (seed or variants > 1):
        raise TaskError(
            f"{task.name} holds a ready experiment, which draws nothing: a seed or variants need a `build(*, rng)`"
        )
    given = task.parameters() | dict(parameters or {})
    drawn = [task.define(seed=seed, variant=variant, parameters=given) for variant in range(variants)]
    emissions = [emit_definition(definition) for definition in drawn]
    first = emissions[0]
    content: dict[str, Any] = {
        "format": FORMAT,
        "task": task.name,
        "title": task.title,
        "language": "en",
        "fingerprint": first.fingerprint(given),
        "seed": seed,
        "parameters": given,
        "variant": 0,
        "shared": first.shared,
        "labels": labels_of(0, drawn[0]),
        "blocks": list(first.blocks),
        "loops": list(first.loops),
        "functions": list(first.functions),
    }
    if variants > 1:
        if any(emission.fingerprint(given) != content["fingerprint"] for emission in emissions):
            raise TaskError(f"{task.name!r} draws more than payoffs: its variants would be different tasks")
        content["variants"] = [
            {
                "variant": variant,
                "timelines": [block["timeline"] for block in emission.blocks],
                "labels": labels_of(variant, definition),
                "positions": draw_positions(definition.n_arms, seed=seed, variant=variant),
            }
            for variant, (definition, emission) in enumerate(zip(drawn, emissions, strict=True))
        ]
    return content


def export(
    task: str | Task,
    *,
    seed: int = 0,
    variants: int = 1,
    parameters: Mapping[str, Any] | None = None,
    options: PageOptions | None = None,
) -> str:
    """The task as one self-contained HTML page. The same arguments give the same bytes.

    With `variants`, the page picks one for each participant and records which (see `document`).
    """
    from twinbean.page.document import render
    from twinbean.page.options import PageOptions

    loaded = load(task) if isinstance(task, str) else task
    content = document(loaded, seed=seed, variants=variants, parameters=parameters)
    functions = content.pop("functions")
    return render(content, functions, options=options or PageOptions())
