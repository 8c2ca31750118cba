"""A trial, a session, and the tidy table that holds many of them (one row a trial)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from twinbean._notebook import html_table
from twinbean.sessions.quizzes import failed_quiz, of_quizzes

Origin = Literal["recorded", "subject"]
Feedback = Literal["chosen", "all"]
# To a screen that is no trial: how many trials came before it, and the response, None where there was none.
Response = tuple[int, Any]
# The phase that counts; every other (practice, a quiz) is played, kept and told, and left out of what is measured.
MAIN = "main"

_SHOWN_OF_A_TRIAL = ("trial", "choice", "label", "reward", "score", "block", "origin", "forced", "missed")
# What the record of a session says of its participant, besides ids and what is kept.
OF_PARTICIPANT = (
    "started",
    "finished",
    "consented",
    "resumed",
    "focus_losses",
    "untrusted",
    "typed",
    "pasted",
    "page_language",
    "attention_failed",
    "device",
)
COUNTS = ("resumed", "focus_losses", "untrusted", "typed", "pasted", "attention_failed")
# Under these names a form's answers could not be told from what is known of the participant anyway.
TAKEN_OF_PARTICIPANT = frozenset(
    {*OF_PARTICIPANT, "participant", "session", "source", "condition", "excluded", "ids", "kept"}
)
# What a notebook shows of a session, and of how many trials.
_COLUMNS = ("trial", "block", "label", "choice", "reward", "score", "rt_ms", "origin")
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trial:
    """One choice among arms. Arms are counted from 0; what is unknown is None, never 0.

    `outcomes`, `expected` and `p` have one entry an arm; `offered` lists the arms that could be chosen; `labels` has
    what the participant read on each arm; `position` is the place on the screen, in reading order from 0, of the chosen
    arm. Where a trial has several choices, each is a row: `stage` counts them from 1, `state` is where the earlier ones
    led, `transition` how likely that was ("common" or "rare"). `logp` is natural logarithm of the chosen label's
    probability in the full vocabulary, `logp_legal` the same renormalised over the legal labels, `legal_mass` the
    probability of all legal labels together.
    """

    trial: int
    choice: int | None
    block: int = 0
    phase: str = MAIN
    label: str | None = None
    reward: float | None = None
    score: float | None = None
    rt_ms: float | None = None
    origin: Origin = "recorded"
    outcomes: tuple[float | None, ...] = ()
    offered: tuple[int, ...] = ()
    position: int | None = None
    labels: tuple[str, ...] = ()
    best_arm: int | None = None
    expected: tuple[float | None, ...] = ()
    feedback: Feedback = "chosen"
    forced: bool = False
    missed: bool = False
    logp: float | None = None
    logp_legal: float | None = None
    legal_mass: float | None = None
    p: tuple[float | None, ...] = ()
    raw: str | None = None
    stage: int | None = None
    state: str | None = None
    transition: str | None = None

    @property
    def is_choice(self) -> bool:
        """Whether the participant chose here: forced and missed trials are no choices."""
        return self.choice is not None and not self.forced and not self.missed

    @property
    def n_arms(self) -> int:
        """How many arms the trial is known to have, by whatever of it is on record."""
        return 1 + max((*self.offered, self.choice or 0, len(self.outcomes) - 1, len(self.labels) - 1))

    @property
    def counts(self) -> bool:
        """Whether measures, fits, likelihoods and `after` count this choice: those of the main phase do."""
        return self.is_choice and self.phase == MAIN

    def __repr__(self) -> str:
        values = ((name, getattr(self, name)) for name in _SHOWN_OF_A_TRIAL)
        shown = (f"{name}={value!r}" for name, value in values if value is not None and value is not False)
        return f"Trial({', '.join(shown)})"


@dataclass(frozen=True, kw_only=True, repr=False)
class Session:
    """One pass of one participant, human or model, through a task.

    `source` is "human" or a model's name. `details` is what else the record holds: seed and parameters of the payoffs,
    the task's fingerprint and what is known of the participant (`participant_details`), under "kept" what a table of
    another study says of them.
    """

    participant: str
    session: str
    task: str
    trials: tuple[Trial, ...]
    source: str = "human"
    sample: int = 0
    variant: str | None = None
    wording: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def main_trials(self) -> tuple[Trial, ...]:
        """The trials of the phase that counts, forced and missed ones among them."""
        return tuple(trial for trial in self.trials if trial.phase == MAIN)

    @property
    def shown_score(self) -> float | None:
        """The last score that the participant saw; None where the task keeps none."""
        return next((trial.score for trial in reversed(self.trials) if trial.score is not None), None)

    @property
    def main_score(self) -> float | None:
        """What the trials of the main phase paid, whatever was shown; None where that is not known."""
        return main_scores(self.trials)[-1] if self.trials else None

    @property
    def n_choices(self) -> int:
        """How many choices of the main phase were made."""
        return sum(trial.counts for trial in self.trials)

    def is_own(self, trial: Trial) -> bool:
        """Whether a trial is a choice of this participant's own, not one of somebody else's record."""
        return trial.counts and (self.source == "human" or trial.origin == "subject")

    @property
    def responses(self) -> tuple[Response, ...]:
        """What was responded to screens that are no trials: a key, an option, the answers of a survey one by one."""
        return tuple((before, response) for before, response in self.details.get("responses", ()))

    @property
    def kept(self) -> Mapping[str, str | None]:
        """Columns that describe the participant, such as a diagnosis, or the condition of a study."""
        kept: Mapping[str, str | None] = self.details.get("kept", {})
        return kept

    @property
    def participant_details(self) -> Mapping[str, Any]:
        """What is known of the participant and is no trial.

        When the session was started and finished and consent was given, how often it was resumed and its window lost
        the focus, how often a script answered, how much was typed and pasted, how many attention checks failed, the
        device, ids from the page's address, and `kept`, the answers of forms, attempts at quizzes and whether they were
        passed, and under `excluded` why the task leaves the participant out. Of a model's session, that of the person
        whose record it continues, but for the quizzes and checks that it took itself.
        """
        known = {name: self.details[name] for name in OF_PARTICIPANT if self.details.get(name) is not None}
        known |= {**self.details.get("ids", {}), **self.kept, **self.details.get("answers", {})}
        known |= of_quizzes(self.details.get("quizzes", {}))
        return known | ({"excluded": self.excluded} if self.excluded else {})

    @property
    def excluded(self) -> str | None:
        """Why the task itself leaves the participant out: a quiz that was never passed."""
        quiz = failed_quiz(self.details.get("quizzes", {}))
        return None if quiz is None else f"{quiz} not passed"

    def __repr__(self) -> str:
        parts = [f"{name}={getattr(self, name)!r}" for name in ("participant", "session", "task", "source")]
        return f"Session({', '.join(parts)}, {self._length()})"

    def _length(self) -> str:
        if not self.trials and self.responses:
            return _count(len(self.responses), "response")
        return f"{_count(self.n_choices, 'choice')} in {_count(len(self.trials), 'trial')}"

    def _repr_html_(self) -> str:
        shown = self.trials[:_SHOWN]
        rows = [[getattr(trial, name) for name in _COLUMNS] for trial in shown]
        more = len(self.trials) - len(shown)
        left_out = f"and {_count(more, 'more trial')}" if more else ""
        return html_table(repr(self), _COLUMNS, rows, left_out=left_out)

    def replace(self, **changes: Any) -> Session:
        return dataclasses.replace(self, **changes)


def count_arms(sessions: Iterable[Session]) -> int:
    """The number of arms of the task that `sessions` played, in the phase that counts."""
    return max((trial.n_arms for session in sessions for trial in session.main_trials), default=0)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def total_reward(trials: Sequence[Trial]) -> float:
    """The sum of what the chosen arms paid in the main phase."""
    return float(sum(trial.reward for trial in trials if trial.reward is not None and trial.phase == MAIN))


def main_scores(trials: Iterable[Trial]) -> list[float | None]:
    """What the chosen arms of the main phase have paid after each trial.

    None before the main phase has begun, and from a choice on whose pay is not known. One of several choices of a trial
    need not pay.
    """
    earned: float | None = None
    begun = unknown = False
    found = []
    for trial in trials:
        if trial.phase == MAIN:
            begun = True
            unknown = unknown or (trial.choice is not None and trial.reward is None and trial.stage is None)
            earned = (earned or 0.0) + (trial.reward or 0.0)
        found.append(earned if begun and not unknown else None)
    return found
