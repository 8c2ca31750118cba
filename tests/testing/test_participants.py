"""Players that speak a study's protocol: what they send is what a page would, whatever happens to them."""

from __future__ import annotations

import asyncio
import json

import pytest

from collecting import Served, stored
from twinbean.play.seating import check_record, seat_person
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.tasks.task import load
from twinbean.testing.participants import Misfortune, Participant, Refused
from twinbean.testing.recorded import recorded_rows


def test_many_with_misfortunes_of_every_kind_complete_sessions_that_the_task_gives(tmp_path):
    task = load("restless_four_armed")
    people = []

    async def take_part(address, number):
        one = Participant(address, name=f"P{number}", misfortune=Misfortune(rate=0.3, seed=number), wait_s=0.02)
        people.append(one)
        reply = await one.take_part(
            lambda opened: recorded_rows(task, opened, participant=f"P{number}", seed=4, choices=number)
        )
        one.close()
        return reply

    async def everybody(address):
        return await asyncio.gather(*(take_part(address, number) for number in range(12)))

    options = (
        "--condition",
        "trials=4,6",
        "--variants",
        "2",
        "--seed",
        "4",
        "--completion-url",
        "https://example.org/",
    )
    with Served(tmp_path / "study", *options, task=task.name) as server:
        replies = asyncio.run(everybody(server.address))
    assert replies == [{"complete": True, "url": "https://example.org/"}] * 12
    found = stored(tmp_path / "study")
    assert found == {(one.session, seq): row for one in people for seq, row in enumerate(one.rows)}
    rows = [json.loads(row) for _, row in sorted(found.items())]
    sessions = sessions_from_rows(rows, where="study", participant="nobody")
    assert len(sessions) == 12
    assert {len(session.trials) for session in sessions} == {4, 6}
    for session in sessions:
        seating = seat_person(task, session, "human", after=None, samples=1, seed=4, given=None)
        check_record(session, seating[0])


def test_an_answer_that_trying_again_would_not_change_is_raised(tmp_path):
    async def withdraw_twice(address):
        one = Participant(address, name="P1")
        await one.open()
        assert (await one.withdraw())["complete"]
        with pytest.raises(Refused, match="^410: "):
            await one.withdraw()
        one.close()

    with Served(tmp_path / "study") as server:
        asyncio.run(withdraw_twice(server.address))
