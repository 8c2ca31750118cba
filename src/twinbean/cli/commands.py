"""The commands, in the order in which a study needs them; the module of one is imported when it is called."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

# Name -> the module here that registers it, and the beginning of its help.
COMMANDS = {
    "tasks": ("tasks", "List the tasks, describe one, or draw what one pays."),
    "new": ("tasks", "Start a task of your own as a copy of a built-in one."),
    "play": ("playing", "Play a task at the terminal, reading what a model would read."),
    "export": ("tasks", "Write a task as one HTML page that people play in any browser."),
    "serve": ("collecting", "Collect from participants: serve the page, keep every row."),
    "link": ("collecting", "Make a link by which a participant goes on in another browser."),
    "status": ("studies", "Say how a study stands."),
    "admin": ("studies", "Make a new token for a study's dashboard."),
    "exclude": ("studies", "Leave participants out of the data."),
    "erase": ("studies", "Erase a participant: rows, ids, consent."),
    "bonus": ("studies", "Write what participants earned, for the panel's bulk payment."),
    "backup": ("studies", "Copy a study's database, or put a copy back."),
    "privacy": ("studies", "Write what a study stores of people, for ethics boards."),
    "convert": ("converting", "Write sessions as one tidy table, a row a trial."),
    "archive": ("archiving", "Write data as a BIDS or Psych-DS dataset."),
    "replay": ("playing", "Play the task with a model, from the start or a chosen response."),
    "watch": ("watching", "Write a file that plays a recorded session in the real page."),
    "score": ("scoring", "Say how likely a model finds each recorded choice."),
    "submit": ("cluster", "Run `replay ...` or `score ...` in shards, and merge them."),
    "merge": ("merging", "Put the shards of a run together."),
    "fit": ("fitting", "Fit cognitive models to each participant."),
    "predict": ("predicting", "Predict choices from other people and from one's own earlier ones."),
    "train": ("training", "Fine-tune a language model on people's choices."),
    "recover": ("fitting", "Say which parameters and models a task can identify."),
    "compare": ("comparing", "Compare people and models: tables, figures and a report."),
    "models": ("models", "List the models, or fetch one ahead of time."),
    "plugins": ("plugins", "List what can be added, and what is there."),
    "demo": ("playing", "The whole loop, once."),
}


# With which the modules register their commands.
commands = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class Commands(TyperGroup):
    """A group of all commands, of which only the one that is called has been imported."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, summary) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=summary))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command itself, for who calls it."""
        return _made(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Name and summary of each."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@cache
def _made(name: str) -> Any:
    import_module(f"twinbean.cli.{COMMANDS[name][0]}")
    # typer makes all that the modules have registered by now.
    return typer.main.get_group(commands).commands[name]
