"""What a stimulus is that SweetBean does not have."""

from __future__ import annotations

from dataclasses import dataclass

from sweetbean.stimulus.Stimulus import _BaseStimulus


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """The block that ends with the stimulus is played again until its row has something true under `until`.

    It is played `most` times at most, and `otherwise` is what becomes of who never has it: "exclude", "continue" or
    "screen out".
    """

    until: str
    most: int
    otherwise: str


class Stimulus(_BaseStimulus):  # type: ignore[misc]
    """A stimulus whose kind plays it on the page and for models; SweetBean knows its arguments and side effects.

    A subclass hands both to `super().__init__({"name": value, ...}, side_effects)`.
    """

    type = "twinbean"

    @property
    def repetition(self) -> Repetition | None:
        """None where the block is played once."""
        return None

    def _add_special_param(self) -> None:
        """Nothing: the page's engine takes the arguments as they are."""

    def _process_response(self) -> None:
        """Nothing: the kind records the response."""

    def _set_before(self) -> None:
        """Nothing to prepare on the page."""
