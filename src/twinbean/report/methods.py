"""A paragraph for a methods section, from the manifests of the runs and the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twinbean._messages import counted
from twinbean._version import __version__
from twinbean.comparison.comparing import Comparison
from twinbean.comparison.statistics import FEWEST, LEVEL, RESAMPLES


def methods(comparison: Comparison) -> str:
    """Sentences in the past tense, as a paper has them; what no manifest says is left out."""
    return " ".join([*_who(comparison), *_played(comparison), *_fitted(comparison), *_compared(comparison)])


def _who(comparison: Comparison) -> Iterator[str]:
    tasks = ", ".join(comparison.tasks)
    if comparison.n_people:
        people = comparison.persons[comparison.persons["source"] == "human"]
        n_sessions = int(people.drop_duplicates("participant")["n_sessions"].sum())
        more = f" in {n_sessions} sessions" if n_sessions != comparison.n_people else ""
        yield f"{counted(comparison.n_people, 'person', 'people')} played {tasks}{more} ({comparison.n_arms} arms)."
    left_out = int(comparison.exclusions["excluded"].sum()) if len(comparison.exclusions) else 0
    rules = "; ".join(map(str, comparison.exclusions["rule"])) if len(comparison.exclusions) else ""
    if rules:
        yield f"{counted(left_out, 'participant was', 'participants were')} excluded by the rules: {rules}."
    else:
        yield "Nobody was excluded."


def _played(comparison: Comparison) -> Iterator[str]:
    for notes in comparison.runs:
        manifest = notes.manifest
        model = manifest.get("subject") or manifest.get("scorer") or {}
        who = f"{notes.source}{_version(model)}"
        if manifest.get("kind") == "score" or manifest.get("scorer"):
            text = f"{who} gave the probability of every recorded choice, given the person's session up to it"
        else:
            after, samples = manifest.get("after") or 0, manifest.get("samples") or 1
            how = f"continued each session after {after} recorded choices" if after else "played whole sessions"
            text = f"{who} {how} ({counted(samples, 'sample', 'samples')} each)"
        details = [
            f"wording {manifest['wording']}" if manifest.get("wording") else "",
            f"temperature {model['temperature']:g}" if isinstance(model.get("temperature"), int | float) else "",
            f"choices drawn from {model['sampling']}" if model.get("sampling") else "",
            f"seed {manifest['seed']}" if manifest.get("seed") is not None else "",
        ]
        told = ", ".join(filter(None, details))
        yield f"{text}{f'; {told}' if told else ''}."


def _version(model: Mapping[str, Any]) -> str:
    parts = [
        model.get("revision") and f"revision {str(model['revision'])[:40]}",
        model.get("dtype"),
        model.get("quantisation") and f"quantised to {model['quantisation']}",
    ]
    known = ", ".join(str(part) for part in parts if part)
    return f" ({known})" if known else ""


def _fitted(comparison: Comparison) -> Iterator[str]:
    names = list(comparison.fits["model"].unique())
    if names:
        kinds = set(comparison.likelihood["quantity"])
        yield f"Cognitive models ({', '.join(names)}) were fitted to each participant by maximum likelihood."
        if "predictive" in kinds:
            yield (
                "Held-out choices were predicted with parameters fitted to other people together (maximum a "
                "posteriori, five folds)."
            )


def _compared(comparison: Comparison) -> Iterator[str]:
    yield (
        f"Measures were averaged from choices to sessions, from sessions to persons and from persons to groups; "
        f"intervals are {LEVEL:.0%} bootstrap intervals over persons ({RESAMPLES:,} resamples, expanded percentiles; "
        f"Hesterberg, 2015), with none below {FEWEST} persons, and bands of shares over trials are Wilson intervals "
        f"with the variance over persons (Franco et al., 2019)."
    )
    if len(comparison.distances):
        yield "Over all measures, models and people were compared by energy distances (Székely & Rizzo, 2013)."
    if comparison.contrasts["ratio"].notna().any():
        yield "Ratios of effects have intervals after Fieller (1954)."
    yield f"Everything was computed with Twinbean {__version__} (seed {comparison.seed})."
