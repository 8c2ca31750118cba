"""Servers that stand in for JATOS and DataPipe, and do to requests what networks do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# The part of jatos.js that pages use, written from its documentation: a request is tried a few times, then given up.
JATOS_JS = """
window.jatos = (() => {
  const tries = 2;
  async function post(path, body) {
    for (let left = tries; ; left--) {
      try {
        const reply = await fetch(path, { method: "POST", body });
        if (reply.ok) return;
      } catch {}
      if (left <= 1) throw new Error("dropped");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return {
    urlQueryParameters: %s,
    onLoad: (ready) => setTimeout(ready, 10),
    appendResultData: (data) => post("append", data),
    submitResultData: (data) => post("submit", data),
    endStudy: async () => { await post("end", ""); location.assign("ended"); },
    endStudyAndRedirect: async (url) => { await post("end", url); location.assign(url); },
  };
})();
"""


@dataclass
class Stub:
    """What a stub has stored. `faults` is what is done to the POSTs, one after the other; then all goes well.

    "drop": the connection ends and nothing is stored; "lost": it is stored and the answer is lost; "double": it is
    stored twice; "refuse": 500; "bare": it is stored without its last line break. A whole number is an HTTP status.
    """

    page: str
    faults: list[str | int] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)
    address: str = ""
    result: str = ""
    files: dict[str, str] = field(default_factory=dict)
    experiments: set[str] = field(default_factory=set)
    ended: list[str] = field(default_factory=list)
    done: list[str | int] = field(default_factory=list)

    def store(self, path: str, body: str) -> tuple[int, str]:
        match path:
            case "/append":
                self.result += body
            case "/submit":
                self.result = body
            case "/end":
                self.ended.append(body)
            case "/api/data/":
                sent = json.loads(body)
                if sent["filename"] in self.files:
                    return 400, json.dumps({"error": "OSF_FILE_EXISTS", "message": "The file already exists."})
                self.files[sent["filename"]] = sent["data"]
                self.experiments.add(sent["experimentID"])
                return 201, "{}"
        return 200, ""


class _Handler(BaseHTTPRequestHandler):
    stub: Stub

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith("jatos.js"):
            self._answer(200, JATOS_JS % json.dumps(self.stub.query), "text/javascript")
        elif path == "/page.html":
            self._answer(200, self.stub.page, "text/html; charset=utf-8")
        else:
            self._answer(200, "<title>Elsewhere</title>", "text/html")

    def do_OPTIONS(self) -> None:
        self._answer(204, "", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        stub, fault = self.stub, self.stub.faults.pop(0) if self.stub.faults else ""
        if fault != "":
            stub.done.append(fault)
        if isinstance(fault, int):
            self._answer(fault, '{"error": "EXPERIMENT_NOT_FOUND"}', "application/json")
        elif fault == "refuse":
            self._answer(500, "no", "text/plain")
        elif fault == "drop":
            self.close_connection = True
        else:
            reply = stub.store(self.path, body.rstrip("\n") if fault == "bare" else body)
            if fault == "double":
                stub.store(self.path, body)
            if fault == "lost":
                self.close_connection = True
            else:
                self._answer(*reply, "application/json")

    def _answer(self, status: int, text: str, kind: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def stub_host(
    page: str | Callable[[str], str], faults: Sequence[str | int] = (), query: dict[str, str] | None = None
) -> Iterator[Stub]:
    """A stub that serves `page`, which may be made of the stub's address."""
    stub = Stub(page="", faults=list(faults), query=query or {})
    handler = type("Handler", (_Handler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    stub.address = f"http://127.0.0.1:{server.server_address[1]}"
    stub.page = page if isinstance(page, str) else page(stub.address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
