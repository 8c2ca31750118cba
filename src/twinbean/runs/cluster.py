"""A run in shards on a cluster, by submitit: every shard a job, failed ones again, then all of them merged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinbean._extras import how_to_install
from twinbean.errors import RunError
from twinbean.runs.merging import is_complete, merge

PLACES = ("slurm", "local")


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where jobs run: `on` is "slurm", or "local" for processes of this machine, `at_once` of them at a time.

    `options` are those of submitit's executor (`timeout_min`, `gpus_per_node`, `slurm_partition`, ...).
    """

    on: str
    at_once: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def submit(
    command: Sequence[str],
    run: str | Path,
    *,
    shards: int,
    cluster: Cluster,
    retries: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Run `twinbean` with `command` in so many shards, and merge them into the folder `run`; the number of sessions.

    The shards are beside `run`, in a folder of its name and `.shards`. Those that are complete already are left alone,
    those that fail are started again up to `retries` times, which goes on where they stopped; so a second call does
    what the first has left. Raises RunError that names the shards which fail all the same, and where their logs are.
    """
    folder = Path(run).with_name(f"{Path(run).name}.shards")
    commands = {
        folder / str(number): [*command, "--shard", f"{number}/{shards}", "-o", str(folder / str(number))]
        for number in range(1, shards + 1)
    }
    reasons: dict[Path, str] = {}
    for _ in range(1 + retries):
        left = [place for place in commands if not is_complete(place)]
        on_progress(shards - len(left), shards)
        if not left:
            break
        reasons = dict(zip(left, _run_all([commands[place] for place in left], folder, cluster), strict=True))
    failed = [place for place in commands if not is_complete(place)]
    if failed:
        first = failed[0]
        raise RunError(
            f"{len(failed)} of {shards} shards are not complete: {', '.join(place.name for place in failed)} "
            f"({reasons.get(first) or 'it said nothing'}); their logs are in {folder / 'logs'}, and the same command "
            f"goes on with them"
        )
    return merge(list(commands), run)


def run_shard(command: Sequence[str]) -> str:
    """Run `twinbean` with `command` in a process of its own: why it failed, empty where it did not."""
    done = subprocess.run(
        [sys.executable, "-c", "from twinbean.cli import main; main()", *command],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    # Into the job's log.
    print(done.stdout, done.stderr, sep="", end="", flush=True)
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return "" if not done.returncode else (said or [f"status {done.returncode}"])[-1]


def _run_all(commands: Sequence[Sequence[str]], folder: Path, cluster: Cluster) -> list[str]:
    """Why each command failed, empty for those that did not."""
    executor = _executor(folder, cluster)
    if cluster.on == "local":
        at_once, waiting, reasons = cluster.at_once or os.cpu_count() or 1, list(commands), list[str]()
        while waiting:
            jobs = [executor.submit(run_shard, command) for command in waiting[:at_once]]
            reasons += [_reason(job) for job in jobs]
            del waiting[:at_once]
        return reasons
    return [_reason(job) for job in executor.map_array(run_shard, commands)]


def _executor(folder: Path, cluster: Cluster) -> Any:
    if cluster.on not in PLACES:
        raise RunError(f"there is no cluster {cluster.on!r}: expected {' or '.join(PLACES)}")
    try:
        import submitit
    except ModuleNotFoundError:
        raise RunError(f"this needs submitit: {how_to_install('cluster')}") from None
    try:
        executor = submitit.AutoExecutor(folder=folder / "logs", cluster=cluster.on)
        options = dict(cluster.options)
        if cluster.on == "slurm" and cluster.at_once:
            options["slurm_array_parallelism"] = cluster.at_once
        executor.update_parameters(name="twinbean", **options)
    except (RuntimeError, NameError, TypeError) as error:
        raise RunError(f"submitit cannot submit to {cluster.on}: {str(error).partition(chr(10))[0]}") from None
    return executor


def _reason(job: Any) -> str:
    """Waits for `job`."""
    error = job.exception()
    if error is not None:
        return (
            f"job {job.job_id}: {str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__}"
        )
    reason: str = job.result()
    return reason
