"""Servers for the fuzzer, whose replies are spoiled on demand (see `fuzzing`)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from bigrams import Bigrams
from fuzzing import Case, with_text_at
from twinbean.subjects.endpoint import RetryPolicy
from twinbean.testing.faults import Faults
from twinbean.testing.hostile import HOSTILE, Made
from twinbean.testing.responders import Script
from twinbean.testing.server import Server, serve
from twinbean.testing.wire import WireReply

SPOILED = "spoiled"
HEADERS = {
    "Content-Type": "application/json",
    "Content-Encoding": "identity",
    "Retry-After": "1",
    "Connection": "keep-alive",
}
QUICK = {"tries": 2, "first_s": 0.001, "most_s": 0.002, "longest_s": 0.002, "refused_s": 0.01}
RESPONDERS = {
    "chat": Script(
        lambda body: "blue" if body.get("logprobs") else "<Answer>blue</Answer>",
        logps=lambda body: {"blue": math.log(0.6), "green": math.log(0.3)},
    ),
    "bigrams": Bigrams(),
}


class Always(Faults):
    def at(self, number: int) -> str:
        return SPOILED


class Spoiler:
    """Spoils every reply as `case` says, where the place is in it; keeps the first honest one of a command."""

    def __init__(self) -> None:
        self.case: Case | None = None
        self.honest: Made | None = None

    def reset(self, case: Case | None) -> None:
        self.case, self.honest = case, None

    def reply(self, made: Made) -> WireReply:
        self.honest = self.honest or made
        content = json.dumps(made)
        if self.case is None:
            return WireReply(200, content.encode(), HEADERS)
        (part, *place), text = self.case.place, self.case.text
        if part == "status":
            return WireReply(int(text), content.encode(), HEADERS)
        if part == "headers":
            return WireReply(200, content.encode(), HEADERS | {str(place[0]): text})
        # Where it is of another shape than the reply whose places were drawn, it stays as it is.
        with suppress(LookupError, TypeError):
            content = with_text_at(made, tuple(place), text)
        return WireReply(200, content.encode("utf-8", "surrogatepass"), HEADERS)


@contextmanager
def servers(spoiler: Spoiler) -> Iterator[dict[str, Server]]:
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setitem(HOSTILE, SPOILED, spoiler.reply)
        # Kept waiting is nobody here.
        assert RetryPolicy.__init__.__kwdefaults__.keys() > QUICK.keys()
        for name, value in QUICK.items():
            patch.setitem(RetryPolicy.__init__.__kwdefaults__, name, value)
        yield {name: stack.enter_context(serve(one, faults=Always())) for name, one in RESPONDERS.items()}


def content_of(made: Made) -> dict[str, Any]:
    """What can be spoiled of a reply."""
    return {"status": 200, "headers": HEADERS, "body": made}
