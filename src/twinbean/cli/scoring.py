"""How likely a model finds each recorded choice."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twinbean.cli.app import resumable
from twinbean.cli.arguments import (
    Exclude,
    ExcludeFile,
    Finished,
    Model,
    ModelSettings,
    Part,
    Repair,
    Seed,
    Settings,
    SomeData,
    TaskName,
    assignments,
    check_is_folder,
    model_settings,
    progress_bar,
    read_people,
    repair_run,
    window_of,
)
from twinbean.cli.commands import commands
from twinbean.errors import DataError, SubjectError

if TYPE_CHECKING:
    from twinbean.sessions import Session


@commands.command()
def score(
    task: TaskName,
    data: SomeData,
    *,
    model: Model,
    output: Annotated[Path, typer.Option("-o", "--output", help="The run folder.")],
    window: Annotated[
        str | None,
        typer.Option(help="Show only the last N trials, the choice's own block (block), or what fits (first)."),
    ] = None,
    labels: Annotated[str | None, typer.Option(help="With TASK transcripts: the legal labels, as A,B,C.")] = None,
    ablate: Annotated[
        bool,
        typer.Option(
            "--ablate",
            help="Score again without the instructions, with the choices only, with payoffs permuted and with labels "
            "permuted, each in a folder beside the run.",
        ),
    ] = False,
    settings: Settings = None,
    seed: Seed = 0,
    lenient: Annotated[bool, typer.Option(help="Report contradictions in the record instead of refusing it.")] = False,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16 or float16.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...")] = None,
    four_bit: Annotated[bool | None, typer.Option("--four-bit/--no-four-bit", help="Load in 4-bit (NF4).")] = None,
    revision: Annotated[str | None, typer.Option(help="The model's revision.")] = None,
    engine: Annotated[str | None, typer.Option(help="transformers or unsloth.")] = None,
    adapter_dtype: Annotated[str | None, typer.Option(help="float32, or model: as the model's.")] = None,
    finished: Finished = False,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
    base_url: Annotated[str | None, typer.Option(help="The endpoint of an api: model.")] = None,
    option: ModelSettings = None,
    shard: Part = None,
    repair: Repair = False,
) -> None:
    """Say how likely a model finds each recorded choice; TASK may be `recorded`, or `transcripts` (Psych-101 files)."""
    from twinbean.runs.scoring import score as score_sessions
    from twinbean.runs.scoring import score_texts
    from twinbean.runs.statuses import read_statuses
    from twinbean.scoring.ablations import ABLATIONS
    from twinbean.sessions.psych101 import read_transcripts
    from twinbean.subjects.registry import SubjectOptions, is_language_model, open_scorer
    from twinbean.tasks.task import load

    check_is_folder(output)
    options = SubjectOptions(
        dtype=dtype,
        device=device,
        four_bit=four_bit,
        revision=revision,
        engine=engine,
        adapter_dtype=adapter_dtype,
        base_url=base_url,
        more=model_settings(option),
    )
    shown = window_of(window)
    score_one: Callable[..., Sequence[Session]]
    if task == "transcripts":
        if exclude or exclude_file:
            raise DataError("--exclude asks for what is known of people, which transcripts do not say")
        names = labels.split(",") if labels else None
        texts = [text for path in data for text in read_transcripts(path, labels=names)]
        score_one = partial(score_texts, texts, seed=seed, window=shown, shard=shard)
    else:
        loaded = load(task)
        parameters = loaded.set(assignments(settings)) if settings else None
        score_one = partial(
            score_sessions,
            loaded,
            read_people(data, finished=finished, exclude=exclude, exclude_file=exclude_file),
            seed=seed,
            parameters=parameters,
            window=shown,
            lenient=lenient,
            shard=shard,
        )
    if ablate and not is_language_model(model):
        raise SubjectError(f"{model} reads no text, so --ablate would change nothing")
    # Loaded once for the run and its ablations.
    scorer = open_scorer(model, replace(options, calls_file=output / "calls.jsonl")) if ablate else model

    def score_into(run: Path, ablation: str | None) -> bool:
        if repair and (run / "run.json").exists():
            repair_run(run)
        with resumable(run), progress_bar("sessions") as progress:
            sessions = score_one(model=scorer, run=run, options=options, ablation=ablation, on_progress=progress)
        statuses = read_statuses(run)
        print(f"{run}: {summary(sessions)}{statuses.summary}")
        return statuses.usable

    usable = score_into(output, None)
    for ablation in ABLATIONS if ablate else ():
        beside = output.with_name(f"{output.name}-{ablation}")
        try:
            score_into(beside, ablation)
        except DataError as error:
            print(f"twinbean: {beside} is left out: {error}", file=sys.stderr)
    if not usable:
        raise typer.Exit(1)


def summary(sessions: Sequence[Session]) -> str:
    """How well the choices were predicted, beside a guess among the labels on offer."""
    scored = [trial for session in sessions for trial in session.main_trials if trial.logp_legal is not None]
    n = max(len(scored), 1)
    nll = -sum(trial.logp_legal or 0.0 for trial in scored) / n
    chance = sum(math.log(len(trial.offered) or len(trial.labels)) for trial in scored) / n
    counts = f"{len(sessions)} sessions, {len(scored)} choices"
    return f"{counts}, mean NLL over legal labels {nll:.4f} nats (chance {chance:.4f})"
