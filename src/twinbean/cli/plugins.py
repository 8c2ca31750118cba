"""What can be added from outside, and what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinbean.cli.arguments import print_table
from twinbean.cli.commands import commands
from twinbean.cli.messages import one_line

if TYPE_CHECKING:
    from twinbean._plugins import Entry, Registry


@commands.command()
def plugins() -> None:
    """List tasks, kinds of stimuli, models, scorers, cognitive models, measures and memories, and their packages."""
    from rich.table import Table

    table = Table("sort", "name", "from", "", box=None)
    for registry in registries():
        for entry in registry.entries():
            table.add_row(registry.what, entry.name, entry.origin, one_line(_wrong(registry, entry)))
    print_table(table)


def registries() -> tuple[Registry, ...]:
    """One for each sort of thing that can be added."""
    from twinbean.cognitive.catalogue import REGISTRY as MODELS
    from twinbean.comparison.measures import REGISTRY as MEASURES
    from twinbean.definitions.kinds import REGISTRY as KINDS
    from twinbean.subjects.endpoint.prompting.memories import REGISTRY as MEMORIES
    from twinbean.subjects.registry import SCORERS, SUBJECTS
    from twinbean.tasks.task import registry as tasks

    return tasks(), KINDS, SUBJECTS, SCORERS, MODELS, MEASURES, MEMORIES


def _wrong(registry: Registry, entry: Entry) -> str:
    """Why a plugin cannot be used, in a sentence; empty where it can. What comes with Twinbean is tested."""
    if entry.is_built_in:
        return ""
    if refusal := registry.refusal(entry):
        return refusal
    try:
        registry.load(entry)
    except registry.error as error:
        return str(error)
    return ""
