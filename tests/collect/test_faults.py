"""What the machine does to a study: full disks, locks, clocks. Nothing is acknowledged that is not there, and the study
goes on once the fault is gone."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sqlite3
import time
from datetime import timedelta

import httpx
import pytest

from collecting import Called, Served, access, some_rows, stored
from twinbean.collect import app, clock
from twinbean.testing.participants import Participant

LARGE = some_rows(200, size=2_000)


class Browser:
    """One session over real HTTP, whose rows are sent once: what the server says is looked at, not tried again."""

    def __init__(self, client, name):
        self.client = client
        opening = {
            "request": name.encode().hex().rjust(32, "0"),
            "page": "p",
            "ids": {"participant": name},
            "anonymous": False,
            "test": False,
            "consent": None,
            "started": "2026-01-01T00:00:00.000Z",
            "token": None,
        }
        while (reply := client.post("api/1/sessions", json=opening)).status_code == 429:
            time.sleep(float(reply.headers["Retry-After"]))
        self.opened = reply.json()

    def send(self, first, rows):
        headers = {"Content-Type": "application/x-ndjson", "Twinbean-First": str(first)} | access(self.opened)
        path = f"api/1/sessions/{self.opened['session']}/rows"
        return self.client.post(path, content=b"".join(row + b"\n" for row in rows), headers=headers)


@contextlib.contextmanager
def browser_of(server, name="P1"):
    with httpx.Client(base_url=server.address, timeout=60) as client:
        yield Browser(client, name)


def test_a_full_disk_acknowledges_nothing_and_the_study_goes_on_when_there_is_room(tmp_path):
    folder = tmp_path / "study"
    with Served(folder) as server, browser_of(server) as browser:
        assert browser.send(0, LARGE[:1]).status_code == 200
        pid = server.process.pid
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        # No file of the server may grow beyond what the log has now.
        resource.prlimit(pid, resource.RLIMIT_FSIZE, ((folder / "study.sqlite-wal").stat().st_size, most))
        acknowledged = {0}
        for number, row in enumerate(LARGE[1:20], start=1):
            reply = browser.send(number, [row])
            if reply.status_code == 200:
                acknowledged.add(number)
            else:
                assert reply.status_code == 503
                assert reply.headers["Retry-After"] == "2"
        assert len(acknowledged) < 20
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        assert {seq for _, seq in stored(folder)} == acknowledged
        assert browser.send(0, LARGE).json() == {"stored": 200}
        server.kill()
    assert [row for _, row in sorted(stored(folder).items())] == LARGE


def test_a_locked_database_acknowledges_nothing_and_the_study_goes_on_afterwards(tmp_path):
    folder = tmp_path / "study"
    with Served(folder) as server, browser_of(server) as browser:
        with contextlib.closing(sqlite3.connect(folder / "study.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            reply = browser.send(0, LARGE[:5])
            assert reply.status_code == 503
            assert reply.json() == {"error": "nothing was stored, try again"}
            other.execute("ROLLBACK")
        assert stored(folder) == {}
        assert browser.send(0, LARGE[:5]).json() == {"stored": 5}


def test_a_clock_that_is_set_back_loses_nothing(tmp_path, monkeypatch):
    rows = some_rows(22)
    with Called(tmp_path / "study", target=2, completion_url="https://example.org/?cc=C") as study:
        opened = study.open("P1")
        study.send(opened, 0, rows[:5])
        earlier = clock.now() - timedelta(days=3)
        monkeypatch.setattr(app, "now", lambda: earlier)
        assert study.send(opened, 5, rows[5:]).json() == {"stored": 22}
        resumed = study.open("P1", token=opened["token"])
        assert resumed["status"] == "resumed"
        assert resumed["stored"] == 22
        assert study.finish(resumed, rows).json()["complete"] is True
        assert study.open("P2")["status"] == "begun"
    assert [row for _, row in sorted(stored(tmp_path / "study").items())] == rows


def test_50_megabytes_are_refused_and_others_are_answered_meanwhile(tmp_path):
    with Served(tmp_path / "study") as server, browser_of(server) as browser, browser_of(server, "P2") as other:
        reply = browser.send(0, [b'{"a":"' + b"x" * 50_000_000 + b'"}'])
        assert reply.status_code == 413
        assert other.send(0, LARGE[:3]).json() == {"stored": 3}
        assert browser.send(0, LARGE[:3]).json() == {"stored": 3}


def test_10000_sessions_of_nobody_take_no_place_and_keep_nobody_out(tmp_path):
    folder = tmp_path / "study"

    async def flood(address):
        async def open_many(who):
            connection = Participant(address).connection
            statuses = []
            for number in range(200):
                reply = await connection.post(
                    "/api/1/sessions",
                    b'{"request":"%032x","page":"p","ids":{},"anonymous":true,"test":false,"consent":null,'
                    b'"started":"2026-01-01T00:00:00.000Z","token":null}' % (who * 1_000 + number),
                    {"Content-Type": "application/json"},
                )
                statuses.append(reply.status)
            connection.close()
            return statuses

        async def take_part():
            someone = Participant(address, name="P1")
            reply = await someone.take_part(lambda opened: some_rows(22))
            someone.close()
            return reply

        *statuses, reply = await asyncio.gather(*(open_many(who) for who in range(50)), take_part())
        return [status for several in statuses for status in several], reply

    with Served(folder, "--target", "3", "--completion-url", "https://example.org/") as server:
        statuses, reply = asyncio.run(flood(server.address))
        assert reply == {"complete": True, "url": "https://example.org/"}
        assert len(statuses) == 10_000
        # Beyond a burst that no campus reaches, they are told to come again.
        assert set(statuses) <= {201, 429}
        with browser_of(server, "P2") as browser:
            assert browser.opened["status"] == "begun"
            assert browser.send(0, LARGE[:2]).json() == {"stored": 2}


@pytest.mark.parametrize("path", ["/study.json", "/study.sqlite", "/../study.json", "/backups/", "/api/1/sessions"])
def test_no_file_of_the_study_is_served(tmp_path, path):
    with Called(tmp_path / "study") as study:
        assert study.get(path).status_code in (404, 405)
