"""What a stimulus is that SweetBean does not have."""

from __future__ import annotations

from sweetbean.stimulus.Stimulus import _BaseStimulus


class Stimulus(_BaseStimulus):  # type: ignore[misc]
    """A stimulus whose kind plays it on the page and for models; SweetBean knows its arguments and side effects.

    A subclass hands both to `super().__init__({"name": value, ...}, side_effects)`.
    """

    type = "twinbean"

    def _add_special_param(self) -> None:
        """Nothing: the page's engine takes the arguments as they are."""

    def _process_response(self) -> None:
        """Nothing: the kind records the response."""

    def _set_before(self) -> None:
        """Nothing to prepare on the page."""
