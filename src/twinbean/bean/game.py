"""One isolated play of a definition, driven by SweetBean's `run_on_language`.

The play answers SweetBean's questions itself: recorded choices from the record, forced ones from the definition, the
rest through `ask`. Rows are always computed from the definition and the choices; what the record says they were is
only compared with them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from twinbean.bean.definition import Definition, Screen
from twinbean.bean.labels import PLACEHOLDER, check_labels, with_labels
from twinbean.bean.stimuli import SlotMachines
from twinbean.bean.transcript import OPEN, TranscriptBuilder
from twinbean.bean.wording import Choice, Outcome, Wording, listed, wording
from twinbean.errors import IllegalAnswer, RecordMismatch, SubjectError, TaskError
from twinbean.questions import Answer, Question, Transcript
from twinbean.records import Session, Trial
from twinbean.records.jspsych import best_arm

Ask = Callable[[Question], Answer]

# What only the record knows: a replayed trial keeps it.
_KEPT = ("origin", "rt_ms", "logp", "logp_legal", "legal_mass", "p", "raw")


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who plays, and what is drawn for them: the labels on their machines and where on the screen these stand."""

    participant: str
    session: str
    task: str
    source: str = "human"
    sample: int = 0
    seed: int = 0
    variant: str | None = None
    wording: str | None = None
    labels: tuple[str, ...] | None = None
    positions: tuple[int, ...] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is replayed: trials up to the branch, and the keys pressed on screens that are no trials, in order.

    With `asked`, the subject is asked for its probabilities at every recorded choice; the choice stays the record's.
    """

    trials: tuple[Trial, ...] = ()
    keys: tuple[str, ...] = ()
    asked: bool = False


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
    again up to `retries` times; then IllegalAnswer ends the play. `on_trial` is told of every finished trial before the
    next question, `on_key` of every key that the subject named, `on_illegal` of every illegal answer.
    """

    def __init__(
        self,
        definition: Definition,
        seat: Seat,
        ask: Ask,
        *,
        record: Record = Record(),
        lenient: bool = False,
        retries: int = 3,
        on_trial: Callable[[Trial], None] = lambda trial: None,
        on_key: Callable[[int, str], None] = lambda trials_before, key: None,
        on_illegal: Callable[[Question, Answer], None] = lambda question, answer: None,
    ) -> None:
        self._definition = definition
        self._seat = seat
        self._ask = ask
        self._record = record
        self._lenient = lenient
        self._retries = retries
        self._on_trial = on_trial
        self._on_key = on_key
        self._on_illegal = on_illegal
        self._keys = iter(record.keys)
        self._builder = TranscriptBuilder()
        self._trials: list[Trial] = []
        self._rows: list[dict[str, Any]] = []
        self._warnings: list[str] = []
        self._wording = session_wording(definition)
        self._told: tuple[str, ...] = ()
        self._unfinished: tuple[Trial, dict[str, Any]] | None = None
        self._block_of_step = [
            number for number, block in enumerate(definition.blocks) for _ in block.timeline for _ in block.screens
        ]
        self._step = 0

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

    def run(self) -> Played:
        """Play to the end. Raises RecordMismatch, IllegalAnswer or TaskError, each naming participant and trial."""
        experiment, stimuli = self._definition.experiment()
        for stimulus, screen in zip(stimuli, self._definition.screens(), strict=True):
            stimulus.process_l = functools.partial(self._process, stimulus, screen)
        experiment.run_on_language(_no_input)
        self._finish_trial()
        seat = self._seat
        session = Session(
            participant=seat.participant,
            session=seat.session,
            task=seat.task,
            trials=tuple(self._trials),
            source=seat.source,
            sample=seat.sample,
            variant=seat.variant,
            wording=self._wording.name,
            details=seat.details,
        )
        transcript = self._builder.transcript(participant=seat.participant, experiment=seat.task, session=seat.session)
        return Played(
            rows=self._rows,
            prompts=self._builder.pieces,
            session=session,
            transcript=transcript,
            warnings=tuple(self._warnings),
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
        self._rows.append(row)
        return row, prompts

    # Screens that are no trials

    def _instructions(self, screen: Screen, arguments: dict[str, Any]) -> dict[str, Any]:
        names = self._all_labels()
        pages = [with_labels(page, names) for page in arguments["pages"]]
        text = with_labels(screen.stimulus.text, names) if screen.stimulus.text is not None else "\n".join(pages)
        if PLACEHOLDER in (screen.stimulus.text or "".join(arguments["pages"])):
            self._told = names
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
            key = (
                self._asked(tuple(choices), tuple(range(len(choices))), len(choices), trial=None)[0]
                if (recorded is None)
                else recorded.upper()
            )
        self._builder.fill(key)
        self._builder.tell(".")
        return key

    # Trials

    def _trial(self, screen: Screen, arguments: dict[str, Any], block: int) -> dict[str, Any]:
        number = len(self._trials)
        recorded = self._record.trials[number] if number < len(self._record.trials) else None
        bandits = self._bandits(arguments["bandits"], number)
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
        choice = Choice(trial=number, bandits=bandits, labels=labels, offered=offered, told=offer == self._told)
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
            self._compare_outcomes(recorded, trial)
        if recorded is not None and recorded.missed:
            trial = self._miss(trial, choice)
        else:
            trial = self._choose(trial, choice, recorded)
        if len(offer) > 1:
            self._told = offer
        if recorded is not None:
            self._compare(recorded, trial, "choice", "reward")
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
        if recorded is None:
            label, answer = self._asked(labels, choice.offered, len(choice.bandits), trial=trial.trial)
            trial = replace(trial, raw=answer.raw, **probabilities(answer, choice, label))
            arm = choice.offered[labels.index(label)]
        else:
            assert recorded.choice is not None
            arm = recorded.choice
            if arm not in choice.offered:
                raise RecordMismatch(
                    f"{self._place(trial.trial)}: the record has choice {arm}, the definition offers arms "
                    f"{', '.join(map(str, choice.offered))}"
                )
            if self._record.asked:
                _, answer = self._asked(labels, choice.offered, len(choice.bandits), trial=trial.trial)
                if not answer.logps:
                    raise SubjectError(
                        "it gives no probabilities (a deterministic learner needs a lapse: `--model ucb:lapse=0.05`)"
                    )
                trial = replace(trial, **probabilities(answer, choice, choice.labels[arm]))
        trial = self._paid(trial, arm)
        assert trial.label is not None
        self._builder.choose(trial.label, labels=labels, arms=choice.offered, trial=trial.trial)
        self._builder.tell(words.outcome(choice, self._outcome(trial)))
        return trial

    def _paid(self, trial: Trial, arm: int) -> Trial:
        reward = trial.outcomes[arm]
        if reward is None:
            raise TaskError(
                f"{self._place(trial.trial)}: what arm {arm} pays here is not known, since nobody chose it on record; "
                f"give the task a payoff schedule"
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
        trial = replace(trial, score=score_in(row, self._definition))
        if len(self._trials) < len(self._record.trials):
            self._compare(self._record.trials[trial.trial], trial, "score")
        self._trials.append(trial)
        self._on_trial(trial)

    # Asking

    def _asked(
        self, labels: tuple[str, ...], arms: tuple[int, ...], n_arms: int, *, trial: int | None
    ) -> tuple[str, Answer]:
        seat = self._seat
        question = Question(
            session=seat.session,
            text=self._builder.text,
            labels=labels,
            arms=arms,
            n_arms=n_arms,
            trial=trial,
            participant=seat.participant,
            sample=seat.sample,
            seed=seat.seed,
            history=self._trials,
        )
        answers: list[str] = []
        for attempt in range(self._retries + 1):
            answer = self._ask(replace(question, attempt=attempt) if attempt else question)
            if answer.label in labels:
                return answer.label, answer
            answers.append(answer.raw)
            self._on_illegal(question, answer)
        where = "a key" if trial is None else f"trial {trial}"
        raise IllegalAnswer(
            f"participant {seat.participant!r}, {where}: {len(answers)} illegal answers, the last {answers[-1]!r}; "
            f"expected one of {', '.join(labels)}"
        )

    # The record

    def _compare(self, recorded: Trial, computed: Trial, *names: str) -> None:
        for name in names:
            found, expected = getattr(recorded, name), getattr(computed, name)
            if found is not None and found != expected:
                self._contradiction(
                    f"{self._place(computed.trial)}: the record has {name} {found!r}, the definition gives {expected!r}"
                )

    def _compare_outcomes(self, recorded: Trial, computed: Trial) -> None:
        if not recorded.outcomes:
            return
        if len(recorded.outcomes) != len(computed.outcomes):
            raise RecordMismatch(
                f"{self._place(computed.trial)}: the record has {len(recorded.outcomes)} arms, "
                f"the definition has {len(computed.outcomes)}"
            )
        for arm, (found, expected) in enumerate(zip(recorded.outcomes, computed.outcomes, strict=True)):
            if found is not None and found != expected:
                self._contradiction(
                    f"{self._place(computed.trial)}: in the record arm {arm} pays {found!r}, "
                    f"in the definition {expected!r}"
                )

    def _contradiction(self, message: str) -> None:
        if not self._lenient:
            raise RecordMismatch(message)
        self._warnings.append(message)

    def _place(self, trial: int) -> str:
        return f"participant {self._seat.participant!r}, trial {trial}"

    # Arms

    def _bandits(self, bandits: Any, trial: int) -> list[dict[str, Any]]:
        if not isinstance(bandits, list) or not bandits:
            raise TaskError(f"trial {trial}: bandits is {bandits!r}, expected a list of {{'color', 'value'}}")
        for arm, bandit in enumerate(bandits):
            if not isinstance(bandit, dict) or "value" not in bandit:
                raise TaskError(f"trial {trial}, arm {arm} is {bandit!r}, expected {{'color', 'value'}}")
        return bandits

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


def probabilities(answer: Answer, choice: Choice, label: str) -> dict[str, Any]:
    """The probability columns of a trial from an answer's log-probabilities over the legal labels."""
    if not answer.logps:
        return {}
    mass = math.fsum(math.exp(logp) for logp in answer.logps)
    chosen = answer.logps[[choice.labels[arm] for arm in choice.offered].index(label)]
    p: list[float | None] = [None] * len(choice.bandits)
    for arm, logp in zip(choice.offered, answer.logps, strict=True):
        p[arm] = math.exp(logp) / mass
    return {"logp": chosen, "logp_legal": chosen - math.log(mass), "legal_mass": mass, "p": tuple(p)}


def score_in(row: Mapping[str, Any], definition: Definition) -> float | None:
    """The running score after a trial: the shared variable `score`, or the only one that the trial's effects set."""
    names = [name for name in definition.shared if name in row]
    name = "score" if "score" in names else names[0] if len(names) == 1 else None
    value = row.get(name) if name else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _no_input(prompt: str) -> str:
    raise AssertionError("SweetBean asked for input although every stimulus is played by Twinbean")
