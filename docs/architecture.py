"""Draws the rooms of the package into docs/architecture.md, from their imports: `python docs/architecture.py`."""

from __future__ import annotations

import re
from pathlib import Path

import grimp

DOCUMENT = Path(__file__).with_name("architecture.md")
PACKAGE = "twinbean"
_BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def imports() -> dict[str, set[str]]:
    """For each room, the rooms that any of its modules imports. Helpers and errors are everybody's, and left out."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    rooms = sorted(name for name in graph.find_children(PACKAGE) if graph.find_children(name))
    for room in rooms:
        graph.squash_module(room)
    return {
        short(room): {short(other) for other in graph.find_modules_directly_imported_by(room) & set(rooms) - {room}}
        for room in rooms
    }


def short(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.")


def reduced(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without the arrows that a longer way implies, as far as there is no circle."""

    def below(room: str) -> set[str]:
        return {room}.union(*(below(other) for other in found[room]))

    return {
        room: {one for one in others if not any(one in below(other) for other in others - {one})}
        for room, others in found.items()
    }


def drawing() -> str:
    arrows = [f"  {room} --> {other}" for room, others in reduced(imports()).items() for other in sorted(others)]
    return "\n".join(["```mermaid", "graph TD", *arrows, "```"])


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_BLOCK.sub(lambda block: drawing(), text, count=1), encoding="utf-8")
