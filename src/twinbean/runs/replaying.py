"""The main job from Python: export a page, replay people through a subject, play a definition by hand.

page = twinbean.export("two_armed_bandit")
people = twinbean.read("data/")
twinbean.replay("two_armed_bandit", people, model="smollm2", after=3, samples=5, run="results/smollm2")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean._progress import Progress, unseen
from twinbean.errors import RecordMismatch, RunError, SubjectError
from twinbean.sessions import Session, checked
from twinbean.subjects.base import Subject
from twinbean.subjects.registry import SubjectOptions, is_api_model, open_subject
from twinbean.tasks.task import Task, load

if TYPE_CHECKING:
    from twinbean.play.scheduler import Seating
    from twinbean.subjects.endpoint.dry_run import Rehearsal

Parameters = Mapping[str, Any]
# All sessions of a run are seated before the first question, in memory.
MOST_SESSIONS = 100_000


def replay(
    task: str | Task,
    data: Sequence[Session] = (),
    *,
    model: str | Subject,
    run: str | Path,
    after: int = 0,
    samples: int = 1,
    seed: int = 0,
    parameters: Parameters | None = None,
    options: SubjectOptions | None = None,
    lenient: bool = False,
    retries: int | None = None,
    on_progress: Progress = unseen,
) -> list[Session]:
    """Play sessions with a subject and keep them in the folder `run`.

    With `data`, each person's first `after` choices are replayed and `samples` continuations are played against that
    person's payoffs. Without, `samples` whole sessions are played, each with payoffs drawn anew from `seed`. Started
    again with the same arguments, a run that was stopped goes on where it stopped. An illegal answer is asked again up
    to `retries` times; by default three times, but never at temperature 0, where the same answer would come again.

    `on_progress` is told of every choice and of every session that ends. Raises RecordMismatch when the data
    contradict the task, RunError when `run` holds another run.
    """
    from twinbean.play.scheduler import replay as play_seatings
    from twinbean.play.seating import check_record, digest_of, not_told
    from twinbean.runs.folder import open_run

    folder = Path(run)
    loaded = load(task) if isinstance(task, str) else task
    options = options or SubjectOptions()
    if retries is None:
        retries = 0 if options.temperature == 0 else 3
    subject = (
        open_subject(model, replace(options, calls_file=folder / "calls.jsonl")) if isinstance(model, str) else model
    )
    seatings = _seatings(loaded, data, subject.name, after=after, samples=samples, seed=seed, given=parameters)
    if not lenient:
        # Before the run has a folder: a mistake in the data leaves nothing behind.
        for person, seating in zip(data, seatings[::samples], strict=False):
            check_record(person, seating)
    manifest = {
        "kind": "replay",
        "task": loaded.name,
        "fingerprint": seatings[0].seat.details["fingerprint"],
        "parameters": seatings[0].seat.details["parameters"],
        "subject": subject.describe(),
        "seed": seed,
        "after": after,
        "samples": samples,
        "retries": retries,
        "lenient": lenient,
        "wording": seatings[0].seat.wording,
        "not_told": not_told(seatings[0].definition),
        "data": digest_of(data) if data else None,
        "participants": len({seating.seat.participant for seating in seatings}),
    }
    with open_run(folder, manifest) as opened:
        failures = [opened.failure(seating.seat, seating.record) for seating in seatings]
        remaining = [
            replace(seating, record=opened.record(seating.seat, seating.record))
            for seating, failure in zip(seatings, failures, strict=True)
            if failure is None
        ]
        opened.watch(
            on_progress,
            done=len(seatings) - len(remaining),
            total=len(seatings),
            of_choices=sum(one.definition.trials_per_session - len(one.record.trials) for one in remaining),
        )
        try:
            played = iter(play_seatings(remaining, subject, journal=opened, lenient=lenient, retries=retries))
        except RecordMismatch as error:
            # The data were checked before: it is what the journal says.
            raise RecordMismatch(f"{folder}: {error}") from None
        return opened.complete([failure or next(played) for failure in failures], reader=subject)


def rehearse(
    task: str | Task,
    data: Sequence[Session] = (),
    *,
    model: str,
    after: int = 0,
    samples: int = 1,
    seed: int = 0,
    parameters: Parameters | None = None,
    options: SubjectOptions | None = None,
) -> Rehearsal:
    """What `replay` with the same arguments would ask of a model behind an endpoint: how many requests, and about how
    many tokens. Nothing is sent and nothing is written."""
    from twinbean.play.scheduler import Failed
    from twinbean.play.scheduler import replay as play_seatings
    from twinbean.subjects.endpoint.dry_run import Rehearsal

    loaded = load(task) if isinstance(task, str) else task
    if not is_api_model(model):
        raise SubjectError(f"{model!r} is no model behind an endpoint: a dry run counts requests, and it needs none")
    rehearsal = Rehearsal()
    subject = open_subject(model, replace(options or SubjectOptions(), sender=rehearsal))
    seatings = _seatings(loaded, data, model, after=after, samples=samples, seed=seed, given=parameters)
    for result in play_seatings(seatings, subject):
        if isinstance(result, Failed):
            raise SubjectError(f"session {result.seat.session!r} would fail: {result.reason}")
    return rehearsal


def _seatings(
    task: Task,
    data: Sequence[Session],
    source: str,
    *,
    after: int,
    samples: int,
    seed: int,
    given: Parameters | None,
) -> list[Seating]:
    """Everybody who plays: each person `samples` times, or as many simulated participants."""
    from twinbean.play.seating import check_sessions, seat_person, seat_simulated

    if not 1 <= samples * max(len(data), 1) <= MOST_SESSIONS:
        people = f" of {len(data)} recorded sessions" if data else ""
        raise RunError(f"samples is {samples}{people}, expected at least 1 and at most {MOST_SESSIONS} in one run")
    if not data:
        if after:
            raise RecordMismatch(f"after is {after}, and without data there is nothing to continue from")
        return seat_simulated(task, source, samples=samples, seed=seed, given=given)
    seatings = [
        seating
        for person in checked(data)
        for seating in seat_person(task, person, source, after=after, samples=samples, seed=seed, given=given)
    ]
    check_sessions(seatings)
    return seatings
