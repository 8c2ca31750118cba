"""One isolated play of a definition, driven by SweetBean's `run_on_language`.

The play answers SweetBean's questions itself: recorded choices from the record, forced ones from the definition, the
rest through `ask`. Rows are always computed from the definition and the choices; what the record says they were is
only compared with them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twinbean.definitions.definition import Definition, Screen, raising_function
from twinbean.definitions.labels import PLACEHOLDER, check_labels, stated_labels, with_labels
from twinbean.definitions.payoffs import SCORE, played_bandits, played_score
from twinbean.definitions.stimuli import SlotMachines
from twinbean.definitions.wording import Choice, Outcome, Wording, listed, wording
from twinbean.errors import SubjectError, TaskError, TwinbeanError
from twinbean.play.asking import Ask, Asker, OnIllegal
from twinbean.play.record_check import RecordCheck
from twinbean.play.seat import Record as Record
from twinbean.play.seat import Seat as Seat
from twinbean.play.transcript import TranscriptBuilder
from twinbean.sessions import Session, Trial
from twinbean.sessions.jspsych import best_arm
from twinbean.sessions.payoffs import as_payoff
from twinbean.sessions.questions import Answer, Question
from twinbean.sessions.transcripts import OPEN, Transcript

# What only the record knows: a replayed trial keeps it.
_KEPT = ("origin", "rt_ms", "logp", "logp_legal", "legal_mass", "p", "raw")


@dataclass(frozen=True, kw_only=True)
class Played:
    """One finished play: SweetBean's rows, its text in pieces, the session, its transcript, and what was let pass."""

    rows: list[dict[str, Any]]
    prompts: list[str]
    session: Session
    transcript: Transcript
    warnings: tuple[str, ...]


