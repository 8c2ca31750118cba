"""The application: what starts, and how it ends when something is wrong."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from twinbean._version import __version__
from twinbean.cli.commands import Commands
from twinbean.cli.messages import one_line
from twinbean.errors import TwinbeanError

# What typer raises for a wrong command line; it brings its own copy of click in some releases and not in others.
UsageError: Any = typer.BadParameter.__base__

# What a shell reports of a program that Ctrl-C ended.
STOPPED = 130

app = typer.Typer(
    name="twinbean",
    cls=Commands,
    help="One task, played by people in a browser and by language models, and compared.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        print(f"twinbean {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """The console script: one line for what a user can put right, and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A path, a label or a model's name may hold what this terminal cannot show: that is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = app(standalone_mode=False)
    except TwinbeanError as error:
        _fail(str(error))
    except UsageError as error:
        _fail(error.format_message())
    except (typer.Abort, KeyboardInterrupt):
        status = STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        _fail(f"{os.fsdecode(error.filename)}: {error.strerror}" if error.filename else str(error))
    except MemoryError:
        _fail("the memory of this machine does not suffice for what was asked")
    if status == STOPPED:
        # Some releases of typer make this status of Ctrl-C themselves, others raise Abort.
        print("twinbean: stopped", file=sys.stderr)
    sys.exit(status if isinstance(status, int) else 0)


@contextmanager
def resumable(run: Path, *, made: str = "run.json") -> Iterator[None]:
    """A command that keeps what it finishes in the folder `run` says so when Ctrl-C ends it after the file `made`."""
    try:
        yield
    except KeyboardInterrupt:
        if (run / made).exists():
            print(
                f"twinbean: what was finished is saved in {run}, and the same command goes on from there",
                file=sys.stderr,
            )
        raise


def _fail(message: str) -> None:
    print(f"twinbean: error: {one_line(message)}", file=sys.stderr)
    sys.exit(2)
