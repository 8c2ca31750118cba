"""The application: what starts, and how it ends when something is wrong."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from twinbean import __version__
from twinbean.errors import TwinbeanError
from twinbean.shown import printable

# What typer raises for a wrong command line; it brings its own copy of click in some releases and not in others.
UsageError: Any = typer.BadParameter.__base__

# What a shell reports of a program that Ctrl-C ended.
STOPPED = 130

app = typer.Typer(
    name="twinbean",
    help="One bandit task, played by people in a browser and by language models, and compared.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    if version:
        print(f"twinbean {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """The console script: one line for what a user can put right, and status 2."""
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
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    if status == STOPPED:
        # Some releases of typer make this status of Ctrl-C themselves, others raise Abort.
        print("twinbean: stopped; what was finished is saved, the same command goes on from there", file=sys.stderr)
    sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str) -> None:
    print(f"twinbean: error: {printable(message)}", file=sys.stderr)
    sys.exit(2)
