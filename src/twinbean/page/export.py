"""A task as one page: its definition with what is drawn for each variant, rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from twinbean.errors import TaskError
from twinbean.tasks.task import Task, load

# Letters and places for participants with the same payoffs; 50 of them weigh about 3 kB.
LOOKS = 50

if TYPE_CHECKING:
    from twinbean.definitions.definition import Definition
    from twinbean.definitions.emission import Emission
    from twinbean.page.hosts import Host
    from twinbean.page.options import PageOptions


def document(
    task: Task, *, seed: int = 0, variants: int = 1, parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The definition as the page reads it (docs/page-format.md), its functions under "functions", and under "scripts"
    those of its kinds that come from other packages.

    The page picks one of its variants for each participant. They differ in the letters on slot machines, where the task
    leaves the labels open, and in the machines' places on the screen; with `variants` above 1 also in payoffs, drawn
    from (seed, variant); and in order and conditions, where the task has Counterbalanced or Conditions. A stock Bandit
    looks as SweetBean shows it. Raises TaskError when what is drawn changes more than the timelines.
    """
    from twinbean.definitions.arms import draw_arrangement, draw_labels, draw_positions, stated_labels
    from twinbean.definitions.emission import emit_definition, resets_of

    def labels_of(variant: int, definition: Definition) -> list[str]:
        drawn = draw_labels(definition, seed=seed, participant=f"variant {variant}")
        return list(drawn or stated_labels(definition))

    def look(variant: int, definition: Definition) -> dict[str, Any]:
        positions = draw_positions(definition.n_arms, seed=seed, variant=variant)
        return {"labels": labels_of(variant, definition), "positions": positions, **way_of(variant, definition)}

    def way_of(variant: int, definition: Definition) -> dict[str, Any]:
        """Order and conditions, where participants have different ones."""
        if len(definition.arrangements) == 1:
            return {}
        way = draw_arrangement(definition, seed=seed, number=variant)
        return {"order": list(way.order), "arrangement": dict(way.recorded), **resets_of(definition, way)}

    if variants < 1:
        raise TaskError(f"variants is {variants}, expected at least 1")
    if task.fixed and (seed or variants > 1):
        raise TaskError(
            f"{task.name} holds a ready experiment, which draws nothing: a seed or variants need a `build(*, rng)`"
        )
    given = task.parameters() | dict(parameters or {})
    drawn = [task.define(seed=seed, variant=variant, parameters=given) for variant in range(variants)]
    emissions = [emit_definition(definition) for definition in drawn]
    content = content_of(task, drawn[0], emissions[0], seed=seed, parameters=given, labels=labels_of(0, drawn[0]))
    if variants > 1:
        if any(emission.fingerprint(given) != content["fingerprint"] for emission in emissions):
            raise TaskError(f"{task.name!r} draws more than payoffs: its variants would be different tasks")
        content["variants"] = [
            {
                "variant": variant,
                "timelines": [block["timeline"] for block in emission.blocks],
                **look(variant, definition),
            }
            for variant, (definition, emission) in enumerate(zip(drawn, emissions, strict=True))
        ]
    elif len(drawn[0].arrangements) > 1 or any(
        screen.kind.draws_places(screen.arguments) or screen.kind.draws_labels(screen.arguments)
        for screen in drawn[0].screens()
    ):
        content["variants"] = [{"variant": 0, **look(number, drawn[0])} for number in range(LOOKS)]
    return content


def content_of(
    task: Task,
    definition: Definition,
    emission: Emission,
    *,
    seed: int,
    parameters: Mapping[str, Any],
    labels: Sequence[str],
) -> dict[str, Any]:
    """What `document` says of one definition, without its variants."""
    from twinbean.definitions.emission import FORMAT
    from twinbean.definitions.kinds import script_of

    scripts = dict.fromkeys(script_of(kind) for kind in {type(screen.kind): None for screen in definition.screens()})
    return {
        "format": FORMAT,
        "task": task.name,
        "title": task.title,
        "language": "en",
        "fingerprint": emission.fingerprint(parameters),
        "parts": emission.parts(),
        "seed": seed,
        "parameters": parameters,
        "variant": 0,
        "shared": emission.shared,
        "labels": list(labels),
        "blocks": list(emission.blocks),
        "loops": list(emission.loops),
        **({"files": {name: file.address() for name, file in definition.files.items()}} if definition.files else {}),
        "functions": list(emission.functions),
        "scripts": [script for script in scripts if script is not None],
    }


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
    return export_for(None, task, seed=seed, variants=variants, parameters=parameters, options=options)


def export_for(
    host: Host | None,
    task: str | Task,
    *,
    seed: int = 0,
    variants: int = 1,
    parameters: Mapping[str, Any] | None = None,
    options: PageOptions | None = None,
) -> str:
    """The page of `export`, which saves on `host`."""
    from twinbean.page.document import render
    from twinbean.page.options import PageOptions

    loaded = load(task) if isinstance(task, str) else task
    content = document(loaded, seed=seed, variants=variants, parameters=parameters)
    functions, scripts = content.pop("functions"), content.pop("scripts")
    return render(content, functions, scripts=scripts, options=options or PageOptions(), host=host)
