"""`twinbean fit --bayes`: the hierarchy over everybody, and what may be said of it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean._extras import how_to_install
from twinbean.cli.arguments import check_is_folder
from twinbean.errors import TwinbeanError

if TYPE_CHECKING:
    from twinbean.inference.hierarchical import Bayes, OnStep

_NEEDED = ("jax", "numpyro", "arviz")


def fit_bayes(
    sessions: Sequence[Any],
    folder: Path,
    *,
    models: Sequence[str] | None,
    groups: Mapping[tuple[str, str], str] | None,
    draws: int,
    seed: int,
    stage: int | None,
) -> None:
    """Fit, write the tables, and print what follows from them."""
    for name in _NEEDED:
        if importlib.util.find_spec(name) is None:
            raise TwinbeanError(f"--bayes needs {name}: {how_to_install('bayes')}")
    check_is_folder(folder)
    from twinbean.inference.hierarchical import bayes
    from twinbean.inference.sampling import Sampling

    with _progress() as on_step:
        found = bayes(
            sessions,
            models=models,
            groups=groups,
            sampling=Sampling(draws=draws),
            seed=seed,
            stage=stage,
            folder=folder,
            on_step=on_step,
        )
    found.write(folder)
    for line in conclusions(found):
        print(line)


def conclusions(found: Bayes) -> Iterator[str]:
    """A sentence a model, and one for each difference between groups; of a model without convergence, why there is
    none."""
    is_compared = "behind" in found.models and found.models["behind"].notna().any()
    for row in found.models.to_dict("records"):
        if row["problem"]:
            yield f"{row['model']}: nothing is concluded, since {row['problem']}"
            continue
        elpd = row.get("elpd")
        if elpd is not None and elpd == elpd:
            behind = row.get("behind")
            is_behind = behind is not None and behind == behind
            place = ""
            if is_behind:
                place = f", {behind:.1f} nats behind the highest (standard error {row['behind_se']:.1f})"
            elif is_compared:
                place = ", the highest"
            again = f", {row['k_high']:.0f} of them fitted without" if row["k_high"] else ""
            yield f"{row['model']}: ln p of people left out is {elpd:.1f}{place} ({row['people']} people{again})"
        else:
            yield f"{row['model']}: {row['people']} people, r-hat {row['rhat']:.3f}"
    for row in found.differences.to_dict("records"):
        yield (
            f"{row['model']}, {row['parameter']}: {row['group']} is {row['in_sd']:+.2f} standard deviations of "
            f"{row['reference']} away ({row['in_sd_low']:+.2f} to {row['in_sd_high']:+.2f})"
        )


@contextmanager
def _progress() -> Iterator[OnStep]:
    """Draws and people left out, on stderr; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        tasks: dict[tuple[str, str], Any] = {}

        def update(model: str, what: str, done: int, total: int) -> None:
            if (model, what) not in tasks:
                tasks[model, what] = bar.add_task(f"{model}, {what}")
            bar.update(tasks[model, what], completed=done, total=total)

        yield update
