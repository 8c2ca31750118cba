"""Serve a study to its participants."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from twinbean.cli.arguments import (
    Exclude,
    ExcludeFile,
    Settings,
    TaskName,
    Translations,
    assignments,
    finite,
    model_settings,
    rules_of,
    text_of,
    translations_of,
    words_of,
)
from twinbean.cli.commands import commands
from twinbean.errors import TaskError

if TYPE_CHECKING:
    from twinbean.collect.pairing.opening import PairWanted

Study = Annotated[Path, typer.Option("-o", "--output", metavar="STUDY", help="The study's folder.")]


@commands.command()
def serve(
    task: TaskName,
    study: Study,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for other computers.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any that is free.")] = 8000,
    settings: Settings = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**53 - 1, help="The seed of every random draw.")] = None,
    variants: Annotated[int | None, typer.Option(min=1, max=10_000, help="Number of sets of payoffs to draw.")] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=V1,V2", help="A parameter of the task that differs between people; repeatable."),
    ] = None,
    closed_loop: Annotated[
        bool | None, typer.Option("--closed-loop", help="A program asks for the conditions, cycle by cycle (AutoRA).")
    ] = None,
    cutoff: Annotated[
        float | None, typer.Option(callback=finite, help="Minutes after which who sends nothing has left; 60.")
    ] = None,
    target: Annotated[int | None, typer.Option(min=1, help="How many finished participants are wanted.")] = None,
    completion_url: Annotated[str | None, typer.Option(help="The link at the end; {code} is replaced.")] = None,
    code: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OUTCOME=CODE", help="The code of done, screened_out, failed_check, declined or withdrawn."
        ),
    ] = None,
    consent: Annotated[Path | None, typer.Option(help="A text file with the consent form.")] = None,
    title: Annotated[str | None, typer.Option(help="The title of the welcome screen.")] = None,
    language: Annotated[str | None, typer.Option(help="The page's language, e.g. en or pt-BR.")] = None,
    words: Annotated[Path | None, typer.Option(help="A JSON file that replaces words of the page, by name.")] = None,
    translation: Translations = None,
    progress: Annotated[bool | None, typer.Option("--progress", help="Show a progress bar.")] = None,
    ids: Annotated[
        list[str] | None, typer.Option(metavar="NAME=PARAMETER", help="Which parameter of the link holds which id.")
    ] = None,
    incomplete: Annotated[
        Literal["resume", "restart", "block"] | None, typer.Option(help="What happens to unfinished sessions.")
    ] = None,
    completed: Annotated[
        Literal["restart", "block"] | None, typer.Option(help="What happens to finished sessions.")
    ] = None,
    other_device: Annotated[
        Literal["restart", "block"] | None, typer.Option(help="What happens to somebody who comes from elsewhere.")
    ] = None,
    withdrawn: Annotated[
        Literal["keep", "discard"] | None, typer.Option(help="What happens to the rows of who withdraws.")
    ] = None,
    signed_links: Annotated[
        bool | None,
        typer.Option("--signed-links", help="Let `twinbean link` make links by which another browser goes on."),
    ] = None,
    max_age: Annotated[
        float | None, typer.Option(callback=finite, help="Hours after which an unfinished session expires.")
    ] = None,
    lab: Annotated[bool | None, typer.Option("--lab", help="Every visit is a new participant's.")] = None,
    exclude_participants: Annotated[
        list[Path] | None, typer.Option(metavar="FILE-OR-STUDY", help="Who must not take part; repeatable.")
    ] = None,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="A proxy in front speaks HTTPS.")] = False,
    admin_over_http: Annotated[
        bool, typer.Option("--admin-over-http", help="Let the dashboard answer other computers without HTTPS.")
    ] = False,
    database: Annotated[str | None, typer.Option(help="postgresql://..., instead of a file in STUDY.")] = None,
    pair: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="A model that plays each visitor's payoffs, and is shown at their end."),
    ] = None,
    pair_option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="An option of that model, as of replay (max-cost=2); repeatable."),
    ] = None,
) -> None:
    """Collect from participants: serve the page, keep every row, and give the link at the end."""
    from twinbean.collect.excluding import excluded_in
    from twinbean.collect.serving import serve as serve_study
    from twinbean.collect.starting import Wanted
    from twinbean.tasks.task import load

    loaded = load(task)
    page = {
        "title": title,
        "language": language,
        "words": words_of(words) if words else None,
        "translations": [asdict(one) for one in translations_of(translation)] or None,
        "consent": text_of(consent) if consent else None,
        "progress": progress,
        "ids": assignments(ids, option="--ids") if ids else None,
    }
    policies = {
        "incomplete_session": incomplete,
        "completed_session": completed,
        "other_device": other_device,
        "withdrawn": withdrawn,
        "signed_links": signed_links,
        "max_age_ms": None if max_age is None else max_age * 3_600_000,
        "lab": lab,
        "cutoff_minutes": cutoff,
        "exclude": rules_of(exclude, exclude_file) or None,
    }
    wanted = Wanted(
        task=task,
        parameters=_set(loaded, settings),
        seed=seed,
        variants=variants,
        conditions=_conditions(loaded, condition),
        closed_loop=closed_loop,
        page=_said(page),
        policies=_said(policies),
        completion_url=completion_url,
        codes=assignments(code, option="--code") if code else None,
        target=target,
        database=database,
        excluded=excluded_in(exclude_participants or []),
    )
    serve_study(
        study,
        wanted,
        host=host,
        port=port,
        behind_proxy=behind_proxy,
        admin_over_http=admin_over_http,
        pair=_pair(pair, pair_option),
        told=_tell,
    )


@commands.command()
def link(
    study: Annotated[Path, typer.Argument(metavar="STUDY")],
    participant: Annotated[str, typer.Argument(metavar="PARTICIPANT", help="The id in the address.")],
    address: Annotated[str, typer.Option(help="Where the study is served, as participants see it.")],
) -> None:
    """Make a link by which a participant goes on in another browser, once."""
    from twinbean.collect.linking import link_for
    from twinbean.collect.study import open_study

    with open_study(study) as opened:
        print(link_for(opened, participant, address=address))


def _pair(model: str | None, options: list[str] | None) -> PairWanted | None:
    from twinbean.collect.store import StudyError

    if model is None:
        if options:
            raise StudyError(f"--pair-option {options[0]} is an option of a model, and none is named: add --pair MODEL")
        return None
    from twinbean.collect.pairing.opening import PairWanted, options_of

    return PairWanted(model=model, options=options_of(model_settings(options, option="--pair-option")))


def _tell(address: str, token: str | None) -> None:
    print(f"{address}  (Ctrl-C stops)", flush=True)
    if token is not None:
        print(f"{address}admin/  the dashboard; its token, shown only now: {token}", flush=True)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _set(task: Any, settings: list[str] | None) -> dict[str, Any] | None:
    given = assignments(settings)
    values = task.set(given)
    return {name: values[name] for name in given} or None


def _conditions(task: Any, conditions: list[str] | None) -> dict[str, list[Any]] | None:
    """The values of each parameter that differs between people, read as `--set` reads one."""
    found: dict[str, list[Any]] = {}
    for name, values in assignments(conditions, option="--condition").items():
        found[name] = [task.set({name: value.strip()})[name] for value in values.split(",")]
        if len(set(map(repr, found[name]))) < len(found[name]):
            raise TaskError(f"--condition {name} has the same value twice: {values}")
    return found or None
