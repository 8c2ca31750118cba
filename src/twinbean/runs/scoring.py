"""Scoring people's choices with a model: a run folder with the people's trials and the model's probabilities.

Nothing is sampled: every choice is the record's, and the model says how likely it finds it (teacher forcing).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean._json import digest
from twinbean._progress import Progress, unseen
from twinbean.errors import DataError, RecordMismatch, SubjectError
from twinbean.play.game import Played
from twinbean.play.scheduler import Failed, play_all
from twinbean.play.seat import Seating
from twinbean.play.seating import seat_all
from twinbean.play.shard import WHOLE, Shard
from twinbean.runs.ended import Ended
from twinbean.runs.folder import open_run
from twinbean.runs.run import Run
from twinbean.scoring.ablations import Ablation
from twinbean.scoring.choices import ChoiceScore, score_each
from twinbean.scoring.texts import SessionText, sorted_arms, text_of_play, text_of_transcript
from twinbean.scoring.windows import Window
from twinbean.sessions import Session, Trial
from twinbean.sessions.transcripts import Transcript
from twinbean.subjects.base import Scorer, Subject
from twinbean.subjects.registry import SubjectOptions, is_language_model, open_scorer, scorer_of
from twinbean.tasks.task import Task, load

if TYPE_CHECKING:
    from twinbean.subjects.registry import Judge

# So many characters are scored before their lines are written: enough to fill batches, few enough to lose little.
CHUNK = 64_000
# So many sessions without one that can be scored say that none can.
HOPELESS = 3


def score(
    task: str | Task,
    data: Sequence[Session],
    *,
    model: Judge,
    run: str | Path | None = None,
    seed: int = 0,
    parameters: Mapping[str, Any] | None = None,
    options: SubjectOptions | None = None,
    window: Window = None,
    ablation: Ablation | None = None,
    lenient: bool = False,
    shard: str | None = None,
    on_progress: Progress = unseen,
    **model_options: Any,
) -> list[Session]:
    """How likely `model` finds every recorded choice of `data`, kept in the folder `run`; without one nothing is
    written.

    `model` is a name with its options as keywords, a Scorer, or a Subject that answers with probabilities.
    The task's text is made anew for each person and checked against their record; a record that ends before the task
    does fails alone, and so does a session about which an endpoint's reply cannot be read. Returns sessions of the
    people's trials with `logp`, `logp_legal`, `legal_mass` and `p` filled in and the model's name as source. `window`
    is that of `twinbean.scoring.score_transcripts`, `ablation` that of `twinbean.scoring.ablations`, `shard` that of
    `replay`. A run that was stopped goes on where it stopped. Raises RecordMismatch, SubjectError, and DataError where
    a text cannot be cut or ablated in this way.
    """
    loaded = load(task) if isinstance(task, str) else task
    # A name is opened once nothing else is wrong: that can take minutes.
    opened_by = model if isinstance(model, str) else scorer_of(model, options, **model_options)
    name = opened_by if isinstance(opened_by, str) else opened_by.name
    reads = is_language_model(opened_by) if isinstance(opened_by, str) else isinstance(opened_by, Scorer)
    if not reads and (window is not None or ablation is not None):
        raise SubjectError(f"{name} reads no text: a window or an ablation would change nothing")
    if not data:
        raise RecordMismatch("there is nothing to score: give DATA with recorded choices")
    # The play from which the text is made checks the record.
    if not any(person.n_choices for person in data):
        raise DataError("there is nothing to score: the data hold no choice among arms")
    part = WHOLE if shard is None else Shard.parse(shard)
    seated = seat_all(loaded, data, name, after=None, seed=seed, given=parameters, shard=part)
    read = [text_of_play(seating, ablation, seed, lenient) for seating in seated.seatings]
    failed = [one for one in read if isinstance(one, Failed)]
    if len(failed) == len(read):
        raise RecordMismatch(f"participant {failed[0].session.participant!r}: {failed[0].reason}")
    manifest: dict[str, Any] = {
        "kind": "score",
        "task": loaded.name,
        **seated.facts,
        "seed": seed,
        "window": window,
        "ablation": ablation,
        "lenient": lenient,
        **({} if shard is None else {"shard": part.described(seated.n_sessions)}),
    }
    folder = None if run is None else Path(run)
    scorer = scorer_of(model, options, calls_file=folder and folder / "calls.jsonl", **model_options)
    if isinstance(scorer, Scorer):
        _check_length(read, scorer, window)
    with open_run(folder, manifest | {"scorer": scorer.describe()}) as opened:
        if isinstance(scorer, Scorer):
            return _by_transcript(opened, read, scorer, window, on_progress)
        return _by_asking(opened, seated.seatings, read, scorer, lenient, on_progress)


def score_texts(
    transcripts: Sequence[Transcript],
    *,
    model: str | Scorer,
    run: str | Path | None = None,
    seed: int = 0,
    options: SubjectOptions | None = None,
    window: Window = None,
    ablation: Ablation | None = None,
    shard: str | None = None,
    on_progress: Progress = unseen,
    **model_options: Any,
) -> list[Session]:
    """Score transcripts as they are, for example those of Psych-101: there is no task to check them against.

    The trials hold choices and probabilities; what was paid is only in the text. `window` and `ablation` as in `score`;
    a transcript does not say where its blocks are.
    """
    if isinstance(model, str) and not is_language_model(model):
        raise SubjectError(f"{model} reads no text: transcripts are scored with a language model")
    name = model if isinstance(model, str) else model.name
    if twice := [session for session, n in Counter(one.session for one in transcripts).items() if n > 1]:
        raise DataError(f"session {twice[0]!r} is in the transcripts more than once: name the sessions apart")
    if window == "block":
        raise DataError("transcripts do not say where their blocks are; choose another window")
    cut = ablation is not None or isinstance(window, int)
    part = WHOLE if shard is None else Shard.parse(shard)
    texts = [text_of_transcript(sorted_arms(one), name, ablation, seed=seed, cut=cut) for one in part.part(transcripts)]
    folder = None if run is None else Path(run)
    scorer = _opened(model, options, folder, model_options)
    _check_length(texts, scorer, window)
    manifest = {
        "kind": "score",
        "task": transcripts[0].experiment,
        "seed": seed,
        "window": window,
        "ablation": ablation,
        "data": digest([[one.participant, one.session, one.text] for one in transcripts]),
        "participants": len(transcripts),
        "scorer": scorer.describe(),
        **({} if shard is None else {"shard": part.described(len(transcripts))}),
    }
    with open_run(folder, manifest) as opened:
        return _by_transcript(opened, texts, scorer, window, on_progress)


def _opened(
    model: str | Scorer, options: SubjectOptions | None, folder: Path | None, given: Mapping[str, Any]
) -> Scorer:
    if not isinstance(model, str):
        return model
    return open_scorer(model, options, calls_file=folder and folder / "calls.jsonl", **given)


def _check_length(read: Sequence[SessionText | Failed], scorer: Scorer, window: Window) -> None:
    """Refuse the longest session before any is scored, where sessions are scored whole and it is too long."""
    longest = max(
        (one for one in read if isinstance(one, SessionText)), key=lambda one: len(one.played.transcript.text)
    )
    transcript = longest.played.transcript
    if window is not None or len(transcript.text) <= scorer.context:
        return
    n_tokens = max(scorer.lengths(transcript), default=0)
    if n_tokens > scorer.context:
        raise SubjectError(
            f"the transcript of {transcript.participant!r} has {n_tokens} tokens up to its last choice, and "
            f"{scorer.name} reads at most {scorer.context}; choose a window"
        )


def _by_transcript(
    run: Run, read: Sequence[SessionText | Failed], scorer: Scorer, window: Window, on_progress: Progress
) -> list[Session]:
    """Score whole transcripts: one forward pass a session, or a part of it that a window shows."""
    texts = [one for one in read if isinstance(one, SessionText)]
    done = choices = 0
    mass = 0.0
    of_choices = sum(len(one.played.transcript.spans) for one in texts if run.scored(one.played.session) is None)
    results: dict[str, Played | Failed] = {}
    for chunk in _chunks(texts):
        waiting = [one for one in chunk if run.scored(one.played.session) is None]
        scores = score_each(
            [one.played.transcript for one in waiting], [one.layout for one in waiting], scorer=scorer, window=window
        )
        for one, found in zip(waiting, scores, strict=True):
            session = one.played.session
            if isinstance(found, SubjectError):
                results[session.session] = Failed(session=session, reason=str(found), final=False)
                continue
            run.keep(with_scores(session, found))
            choices += len(found)
            mass += sum(choice.legal_mass for choice in found)
        for one in chunk:
            scored = run.scored(one.played.session)
            if scored is not None:
                results[scored.session] = replace(one.played, session=scored)
        failed = [result for result in results.values() if isinstance(result, Failed)]
        if len(failed) == len(results) >= min(HOPELESS, len(texts)):
            raise SubjectError(failed[0].reason)
        done += len(chunk)
        legal_mass = mass / choices if choices else None
        on_progress(done, len(read), choices=choices, of_choices=of_choices, legal_mass=legal_mass)
    ended = [one if isinstance(one, Failed) else results[one.played.session.session] for one in read]
    return run.complete([Ended.of(one, reader=scorer) for one in ended])


def _by_asking(
    run: Run,
    seatings: Sequence[Seating],
    read: Sequence[SessionText | Failed],
    subject: Subject,
    lenient: bool,
    on_progress: Progress,
) -> list[Session]:
    """Ask the subject at every recorded choice for its probabilities, as if it were its own to make."""
    done = choices = 0

    def progress(result: Played | Failed) -> None:
        nonlocal done, choices
        done += 1
        choices += result.session.n_choices if isinstance(result, Played) else 0
        on_progress(done, len(seatings), choices=choices)

    asked = [
        replace(seating, record=replace(seating.record, asked=True))
        for seating, one in zip(seatings, read, strict=True)
        if isinstance(one, SessionText)
    ]
    results = play_all(asked, subject, lenient=lenient, on_progress=progress)
    failed = [result for result in results if isinstance(result, Failed)]
    if len(failed) == len(results):
        raise SubjectError(f"{subject.name} scored no session: {failed[0].reason}")
    played = iter(results)
    return run.complete([Ended.of(one if isinstance(one, Failed) else next(played)) for one in read])


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


def _chunks(read: Sequence[SessionText]) -> Iterator[Sequence[SessionText]]:
    chunk: list[SessionText] = []
    size = 0
    for one in read:
        chunk.append(one)
        size += len(one.played.transcript.text)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
