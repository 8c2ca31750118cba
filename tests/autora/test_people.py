"""People play a closed loop's conditions: quotas are exact, who vanishes is replaced, and a loop that died goes on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("autora.state", reason="AutoRA is not installed")

from loop_visitors import SHARED, TASK, Hosted, Visitors, gaps, loop
from twinbean.cli import app as main
from twinbean.collect.reading import read
from twinbean.tasks.rewards import with_rewards


def choices_in(data):
    return sorted(row.argmax(1).tolist() for row in data["choice-trajectory"])


def test_quotas_are_exact_however_many_come_at_once(served, visitors, tmp_path):
    cycle = loop(served, tmp_path, gaps(0.2, 0.9), samples=3)
    people = [visitors(f"P{number}") for number in range(10)]

    async def come():
        await people[0].enters()
        await asyncio.gather(*(one.open() for one in people[1:]))
        inside = [one for one in people if one.opened["status"] == "begun"]
        assert Counter(one.opened["condition"]["gap"] for one in inside) == {0.2: 3, 0.9: 3}
        assert {one.opened["status"] for one in people if one not in inside} == {"paused"}
        await asyncio.gather(*(one.plays() for one in inside[:5]))
        # The place of somebody who plays is nobody else's.
        assert (await people[-1].open())["status"] == "paused"
        await inside[5].plays()
        return inside

    inside = visitors.come(come())
    data = cycle.result()
    assert Counter(data["gap"]) == {0.2: 3, 0.9: 3}
    assert choices_in(data) == sorted(one.choices for one in inside)
    assert data["participant"].is_unique
    assert data["session"].tolist() == [one.session for one in read(served.folder) if one.kept["gap"] == "0.2"] + [
        one.session for one in read(served.folder) if one.kept["gap"] == "0.9"
    ]
    for number, gap in enumerate((0.2, 0.9)):
        kept = read(tmp_path / "loop" / "cycle-000" / f"condition-{number:03}")
        assert {one.details["parameters"]["gap"] for one in kept} == {gap}
    # Nobody is wanted between two cycles.
    assert visitors.come(visitors("too late").open())["status"] == "paused"


def test_a_place_is_given_again_and_who_returns_late_is_kept_marked_and_outside_the_quota(served, visitors, tmp_path):
    cycle = loop(served, tmp_path, gaps(0.5), samples=2)
    gone, stays, next_one = (visitors(name) for name in ("gone", "stays", "next"))

    async def come():
        await gone.enters()
        await gone.send(3)
        await stays.plays()
        assert (await next_one.open())["status"] == "paused"
        served.ahead = 61
        await next_one.enters()
        # Now two hold the two places; whoever had one before goes on, and takes none of theirs.
        assert (await gone.open())["status"] == "resumed"
        gone.rows = gone.rows_for(gone.opened)
        await gone.drain()
        assert (await gone.finish())["complete"]
        await next_one.plays()

    visitors.come(come())
    data = cycle.result()
    assert data["session"].tolist() == [stays.session, next_one.session]
    kept = {one.session: one.kept["flags"] for one in read(served.folder, finished=True)}
    assert kept == {gone.session: "late", stays.session: None, next_one.session: None}
    assert [trial.choice for trial in read(served.folder)[0].trials] == gone.choices


def test_who_was_silent_for_too_long_is_late_though_nobody_took_the_place(served, visitors, tmp_path):
    cycle = loop(served, tmp_path, gaps(0.5), samples=1)
    late, in_time = visitors("late"), visitors("in time")

    async def come():
        await late.enters()
        await late.send(3)
        served.ahead = 61
        await late.plays()
        await in_time.plays()

    visitors.come(come())
    assert cycle.result()["session"].tolist() == [in_time.session]


def test_who_only_opens_the_page_for_a_third_of_the_cutoff_loses_the_place_to_who_comes(served, visitors, tmp_path):
    cycle = loop(served, tmp_path, gaps(0.5), samples=2)
    looks, begins, follows = (visitors(name) for name in ("looks", "begins", "follows"))

    async def come():
        await looks.enters()
        await begins.enters()
        await begins.send(1)
        served.ahead = 19
        assert (await follows.open())["status"] == "paused"
        served.ahead = 21
        await follows.plays()
        # One row is an answer.
        assert (await visitors("too late").open())["status"] == "paused"
        await looks.plays()
        await begins.plays()

    visitors.come(come())
    assert cycle.result()["session"].tolist() == [begins.session, follows.session]
    kept = {one.session: one.kept["flags"] for one in read(served.folder, finished=True)}
    assert kept == {looks.session: "late", begins.session: None, follows.session: None}


def test_a_wait_that_ends_short_says_so_and_what_comes_later_changes_nothing(served, visitors, tmp_path):
    short = []
    options = {"samples": 2, "wait_minutes": 30, "on_short": short.extend}
    cycle = loop(served, tmp_path, gaps(0.2, 0.9), **options)
    people = [visitors(f"P{number}") for number in range(3)]

    async def come():
        for one in people:
            await one.enters()
        await asyncio.gather(people[0].plays(), people[1].plays(), people[2].send(3))

    visitors.come(come())
    served.ahead = 20.0
    assert cycle.is_alive()
    served.ahead = 30.0
    data = cycle.result()
    assert sorted(data["session"]) == sorted(one.session for one in people[:2])
    began = Counter(one.opened["condition"]["gap"] for one in people)
    assert {str(one) for one in short} == {
        f"condition {number} of cycle 0 has 1 of 2 sessions: {began[gap]} began, and 1 were done in time"
        for number, gap in enumerate((0.2, 0.9))
    }
    visitors.come(people[2].plays())
    assert {one.session: one.kept["flags"] for one in read(served.folder)}[people[2].session] == "late"
    again = loop(served, tmp_path, gaps(0.2, 0.9), **options).result()
    elsewhere = loop(served, tmp_path, gaps(0.2, 0.9), name="elsewhere", **options).result()
    for one in (again, elsewhere):
        assert one.drop(columns="choice-trajectory").equals(data.drop(columns="choice-trajectory"))
        assert choices_in(one) == choices_in(data)
    assert len(short) == 6


def test_who_leaves_screened_out_or_withdraws_gives_the_place_back(served, visitors, tmp_path):
    cycle = loop(served, tmp_path, gaps(0.5), samples=1)

    async def come():
        for name, leave in (("out", lambda one: one.finish("screened_out")), ("withdrew", lambda one: one.withdraw())):
            one = await visitors(name).enters()
            await one.send(3)
            await leave(one)
        return await visitors("done").plays()

    done = visitors.come(come())
    assert cycle.result()["session"].tolist() == [done.session]


def test_a_test_visit_takes_no_place_and_is_no_row(served, visitors, tmp_path):
    cycle = loop(served, tmp_path, gaps(0.5), samples=1)

    async def come():
        counts = await visitors("counts").enters()
        tester = visitors("tester", test=True)
        await tester.plays()
        assert tester.opened["condition"] == {"gap": 0.5}
        return await counts.plays()

    counts = visitors.come(come())
    assert cycle.result()["session"].tolist() == [counts.session]
    stranger = visitors("between two cycles", test=True)
    assert visitors.come(stranger.open())["condition"] == {}


def test_a_loop_that_is_killed_in_each_cycle_comes_out_as_one_that_is_not(tmp_path):
    """The server goes on meanwhile, and so do those who play."""
    program = [sys.executable, str(Path(__file__).parents[1] / "loop_of_people.py")]
    loops = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def said(line):
        print(line, file=loops.stdin, flush=True)
        return int(loops.stdout.readline())

    def played(name, *, dies):
        study, run = tmp_path / name, tmp_path / f"loop of {name}".replace(" ", "_")
        with Hosted(study, task=TASK, parameters=SHARED, closed_loop=True) as served:
            visitors = Visitors(served)

            async def one_cycle(cycle):
                first, slow, meanwhile, last = (visitors(f"{cycle} {number}") for number in range(4))
                await first.plays()
                await slow.enters()
                await slow.send(3)
                if dies:
                    os.kill(pids[-1], signal.SIGKILL)
                    assert said("wait") == signal.SIGKILL
                await meanwhile.plays()
                if dies:
                    pids.append(said(f"{study} {run}"))
                await slow.plays()
                await last.plays()

            pids = [said(f"{study} {run}")]
            for cycle in range(2):
                visitors.come(one_cycle(cycle))
            assert said("wait") == 0
            # Started once more it asks nobody.
            found = json.loads(Path(f"{run}.json").read_text())
            said(f"{study} {run}")
            assert said("wait") == 0
            assert json.loads(Path(f"{run}.json").read_text()) == found
            assert len(read(study)) == len(found["rows"]) == 8
        return found

    with loops:
        whole, killed = played("whole", dies=False), played("killed", dies=True)
        loops.stdin.close()
    assert killed["asked"] == whole["asked"]
    assert killed["asked"][0] != killed["asked"][1]
    assert killed["theory"] == whole["theory"]
    for row in (*whole["rows"], *killed["rows"]):
        # Every study has pseudonyms of its own.
        assert row.pop("participant") != row.pop("session")
    assert killed["rows"] == whole["rows"]


def test_the_arms_pay_what_a_trajectory_says_and_sessions_agree_with_it(served, visitors, tmp_path, capsys):
    trajectories = [np.array([[1, 0], [0, 1], [3, 2]]), np.array([[5, 0.5]] * 6)]
    cycle = loop(served, tmp_path, pd.DataFrame({"reward-trajectory": trajectories}), samples=1)
    people = [visitors("one"), visitors("other")]

    async def come():
        for one in people:
            await one.enters()
            paid = one.opened["variant"]["timelines"]
            [paid] = [
                [[arm["value"] for arm in row["bandits"]] for row in block] for block in paid if "bandits" in block[0]
            ]
            one.rewards = [tuple(map(float, row)) for row in paid]
            one.task = with_rewards(one.task, one.rewards)
            await one.plays()

    visitors.come(come())
    data = cycle.result()
    assert [row.tolist() for row in data["reward-trajectory"]] == [one.tolist() for one in trajectories]
    by_session = {one.session: one for one in read(served.folder)}
    for one in people:
        session = by_session[one.session]
        assert [tuple(map(float, trial.outcomes)) for trial in session.trials] == one.rewards
    assert sorted(len(one.rewards) for one in people) == [3, 6]
    main(["status", str(served.folder)], standalone_mode=False)
    said = capsys.readouterr().out
    assert "cycle-000, condition-000  1        0       1" in said
    assert "contradicts" not in said


def test_a_session_that_says_other_payoffs_than_its_condition_has_is_flagged(served, visitors, tmp_path, capsys):
    cycle = loop(served, tmp_path, gaps(0.5), samples=1)

    async def come():
        liar = await visitors("liar").enters()
        liar.rows = [row.replace(b'"bean_value":0', b'"bean_value":7') for row in liar.rows_for(liar.opened)]
        await liar.drain()
        await liar.finish()

    visitors.come(come())
    cycle.result()
    main(["status", str(served.folder)], standalone_mode=False)
    assert "contradicts the task" in capsys.readouterr().out
