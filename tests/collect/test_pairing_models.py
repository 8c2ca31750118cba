"""How the model of a pair is opened: what it is asked again, and what it may cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from pairs import Halting, Paired
from taking_part import take_part
from twinbean.collect.pairing.player import player_of
from twinbean.sessions.questions import Answer, Question
from twinbean.testing.responders import Script
from twinbean.testing.server import serve

SHORT = {"parameters": {"trials": 6}}


class Rambling(Halting):
    async def ask(self, question: Question) -> Answer:
        self.asked.append((question.session, question.trial))
        return Answer(label=None, raw="I would rather not")


@pytest.mark.parametrize(("temperature", "n_asked"), [(0.0, 1), (1.0, 4)])
def test_an_illegal_answer_at_temperature_0_is_not_asked_for_again(
    tmp_path: Path, temperature: float, n_asked: int
) -> None:
    loaded = Rambling()
    with Paired(tmp_path / "loaded", player_of(loaded, temperature=temperature), **SHORT) as study:
        assert study.told(take_part(study, "ann")) == {"state": "failed"}
    assert len(loaded.asked) == n_asked
    with serve(Script(lambda body: "I would rather not")) as server:
        options = {"base_url": server.base_url, "temperature": temperature}
        with Paired(tmp_path / "endpoint", "api:script", options=options, **SHORT) as study:
            assert study.told(take_part(study, "ann")) == {"state": "failed"}
    assert len(server.requests) == n_asked
