"""The main job from Python: export a page, replay people through a subject, play a definition by hand.

page = twinbean.export("two_armed_bandit")
people = twinbean.read("data/")
twinbean.replay("two_armed_bandit", people, model="smollm2", after=3, samples=5, run="results/smollm2")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean import __version__
from twinbean.errors import RecordMismatch, RunError, SubjectError, TaskError
from twinbean._progress import Progress, unseen
from twinbean.sessions import Session, checked
from twinbean.sessions.jspsych import sessions_from_rows
from twinbean.subjects.base import Subject
from twinbean.subjects.registry import SubjectOptions, is_api_model, open_subject
from twinbean.tasks.task import Task, load

if TYPE_CHECKING:
    from twinbean.definitions.definition import Definition
    from twinbean.play.game import Seat
    from twinbean.page import PageOptions
    from twinbean.play.scheduler import Seating
    from twinbean.subjects.endpoint.dry_run import Rehearsal
    from twinbean.subjects.scripted import Reply

Parameters = Mapping[str, Any]
# All sessions of a run are seated before the first question, in memory.
MOST_SESSIONS = 100_000


def document(task: Task, *, seed: int = 0, variants: int = 1, parameters: Parameters | None = None) -> dict[str, Any]:
    """The definition as the page reads it (docs/page-format.md), and its functions under "functions".

    With several variants, each has its own payoffs, drawn from (seed, variant), its own letters where the task leaves
    the labels open, and its own places of the arms on the screen. Raises TaskError when what is drawn changes more
    than the timelines.
    """
    from twinbean.definitions.emission import FORMAT, emit_definition
    from twinbean.definitions.labels import draw_labels, draw_positions, stated_labels

    def labels_of(variant: int, definition: Definition) -> list[str]:
        drawn = draw_labels(definition, seed=seed, participant=f"variant {variant}")
        return list(drawn or stated_labels(definition))

    if variants < 1:
        raise TaskError(f"variants is {variants}, expected at least 1")
    if task.fixed and (seed or variants > 1):
        raise TaskError(
            f"{task.name} holds a ready experiment, which draws nothing: a seed or variants need a `build(*, rng)`"
        )
    given = task.parameters() | dict(parameters or {})
    drawn = [task.define(seed=seed, variant=variant, parameters=given) for variant in range(variants)]
    emissions = [emit_definition(definition) for definition in drawn]
    first = emissions[0]
    content: dict[str, Any] = {
        "format": FORMAT,
        "task": task.name,
        "title": task.title,
        "language": "en",
        "fingerprint": first.fingerprint(given),
        "seed": seed,
        "parameters": given,
        "variant": 0,
        "shared": first.shared,
        "labels": labels_of(0, drawn[0]),
        "blocks": list(first.blocks),
        "functions": list(first.functions),
    }
    if variants > 1:
        if any(emission.fingerprint(given) != content["fingerprint"] for emission in emissions):
            raise TaskError(f"{task.name!r} draws more than payoffs: its variants would be different tasks")
        content["variants"] = [
            {
                "variant": variant,
                "timelines": [block["timeline"] for block in emission.blocks],
                "labels": labels_of(variant, definition),
                "positions": draw_positions(definition.n_arms, seed=seed, variant=variant),
            }
            for variant, (definition, emission) in enumerate(zip(drawn, emissions, strict=True))
        ]
    return content


def export(
    task: str | Task,
    *,
    seed: int = 0,
    variants: int = 1,
    parameters: Parameters | None = None,
    options: PageOptions | None = None,
) -> str:
    """The task as one self-contained HTML page. The same arguments give the same bytes.

    With `variants`, the page picks one for each participant and records which (see `document`).
    """
    from twinbean.page import PageOptions, render

    loaded = load(task) if isinstance(task, str) else task
    content = document(loaded, seed=seed, variants=variants, parameters=parameters)
    functions = content.pop("functions")
    return render(content, functions, options=options or PageOptions())


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
    from twinbean.runs.folder import open_run
    from twinbean.play.seating import check_record, digest_of, not_told

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
        played = iter(play_seatings(remaining, subject, journal=opened, lenient=lenient, retries=retries))
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


def run_on_language(
    experiment: Any, get_input: Callable[[str], Reply], *, data: Sequence[Mapping[str, Any]] | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """SweetBean's `experiment.run_on_language(get_input, data=...)`, played as Twinbean plays.

    `get_input` is any function from prompt to reply: `input`, or one that asks a model; of a dict, "response" is the
    reply, and the other entries go into the row. `data` are rows that
    `process_js` or `until_response` returned: their choices are replayed and checked, the rest is asked. Returns
    `(rows, prompts)`; `"".join(prompts)` is the whole text.
    """
    from twinbean.definitions.definition import define
    from twinbean.definitions.emission import emit_definition
    from twinbean.play.game import Play, Record, Seat
    from twinbean.play.scheduler import until_choice
    from twinbean.subjects.scripted import Function

    subject = Function(get_input)
    record, labels = Record(), None
    if data:
        sessions = sessions_from_rows(data, where="data", participant="human")
        if len(sessions) > 1:
            raise TaskError(f"data hold {len(sessions)} sessions, expected one")
        record = until_choice(sessions[0], sessions[0].n_choices)
        labels = record.trials[0].labels
    seat = Seat(participant="human", session="human", task="experiment", labels=labels)
    definition = define(experiment)
    # What could not be exported is refused here too: it would be another game than people's.
    emit_definition(definition)
    played = Play(definition, seat, subject.answer, record=record).run()
    return played.rows, played.prompts


def _was_asked(row: Mapping[str, Any]) -> bool:
    """Whether the participant answered this screen: a forced arm and the only key are answered for them."""
    is_trial = "bandits" in row
    asked = not row.get("forced") if is_trial else len(row.get("choices") or ()) > 1
    return asked and row.get("response") is not None


def page_rows(rows: Sequence[Mapping[str, Any]], seat: Seat, rt_ms: Sequence[float]) -> list[dict[str, Any]]:
    """Rows of a play in the form in which a page records them, so that they are read and replayed like a page's."""
    times = iter(rt_ms)
    common = {
        "format": 1,
        "twinbean": __version__,
        "participant": seat.participant,
        "session": seat.session,
        "task": seat.task,
        "variant": seat.variant,
        **seat.details,
    }
    return [
        {
            **common,
            "trial_index": number,
            "rt": next(times, None) if _was_asked(row) else None,
            **{f"bean_{name}": value for name, value in row.items()},
        }
        for number, row in enumerate(rows)
    ]
