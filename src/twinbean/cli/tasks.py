"""Tasks: list them, export them as pages, start your own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from twinbean.cli.arguments import (
    Seed,
    Settings,
    TaskName,
    Translations,
    assignments,
    check_folder,
    finite,
    print_table,
    summarise,
    text_of,
    translations_of,
    words_of,
)
from twinbean.cli.commands import commands
from twinbean.cli.messages import one_line
from twinbean.errors import TaskError

if TYPE_CHECKING:
    from twinbean.page.hosts import Host
    from twinbean.tasks.task import Task


@commands.command()
def tasks(
    name: Annotated[str | None, typer.Argument(metavar="[TASK]", help="Show one task in full.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Draw TASK's payoffs over trials: a .png or .svg file.")
    ] = None,
    settings: Settings = None,
    seed: Seed = 0,
) -> None:
    """List the tasks, describe one, or draw what one pays."""
    from rich.table import Table

    from twinbean.tasks.task import load, registry

    if name is not None:
        _show(load(name), output, settings=settings, seed=seed)
        return
    if output is not None or settings:
        raise TaskError("a figure and --set need a task: `twinbean tasks TASK -o FILE.png`")
    table = Table("task", "arms", "trials", "what it is", "source", box=None)
    for entry in registry().entries():
        try:
            task = load(entry.name)
            definition = task.define()
        except TaskError as error:
            if entry.is_built_in:
                raise
            print(f"twinbean: warning: {one_line(str(error))}", file=sys.stderr)
            continue
        trials = str(definition.n_trials) + (f" x {definition.n_stages}" if definition.n_stages > 1 else "")
        table.add_row(entry.name, str(definition.n_arms), trials, task.title, task.source)
    print_table(table)


def _show(task: Task, output: Path | None, *, settings: list[str] | None, seed: int) -> None:
    parameters = task.set(assignments(settings))
    if output is not None:
        from twinbean.report.payoffs import draw_task

        check_folder(output)
        draw_task(task, output, seed=seed, parameters=parameters)
        summarise(output, f"payoffs of {task.name}, seed {seed}")
        return
    definition = task.define(seed=seed, parameters=parameters)
    stages = f" of {definition.n_stages} choices" if definition.n_stages > 1 else ""
    print(f"{task.name}: {definition.n_arms} arms, {definition.n_trials} trials{stages}\n\n{task.description}")
    if parameters:
        print()
    for parameter, value in parameters.items():
        print(f"  --set {parameter}={value}")


@commands.command()
def export(
    task: TaskName,
    output: Annotated[Path, typer.Option("-o", "--output", help="The page to write.")],
    settings: Settings = None,
    seed: Seed = 0,
    variants: Annotated[
        int, typer.Option(min=1, max=10_000, help="Number of sets of payoffs, letters and places to draw.")
    ] = 1,
    title: Annotated[str, typer.Option(help="The title of the welcome screen.")] = "Study",
    language: Annotated[str | None, typer.Option(help="The page's language, e.g. en or pt-BR.")] = None,
    words: Annotated[Path | None, typer.Option(help="A JSON file that replaces words of the page, by name.")] = None,
    translation: Translations = None,
    consent: Annotated[Path | None, typer.Option(help="A text file with the consent form.")] = None,
    completion_url: Annotated[str | None, typer.Option(help="Address to open after the download.")] = None,
    progress: Annotated[bool, typer.Option(help="Show a progress bar, which models do not see.")] = False,
    feedback_ms: Annotated[float | None, typer.Option(help="Duration of feedback, in milliseconds.")] = None,
    response_window_ms: Annotated[
        float | None, typer.Option(help="Time to respond before a trial is missed, in milliseconds.")
    ] = None,
    iti_ms: Annotated[float | None, typer.Option(help="Empty screen between trials, in milliseconds.")] = None,
    incomplete: Annotated[
        Literal["resume", "restart", "block"], typer.Option(help="What happens to unfinished sessions.")
    ] = "resume",
    completed: Annotated[
        Literal["restart", "block"], typer.Option(help="What happens to finished sessions.")
    ] = "block",
    max_age: Annotated[
        float | None, typer.Option(callback=finite, help="Hours after which an unfinished session expires.")
    ] = None,
    lab: Annotated[bool, typer.Option("--lab", help="Start every visit anew, for a shared lab computer.")] = False,
    host: Annotated[
        Literal["jatos", "datapipe"] | None,
        typer.Option("--for", help="Save on a JATOS server (writes a .jzip to import there), or through DataPipe."),
    ] = None,
    experiment: Annotated[str | None, typer.Option(help="With --for datapipe: the experiment's id.")] = None,
) -> None:
    """Write a task as one HTML page that people play in any browser, offline."""
    from twinbean._files import write_bytes, write_text
    from twinbean.definitions.definition import tags_shown
    from twinbean.page import PageOptions
    from twinbean.page.export import export_for
    from twinbean.page.hosts import jatos_archive
    from twinbean.tasks.task import load

    loaded = load(task)
    options = PageOptions(
        title=title,
        language=language,
        words=words_of(words),
        translations=translations_of(translation),
        consent=None if consent is None else text_of(consent),
        completion_url=completion_url,
        progress=progress,
        feedback_ms=feedback_ms,
        response_window_ms=response_window_ms,
        iti_ms=iti_ms,
        incomplete_session=incomplete,
        completed_session=completed,
        max_age=None if max_age is None else max_age * 3_600_000,
        lab=lab,
    )
    parameters = loaded.set(assignments(settings))
    keeper = _host(host, experiment, output)
    check_folder(output, task)
    page = export_for(keeper, loaded, seed=seed, variants=variants, parameters=parameters, options=options)
    if host == "jatos":
        identity = f"{loaded.name} {json.dumps(parameters, sort_keys=True, default=str)}"
        write_bytes(output, jatos_archive(page, task=loaded.name, identity=identity, options=options))
    else:
        write_text(output, page)
    for note in tags_shown(loaded.define(seed=seed, parameters=parameters)):
        print(f"twinbean: note: {note}", file=sys.stderr)
    weight = len(page.encode()) / 1000
    drawn = ""
    if variants > 1:
        one = export_for(keeper, loaded, seed=seed, parameters=parameters, options=options)
        drawn = f" ({weight - len(one.encode()) / 1000:.0f} kB of them the payoffs of {variants} variants)"
    summarise(output, f"{loaded.name}, {weight:.0f} kB{drawn}")


def _host(name: str | None, experiment: str | None, output: Path) -> Host | None:
    """Where the page saves. Raises TaskError where the options do not go together."""
    from twinbean.page.hosts import JATOS, datapipe

    if experiment is not None and name != "datapipe":
        raise TaskError("--experiment is DataPipe's, and needs --for datapipe")
    if (output.suffix == ".jzip") != (name == "jatos"):
        wanted = "a .jzip file" if name == "jatos" else "an .html file, since only --for jatos writes a .jzip"
        raise TaskError(f"the output is {output}, expected {wanted}")
    if name == "jatos":
        return JATOS
    if name is None:
        return None
    if experiment is None:
        raise TaskError("--for datapipe needs --experiment, the id that DataPipe shows for your experiment")
    return datapipe(experiment)


@commands.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new task; NAME.py is written here.")],
    like: Annotated[str, typer.Option(help="The built-in task to start from.")],
) -> None:
    """Start a task of your own as a copy of a built-in one."""
    from twinbean.tasks.task import copy_builtin

    print(f"{copy_builtin(like, name)}: edit it, then `twinbean export {name}.py -o {name}.html`")