class Play:
    """Plays a definition once. `ask` is called for every choice that the record does not hold.

    With `lenient`, a record that contradicts the definition is noted instead of refused. An illegal answer is asked
    again up to `retries` times; then IllegalAnswer ends the play. `on_trial` is called with every finished trial
    before the next question, `on_key` with every key that the subject named, `on_illegal` with every illegal answer.
    """

    def __init__(
        self,
        definition: Definition,
        seat: Seat,
        ask: Ask,
        *,
        record: Record | None = None,
        lenient: bool = False,
        retries: int = 3,
        on_trial: Callable[[Trial], None] = lambda trial: None,
        on_key: Callable[[int, str], None] = lambda trials_before, key: None,
        on_illegal: OnIllegal = lambda question, answer: None,
    ) -> None:
        self._definition = definition
        self._seat = seat
        self._record = record or Record()
        self._asker = Asker(seat, ask, retries=retries, on_illegal=on_illegal, n_answered=self._record.n_answered)
        self._check = RecordCheck(seat.participant, lenient=lenient)
        self._on_trial = on_trial
        self._on_key = on_key
        self._keys = iter(self._record.keys)
        self._builder = TranscriptBuilder()
        self._trials: list[Trial] = []
        self._rows: list[dict[str, Any]] = []
        self._wording = session_wording(definition)
        self._listed: tuple[str, ...] = ()
        self._unfinished: tuple[Trial, dict[str, Any]] | None = None
        self._also: Mapping[str, Any] = {}
        self._block_of_step = [
            number for number, block in enumerate(definition.blocks) for _ in block.timeline for _ in block.screens
        ]
        self._step = 0
        self.block_ends: dict[int, int] = {}
        self._names = seat.labels or stated_labels(definition)

    @property
    def text(self) -> str:
        """The text so far."""
        return self._builder.text

    @property
    def rows(self) -> list[dict[str, Any]]:
        """SweetBean's rows so far, the last one perhaps without its side effects yet."""
        return self._rows

    @property
    def trials(self) -> Sequence[Trial]:
        """The finished trials so far."""
        return self._trials

    def ended(self) -> Question:
        """The whole play in the form of a question that offers no label."""
        return Question(
            session=self._seat.session,
            text=self.text,
            labels=(),
            arms=(),
            n_arms=0,
            trial=None,
            participant=self._seat.participant,
            sample=self._seat.sample,
            seed=self._seat.seed,
            history=self._trials,
            starts=self._builder.starts,
            n_trials=self._definition.trials_per_session,
        )

    def run(self) -> Played:
        """Play to the end. Raises RecordMismatch, IllegalAnswer or TaskError, each naming participant and trial."""
        experiment, stimuli = self._definition.experiment()
        for stimulus, screen in zip(stimuli, self._definition.screens(), strict=True):
            stimulus.process_l = functools.partial(self._process, stimulus, screen)
        try:
            experiment.run_on_language(_no_input)
        except TwinbeanError:
            raise
        except Exception as error:
            name = raising_function(self._definition, error)
            if name is None:
                raise
            place = self._check.place(len(self._trials))
            raise TaskError(f"{place}: function {name!r} of the task raised {type(error).__name__}: {error}") from error
        self._finish_trial()
        seat = self._seat
        session = seat.session_of(self._trials).replace(wording=self._wording.name)
        transcript = self._builder.transcript(participant=seat.participant, experiment=seat.task, session=seat.session)
        return Played(
            rows=self._rows,
            prompts=self._builder.pieces,
            session=session,
            transcript=transcript,
            warnings=tuple(self._check.warnings),
        )

    def _process(
        self, stimulus: Any, screen: Screen, prompts: list[str], get_input: Any, multi_turn: bool, datum: Any
    ) -> tuple[dict[str, Any], list[str]]:
        """What SweetBean calls in place of the stimulus' own `process_l`: the row of one screen."""
        self._finish_trial()
        block = self._block_of_step[self._step]
        self._step += 1
        arguments = stimulus.l_args
        if screen.is_trial:
            row = self._trial(screen, arguments, block)
        elif screen.kind == "Instructions":
            row = self._instructions(screen, arguments)
        else:
            row = self._text(arguments)
        if taken := sorted(self._also.keys() & row.keys()):
            raise SubjectError(f"the reply says {taken[0]!r}, which the row records: give it another name")
        # In place: what the effects set belongs to this very row.
        row.update(self._also)
        self._also = {}
        self.block_ends[block] = len(self.text)
        self._rows.append(row)
        return row, prompts

    # Screens that are no trials

    def _instructions(self, screen: Screen, arguments: dict[str, Any]) -> dict[str, Any]:
        names = self._names
        pages = [with_labels(page, names) for page in arguments["pages"]]
        text = with_labels(screen.stimulus.text, names) if screen.stimulus.text is not None else "\n".join(pages)
        if PLACEHOLDER in (screen.stimulus.text or "".join(arguments["pages"])):
            self._listed = names
        self._builder.say(text, separator="\n")
        return arguments | {"pages": pages, "response": None}

    def _text(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._builder.say(self._wording.screen(arguments), separator=self._wording.separator)
        choices = [str(key).upper() for key in arguments["choices"] or ()]
        response = self._key(choices) if choices else None
        correct_key = arguments["correct_key"]
        correct = None if not correct_key or response is None else response == str(correct_key).upper()
        return arguments | {"response": response, "correct": correct}

    def _key(self, choices: list[str]) -> str:
        """A key is pressed: the only one, the recorded one, or the one that the subject names."""
        self._builder.say(f"You can press {listed(choices, 'or')}. You press {OPEN}", separator=self._wording.separator)
        if len(choices) == 1:
            key = choices[0]
        else:
            recorded = next(self._keys, None)
            key = recorded.upper() if recorded is not None else self._ask_for_key(tuple(choices))
        self._builder.fill(key)
        self._builder.add_outcome(".")
        return key

    def _ask_for_key(self, choices: tuple[str, ...]) -> str:
        arms = tuple(range(len(choices)))
        _, answer = self._ask(labels=choices, arms=arms, n_arms=len(arms), trial=None)
        assert answer.label is not None
        self._on_key(len(self._trials), answer.label)
        return answer.label

    def _ask(
        self, *, labels: tuple[str, ...], arms: tuple[int, ...], n_arms: int, trial: int | None
    ) -> tuple[Question, Answer]:
        question, answer = self._asker(
            self.text,
            labels=labels,
            arms=arms,
            n_arms=n_arms,
            trial=trial,
            block=self._block_of_step[self._step - 1],
            history=self._trials,
            starts=self._builder.starts,
            n_trials=self._definition.trials_per_session,
        )
        self._also = answer.also
        return question, answer

    # Trials

    def _trial(self, screen: Screen, arguments: dict[str, Any], block: int) -> dict[str, Any]:
        number = len(self._trials)
        recorded = self._record.trials[number] if number < len(self._record.trials) else None
        bandits = played_bandits(arguments["bandits"], number, unknown=self._definition.unknown_payoffs)
        arguments = arguments | {"bandits": bandits}
        labels = self._labels(screen, arguments, len(bandits), recorded)
        offered = tuple(arguments.get("offered") or range(len(bandits)))
        if not all(arm in range(len(bandits)) for arm in offered):
            raise TaskError(
                f"{screen.where}, trial {number}: offered is {list(offered)!r}, arms are 0 to {len(bandits) - 1}"
            )
        forced = bool(arguments.get("forced"))
        if forced and len(offered) != 1:
            raise TaskError(
                f"{screen.where}, trial {number} is forced and offers {list(offered)!r}; it must offer one arm"
            )
        feedback = arguments.get("feedback", "chosen")
        offer = tuple(labels[arm] for arm in offered)
        choice = Choice(trial=number, bandits=bandits, labels=labels, offered=offered, listed=offer == self._listed)
        expected = tuple(bandit.get("expected", bandit["value"]) for bandit in bandits)
        trial = Trial(
            trial=number,
            choice=None,
            block=block,
            outcomes=tuple(bandit["value"] for bandit in bandits),
            offered=offered,
            labels=labels,
            best_arm=best_arm(expected),
            expected=expected,
            feedback=feedback,
            forced=forced,
            origin="subject",
        )
        if recorded is not None:
            self._check.arms(recorded, trial)
        self._builder.begin_trial()
        if recorded is not None and recorded.missed:
            trial = self._miss(trial, choice)
        else:
            trial = self._choose(trial, choice, recorded)
        if len(offer) > 1:
            self._listed = offer
        if recorded is not None:
            self._check.outcome(recorded, trial, "choice", "reward")
            trial = replace(trial, **{name: getattr(recorded, name) for name in _KEPT if not trial.p})
        positions = self._positions(len(bandits))
        trial = replace(trial, position=None if trial.choice is None else positions[trial.choice])
        row = arguments | {
            "labels": list(labels),
            "positions": list(positions),
            "offered": list(offered),
            "forced": forced,
            "feedback": feedback,
            "response": trial.choice,
            # A missed trial pays nothing, so that a running score stays what it is.
            "value": 0 if trial.missed else trial.reward,
            "missed": trial.missed,
        }
        self._unfinished = (trial, row)
        return row

    def _miss(self, trial: Trial, choice: Choice) -> Trial:
        self._builder.say(self._wording.missed(choice), separator=self._wording.separator)
        return replace(trial, missed=True)

    def _choose(self, trial: Trial, choice: Choice, recorded: Trial | None) -> Trial:
        """One arm is chosen: the forced one, the recorded one, or the subject's."""
        words, separator = self._wording, self._wording.separator
        if trial.forced:
            trial = self._paid(trial, trial.offered[0])
            self._builder.say(words.forced(choice, self._outcome(trial)), separator=separator)
            return trial
        self._builder.say(words.opening(choice), separator=separator)
        labels = tuple(choice.labels[arm] for arm in choice.offered)
        if recorded is None or self._record.asked:
            question, answer = self._ask(
                labels=labels, arms=choice.offered, n_arms=len(choice.bandits), trial=trial.trial
            )
        if recorded is None:
            assert answer.label is not None
            trial = replace(trial, raw=answer.raw, **answer.probabilities(question, answer.label))
            arm = choice.offered[labels.index(answer.label)]
        else:
            assert recorded.choice is not None
            arm = recorded.choice
            if self._record.asked:
                trial = replace(trial, origin="recorded", **scored(question, answer, choice.labels[arm]))
        trial = self._paid(trial, arm)
        assert trial.label is not None
        self._builder.choose(trial.label, labels=labels, arms=choice.offered, trial=trial.trial)
        self._builder.add_outcome(words.outcome(choice, self._outcome(trial)))
        return trial

    def _paid(self, trial: Trial, arm: int) -> Trial:
        reward = trial.outcomes[arm]
        if reward is None:
            raise TaskError(
                f"{self._check.place(trial.trial)}: what arm {arm} pays here is not known, since nobody chose it "
                f"on record; give the task a payoff schedule"
            )
        return replace(trial, choice=arm, label=trial.labels[arm], reward=reward)

    def _outcome(self, trial: Trial) -> Outcome:
        others = [arm for arm in trial.offered if arm != trial.choice] if trial.feedback == "all" else []
        assert trial.label is not None
        return Outcome(
            label=trial.label,
            reward=trial.reward,
            foregone={trial.labels[arm]: trial.outcomes[arm] for arm in others},
        )

    def _finish_trial(self) -> None:
        """The trial before this screen is complete once its side effects have run: the score is in its row."""
        if self._unfinished is None:
            return
        trial, row = self._unfinished
        self._unfinished = None
        trial = replace(trial, score=score_in(row, self._definition, trial.trial))
        if len(self._trials) < len(self._record.trials):
            self._check.outcome(self._record.trials[trial.trial], trial, "score")
        self._trials.append(trial)
        self._on_trial(trial)

    # Arms

    def _labels(
        self, screen: Screen, arguments: Mapping[str, Any], n_arms: int, recorded: Trial | None
    ) -> tuple[str, ...]:
        given = arguments.get("labels")
        labels = tuple(map(str, given)) if given else self._all_labels() if screen.kind == "SlotMachines" else ()
        labels = (labels or tuple(str(arm + 1) for arm in range(n_arms)))[:n_arms]
        check_labels(labels, n_arms, screen.where)
        return labels

    def _all_labels(self) -> tuple[str, ...]:
        return self._seat.labels or ()

    def _positions(self, n_arms: int) -> tuple[int, ...]:
        return self._seat.positions or tuple(range(n_arms))


def session_wording(definition: Definition) -> Wording:
    """The wording of a session: that of its first SlotMachines, SweetBean's own where there are only stock Bandits."""
    for screen in definition.screens():
        if isinstance(screen.stimulus, SlotMachines):
            return wording(screen.stimulus.wording)
    return wording("sweetbean")


def scored(question: Question, answer: Answer, label: str) -> dict[str, Any]:
    """The probability columns of a recorded choice. Raises SubjectError for a subject without probabilities."""
    if not answer.logps:
        raise SubjectError("it gives no probabilities (a deterministic learner needs a lapse, as in `ucb:lapse=0.05`)")
    return answer.probabilities(question, label)


def score_in(row: Mapping[str, Any], definition: Definition, trial: int) -> float | None:
    """The running score after a trial: what its effects call `score`, or the only shared variable that they set."""
    if SCORE in row:
        return played_score(row[SCORE], trial)
    names = [name for name in definition.shared if name in row]
    return as_payoff(row[names[0]]) if len(names) == 1 else None


def _no_input(prompt: str) -> str:
    raise AssertionError("SweetBean asked for input although every stimulus is played by Twinbean")
