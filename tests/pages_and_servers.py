"""A study that is really served, and a line to it that fails as a test wants it: for tests of the page."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

TASK = Path(__file__).parent / "fixtures" / "collecting" / "quick.py"
TRIALS = 4
# The rows that a browser keeps, as lines, by session.
_RECORDED = """() => new Promise((resolve) => {
  indexedDB.open("twinbean").onsuccess = ({ target }) => {
    const rows = target.result.transaction("rows").objectStore("rows").getAll();
    rows.onsuccess = () => {
      const found = {};
      for (const { session, row } of rows.result) (found[session] ??= []).push(JSON.stringify(row));
      target.result.close();
      resolve(found);
    };
  };
})"""


class Served:
    """A study's server in a process of its own, which can be stopped, killed and made to hang."""

    def __init__(self, folder: Path, *options: str, task: Path = TASK) -> None:
        self.folder = folder
        self._options = options
        self._task = task
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        command = [sys.executable, "-c", "from twinbean.cli import main; main()", "serve", str(self._task)]
        self._process = subprocess.Popen(
            [*command, "-o", str(self.folder), "--port", str(self.port), *self._options],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("http")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.communicate()
            self._process = None

    def send(self, how: signal.Signals) -> None:
        """SIGSTOP takes connections and answers none, until SIGCONT."""
        assert self._process is not None
        os.kill(self._process.pid, how)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.folder / 'study.sqlite'}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def rows(self) -> dict[str, list[str]]:
        """Every stored row as it came, by session, in order and without a gap."""
        found: dict[str, list[str]] = {}
        for session, seq, row in self.query("SELECT session, seq, row FROM events ORDER BY session, seq"):
            lines = found.setdefault(session, [])
            assert seq == len(lines)
            lines.append(bytes(row).decode())
        return found

    def states(self) -> list[str]:
        return [state for (state,) in self.query("SELECT state FROM sessions ORDER BY opened")]


@contextmanager
def served(folder: Path, *options: str, task: Path = TASK) -> Iterator[Served]:
    study = Served(folder, *options, task=task)
    study.start()
    try:
        yield study
    finally:
        study.stop(signal.SIGKILL)


class Line:
    """A reverse proxy in front of a study. `faults` befall the next requests to the collector, one each.

    "cut" ends the connection before the study hears anything, "answer lost" after it has answered, "repeated" asks it
    twice, "silent" answers nothing, a number is the status of an answer of which the study knows nothing. "" is no
    fault.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.faults: list[str | int] = []
        self.met: list[tuple[str, str | int]] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.answer(*line.ask(self, b""))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                match fault := line.next_fault(self.path):
                    case "cut":
                        self.hang_up()
                    case "silent":
                        line.over.wait()
                        self.hang_up()
                    case "answer lost":
                        line.ask(self, body)
                        self.hang_up()
                    case int():
                        self.answer(fault, {"Content-Type": "text/html"}, b"<html>no</html>")
                    case _:
                        if fault == "repeated":
                            line.ask(self, body)
                        self.answer(*line.ask(self, body))

            def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def hang_up(self) -> None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, *about: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # the browser has left

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def next_fault(self, path: str) -> str | int:
        with self._lock:
            fault = self.faults.pop(0) if self.faults else ""
            self.met.append((path, fault))
            return fault

    def ask(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=60)
        try:
            connection.request(handler.command, handler.path, body, dict(handler.headers.items()))
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        except OSError:
            return 502, {}, b""
        finally:
            connection.close()

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def line_to(study: Served) -> Iterator[Line]:
    line = Line(study.port)
    try:
        yield line
    finally:
        line.close()


def recorded(page: Page) -> dict[str, list[str]]:
    """Every row that the page's browser keeps, as the JSON that the page makes of it, by session."""
    found: dict[str, list[str]] = page.evaluate(_RECORDED)
    return found


def wait_for(holds: Any, what: str, *, limit_s: float = 120) -> None:
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {limit_s} s"
        time.sleep(0.05)


def choose(page: Page, *arms: int) -> None:
    for arm in arms:
        page.locator(f'[data-arm="{arm}"]:not([aria-disabled="true"])').click()


def choices(lines: Sequence[str]) -> list[int]:
    return [row["bean_response"] for row in map(json.loads, lines) if "bean_bandits" in row]
