"""A study that is called in this process, beside whose visitors a model plays."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx

from collecting import Called, access
from pages_and_servers import wait_for
from twinbean.collect.app import make_app
from twinbean.collect.pairing.opening import PairWanted, open_model
from twinbean.collect.pairing.pair import Pair
from twinbean.collect.pairing.player import Player, player_of
from twinbean.collect.starting import Wanted
from twinbean.sessions.questions import Answer, Question


class Paired(Called):
    """`model` is a name, a subject as it is, or either opened as a player."""

    def __init__(self, folder: Path, model: Any, task: str = "two_armed_bandit", **wanted: Any) -> None:
        options = wanted.pop("options", {})
        if isinstance(model, str):
            model = open_model(folder, Wanted(task=task, **wanted), PairWanted(model=model, options=options))
        player = model if isinstance(model, Player) else player_of(model)
        super().__init__(folder, task, **wanted)
        self.pair = Pair(self.study, player)
        self.app = make_app(self.study, self.game, pair=self.pair)
        self.pair.start()

    def asked(self, opened: dict[str, Any], *, of: str | None = None, **headers: str) -> httpx.Response:
        """What the page is told of the model, with the token of `opened`."""
        path = f"/api/1/sessions/{of or opened['session']}/pair"
        return asyncio.run(self._request("GET", path, headers=access(opened) | headers))

    def told(self, opened: dict[str, Any]) -> dict[str, Any]:
        """The same, once the model has played or cannot."""
        wait_for(lambda: self.asked(opened).json()["state"] not in ("waiting", "playing"), "the model has played")
        told: dict[str, Any] = self.asked(opened).json()
        return told

    def problems(self) -> list[str]:
        return [what for (what,) in self.study.store.read(lambda found: found.execute("SELECT what FROM problems"))]

    def __exit__(self, *about: object) -> None:
        self.pair.close()
        super().__exit__(*about)


class Halting:
    """Chooses the first label. With `after`, it stands still once it is asked for more, until it is let go on."""

    name = "halting"

    def __init__(self, after: int | None = None) -> None:
        self.after = after
        self.asked: list[tuple[str, int | None]] = []
        self.stands = threading.Event()
        self.goes_on = threading.Event()

    async def ask(self, question: Question) -> Answer:
        if len(self.asked) == self.after:
            self.stands.set()
            await asyncio.to_thread(self.goes_on.wait)
        self.asked.append((question.session, question.trial))
        return Answer(label=question.labels[0], raw=question.labels[0])

    def describe(self) -> dict[str, Any]:
        return {"model": self.name}


class FailingOnce(Halting):
    """Its third question is too much for it."""

    why = "the weights are gone"

    async def ask(self, question: Question) -> Answer:
        answer = await super().ask(question)
        if len(self.asked) == 3:
            raise RuntimeError(self.why)
        return answer
