"""What is in deploy/ says what Twinbean can do, and is what the programs that read it take, where these are here."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
import yaml

from collecting import Served, access, digest, everything_in, some_rows, stored
from twinbean.cli import app

DEPLOY = Path(__file__).parents[1] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def options_of(command: str) -> set[str]:
    parameters = typer.main.get_command(app).get_command(None, command).params
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def behind_caddy(study: Served, folder: Path) -> Iterator[str]:
    """The address at which Caddy, by the file in deploy/, serves a study; what it says goes to `caddy.log`."""
    port = free_port()
    # A certificate of its own that no other program is asked to trust, and no port but the one that is free.
    adapted = "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(adapted + (DEPLOY / "Caddyfile").read_text(encoding="utf-8"))
    own = {"DOMAIN": f"localhost:{port}", "STUDY": httpx.URL(study.address).netloc.decode()}
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
    with (folder / "caddy.log").open("wb") as log:
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]
        caddy = subprocess.Popen(command, env=os.environ | own | homes, stdout=log, stderr=log)
        try:
            address = f"https://localhost:{port}/"
            limit = time.monotonic() + 120
            while not is_there(f"{address}health"):
                assert caddy.poll() is None, (folder / "caddy.log").read_text()
                assert time.monotonic() < limit, (folder / "caddy.log").read_text()
                time.sleep(0.1)
            yield address
        finally:
            caddy.kill()
            caddy.wait()


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def is_there(address: str) -> bool:
    try:
        return httpx.get(address, verify=unverified()).text == "ok"
    except httpx.TransportError:
        return False


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed")
def test_a_study_behind_caddy_gets_its_rows_and_nobody_s_address(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    rows, who, here = some_rows(22), "ann-the-id", "127.0.0.77"
    folder = tmp_path / "study"
    with Served(folder, "--behind-proxy", "--completion-url", "https://example.org/?cc=C") as study:
        assert study.process is not None
        assert study.process.stdout is not None
        token = study.process.stdout.readline().split()[-1]
        with behind_caddy(study, tmp_path) as address:
            transport = httpx.HTTPTransport(verify=unverified(), local_address=here)
            with httpx.Client(base_url=address, transport=transport) as browser:
                assert "Referrer-Policy" in browser.get("/", params={"PROLIFIC_PID": who}).headers
                opening = {"request": secrets.token_hex(16), "page": "p", "ids": {"participant": who}, "token": None}
                opening |= {"anonymous": False, "test": False, "consent": None, "started": "2026-01-01T00:00:00.000Z"}
                opened = browser.post("api/1/sessions", json=opening).json()
                session = f"api/1/sessions/{opened['session']}"
                headers = {"Content-Type": "application/x-ndjson", "Twinbean-First": "0", **access(opened)}
                lines = b"".join(row + b"\n" for row in rows)
                assert browser.post(f"{session}/rows", content=lines, headers=headers).json() == {"stored": len(rows)}
                finish = {"n": len(rows), "digest": digest(rows), "outcome": "done"}
                told = browser.post(f"{session}/finish", json=finish, headers=access(opened)).json()
                assert told == {"complete": True, "url": "https://example.org/?cc=C"}
                origin = {"Origin": address.rstrip("/")}
                entered = browser.post("admin/enter", data={"token": token}, headers=origin)
                assert "Secure" in entered.headers["set-cookie"].split("; ")
                assert "Finished" in browser.get("admin/").text
                # Whoever asks the study itself, past the proxy, is not believed to come by HTTPS.
                assert "Secure" not in httpx.post(f"{study.address}admin/enter", data={"token": token}).headers.get(
                    "set-cookie", ""
                ).split("; ")
        _, said = study.stop()
    assert stored(folder) == {(opened["session"], seq): row for seq, row in enumerate(rows)}
    logs = said + (tmp_path / "caddy.log").read_text()
    assert not [word for word in (who, here, opened["token"]) if word in logs]
    assert here.encode() not in everything_in(folder)
