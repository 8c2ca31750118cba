"""What to cite, as BibTeX: the task, the models, the packages and the methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

from twinbean._version import __version__
from twinbean.comparison.comparing import Comparison
from twinbean.runs.notes import RunNotes
from twinbean.tasks.task import builtin_names, load

_PACKAGES = ("numpy", "torch", "transformers")


def bibliography(comparison: Comparison) -> str:
    """Entries for what this comparison used, and for nothing else."""
    return "\n\n".join([*_own(comparison), *_of_others(comparison)]) + "\n"


def _own(comparison: Comparison) -> Iterator[str]:
    yield _entry("software", "twinbean", title="Twinbean", author="{The Twinbean authors}", version=__version__)
    for task in comparison.tasks:
        source = load(task).source if task in builtin_names() else ""
        yield _entry("misc", f"task_{_key(task)}", title=_plain(task), note=_plain(source))
    for notes in {notes.source: notes for notes in comparison.runs}.values():
        yield _of_model(notes)


def _of_model(notes: RunNotes) -> str:
    model = notes.manifest.get("subject") or notes.manifest.get("scorer") or {}
    facts = [f"{name} {model[name]}" for name in ("revision", "dtype", "engine") if model.get(name)]
    title = str(model.get("model") or notes.source)
    return _entry("misc", f"model_{_key(notes.source)}", title=_plain(title), note=_plain(", ".join(facts)))


def _of_others(comparison: Comparison) -> Iterator[str]:
    """From references.bib beside this file, those of packages with the versions that the runs met."""
    met: dict[str, set[str]] = {}
    for notes in comparison.runs:
        for name, version in (notes.manifest.get("versions") or {}).items():
            met.setdefault(str(name), set()).add(str(version))
    known = _references()
    for name in (name for name in _PACKAGES if name in met):
        versions = ", ".join(sorted(met[name]))
        yield known[name].removesuffix("}") + f"  note = {{Version {versions}}},\n}}"
    yield known["hesterberg2015"]
    used = {
        "franco2019": len(comparison.learning),
        "szekely2013": len(comparison.distances),
        "fieller1954": comparison.contrasts["ratio"].notna().any(),
    }
    yield from (known[name] for name, is_used in used.items() if is_used)


def _references() -> dict[str, str]:
    text = (resources.files("twinbean.report") / "references.bib").read_text(encoding="utf-8")
    entries = [entry.strip() for entry in text.split("\n\n")]
    return {entry.partition("{")[2].partition(",")[0]: entry for entry in entries}


def _key(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")


def _entry(kind: str, key: str, **fields: str) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _plain(value: str) -> str:
    """Without what LaTeX would read as its own."""
    return re.sub(r"([%&#$_{}])", r"\\\1", value)
