"""What `twinbean --help` lists is what there is, and nothing of it is imported before it is called."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

import twinbean.cli
from twinbean.cli.app import app
from twinbean.cli.commands import COMMANDS, commands


def test_the_commands_are_those_that_the_modules_register() -> None:
    for path in Path(twinbean.cli.__file__).parent.glob("[a-z]*.py"):
        import_module(f"twinbean.cli.{path.stem}")
    registered = {one.callback.__name__: one.callback.__module__ for one in commands.registered_commands}
    registered |= {
        one.name: one.typer_instance.registered_callback.callback.__module__ for one in commands.registered_groups
    }
    assert registered == {name: f"twinbean.cli.{module}" for name, (module, _) in COMMANDS.items()}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_its_line_says(name: str) -> None:
    listed = CliRunner().invoke(app, ["--help"]).output
    assert f"  {name:<9}{COMMANDS[name][1]}\n" in listed
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0
    first = COMMANDS[name][1].split()[0]
    assert shown.output.split("\n")[2].startswith(f"  {first} ")


@pytest.mark.parametrize(("arguments", "wanted"), [(["--help"], set()), (["models", "--help"], {"models"})])
def test_only_the_command_that_is_called_is_imported(arguments: list[str], wanted: set[str]) -> None:
    program = (
        "import sys\nfrom twinbean.cli import main\ntry:\n    main()\nexcept SystemExit:\n"
        "    print(*(name for name in sys.modules if name.startswith('twinbean.cli.')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    imported = {name.rpartition(".")[2] for name in done.stderr.split()}
    assert {module for module, _ in COMMANDS.values()} & imported == wanted
