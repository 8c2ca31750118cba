"""WebKitGTK's own small browser, by the calls of the WebDriver standard, on a screen that nobody sees."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twinbean.testing.browser import BrowserNotFound

_PATIENCE_S = 120
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# A button that is leaving the screen, or has left it.
_NOT_THERE = {
    "no such element",
    "stale element reference",
    "element not interactable",
    "element click intercepted",
    "invalid element state",
}
_SCRIPT = """const done = arguments[arguments.length - 1];
Promise.resolve(arguments[0]).then(%s).then((value) => done({ value }), (error) => done({ error: String(error) }));"""


class Refused(Exception):
    """A call that the driver answers with an error; `code` is the standard's word for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class WebKitGTK:
    """One window with an empty profile; `port` is the driver's. See `engines.Visitor`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._path = ""
        options = {"binary": str(mini_browser()), "args": ["--automation"]}
        wanted = {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}
        opened = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.version: str = opened["capabilities"]["browserVersion"]
        self._path = f"/session/{opened['sessionId']}"
        self._call("POST", "/timeouts", {"script": 1000 * _PATIENCE_S, "pageLoad": 1000 * _PATIENCE_S})

    def goto(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def evaluate(self, function: str, argument: Any = None) -> Any:
        given = self._call("POST", "/execute/async", {"script": _SCRIPT % f"({function})", "args": [argument]})
        if "error" in given:
            raise Refused("script", given["error"])
        return given.get("value")

    def click(self, selector: str) -> bool:
        try:
            found = self._call("POST", "/element", {"using": "css selector", "value": selector})
            self._call("POST", f"/element/{found[_ELEMENT]}/click", {})
        except Refused as refused:
            if refused.code in _NOT_THERE:
                return False
            raise
        return True

    def press(self, key: str) -> None:
        strokes = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def reload(self) -> None:
        self._call("POST", "/refresh", {})

    def close(self) -> None:
        self._call("DELETE", "")

    def _call(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2 * _PATIENCE_S)
        try:
            body = None if content is None else json.dumps(content)
            connection.request(method, self._path + path, body, {"Content-Type": "application/json"})
            value = json.load(connection.getresponse())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value and "message" in value:
            raise Refused(value["error"], value["message"])
        return value


def mini_browser() -> Path | None:
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)


@contextmanager
def running_driver() -> Iterator[int]:
    """The port of a driver, for the length of a `with` block. Raises BrowserNotFound where something is missing."""
    if mini_browser() is None or not all(map(shutil.which, ("WebKitWebDriver", "Xvfb"))):
        raise BrowserNotFound("no WebKitWebDriver, MiniBrowser or Xvfb is installed ('make engines' installs them)")
    told, tells = os.pipe()
    with socket.socket() as probe, tempfile.TemporaryDirectory() as home:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        probe.close()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(tells), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            pass_fds=[tells],
            stderr=subprocess.DEVNULL,
        )
        os.close(tells)
        with os.fdopen(told) as display:
            number = display.readline().strip()
        of_its_own = {"DISPLAY": f":{number}", "GDK_BACKEND": "x11", "HOME": home, "XDG_RUNTIME_DIR": home}
        driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"],
            env={**os.environ, **of_its_own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port)
            yield port
        finally:
            for process in (driver, screen):
                process.terminate()
                process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            assert time.monotonic() < end, f"WebKitWebDriver does not answer within {_PATIENCE_S} s"
            time.sleep(0.05)
