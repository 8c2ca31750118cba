"""How likely a model finds each recorded choice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twinbean.cli.app import app
from twinbean.cli.arguments import (
    Model,
    Seed,
    Settings,
    TaskName,
    assignments,
    progress_bar,
    window_of,
)


@app.command()
def score(
    task: TaskName,
    data: Annotated[list[Path], typer.Argument(metavar="DATA...")],
    *,
    model: Model,
    output: Annotated[Path, typer.Option("-o", "--output", help="The run folder.")],
    window: Annotated[
        str | None,
        typer.Option(help="Show only the last N trials, the choice's own block (block), or what fits (first)."),
    ] = None,
    labels: Annotated[str | None, typer.Option(help="With TASK transcripts: the legal labels, as A,B,C.")] = None,
    settings: Settings = None,
    seed: Seed = 0,
    lenient: Annotated[bool, typer.Option(help="Note contradictions in the record instead of refusing it.")] = False,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16 or float16.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...")] = None,
    four_bit: Annotated[bool | None, typer.Option("--four-bit/--no-four-bit", help="Load in 4-bit (NF4).")] = None,
    revision: Annotated[str | None, typer.Option(help="The model's revision.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The endpoint of an api: model.")] = None,
) -> None:
    """Say how likely a model finds each recorded choice; TASK may be `recorded`, or `transcripts` (Psych-101 files)."""
    from twinbean.records import read
    from twinbean.records.psych101 import read_transcripts
    from twinbean.scored import score as score_sessions
    from twinbean.scored import score_texts
    from twinbean.subjects.catalogue import SubjectOptions
    from twinbean.tasks import load

    options = SubjectOptions(dtype=dtype, device=device, four_bit=four_bit, revision=revision, base_url=base_url)
    with progress_bar("sessions") as progress:
        if task == "transcripts":
            names = labels.split(",") if labels else None
            texts = [text for path in data for text in read_transcripts(path, labels=names)]
            sessions = score_texts(
                texts, model=model, run=output, options=options, window=window_of(window), on_progress=progress
            )
        else:
            loaded = load(task)
            sessions = score_sessions(
                loaded,
                read(data),
                model=model,
                run=output,
                seed=seed,
                parameters=loaded.set(assignments(settings)) if settings else None,
                options=options,
                window=window_of(window),
                lenient=lenient,
                on_progress=progress,
            )
    choices = [trial for session in sessions for trial in session.trials if trial.logp_legal is not None]
    nll = -sum(trial.logp_legal or 0.0 for trial in choices) / max(len(choices), 1)
    print(f"{output}: {len(sessions)} sessions, {len(choices)} choices, mean NLL over legal labels {nll:.4f} nats")
