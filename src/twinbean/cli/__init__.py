"""The command line: parse, call, print. Progress goes to stderr, results to files, one summary line to stdout."""

from twinbean.cli import collecting, comparing, converting, fitting, models, playing, plugins, scoring, studies, tasks
from twinbean.cli.app import app, main

__all__ = [
    "app",
    "collecting",
    "comparing",
    "converting",
    "fitting",
    "main",
    "models",
    "playing",
    "plugins",
    "scoring",
    "studies",
    "tasks",
]
