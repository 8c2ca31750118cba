"""Cognitive models: fitted to data, and tried on data of their own making."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from twinbean.cli.app import app
from twinbean.cli.arguments import check_folder


@app.command()
def fit(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .csv file, a row for each participant and model.")],
    models: Annotated[
        str | None, typer.Option(help="Models, as A,B; all by default (docs/cognitive-models.md describes them).")
    ] = None,
    method: Annotated[
        Literal["ml", "map"], typer.Option(help="Maximum likelihood, or maximum a posteriori with weak priors.")
    ] = "ml",
) -> None:
    """Fit cognitive models to each participant, people and language models alike."""
    from twinbean.fitting import fit as fit_sessions
    from twinbean.records import read
    from twinbean.runs import write_text

    check_folder(output)
    table = fit_sessions(read(data), models=None if models is None else models.split(","), method=method)
    write_text(output, table.to_csv(index=False))
    scale = table.attrs
    print(
        f"{output}: {table['model'].nunique()} models, {table[['source', 'participant']].drop_duplicates().shape[0]} "
        f"participants, {method}; a reward of 1 is {scale['reward_unit']:g} of payoff from {scale['reward_zero']:g}"
    )
