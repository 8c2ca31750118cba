"""A study is started, or gone on with: what was said of it stands, and what is said anew must fit."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twinbean._validation import validated
from twinbean._version import __version__
from twinbean.collect import settings
from twinbean.collect.completion import Completion
from twinbean.collect.conditions import ConditionSettings
from twinbean.collect.excluding import exclude
from twinbean.collect.game import Game, make_game
from twinbean.collect.judging import check_rules
from twinbean.collect.policies import Policies
from twinbean.collect.requests import SIGNATURE
from twinbean.collect.store import StudyError
from twinbean.collect.study import (
    BACKUPS,
    LOCK,
    NAME,
    Settings,
    Study,
    created,
    is_study,
    new_study_id,
    open_store,
    read_settings,
    write_settings,
)
from twinbean.page.options import Collector, PageOptions
from twinbean.tasks.task import Task, load


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is said of a study when it is started. What is None stands as it was before, or at its default.

    `conditions` has the values of each parameter that differs between people, every combination being a condition; in
    a `closed_loop` a program asks for conditions later. `page` and `policies` are by the names of `PageOptions` and
    `Policies`.
    """

    task: str
    parameters: Mapping[str, Any] | None = None
    seed: int | None = None
    variants: int | None = None
    conditions: Mapping[str, Sequence[Any]] | None = None
    closed_loop: bool | None = None
    page: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    policies: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    completion_url: str | None = None
    codes: Mapping[str, str] | None = None
    target: int | None = None
    database: str | None = None
    excluded: frozenset[str] = frozenset()


def start(folder: Path, wanted: Wanted) -> tuple[Study, Game]:
    """Open the study in `folder`, which is made where there is none.

    Raises StudyError where another task or another draw of payoffs is wanted than the study was started with.
    """
    task = load(wanted.task)
    before, now = _before_and_now(folder, task, wanted)
    game = make_game(
        task,
        {name: condition.values for name, condition in now.conditions.items()},
        seed=now.seed,
        variants=now.variants,
        parameters=now.parameters,
    )
    _check_fingerprints(folder, before, game, task)
    now = now.model_copy(
        update={
            "conditions": {
                name: ConditionSettings(values=condition.values, fingerprint=condition.fingerprint)
                for name, condition in game.conditions.items()
            }
        }
    )
    now.completion.check()
    for condition in game.conditions.values():
        check_rules(now.policies.exclude, task, {**now.parameters, **condition.values})
    page_options(now)
    # What participants said is for nobody else on this machine.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if before is None:
        folder.chmod(0o700)
    if now != before:
        write_settings(folder, now)
    try:
        study = Study(folder, now, open_store(folder, now))
    except StudyError:
        if before is None:
            # What has no database is no study.
            (folder / NAME).unlink()
        raise
    (folder / BACKUPS).mkdir(exist_ok=True)
    if wanted.target is not None:
        study.store.write(lambda transaction: settings.set_target(transaction, wanted.target)).result()
    if wanted.excluded:
        exclude(study.store, wanted.excluded)
    return study, game


def settings_of(folder: Path, wanted: Wanted) -> Settings:
    """What the study would be started or gone on with; nothing is written. Raises StudyError as `start` does."""
    return _before_and_now(folder, load(wanted.task), wanted)[1]


def _before_and_now(folder: Path, task: Task, wanted: Wanted) -> tuple[Settings | None, Settings]:
    before = read_settings(folder) if is_study(folder) else None
    if (
        before is None
        and folder.exists()
        and (not folder.is_dir() or {file.name for file in folder.iterdir()} - {LOCK})
    ):
        raise StudyError(f"{folder} is there and holds no study: give a new folder, or one that is empty")
    return before, _first(task, wanted) if before is None else _gone_on(folder, before, task, wanted)


def page_options(found: Settings, *, has_pair: bool = False) -> PageOptions:
    policies = found.policies
    page = dict(found.page)
    if policies.signed_links:
        page["ids"] = {**page.get("ids", PageOptions().ids), SIGNATURE: SIGNATURE}
    return PageOptions(
        **page,
        incomplete_session=policies.incomplete_session,
        completed_session=policies.completed_session,
        max_age=policies.max_age_ms,
        lab=policies.lab,
        collector=Collector(withdrawal=policies.withdrawn, pair=has_pair),
    )


def _first(task: Task, wanted: Wanted) -> Settings:
    if wanted.closed_loop and wanted.conditions:
        raise StudyError("in a closed loop a program asks for the conditions, and none are given at the start")
    return Settings(
        study=new_study_id(),
        created=created(),
        twinbean=__version__,
        task=wanted.task,
        parameters={**task.parameters(), **(wanted.parameters or {})},
        seed=wanted.seed or 0,
        variants=wanted.variants or 1,
        conditions=_conditions(wanted.conditions or {}),
        closed_loop=bool(wanted.closed_loop),
        page=dict(wanted.page),
        policies=_policies(wanted.policies),
        completion=Completion(url=wanted.completion_url, codes=wanted.codes or {}),
        database=wanted.database,
    )


def _gone_on(folder: Path, before: Settings, task: Task, wanted: Wanted) -> Settings:
    if wanted.task != before.task:
        raise StudyError(
            f"{folder} is a study of {before.task!r}, and {wanted.task!r} is another task: use a new folder"
        )
    for name in ("parameters", "seed", "variants", "database", "closed_loop"):
        said, was = getattr(wanted, name), getattr(before, name)
        if name == "parameters" and said is not None:
            said = {**was, **said}
        if said is not None and said != was:
            raise StudyError(f"{folder} was started with {name} {was!r}, and {said!r} would be another study")
    added = _conditions(wanted.conditions) if wanted.conditions else {}
    if added and "" in before.conditions:
        raise StudyError(f"{folder} was started without conditions, so that none can be added")
    return before.model_copy(
        update={
            # Those that were there first: the page is made of the first of all.
            "conditions": {
                **before.conditions,
                **{name: added[name] for name in added if name not in before.conditions},
            },
            "page": {**before.page, **wanted.page},
            "policies": _policies({**before.policies.model_dump(), **wanted.policies}),
            "completion": Completion(
                url=before.completion.url if wanted.completion_url is None else wanted.completion_url,
                codes=before.completion.codes if wanted.codes is None else wanted.codes,
            ),
        }
    )


def _policies(wanted: Mapping[str, Any]) -> Policies:
    return validated(Policies, dict(wanted), "the study's policies")


def _conditions(values: Mapping[str, Sequence[Any]]) -> dict[str, ConditionSettings]:
    """Every combination, by a name that says it; a study without conditions has one, without a name."""
    combinations = [dict(zip(values, one, strict=True)) for one in itertools.product(*values.values())]
    return {
        ", ".join(f"{name}={value}" for name, value in one.items()): ConditionSettings(values=one, fingerprint="")
        for one in combinations
    }


def _check_fingerprints(folder: Path, before: Settings | None, game: Game, task: Task) -> None:
    for name, condition in (before.conditions if before else {}).items():
        found = game.conditions[name].fingerprint
        if found != condition.fingerprint:
            under = f" under {name}" if name else ""
            raise StudyError(
                f"{folder} was started with {task.name!r} of fingerprint {condition.fingerprint[:12]}{under}, and now "
                f"it has {found[:12]}: its file has changed since, and what is played now would be another study"
            )
