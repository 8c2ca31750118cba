"""What kinds from other packages have in common: one response a screen, whose row says whether it was asked for."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from twinbean.definitions.kinds.kind import Arguments, Kind
from twinbean.definitions.kinds.offer import Offer
from twinbean.definitions.kinds.stage import Stage
from twinbean.sessions.responses import RESPONSE_ASKED


class AskingKind(Kind):
    """A screen with one response at most: a text, a whole number, or None for none.

    Its row says under `response_asked` whether there was anything to respond, so that data are read without the package
    that the kind comes from.
    """

    responses: ClassVar[frozenset[str]] = frozenset({"response", RESPONSE_ASKED})

    @abstractmethod
    def offer(self, arguments: Arguments, where: str) -> Offer | None:
        """What can be responded; None where nothing can. Raise TaskError, beginning with `where`, for arguments that a
        task has made while it was played and that show nothing."""

    def words(self, arguments: Arguments, where: str) -> str:
        """What a model reads before the offer's own opening."""
        return ""

    def play(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        offer = self.offer(arguments, where)
        if words := self.words(arguments, where):
            stage.say(words)
        response = None if offer is None else stage.respond(offer)
        return arguments | {RESPONSE_ASKED: offer is not None and offer.asks, "response": response}
