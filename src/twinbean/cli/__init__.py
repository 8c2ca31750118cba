"""The command line: parse, call, print. Progress goes to stderr, results to files, one summary line to stdout."""

from twinbean.cli import (
    cluster,
    collecting,
    comparing,
    converting,
    fitting,
    merging,
    models,
    playing,
    plugins,
    scoring,
    studies,
    tasks,
    training,
)
from twinbean.cli.app import app, main

__all__ = [
    "app",
    "cluster",
    "collecting",
    "comparing",
    "converting",
    "fitting",
    "main",
    "merging",
    "models",
    "playing",
    "plugins",
    "scoring",
    "studies",
    "tasks",
    "training",
]
