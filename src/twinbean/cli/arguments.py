"""What several commands take from the command line, and how it is read and answered."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from twinbean import _json
from twinbean._files import STDOUT, is_special, read_text
from twinbean._progress import Progress
from twinbean.cli.messages import one_line
from twinbean.errors import DataError, TaskError

if TYPE_CHECKING:
    from twinbean.page.translation import Translation

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="A built-in name, file.py or file.py:name.")]


def _source(text: str) -> Path | str:
    """An address of a study's database stays as it is: a path would lose one of its slashes."""
    return text if text.startswith(("postgresql://", "postgres://")) else Path(text)


_KINDS = "jsPsych JSON or CSV, tidy tables, runs, folders of them, or studies."
Data = Annotated[list[Path] | None, typer.Argument(metavar="[DATA]...", help=_KINDS, parser=_source)]
SomeData = Annotated[list[Path], typer.Argument(metavar="DATA...", help=_KINDS, parser=_source)]
Finished = Annotated[bool, typer.Option("--finished", help="Of a study: only sessions that were played to their end.")]
Stage = Annotated[
    int | None,
    typer.Option(min=1, help="Of trials with several choices, only the choices of this stage, counted from 1."),
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter of the task; repeatable.")
]
Phases = Annotated[
    list[str] | None,
    typer.Option("--phase", metavar="NAME", help="Count the trials of this phase instead of main's; repeatable."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RULE",
        help="Leave out participants of whom this is true, as 'quiz_attempts > 2' (docs/report.md); repeatable.",
    ),
]
ExcludeFile = Annotated[Path | None, typer.Option(metavar="FILE", help="The same, a rule a line; # begins a comment.")]
By = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Part participants by what is known of them, as their condition or an answer."),
]
# Beyond, JavaScript counts no more: a page could not name its seed.
Seed = Annotated[int, typer.Option(min=0, max=2**53 - 1, help="The seed of every random draw.")]
Repair = Annotated[
    bool,
    typer.Option("--repair", help="Resume a run whose journal is damaged: report what is dropped, keep the rest."),
]
ModelSettings = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="An option of a plugin's model; repeatable.")
]
Translations = Annotated[
    list[Path] | None,
    typer.Option("--translation", metavar="FILE", help="A JSON file: the page in another language; repeatable."),
]
Part = Annotated[
    str | None,
    typer.Option("--shard", metavar="K/N", help="Only every N-th session, from the K-th on; see `twinbean merge`."),
]
Model = Annotated[str, typer.Option(help="A name that `twinbean models` lists, hf:ID-OR-PATH or api:NAME.")]


# No session has as many trials as this has digits.
_DIGITS = 9


def read_people(
    data: list[Path] | None,
    *,
    finished: bool = False,
    exclude: list[str] | None = None,
    exclude_file: Path | None = None,
) -> list[Any]:
    """The sessions in data without those that rules, or the task, exclude; how many that are is said on stderr."""
    from twinbean.collect.reading import read

    return kept_of(read(data, finished=finished), rules_of(exclude, exclude_file)) if data else []


def rules_of(exclude: list[str] | None, exclude_file: Path | None) -> list[str]:
    if not exclude and exclude_file is None:
        return []
    from twinbean.comparison.exclusions import rules_in

    return [*(rules_in(exclude_file) if exclude_file else ()), *(exclude or ())]


def kept_of(sessions: list[Any], rules: list[str]) -> list[Any]:
    if not rules and not any(session.excluded for session in sessions):
        return sessions
    from twinbean.comparison.exclusions import exclude_people

    kept, table = exclude_people(sessions, rules)
    for row in table.to_dict("records"):
        whom = f": {row['participants']}" if row["participants"] else ""
        unknown = f"; of {row['unknown']} it is not known, and they are kept" if row["unknown"] else ""
        print(one_line(f"twinbean: {row['rule']}: {row['excluded']} excluded{whom}{unknown}"), file=sys.stderr)
    if not kept:
        raise DataError(f"the rules {', '.join(table['rule'])} exclude everybody")
    return kept


def in_phases(sessions: list[Any], phases: list[str] | None) -> list[Any]:
    from twinbean.sessions.phases import counting

    return counting(sessions, phases) if phases else sessions


