"""A closed loop whose people are kept in PostgreSQL: the loop is on another machine than the server."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from datetime import timedelta

import pytest

pytest.importorskip("psycopg")
pytest.importorskip("autora.state", reason="AutoRA is not installed")

from loop_visitors import SHARED, TASK, Called, Hosted, Visitors, gaps
from twinbean.autora import runner
from twinbean.collect import app, clock, cycles
from twinbean.collect.reading import read


@pytest.fixture
def served(tmp_path, monkeypatch, new_database):
    """A study of a closed loop in a database, whose clock is `ahead` by minutes, and a `copy` of its settings."""
    monkeypatch.setattr(cycles, "POLL_S", 0.02)
    wanted = {"task": TASK, "parameters": SHARED, "closed_loop": True, "database": new_database}
    with Hosted(tmp_path / "study", **wanted) as study:
        study.ahead, true = 0.0, clock.now
        for module in (app, clock):
            monkeypatch.setattr(module, "now", lambda: true() + timedelta(minutes=study.ahead))
        study.copy = tmp_path / "copy"
        study.copy.mkdir()
        shutil.copy(study.folder / "study.json", study.copy)
        yield study


def test_a_loop_that_has_only_the_settings_asks_for_people_and_gets_them(served, tmp_path):
    visitors = Visitors(served)
    people = [visitors(f"P{number}") for number in range(6)]
    run = runner(TASK, collector=served.copy, run=tmp_path / "loop", samples=2)
    first = Called(lambda: run(gaps(0.2, 0.9)))

    async def come():
        await people[0].enters()
        await asyncio.gather(*(one.open() for one in people[1:]))
        inside = [one for one in people if one.opened["status"] == "begun"]
        assert Counter(one.opened["condition"]["gap"] for one in inside) == {0.2: 2, 0.9: 2}
        vanished, *others = inside
        await asyncio.gather(vanished.send(3), *(one.plays() for one in others))
        served.ahead = 61
        follower = await visitors("next").plays()
        await vanished.plays()
        return vanished, {one.session for one in (*others, follower)}

    vanished, done = visitors.come(come())
    data = first.result()
    assert Counter(data["gap"]) == {0.2: 2, 0.9: 2}
    assert set(data["session"]) == done
    second = Called(lambda: run(gaps(0.5)))
    later = [visitors("a"), visitors("b")]

    async def come_later():
        await asyncio.gather(*(one.plays() for one in later))

    visitors.come(come_later())
    assert set(second.result()["session"]) == {one.session for one in later}
    kept = {one.session: one.kept["flags"] for one in read(served.copy)}
    assert kept.pop(vanished.session) == "late"
    assert len(kept) == 6
    assert set(kept.values()) == {None}
