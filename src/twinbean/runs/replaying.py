"""The main job from Python: export a page, replay people through a subject, play a definition by hand.

page = twinbean.export("two_armed_bandit")
people = twinbean.read("data/")
twinbean.replay("two_armed_bandit", people, model="smollm2", after=3, samples=5, run="results/smollm2")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean._progress import Progress, unseen
from twinbean.errors import RecordMismatch, SubjectError
from twinbean.play.scheduler import Failed, play_all, play_each
from twinbean.play.seating import check_record, seat_all
from twinbean.play.shard import WHOLE, Shard
from twinbean.runs.folder import open_run
from twinbean.sessions import Session
from twinbean.subjects.registry import SubjectOptions, is_api_model, open_subject, subject_of, temperature_of
from twinbean.tasks.task import Task, load

if TYPE_CHECKING:
    from twinbean.subjects.endpoint.dry_run import DryRun
    from twinbean.subjects.registry import Player

Parameters = Mapping[str, Any]


def replay(
    task: str | Task,
    data: Sequence[Session] = (),
    *,
    model: Player,
    run: str | Path | None = None,
    after: int = 0,
    samples: int = 1,
    seed: int = 0,
    parameters: Parameters | None = None,
    options: SubjectOptions | None = None,
    lenient: bool = False,
    retries: int | None = None,
    shard: str | None = None,
    on_progress: Progress = unseen,
    **model_options: Any,
) -> list[Session]:
    """Play sessions with a subject and keep them in the folder `run`; without one nothing is written.

    `model` is a name, a Subject, a CognitiveModel, or any function from prompt to reply, sync or async. What a name is
    opened with are keywords (`temperature=0.5`, `base_url=...`), those of its `SubjectOptions` or of its plugin.

    With `data`, each person's first `after` choices are replayed and `samples` continuations are played against that
    person's payoffs. Without, `samples` whole sessions are played, each with payoffs drawn anew from `seed`. Started
    again with the same arguments, a run that was stopped goes on where it stopped. An illegal answer is asked again up
    to `retries` times; by default three times, but never at temperature 0, where the same answer would come again. In
    memory, a warning names sessions that end early; in a folder, sessions.csv has them.

    With `shard` "K/N" only every N-th session is played, from the K-th on; `merge` puts N such runs together.

    `on_progress` is called at every choice and at the end of every session. Raises RecordMismatch when the data
    contradict the task, RunError when `run` holds another run.
    """
    folder = None if run is None else Path(run)
    loaded = load(task) if isinstance(task, str) else task
    if retries is None:
        retries = 0 if temperature_of(options, model_options) == 0 else 3
    part = WHOLE if shard is None else Shard.parse(shard)
    calls_file = folder and folder / "calls.jsonl"
    subject = subject_of(model, options, calls_file=calls_file, **model_options)
    seated = seat_all(
        loaded,
        data,
        subject.name,
        after=after,
        samples=samples,
        seed=seed,
        given=parameters,
        shard=part,
    )
    seatings = seated.seatings
    manifest = {
        "kind": "replay",
        "task": loaded.name,
        **seated.facts,
        "subject": subject.describe(),
        "seed": seed,
        "after": after,
        "samples": samples,
        "retries": retries,
        "lenient": lenient,
        **({} if shard is None else {"shard": part.described(seated.n_sessions)}),
    }
    with open_run(folder, manifest) as opened:
        before = [opened.before(seating) for seating in seatings]
        if not lenient:
            # Before anything is written or asked: a mistake in the data leaves no run behind.
            missing = {seating.seat.session for seating, ended in zip(seatings, before, strict=True) if ended is None}
            for person, own in seated.people:
                if any(seating.seat.session in missing for seating in own):
                    check_record(person, own[0])
        remaining = [
            replace(seating, record=opened.record(seating.seat, seating.record))
            for seating, ended in zip(seatings, before, strict=True)
            if ended is None
        ]
        opened.watch(
            on_progress,
            done=len(seatings) - len(remaining),
            total=len(seatings),
            of_choices=sum(one.trials_per_session - len(one.record.trials) for one in remaining),
        )
        keep = partial(opened.end, reader=subject)
        try:
            played = iter(play_each(remaining, subject, keep, journal=opened, lenient=lenient, retries=retries))
        except RecordMismatch as error:
            if folder is None:
                raise
            # The data were checked before: it is what the journal says.
            raise RecordMismatch(f"{folder}: {error}") from None
        return opened.complete([ended or next(played) for ended in before])


def dry_run(
    task: str | Task,
    data: Sequence[Session] = (),
    *,
    model: str,
    after: int = 0,
    samples: int = 1,
    seed: int = 0,
    parameters: Parameters | None = None,
    options: SubjectOptions | None = None,
    **model_options: Any,
) -> DryRun:
    """What `replay` with the same arguments would ask of a model behind an endpoint: how many requests, and about how
    many tokens. Nothing is sent and nothing is written."""
    from twinbean.subjects.endpoint.dry_run import DryRun

    loaded = load(task) if isinstance(task, str) else task
    if not is_api_model(model):
        raise SubjectError(f"{model!r} is no model behind an endpoint: a dry run counts requests, and it needs none")
    counted = DryRun()
    subject = open_subject(model, options, transport=counted, **model_options)
    seated = seat_all(loaded, data, model, after=after, samples=samples, seed=seed, given=parameters)
    for result in play_all(seated.seatings, subject):
        if isinstance(result, Failed):
            raise SubjectError(f"session {result.session.session!r} would fail: {result.reason}")
    return counted
