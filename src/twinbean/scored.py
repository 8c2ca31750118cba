"""Scoring people's choices with a model: a run folder with the people's trials and the model's probabilities.

Nothing is sampled: every choice is the record's, and the model says how likely it finds it (teacher forcing).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from twinbean.bean.game import Played
from twinbean.errors import RecordMismatch, SubjectError
from twinbean.questions import Span, Transcript
from twinbean.records import Session, Trial
from twinbean.replaying import Failed, Seating
from twinbean.replaying import replay as play_seatings
from twinbean.runs import Run, open_run
from twinbean.scoring import ChoiceScore, Scorer, Window
from twinbean.scoring import score as score_transcripts
from twinbean.seating import check_sessions, not_told, seat_person
from twinbean.subjects.base import Subject
from twinbean.subjects.catalogue import SubjectOptions, is_language_model, open_scorer, open_subject
from twinbean.subjects.scripted import Scripted
from twinbean.tasks import Task, load

# So many sessions are scored before their lines are written: enough to fill batches, few enough to lose little.
CHUNK = 64

Progress = Callable[[int, int], None]


def score(
    task: str | Task,
    data: Sequence[Session],
    *,
    model: str,
    run: str | Path,
    seed: int = 0,
    parameters: Mapping[str, Any] | None = None,
    options: SubjectOptions | None = None,
    window: Window = None,
    lenient: bool = False,
    on_progress: Progress = lambda done, total: None,
) -> list[Session]:
    """How likely `model` finds every recorded choice of `data`, kept in the folder `run`.

    The task's text is made anew for each person and checked against their record. Returns sessions of the people's
    trials with `logp`, `logp_legal`, `legal_mass` and `p` filled in and the model's name as source. `window` is that of
    `twinbean.scoring.score`. A run that was stopped goes on where it stopped.
    """
    loaded = load(task) if isinstance(task, str) else task
    seatings: list[Seating] = []
    for person in data:
        count = person.n_choices
        (seating,) = seat_person(loaded, person, model, after=count, samples=1, seed=seed, given=parameters)
        whole = replace(seating.record, trials=person.trials)
        seatings.append(replace(seating, record=whole, seat=replace(seating.seat, session=person.session)))
    if not seatings:
        raise RecordMismatch("there is nothing to score: give DATA with recorded choices")
    check_sessions(seatings)
    manifest: dict[str, Any] = {
        "kind": "score",
        "task": loaded.name,
        "fingerprint": seatings[0].seat.details["fingerprint"],
        "parameters": seatings[0].seat.details["parameters"],
        "seed": seed,
        "window": window,
        "lenient": lenient,
        "wording": seatings[0].seat.wording,
        "not_told": not_told(seatings[0].definition),
        "data": _digest([[t.choice, t.reward] for person in data for t in person.trials]),
        "participants": len({person.participant for person in data}),
    }
    options = options or SubjectOptions()
    if is_language_model(model):
        scorer = open_scorer(model, options)
        with open_run(Path(run), manifest | {"scorer": scorer.describe()}) as opened:
            return _by_transcript(opened, seatings, scorer, window, lenient, on_progress)
    subject = open_subject(model, options)
    with open_run(Path(run), manifest | {"scorer": subject.describe()}) as opened:
        return _by_asking(opened, seatings, subject, lenient, on_progress)


def _by_transcript(
    run: Run, seatings: Sequence[Seating], scorer: Scorer, window: Window, lenient: bool, on_progress: Progress
) -> list[Session]:
    """Score whole transcripts: one forward pass a session."""
    finished: dict[str, Played] = {}
    for chunk in _chunks(seatings):
        played = [one for one in play_seatings(chunk, Scripted([]), lenient=lenient) if isinstance(one, Played)]
        waiting = [one for one in played if run.scored(one.session) is None]
        scores = score_transcripts(
            [one.transcript for one in waiting],
            scorer=scorer,
            window=window,
            blocks=[_blocks(one) for one in waiting],
        )
        for one, choices in zip(waiting, scores, strict=True):
            run.keep(with_scores(one.session, choices))
        for one in played:
            session = run.scored(one.session)
            assert session is not None
            finished[session.session] = replace(one, session=session)
        on_progress(len(finished), len(seatings))
    return run.complete([finished[seating.seat.session] for seating in seatings])


def _by_asking(
    run: Run, seatings: Sequence[Seating], subject: Subject, lenient: bool, on_progress: Progress
) -> list[Session]:
    """Ask the subject at every recorded choice for its probabilities, as if it were its own to make."""
    done = 0

    def progress(result: Played | Failed) -> None:
        nonlocal done
        done += 1
        on_progress(done, len(seatings))

    asked = [replace(seating, record=replace(seating.record, asked=True)) for seating in seatings]
    results = play_seatings(asked, subject, lenient=lenient, on_progress=progress)
    failed = [result for result in results if isinstance(result, Failed)]
    if len(failed) == len(results):
        raise SubjectError(f"{subject.name} scored no session: {failed[0].reason}")
    return run.complete(results)


def with_scores(session: Session, choices: Sequence[ChoiceScore]) -> Session:
    """The session with the scores of its choices; choices that a window leaves out have none."""
    scores = {choice.trial: choice for choice in choices}
    trials = tuple(_with_score(trial, scores.get(trial.trial)) for trial in session.trials)
    return session.replace(trials=trials)


def _with_score(trial: Trial, score: ChoiceScore | None) -> Trial:
    if score is None:
        return trial
    p: list[float | None] = [None] * len(trial.labels)
    for arm, probability in zip(score.arms, score.p, strict=True):
        p[arm] = probability
    return replace(trial, logp=score.logp, logp_legal=score.logp_legal, legal_mass=score.legal_mass, p=tuple(p))


def _blocks(played: Played) -> list[int]:
    return [trial.block for trial in played.session.trials if trial.is_choice]


def _chunks(seatings: Sequence[Seating]) -> Iterator[Sequence[Seating]]:
    for start in range(0, len(seatings), CHUNK):
        yield seatings[start : start + CHUNK]


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def score_texts(
    transcripts: Sequence[Transcript],
    *,
    model: str,
    run: str | Path,
    options: SubjectOptions | None = None,
    window: Window = None,
    on_progress: Progress = lambda done, total: None,
) -> list[Session]:
    """Score transcripts as they are, for example those of Psych-101: there is no task to check them against.

    The trials hold choices and probabilities; what was paid is only in the text.
    """
    scorer = open_scorer(model, options or SubjectOptions())
    transcripts = [sorted_arms(one) for one in transcripts]
    manifest = {
        "kind": "score",
        "task": transcripts[0].experiment,
        "window": window,
        "data": _digest([one.text for one in transcripts]),
        "participants": len(transcripts),
        "scorer": scorer.describe(),
    }
    done = 0
    with open_run(Path(run), manifest) as opened:
        finished = []
        for start in range(0, len(transcripts), CHUNK):
            chunk = transcripts[start : start + CHUNK]
            waiting = [one for one in chunk if opened.scored(session_of_text(one, model)) is None]
            scores = score_transcripts(waiting, scorer=scorer, window=window)
            for one, choices in zip(waiting, scores, strict=True):
                opened.keep(with_scores(session_of_text(one, model), choices))
            for one in chunk:
                session = opened.scored(session_of_text(one, model))
                assert session is not None
                finished.append(Played(rows=[], prompts=[], session=session, transcript=one, warnings=()))
            done += len(chunk)
            on_progress(done, len(transcripts))
        return opened.complete(finished)


def session_of_text(transcript: Transcript, source: str) -> Session:
    """The choices of a transcript as a session; an arm's number is its label's place among all labels, sorted."""
    labels = tuple(sorted({label for span in transcript.spans for label in span.labels}))
    trials = tuple(_trial_of(transcript, span, labels) for span in transcript.spans)
    return Session(
        participant=transcript.participant,
        session=transcript.session or transcript.participant,
        task=transcript.experiment,
        trials=trials,
        source=source,
    )


def _trial_of(transcript: Transcript, span: Span, labels: tuple[str, ...]) -> Trial:
    label = transcript.text[span.start : span.end]
    return Trial(
        trial=span.trial,
        choice=labels.index(label),
        label=label,
        labels=labels,
        offered=tuple(sorted(labels.index(name) for name in span.labels)),
    )


def sorted_arms(transcript: Transcript) -> Transcript:
    """The transcript with arms numbered as in `session_of_text`, so that scores and trials speak of the same arms."""
    labels = sorted({label for span in transcript.spans for label in span.labels})
    spans = tuple(replace(span, arms=tuple(labels.index(name) for name in span.labels)) for span in transcript.spans)
    return replace(transcript, spans=spans)
