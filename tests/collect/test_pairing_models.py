"""How the model of a pair is opened: what it is asked again, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pairs import Halting, Paired
from taking_part import take_part
from twinbean.collect.pairing.opening import PairWanted, open_model
from twinbean.collect.pairing.player import player_of
from twinbean.collect.starting import Wanted
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


NO_BOUND = "for whoever opens the study, without a bound: add --pair-option max-calls=N"


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("openai:gpt", []),
        ("openai:gpt", ["temperature=0"]),
        ("anthropic:claude", []),
        ("api:m", ["base-url=https://models.example.org/v1"]),
        ("api:m", ["base-url=http://10.0.0.7/v1"]),
        ("api:m", ["base-url=http://localhost.example.org/v1"]),
    ],
)
def test_a_server_of_somebody_else_is_asked_within_a_bound_or_not_at_all(
    run: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    options: list[str],
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "key")
    said = [word for option in options for word in ("--pair-option", option)]
    status, printed, complaint = run("serve", "two_armed_bandit", "-o", "study", "--port", "0", "--pair", model, *said)
    assert (status, printed) == (2, "")
    assert f"--pair {model} asks " in complaint
    assert NO_BOUND in complaint
    assert complaint.count("\n") == 1
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("openai:gpt", {"max_calls": 10}),
        ("openrouter:gpt", {"max_cost": 2.0}),
        ("ollama:llama", {}),
        ("vllm:llama", {"base_url": "http://10.0.0.7/v1"}),
        *[("api:m", {"base_url": f"http://{host}:1/v1"}) for host in ("localhost", "127.0.0.2", "[::1]")],
    ],
)
def test_a_bound_or_a_server_of_ones_own_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, options: dict[str, Any]
) -> None:
    for name in ("OPENAI_API_KEY", "OPENROUTER_API_KEY"):
        monkeypatch.setenv(name, "key")
    player = open_model(tmp_path / "study", Wanted(task="two_armed_bandit"), PairWanted(model=model, options=options))
    assert player.name == model
