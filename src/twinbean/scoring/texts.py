"""What a model reads when it scores: the text of each session, whole or ablated, and where its trials stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from twinbean.errors import DataError
from twinbean.play.game import Played
from twinbean.play.record import play_record
from twinbean.play.scheduler import Failed
from twinbean.play.seat import Seating
from twinbean.scoring.ablations import Ablation, ablate, permuted_labels
from twinbean.scoring.layout import Layout, TrialPlace, layout_of_lines, layout_of_trials
from twinbean.sessions import Session, Trial
from twinbean.sessions.stages import stages_of
from twinbean.sessions.transcripts import Span, Transcript


@dataclass(frozen=True, kw_only=True)
class SessionText:
    """One session as the model reads it; `layout` is None where the text was not split into trials."""

    played: Played
    layout: Layout | None


def text_of_play(seating: Seating, ablation: Ablation | None, seed: int, lenient: bool) -> SessionText | Failed:
    """Play the record and note where the text of each trial stands."""
    seat = seating.seat
    if ablation == "labels" and seat.labels is not None:
        labels = permuted_labels(seat.labels, seed=seed, participant=seat.participant, session=seat.session)
        # Under other labels the screens say something else than on record.
        record = replace(seating.record, shown=None)
        seating = replace(seating, seat=replace(seat, labels=labels), record=record)
    ends: list[int] = []
    play, played = play_record(seating, lenient=lenient, on_trial=lambda play: ends.append(len(play.text)))
    if played is None:
        reason = f"the record ends after {len(play.trials)} of {seating.definition.trials_per_session} trials"
        return Failed(session=seat.session_of(play.trials), reason=reason, final=True)
    layout = layout_of_trials(list(_places(played, ends, play.block_ends)))
    if ablation is None or (ablation == "labels" and seat.labels is not None):
        return SessionText(played=played, layout=layout)
    if ablation in ("rewards", "labels") and stages_of([played.session]):
        raise DataError(
            f"the ablation {ablation!r} exchanges what belongs to arms, and the trials of {seat.participant!r} have "
            f"several choices, each with arms of its own"
        )
    transcript, layout = ablate(played.transcript, layout, ablation, seed=seed)
    session = _relabelled(played.session, transcript) if ablation == "labels" else played.session
    return SessionText(played=replace(played, transcript=transcript, session=session), layout=layout)


def _places(played: Played, ends: Sequence[int], block_ends: Mapping[int, int]) -> Iterator[TrialPlace]:
    """A trial is one piece of the text; the blank or line feed between two pieces belongs to neither.

    To the last trial of a block belongs what its block still says, such as a score.
    """
    at, starts = 0, {}
    for piece in played.prompts:
        starts[at + len(piece)] = at + len(piece) - len(piece.lstrip(" \n"))
        at += len(piece)
    trials = played.session.trials
    last = {trial.block: trial.trial for trial in trials}
    for trial, end in zip(trials, ends, strict=True):
        until = block_ends[trial.block] if trial.trial == last[trial.block] else end
        yield TrialPlace(begin=starts[end], end=until, block=trial.block, is_choice=trial.is_choice)


def _relabelled(session: Session, transcript: Transcript) -> Session:
    """The session with the labels that the transcript has now."""
    names = {arm: name for span in transcript.spans for arm, name in zip(span.arms, span.labels, strict=True)}
    trials = [
        replace(
            trial,
            labels=tuple(names.get(arm, label) for arm, label in enumerate(trial.labels)),
            label=None if trial.choice is None else names.get(trial.choice, trial.label),
        )
        for trial in session.trials
    ]
    return session.replace(trials=tuple(trials))


def text_of_transcript(
    transcript: Transcript, source: str, ablation: Ablation | None, *, seed: int, cut: bool
) -> SessionText:
    """A transcript that others have written; with `cut`, split into trials. Raises DataError where that fails."""
    layout = layout_of_lines(transcript) if cut else None
    if ablation is not None and layout is not None:
        transcript, layout = ablate(transcript, layout, ablation, seed=seed)
    session = session_of_text(transcript, source)
    played = Played(rows=[], prompts=[], session=session, transcript=transcript, warnings=())
    return SessionText(played=played, layout=layout)


def sorted_arms(transcript: Transcript) -> Transcript:
    """The transcript with an arm's number being its label's place among all labels, sorted."""
    labels = sorted({label for span in transcript.spans for label in span.labels})
    spans = tuple(replace(span, arms=tuple(labels.index(name) for name in span.labels)) for span in transcript.spans)
    return replace(transcript, spans=spans)


def session_of_text(transcript: Transcript, source: str) -> Session:
    """The choices of a transcript, whose arms are numbered throughout, as a session."""
    names = {arm: name for span in transcript.spans for arm, name in zip(span.arms, span.labels, strict=True)}
    labels = tuple(names[arm] for arm in sorted(names))
    return Session(
        participant=transcript.participant,
        session=transcript.session or transcript.participant,
        task=transcript.experiment,
        trials=tuple(_trial_of(transcript, span, labels) for span in transcript.spans),
        source=source,
    )


def _trial_of(transcript: Transcript, span: Span, labels: tuple[str, ...]) -> Trial:
    label = transcript.text[span.start : span.end]
    choice = span.arms[span.labels.index(label)]
    return Trial(trial=span.trial, choice=choice, label=label, labels=labels, offered=tuple(sorted(span.arms)))
