"""What is in deploy/ says what Twinbean can do, and is what the programs that read it take, where these are here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from twinbean.cli import app

DEPLOY = Path(__file__).parents[1] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def options_of(command: str) -> set[str]:
    parameters = typer.main.get_command(app).commands[command].params
    return {option for parameter in parameters for option in parameter.opts}


def commands() -> dict[str, list[str]]:
    """Each command that serves, as words."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    unit = (DEPLOY / "twinbean.service").read_text(encoding="utf-8")
    cmd = re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    start = re.search(r"^ExecStart=\S*twinbean (.*)$", unit, re.MULTILINE)
    assert cmd is not None
    assert start is not None
    return {
        "Dockerfile": yaml.safe_load(cmd[1]),
        "compose.yaml": COMPOSE["services"]["study"]["command"],
        "twinbean.service": start[1].split(),
    }


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "twinbean.service"])
def test_the_command_has_options_that_exist(name: str) -> None:
    command, *words = commands()[name]
    given = {word for word in words if word.startswith("-")}
    assert command == "serve"
    assert given <= options_of("serve")
    assert {"-o", "--behind-proxy"} <= given


def test_only_the_proxy_is_reached_from_outside() -> None:
    services = COMPOSE["services"]
    assert "ports" not in services["study"]
    assert services["caddy"]["ports"] == ["80:80", "443:443"]
    assert {volume.split(":")[0] for volume in services["study"]["volumes"]} <= COMPOSE["volumes"].keys()
    for mounted in services["caddy"]["volumes"]:
        source = mounted.split(":")[0]
        assert source in COMPOSE["volumes"] or (DEPLOY / source).exists()


def test_the_image_is_made_of_what_is_there_and_runs_as_nobody_special() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert all((DEPLOY.parent / source).exists() for source in copied)
    assert "USER study" in lines
    build = COMPOSE["services"]["study"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == (DEPLOY / "Dockerfile").resolve()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "twinbean.service").read_text(encoding="utf-8")
    (tmp_path / "twinbean.service").write_text(unit.replace("/srv/study/venv/bin/twinbean", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "twinbean.service"], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "twinbean.service" in line] == []


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed")
def test_caddy_takes_its_file(tmp_path: Path) -> None:
    environment = os.environ | {"DOMAIN": "study.example.org", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
