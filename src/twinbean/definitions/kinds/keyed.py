"""What all screens have in common that a key ends, or time, or whichever comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sweetbean.extension import TouchButton

from twinbean.definitions.kinds.kind import Arguments, Kind
from twinbean.definitions.kinds.offer import keys_offered
from twinbean.definitions.kinds.stage import Stage
from twinbean.errors import EmissionError, TaskError

# What SweetBean and jsPsych write for any key at all, and for none.
_ANY = ("ALL", "ALL_KEYS")
_NONE = "NO_KEYS"


class KeyedKind(Kind):
    """A screen with `duration`, `choices` (its keys) and `correct_key`.

    Where time ends it, too, not pressing is an option of a screen with one key (go/no-go) and a miss where there are
    several.
    """

    arguments: ClassVar[tuple[str, ...]] = ("duration", "choices", "correct_key")
    responses = frozenset({"response", "correct"})

    def words(self, arguments: Arguments, stage: Stage, where: str) -> str:
        """What a model reads of the screen."""
        raise NotImplementedError

    def shown(self, arguments: dict[str, Any], where: str) -> dict[str, Any]:
        """The arguments as they are shown, and recorded. Raises TaskError."""
        return arguments

    def timed(self, arguments: Arguments) -> bool:
        """Whether the screen ends by itself."""
        return arguments["duration"] is not None

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        choices = stimulus.arg.get("choices")
        if isinstance(choices, list) and any(isinstance(choice, TouchButton) for choice in choices):
            keys = [choice.key if isinstance(choice, TouchButton) else choice for choice in choices]
            raise EmissionError(
                f"{where} has a TouchButton; the page has a button for every key: give choices={keys!r}"
            )
        arguments = super().read(stimulus, where)
        if arguments["choices"] in (None, _NONE):
            arguments["choices"] = []
        return arguments

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        choices = arguments["choices"]
        if isinstance(choices, str):
            named = "any key of a keyboard" if choices in _ANY else repr(choices)
            raise EmissionError(
                f"{where} has choices {choices!r}, {named}; people also tap the keys on a phone, and a model "
                f"is told which there are: give a list of keys"
            )
        if not self.timed(arguments) and choices == []:
            raise EmissionError(
                f"{where} has neither a duration nor choices, so the page would never go on: give it one"
            )

    def play(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        arguments = self.shown(arguments, where)
        keys, timed = keys_of(arguments, where), self.timed(arguments)
        stage.say(self.words(arguments, stage, where))
        response = stage.respond(keys_offered(keys, timed=timed)) if keys else None
        return arguments | {"response": response, "correct": correct(response, arguments, keys, timed=timed)}


def keys_of(arguments: Mapping[str, Any], where: str) -> Sequence[str]:
    """The keys of a screen, in capitals."""
    choices = arguments["choices"] or []
    if not isinstance(choices, list):
        raise TaskError(f"{where}: choices is {choices!r}, expected a list of keys")
    return [str(key).upper() for key in choices]


def correct(response: str | None, arguments: Arguments, keys: Sequence[str], *, timed: bool) -> bool | None:
    correct_key = arguments["correct_key"]
    if timed and len(keys) == 1 and correct_key != "":
        # Not pressing is an option here, and the right one where no key is.
        return response == (None if correct_key is None else str(correct_key).upper())
    return None if not correct_key or response is None else response == str(correct_key).upper()