def model_settings(settings: list[str] | None, *, option: str = "--option") -> dict[str, Any]:
    """Options of a plugin's model: numbers, true, false and null as JSON has them, else text."""
    found: dict[str, Any] = {}
    for name, text in assignments(settings, option=option).items():
        try:
            found[name.replace("-", "_")] = json.loads(text)
        except ValueError:
            found[name.replace("-", "_")] = text
    return found


def assignments(settings: list[str] | None, *, option: str = "--set") -> dict[str, str]:
    assignments = {}
    for setting in settings or []:
        name, equals, value = setting.partition("=")
        if not equals:
            raise TaskError(f"{option} {setting!r} has no '=', expected NAME=VALUE")
        assignments[name.strip()] = value.strip()
    return assignments


def text_of(path: Path) -> str:
    text = read_text(path).strip()
    if not text:
        raise DataError(f"{path} is empty")
    return text


def finite(number: float | None) -> float | None:
    """A callback of options: typer's bounds let nan through."""
    if number is not None and not math.isfinite(number):
        raise typer.BadParameter(f"{number} is not a finite number")
    return number


def words_of(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    words = _json.loads(text_of(path), str(path))
    if not isinstance(words, dict):
        raise DataError(f"{path} holds {type(words).__name__}, expected an object of names and words")
    for name, text in words.items():
        if not isinstance(text, str):
            raise DataError(f"{path}: {name!r} is {text!r}, expected words in quotes")
    return words


def translations_of(paths: list[Path] | None) -> list[Translation]:
    """The page in other languages, a file each."""
    from twinbean.page.translation import translation_from

    return [translation_from(_json.loads(text_of(path), str(path)), str(path)) for path in paths or []]


def window_of(text: str | None) -> int | Literal["block", "first"] | None:
    match text:
        case None:
            return None
        case "block":
            return "block"
        case "first":
            return "first"
    if not text.isdecimal() or len(text) > _DIGITS:
        raise DataError(f"--window is {text!r}, expected a number of trials, block or first")
    return int(text)


def check_folder(output: Path, *inputs: str | Path) -> None:
    """Whether `output` can be written: in a folder that is there, and over nothing that the command reads."""
    for given in map(str, inputs):
        name = given.partition(".py:")[0] + ".py" if ".py:" in given else given
        if output.exists() and Path(name).exists() and output.samefile(name):
            raise DataError(f"{output} is what is read: give the output another name")
    if output.is_dir():
        raise DataError(f"{output} is a folder, expected a file to write")
    if not output.parent.is_dir():
        raise DataError(f"the folder {output.parent} does not exist")


def check_is_folder(output: Path) -> None:
    """Whether `output` can be a folder of several files: what is one already, or not there yet."""
    if output == STDOUT:
        raise DataError("several files are written, which standard output cannot take: name a folder with -o")
    for place in (output, *output.parents):
        if place.is_dir():
            return
        if place.exists() or place.is_symlink():
            raise DataError(f"{place} is a file, expected a folder")


def repair_run(run: Path) -> None:
    from twinbean.runs.folder import repair

    for dropped in repair(run):
        print(f"twinbean: {one_line(dropped)}", file=sys.stderr)


def summarise(output: Path, what: str) -> None:
    """The summary line, which stays out of the data where these go to standard output or into a pipe."""
    print(f"{output}: {what}", file=sys.stderr if is_special(output) else sys.stdout)


def print_table(table: Any) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False).print(table)


@contextmanager
def progress_bar(unit: str) -> Iterator[Progress]:
    """Sessions, choices a second, time left and legal mass on stderr; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    fields = [TextColumn(f"{{task.fields[{name}]}}") for name in ("sessions", "pace", "mass")]
    columns = (TextColumn(unit), BarColumn(), *fields, TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(unit, total=None, sessions="", pace="", mass="")
        started = time.monotonic()

        def update(
            done: int,
            total: int,
            *,
            choices: int | None = None,
            of_choices: int | None = None,
            legal_mass: float | None = None,
        ) -> None:
            # Sessions in lock step end together, so time left is estimated from choices where their number is known.
            counted = (done, total) if choices is None or of_choices is None else (choices, of_choices)
            bar.update(
                task,
                completed=counted[0],
                total=counted[1],
                sessions=f"{done}/{total}",
                pace="" if choices is None else f"{choices / max(time.monotonic() - started, 1e-3):.1f} choices/s",
                mass="" if legal_mass is None else f"legal mass {legal_mass:.2f}",
            )

        yield update
