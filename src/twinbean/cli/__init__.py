"""The command line: parse, call, print. Progress goes to stderr, results to files, one summary line to stdout."""

from twinbean.cli.app import app, main

__all__ = ["app", "main"]
