"""Whether a record says what the definition gives; the definition is always right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from twinbean._messages import shortened
from twinbean.errors import RecordMismatch
from twinbean.sessions import Trial
from twinbean.sessions.shown import Shown


class RecordCheck:
    """Compares one participant's recorded trials with the computed ones.

    A contradiction raises RecordMismatch, naming participant, trial, what was found and what was expected; with
    `lenient` it is kept in `warnings` instead.
    """

    def __init__(self, participant: str, *, lenient: bool) -> None:
        self._participant = participant
        self._lenient = lenient
        self.warnings: list[str] = []

    def arms(self, recorded: Trial, computed: Trial) -> None:
        """The number of arms, what each is known to have paid, and that the chosen one was on offer."""
        if recorded.outcomes and len(recorded.outcomes) != len(computed.outcomes):
            raise RecordMismatch(
                f"{self.place(computed.trial)}: the record has {len(recorded.outcomes)} arms, "
                f"the definition has {len(computed.outcomes)}"
            )
        for arm, (found, expected) in enumerate(zip(recorded.outcomes, computed.outcomes, strict=False)):
            if found is not None and found != expected:
                self._contradiction(
                    f"{self.place(computed.trial)}: in the record arm {arm} pays {found!r}, "
                    f"in the definition {expected!r}"
                )
        if recorded.attributes and recorded.attributes != computed.attributes:
            self._contradiction(
                f"{self.place(computed.trial)}: the record has options with the attributes "
                f"{shortened(list(recorded.attributes))}, the definition gives {shortened(list(computed.attributes))}"
            )
        if recorded.choice is not None and recorded.choice not in computed.offered:
            raise RecordMismatch(
                f"{self.place(computed.trial)}: the record has choice {recorded.choice}, the definition offers arms "
                f"{', '.join(map(str, computed.offered))}"
            )

    def outcome(self, recorded: Trial, computed: Trial, *names: str) -> None:
        """What is on record of the choice, its payoff or the score after it."""
        for name in names:
            found, expected = getattr(recorded, name), getattr(computed, name)
            if found is not None and found != expected:
                self._contradiction(
                    f"{self.place(computed.trial)}: the record has {name} {found!r}, the definition gives {expected!r}"
                )

    def response(self, found: Any, expected: Sequence[str], trials_before: int) -> NoReturn:
        """What is on record of a screen that is no trial is nothing that the screen takes."""
        raise RecordMismatch(
            f"{self.place(trials_before)}: before it the record has the response {shortened(found)}, the definition "
            f"offers {', '.join(expected)}"
        )

    def screens(self, recorded: Shown, rows: Sequence[Mapping[str, Any]]) -> None:
        """What the screens said that are no trials."""
        if not recorded.is_of(rows):
            self._contradiction(
                f"participant {self._participant!r}: the record has {recorded.screens} screens, and the definition "
                f"does not give as many with the same words"
            )

    def place(self, trial: int) -> str:
        return f"participant {self._participant!r}, trial {trial}"

    def _contradiction(self, message: str) -> None:
        if not self._lenient:
            raise RecordMismatch(message)
        self.warnings.append(message)
