"""Sessions: played at the terminal, replayed through models, or all of it once as a demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twinbean.cli.app import STOPPED, resumable
from twinbean.cli.arguments import (
    Data,
    Exclude,
    ExcludeFile,
    Finished,
    Model,
    ModelSettings,
    Part,
    Repair,
    Seed,
    Settings,
    TaskName,
    assignments,
    check_folder,
    check_is_folder,
    finite,
    model_settings,
    progress_bar,
    read_people,
    repair_run,
    summarise,
)
from twinbean.cli.commands import commands

if TYPE_CHECKING:
    from twinbean.subjects.endpoint.dry_run import DryRun


@commands.command()
def play(
    task: TaskName,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the session is saved.")],
    settings: Settings = None,
    seed: Seed = 0,
    participant: Annotated[str, typer.Option(help="The player's identifier.")] = "console",
) -> None:
    """Play a task at the terminal, reading what a model would read. Ctrl-C saves what was played."""
    from twinbean.play.console import play_at_console
    from twinbean.tasks.task import load

    check_folder(output)
    loaded = load(task)
    parameters = loaded.set(assignments(settings))
    try:
        n_trials = play_at_console(loaded, output, seed=seed, parameters=parameters, participant=participant)
    except KeyboardInterrupt:
        kept = f"what was played is in {output}" if output.exists() else "nothing was played yet"
        print(f"twinbean: stopped; {kept}", file=sys.stderr)
        sys.exit(STOPPED)
    summarise(output, f"{n_trials} trials")


@commands.command()
def replay(
    task: TaskName,
    data: Data = None,
    *,
    model: Model,
    output: Annotated[Path, typer.Option("-o", "--output", help="The run folder.")],
    after: Annotated[int, typer.Option(min=0, help="The first N choices are the person's.")] = 0,
    samples: Annotated[int, typer.Option(min=1, help="Continuations of each person, or whole sessions.")] = 1,
    finished: Finished = False,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
    settings: Settings = None,
    seed: Seed = 0,
    temperature: Annotated[
        float, typer.Option(min=0, callback=finite, help="p is proportional to exp(logp / temperature).")
    ] = 1.0,
    free: Annotated[bool, typer.Option(help="Sample one token from the whole vocabulary.")] = False,
    lenient: Annotated[bool, typer.Option(help="Report contradictions in the record instead of refusing it.")] = False,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16 or float16.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...")] = None,
    four_bit: Annotated[bool | None, typer.Option("--four-bit/--no-four-bit", help="Load in 4-bit (NF4).")] = None,
    revision: Annotated[str | None, typer.Option(help="The model's revision.")] = None,
    engine: Annotated[str | None, typer.Option(help="transformers or unsloth.")] = None,
    adapter_dtype: Annotated[str | None, typer.Option(help="float32, or model: as the model's.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The address of an api: model.")] = None,
    endpoint: Annotated[str, typer.Option(help="chat or completions.")] = "chat",
    reading: Annotated[str, typer.Option(help="How a choice is read: text, structured, choice or logprobs.")] = "text",
    memory: Annotated[str, typer.Option(help="transcript, turns, summary or notes.")] = "transcript",
    framing: Annotated[str, typer.Option(help="neutral or suggestive.")] = "neutral",
    reasoning: Annotated[bool, typer.Option(help="Ask for step-by-step reasoning.")] = False,
    templates: Annotated[str, typer.Option(help="plain, buttons-notes or a folder of .j2 files.")] = "plain",
    shuffle_labels: Annotated[
        bool, typer.Option(help="List the labels in an order drawn for each participant.")
    ] = False,
    seed_compatible: Annotated[
        bool, typer.Option(help="Read the first tag of a reply, as the original script does.")
    ] = False,
    concurrency: Annotated[int, typer.Option(min=1, help="Maximum number of concurrent requests.")] = 64,
    timeout: Annotated[float, typer.Option(min=1, callback=finite, help="Seconds to wait for one reply.")] = 120.0,
    max_calls: Annotated[int | None, typer.Option(min=0, help="Maximum number of requests of the whole run.")] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="Maximum number of tokens of one chat reply.")] = 4096,
    effort: Annotated[str | None, typer.Option(help="How much a reasoning model should: low, medium, high.")] = None,
    prices: Annotated[Path | None, typer.Option(help="A TOML file of what tokens cost (docs/api-models.md).")] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, callback=finite, help="What the whole run may cost, by --prices.")
    ] = None,
    option: ModelSettings = None,
    dry_run: Annotated[bool, typer.Option(help="Only estimate the number of requests and tokens.")] = False,
    shard: Part = None,
    repair: Repair = False,
) -> None:
    """Play the task with a model: from the start, or from a chosen response of recorded people."""
    from twinbean.runs.replaying import dry_run as estimate_run
    from twinbean.runs.replaying import replay as replay_sessions
    from twinbean.runs.statuses import read_statuses
    from twinbean.subjects.registry import SubjectOptions
    from twinbean.tasks.task import load

    check_is_folder(output)
    loaded = load(task)
    people = read_people(data, finished=finished, exclude=exclude, exclude_file=exclude_file)
    options = SubjectOptions(
        temperature=temperature,
        free=free,
        dtype=dtype,
        device=device,
        four_bit=four_bit,
        revision=revision,
        engine=engine,
        adapter_dtype=adapter_dtype,
        base_url=base_url,
        endpoint=endpoint,
        reading=reading,
        memory=memory,
        framing=framing,
        reasoning=reasoning,
        templates=templates,
        shuffle_labels=shuffle_labels,
        seed_compatible=seed_compatible,
        concurrency=concurrency,
        timeout_s=timeout,
        max_calls=max_calls,
        max_tokens=max_tokens,
        effort=effort,
        prices=prices,
        max_cost=max_cost,
        more=model_settings(option),
    )
    parameters = loaded.set(assignments(settings)) if settings else None
    if dry_run:
        estimate = estimate_run(
            loaded, people, model=model, after=after, samples=samples, seed=seed, parameters=parameters, options=options
        )
        print(
            f"{estimate.n_calls} requests, about {estimate.prompt_tokens} prompt tokens and "
            f"{estimate.completion_tokens} completion tokens{_cost_of(estimate)}; nothing was sent"
        )
        return
    if repair:
        repair_run(output)
    with resumable(output), progress_bar("sessions") as progress:
        sessions = replay_sessions(
            loaded,
            people,
            model=model,
            run=output,
            after=after,
            samples=samples,
            seed=seed,
            parameters=parameters,
            options=options,
            lenient=lenient,
            shard=shard,
            on_progress=progress,
        )
    asked = sum(session.is_own(trial) for session in sessions for trial in session.trials)
    statuses = read_statuses(output)
    print(f"{output}: {len(sessions)} sessions, {asked} choices by {model}{statuses.summary}")
    if not statuses.usable:
        raise typer.Exit(1)


def _cost_of(estimate: DryRun) -> str:
    if estimate.price is None or estimate.cost is None:
        return ""
    return f", about {estimate.cost:.2g} {estimate.price.currency}"


@commands.command()
def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for everything it makes.")] = Path(
        "results/demo"
    ),
) -> None:
    """The whole loop, once: export, play in a browser, replay and score with a language model, compare."""
    from twinbean.cli.demo import run_demo

    print(f"Report: {run_demo(output)}")
