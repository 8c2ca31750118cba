"""What a play hands to the kinds of its screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from twinbean.definitions.kinds.offer import Offer
from twinbean.definitions.wording import TrialWording, Wording
from twinbean.sessions import Trial


class Stage(Protocol):
    """The text that a model reads, who sits before it, and the ways of asking them."""

    @property
    def wording(self) -> Wording: ...

    @property
    def labels(self) -> tuple[str, ...]:
        """What stands on the participant's arms; empty where the definition says it anew at every trial."""

    @property
    def drawn_labels(self) -> tuple[str, ...]:
        """The labels that were drawn for the participant, or are on record of them."""

    @property
    def n_trials(self) -> int:
        """How many trials have been finished, which is the number of the next."""

    @property
    def block(self) -> int: ...

    @property
    def phase(self) -> str: ...

    @property
    def unknown_payoffs(self) -> bool: ...

    def positions(self, n_arms: int) -> tuple[int, ...]:
        """positions[arm] is the arm's place on the screen."""

    def say(self, text: str, *, separator: str | None = None) -> None:
        """Add to the text, after the wording's own separator unless another is given."""

    def labels_listed(self, labels: tuple[str, ...]) -> None:
        """The text has just listed these labels: the next trial that offers them need not."""

    def respond(self, offer: Offer) -> Any:
        """One of the offered values: the only one, the recorded one, or the one that the subject names; None where the
        record says that there was no response."""

    def decide(
        self,
        trial: Trial,
        bandits: Sequence[Mapping[str, Any]],
        *,
        wording: TrialWording | None = None,
        places: Sequence[int] | None = None,
    ) -> Trial:
        """The trial as it was decided and told: missed, or with its choice, label and reward. It is told by `wording`,
        where its kind has one of its own, and `places` are those of its options, where the screen gives them."""
