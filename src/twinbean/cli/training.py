"""A model of one's own, from people's choices."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from twinbean.cli.app import resumable
from twinbean.cli.arguments import (
    Exclude,
    ExcludeFile,
    Finished,
    Model,
    Seed,
    SomeData,
    check_is_folder,
    read_people,
)
from twinbean.cli.commands import commands
from twinbean.errors import TrainingError

if TYPE_CHECKING:
    from twinbean.training.card import Card
    from twinbean.training.corpus import Corpus
    from twinbean.training.loop import Watch

# Files of these names hold transcripts; everything else is data as other commands read it.
_TRANSCRIPTS = (".jsonl", ".jsonl.gz", ".zip")


@commands.command()
def train(
    data: SomeData,
    *,
    model: Model,
    output: Annotated[Path, typer.Option("-o", "--output", help="The model's folder.")],
    split: Annotated[str, typer.Option(help="Shares of people to train, validate and test on.")] = "70,10,20",
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Split people alike in each entry of this column.")
    ] = None,
    window: Annotated[Literal["block"] | None, typer.Option(help="block: every block is a text of its own.")] = None,
    labels: Annotated[str | None, typer.Option(help="Of transcripts: the legal labels, as A,B,C.")] = None,
    ablation: Annotated[
        Literal["instructions", "choices", "rewards", "labels"] | None,
        typer.Option(help="Train and test on texts that have lost this (docs/scoring.md)."),
    ] = None,
    source: Annotated[str, typer.Option(help="For the card: what the data are.")] = "",
    licence: Annotated[str, typer.Option(help="For the card: the licence of the data.")] = "",
    rank: Annotated[int, typer.Option(help="Of the adapter.")] = 8,
    alpha: Annotated[float, typer.Option(help="The adapter's weight.")] = 8.0,
    rank_stabilised: Annotated[bool, typer.Option(help="Divide alpha by the root of the rank, not the rank.")] = True,
    dropout: Annotated[float, typer.Option(help="Of the adapter.")] = 0.0,
    learning_rate: Annotated[
        float | None, typer.Option(help="Default: 0.001, above a billion parameters 0.00005.")
    ] = None,
    schedule: Annotated[Literal["cosine", "linear", "constant"], typer.Option(help="Of the learning rate.")] = "cosine",
    warmup: Annotated[int, typer.Option(help="Steps over which the learning rate rises.")] = 4,
    clip: Annotated[float, typer.Option(help="The longest gradient.")] = 1.0,
    weight_decay: Annotated[float, typer.Option(help="Of the adapter.")] = 0.0,
    epochs: Annotated[int, typer.Option(help="How often everybody is read.")] = 1,
    batch: Annotated[int, typer.Option(help="Texts in a step.")] = 8,
    batch_tokens: Annotated[int, typer.Option(help="Tokens of a step that are in memory at once.")] = 4096,
    validations: Annotated[int, typer.Option(help="How often in an epoch the validation people are scored.")] = 1,
    patience: Annotated[int, typer.Option(help="Stop after so many validations without a better one.")] = 3,
    checkpointing: Annotated[
        bool, typer.Option("--checkpointing", help="Compute activations twice instead of keeping them.")
    ] = False,
    mixed: Annotated[bool, typer.Option("--mixed", help="Multiply in bfloat16 what is kept in float32.")] = False,
    minutes: Annotated[float | None, typer.Option(help="End after so long with what is trained by then.")] = None,
    seed: Seed = 0,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16 or float16.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...")] = None,
    four_bit: Annotated[bool | None, typer.Option("--four-bit/--no-four-bit", help="Load in 4-bit (NF4).")] = None,
    revision: Annotated[str | None, typer.Option(help="The model's revision.")] = None,
    finished: Finished = False,
    exclude: Exclude = None,
    exclude_file: ExcludeFile = None,
) -> None:
    """Fine-tune a language model on people's choices. DATA may also be transcripts (Psych-101 files)."""
    check_is_folder(output)
    from twinbean.subjects.local.explaining import need

    need("torch", "transformers", "peft", extra="local")
    from twinbean.training.settings import Settings
    from twinbean.training.training import train as train_model

    settings = Settings(
        rank=rank,
        alpha=alpha,
        rank_stabilised=rank_stabilised,
        dropout=dropout,
        learning_rate=learning_rate,
        schedule=schedule,
        warmup=warmup,
        clip=clip,
        weight_decay=weight_decay,
        epochs=epochs,
        batch=batch,
        batch_tokens=batch_tokens,
        validations=validations,
        patience=patience,
        checkpointing=checkpointing,
        mixed=mixed,
        seed=seed,
    )
    shares = _shares(split)
    corpus = _read(
        data,
        labels=labels,
        of_corpus={"ablation": ablation, "seed": seed},
        finished=finished,
        exclude=exclude,
        exclude_file=exclude_file,
    )
    with resumable(output, made="card.json"), _progress() as progress:
        card = train_model(
            corpus,
            model=model,
            folder=output,
            settings=settings,
            split=shares,
            group=group,
            window=window,
            data=source,
            licence=licence,
            on_progress=progress,
            minutes=minutes,
            dtype=dtype,
            device=device,
            four_bit=four_bit,
            revision=revision,
        )
    print(f"{output}: {summary(card)}")


def _shares(text: str) -> list[float]:
    try:
        return [float(share) for share in text.split(",")]
    except ValueError:
        raise TrainingError(f"--split is {text!r}, expected three shares, as 70,10,20") from None


def _read(data: list[Path], *, labels: str | None, of_corpus: dict[str, Any], **which: Any) -> Corpus:
    from twinbean.sessions.psych101 import read_transcripts
    from twinbean.training.corpus import Corpus

    files = [path for path in data if str(path).endswith(_TRANSCRIPTS)]
    names = labels.split(",") if labels else None
    transcripts = [one for path in files for one in read_transcripts(path, labels=names)]
    sessions = read_people([path for path in data if path not in files], **which)
    return Corpus(sessions=sessions, transcripts=transcripts, **of_corpus)


def summary(card: Card) -> str:
    """Who was learned from and predicted, and how well."""
    people = ", ".join(f"{n} {side}" for side, n in card.n_people.items())
    if not card.test:
        return f"{people} people"
    trained, base = (card.test[name]["nll_legal"] for name in ("trained", "base"))
    return f"{people} people; of test people, mean NLL over legal labels {trained:.4f} nats (base {base:.4f})"


@contextmanager
def _progress() -> Iterator[Watch]:
    """Steps, loss, tokens a second and time left on stderr; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    fields = [TextColumn(f"{{task.fields[{name}]}}") for name in ("steps", "loss", "pace")]
    columns = (TextColumn("steps"), BarColumn(), *fields, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("steps", total=None, steps="", loss="", pace="")
        started = time.monotonic()

        def update(step: int, n_steps: int, *, tokens: int, loss: float | None) -> None:
            bar.update(
                task,
                completed=step,
                total=n_steps,
                steps=f"{step}/{n_steps}",
                loss="" if loss is None else f"loss {loss:.4f}",
                pace=f"{tokens / max(time.monotonic() - started, 1e-3):.0f} tokens/s",
            )

        yield update
