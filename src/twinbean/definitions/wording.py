"""How a trial, a text screen and a page of instructions read for a language model.

A wording speaks in pieces: `opening` ends with the opened response `<<`, `outcome` follows the closed one. Whatever the
page shows and a choice may depend on is in the words: which arms are offered, what the chosen one paid, and, with
feedback "all", what the others would have paid. Colours are in SweetBean's own sentences only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from twinbean.errors import TaskError
from twinbean.sessions.transcripts import OPEN

_ANSWER = "\0answer\0"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What one trial offers. `listed` is whether the same labels were on offer when they were last listed."""

    trial: int
    bandits: Sequence[Mapping[str, Any]]
    labels: tuple[str, ...]
    offered: tuple[int, ...]
    listed: bool

    def names(self) -> str:
        return listed([self.labels[arm] for arm in self.offered], "or")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the chosen arm paid, None for a stage that only leads on; and what the others would have paid where the
    participant is shown it."""

    label: str
    reward: Any
    foregone: Mapping[str, Any]


class Wording(Protocol):
    """One way of telling a session."""

    name: str
    separator: str

    def opening(self, choice: Choice) -> str: ...

    def outcome(self, choice: Choice, outcome: Outcome) -> str: ...

    def forced(self, choice: Choice, outcome: Outcome) -> str: ...

    def missed(self, choice: Choice) -> str: ...

    def screen(self, arguments: Mapping[str, Any]) -> str: ...

    def sight(self, words: str, duration: Any) -> str:
        """Words that are seen and have no one colour; there may be none."""
        ...

    def shapes(self, described: str, duration: Any) -> str:
        """Shapes that are seen."""
        ...


def listed(names: Sequence[str], conjunction: str) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def screen_sentence(arguments: Mapping[str, Any]) -> str:
    """SweetBean's sentence for a text screen."""
    text, duration = arguments.get("text"), arguments.get("duration")
    shown = f'"{text}" in "{arguments.get("color")}"' if text not in ("", None) else "a blank screen"
    return f"You see {shown}{f' for {duration}ms' if duration else ''}."


class SweetBeanWording:
    """The stock sentences of SweetBean's Bandit and Text, with one blank between any two."""

    name = "sweetbean"
    separator = " "

    def opening(self, choice: Choice) -> str:
        return f"{self._sight(choice)} Choose a bandit by naming the number of the bandit. You name {OPEN}"

    def _sight(self, choice: Choice) -> str:
        arms = " ".join(f"Bandit {choice.labels[arm]} is {choice.bandits[arm].get('color')}." for arm in choice.offered)
        return f"You see {len(choice.offered)} bandits. {arms}"

    def outcome(self, choice: Choice, outcome: Outcome) -> str:
        if outcome.reward is None:
            return "."
        others = "".join(f" The value of bandit {name} was {value}." for name, value in outcome.foregone.items())
        return f". The value of the chosen bandit was {outcome.reward}.{others}"

    def forced(self, choice: Choice, outcome: Outcome) -> str:
        instruction = f"You are told to name {outcome.label}"
        return f"{self._sight(choice)} {instruction}{self.outcome(choice, outcome)}"

    def missed(self, choice: Choice) -> str:
        return f"{self._sight(choice)} You name no bandit in time."

    def screen(self, arguments: Mapping[str, Any]) -> str:
        return screen_sentence(arguments)

    def sight(self, words: str, duration: Any) -> str:
        return self.shapes(f'"{words}"' if words else "a blank screen", duration)

    def shapes(self, described: str, duration: Any) -> str:
        return f"You see {described}{f' for {duration}ms' if duration else ''}."


class Psych101Wording:
    """One short line a trial, in the form of the transcripts that Centaur was trained on (Binz et al., 2025)."""

    name = "psych101"
    separator = "\n"

    def opening(self, choice: Choice) -> str:
        return f"{self._offer(choice)}You press {OPEN}"

    def _offer(self, choice: Choice) -> str:
        return "" if choice.listed else f"You can press {choice.names()}. "

    def outcome(self, choice: Choice, outcome: Outcome) -> str:
        if outcome.reward is None:
            return "."
        others = "".join(f" {name} would have paid {value} points." for name, value in outcome.foregone.items())
        return f" and get {outcome.reward} points.{others}"

    def forced(self, choice: Choice, outcome: Outcome) -> str:
        return f"You are instructed to press {outcome.label}{self.outcome(choice, outcome)}"

    def missed(self, choice: Choice) -> str:
        return f"{self._offer(choice)}You press nothing in time."

    def screen(self, arguments: Mapping[str, Any]) -> str:
        text = arguments.get("text")
        return "" if text in ("", None) else f"{text}"

    def sight(self, words: str, duration: Any) -> str:
        return words

    def shapes(self, described: str, duration: Any) -> str:
        return f"You see {described}."


class TemplateWording(Psych101Wording):
    """A researcher's own Jinja2 template of one trial; what it does not speak of reads as in "psych101"."""

    def __init__(self, source: str) -> None:
        import jinja2

        self.name = source
        environment = jinja2.Environment(undefined=jinja2.ChainableUndefined, keep_trailing_newline=True)
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateSyntaxError as error:
            raise TaskError(f"the wording {source!r} is no Jinja2 template: {error}") from None
        if _ANSWER not in self._template.render(answer=_ANSWER):
            raise TaskError(f"the wording {source!r} has no {{{{ answer }}}}, which is where the model's choice goes")

    def _parts(self, choice: Choice, outcome: Outcome | None) -> tuple[str, str]:
        paid: dict[str, Any] = {}
        if outcome is not None and outcome.reward is not None:
            paid = {"reward": outcome.reward, "foregone": outcome.foregone}
        text = self._template.render(
            answer=_ANSWER,
            labels=[choice.labels[arm] for arm in choice.offered],
            offered=choice.names(),
            trial=choice.trial + 1,
            **paid,
        )
        before, _, after = text.partition(_ANSWER)
        return before, after

    def opening(self, choice: Choice) -> str:
        return self._parts(choice, None)[0] + OPEN

    def outcome(self, choice: Choice, outcome: Outcome) -> str:
        before, after = self._parts(choice, outcome)
        if before + OPEN != self.opening(choice):
            raise TaskError(f"the wording {self.name!r} tells the outcome before the answer: {before!r}")
        return after.replace(_ANSWER, outcome.label)


def wording(name: str) -> Wording:
    """The wording called `name`, or the one that a Jinja2 template makes. Raises TaskError for anything else."""
    if name == "sweetbean":
        return SweetBeanWording()
    if name == "psych101":
        return Psych101Wording()
    if "{{" in name:
        return TemplateWording(name)
    raise TaskError(f"there is no wording {name!r}: expected 'sweetbean', 'psych101' or a Jinja2 template")
