"""Random courses of events: whatever comes in whatever order, a row is stored once and as it was first sent, and no
link is given without all of them."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from collecting import Called, Served, some_rows, stored
from twinbean.testing.participants import Misfortune, Participant

URL = "https://example.org/?cc=CODE"
N = 22
PEOPLE = st.sampled_from(["P1", "P2", None])
NUMBERS = st.integers(0, N - 1)


class Attempt:
    """What must be known of a session: what is stored, and how it stands."""

    def __init__(self, opened, participant):
        self.opened = opened
        self.participant = participant
        self.sent = some_rows(N, mark=opened["session"])
        self.stored: dict[int, bytes] = {}
        self.state = "active"

    @property
    def is_whole(self):
        return [self.stored.get(number) for number in range(N)] == self.sent and len(self.stored) == N


class Protocol(RuleBasedStateMachine):
    """Browsers that do what they like, against a model of what must come of it."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp()) / "study"
        self.study = Called(self.folder, completion_url=URL)
        self.attempts: list[Attempt] = []

    def teardown(self):
        self.study.study.close()
        shutil.rmtree(self.folder.parent)

    @rule(participant=PEOPLE)
    def open_anew(self, participant):
        told = self.study.open(participant)
        mine = [one for one in self.attempts if participant is not None and one.participant == participant]
        if any(one.state != "active" for one in mine):
            assert told == {"status": "completed"}
            return
        assert told["status"] == "begun"
        assert told["session"] not in {one.opened["session"] for one in self.attempts}
        self.attempts.append(Attempt(told, participant))

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 100))
    def reload(self, which):
        one = self.attempts[which % len(self.attempts)]
        if one.state == "withdrawn":
            return
        told = self.study.open(one.participant, token=one.opened["token"])
        assert told["status"] == {"active": "resumed", "finished": "completed"}[one.state]
        assert told["session"] == one.opened["session"]
        assert told["stored"] == leading(one.stored)
        stale = one.opened
        one.opened = told
        assert self.study.send(stale, 0, one.sent[:1]).status_code == 409

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 100), first=NUMBERS, n=st.integers(1, N), other=st.booleans())
    def send(self, which, first, n, other):
        one = self.attempts[which % len(self.attempts)]
        rows = (some_rows(N, mark="other") if other else one.sent)[first : first + n]
        reply = self.study.send(one.opened, first, rows)
        new = {number: row for number, row in enumerate(rows, start=first) if one.stored.get(number) != row}
        differing = sorted(new.keys() & one.stored.keys())
        if one.state == "withdrawn":
            assert reply.status_code == 410
        elif not new:
            assert reply.json() == {"stored": leading(one.stored)}
        elif differing or one.state == "finished":
            assert reply.status_code == 409
            assert reply.json()["conflict"] == (differing or sorted(new))
        else:
            one.stored |= new
            assert reply.json() == {"stored": leading(one.stored)}

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 100))
    def send_everything(self, which):
        self.send(which, 0, N, False)

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 100), n=st.integers(0, N + 2), forged=st.booleans())
    def finish(self, which, n, forged):
        one = self.attempts[which % len(self.attempts)]
        rows = some_rows(N, mark="forged") if forged else one.sent
        reply = self.study.finish(one.opened, rows[:n], n=n)
        if one.state == "withdrawn":
            assert reply.status_code == 410
            return
        if n == N and not forged and one.is_whole:
            assert reply.json() == {"complete": True, "url": URL}
            one.state = "finished"
        else:
            assert reply.json()["complete"] is False
            assert "url" not in reply.json()

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 100))
    def finish_honestly(self, which):
        self.finish(which, N, False)

    @precondition(lambda self: len(self.attempts) > 1)
    @rule(which=st.integers(0, 100), other=st.integers(0, 100))
    def use_the_token_of_somebody_else(self, which, other):
        one, another = self.attempts[which % len(self.attempts)], self.attempts[other % len(self.attempts)]
        if one is another:
            return
        stolen = one.opened | {"token": another.opened["token"]}
        assert self.study.send(stolen, 0, another.sent).status_code == 401
        assert self.study.finish(stolen, one.sent).status_code == 401

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 100))
    def withdraw(self, which):
        one = self.attempts[which % len(self.attempts)]
        reply = self.study.withdraw(one.opened)
        assert reply.status_code == (410 if one.state == "withdrawn" else 200)
        one.state, one.stored = "withdrawn", {}

    @rule()
    def start_again(self):
        self.study.study.close()
        self.study = Called(self.folder)

    @invariant()
    def what_is_stored_is_what_the_model_has(self):
        if self.attempts:
            expected = {(one.opened["session"], seq): row for one in self.attempts for seq, row in one.stored.items()}
            assert stored(self.folder) == expected


def leading(rows):
    """How many rows are there from 0 on without a gap."""
    return next(number for number in range(N + 1) if number not in rows)


def test_the_protocol_holds_in_any_order_of_events(request):
    run_state_machine_as_test(
        Protocol,
        settings=settings(
            max_examples=request.config.getoption("schedules"),
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_misfortunes_and_a_server_that_is_killed_lose_and_double_nothing(request, tmp_path):
    """Requests that are cut, repeated and come out of order, pages that are opened again, and kills meanwhile."""
    number, at_once, rng = request.config.getoption("schedules"), 15, random.Random(5)
    folder = tmp_path / "study"

    async def schedule(address, which, turns):
        one = Participant(
            address,
            name=f"P{which}",
            misfortune=Misfortune(rate=rng.choice([0.02, 0.1, 0.3]), seed=which),
            wait_s=0.05,
        )
        async with turns:
            reply = await one.take_part(lambda opened: some_rows(N, mark=opened["session"]))
            one.close()
        assert reply == {"complete": True, "url": URL}
        return one

    async def all_of_them(server):
        turns = asyncio.Semaphore(at_once)
        tasks = [asyncio.create_task(schedule(server.address, which, turns)) for which in range(number)]
        for kill in range(1, 4):
            while sum(task.done() for task in tasks) < number * kill / 4:
                await asyncio.sleep(0.01)
            server.kill()
            await asyncio.to_thread(server.start)
        return await asyncio.gather(*tasks)

    with Served(folder, "--completion-url", URL) as server:
        people = asyncio.run(all_of_them(server))
    assert stored(folder) == {(one.session, seq): row for one in people for seq, row in enumerate(one.rows)}
