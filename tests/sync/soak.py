"""`python -m tests.sync.soak --steps N [--seed S]`: millions of simulated steps on all cores.

Ends with exit 1 and the seed at the first violation; `--seed S --steps 120` plays that one again.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from rich.progress import Progress

from tests.sync.invariants import Violation
from tests.sync.rest import run

STEPS, RUNS_AT_ONCE = 120, 50


def play(first: int) -> tuple[int, int | None, str]:
    """Play some runs; gives how many, and the seed and words of a violation."""
    for seed in range(first, first + RUNS_AT_ONCE):
        try:
            run(seed, STEPS)
        except Violation as violation:
            return seed - first, seed, str(violation)
    return RUNS_AT_ONCE, None, ""


def blocks(first: int, steps: int) -> Iterator[int]:
    """Give the first seeds of blocks that add up to the steps."""
    yield from range(first, first + max(1, steps // STEPS), RUNS_AT_ONCE)


def main() -> int:
    """Play until the steps are done or something breaks."""
    parser = argparse.ArgumentParser(prog="python -m tests.sync.soak", description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1_000_000)
    arguments = parser.parse_args()
    todo = list(blocks(arguments.seed, arguments.steps))
    started, done = time.monotonic(), 0
    with ProcessPoolExecutor(os.cpu_count()) as pool, Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("benzetim", total=len(todo) * RUNS_AT_ONCE * STEPS)
        for runs, seed, words in pool.map(play, todo):
            done += runs * STEPS
            progress.update(task, completed=done)
            if seed is not None:
                sys.stdout.write(f"seed {seed}: {words}\n")
                pool.shutdown(wait=False, cancel_futures=True)
                return 1
    seconds = time.monotonic() - started
    last = todo[-1] + RUNS_AT_ONCE - 1
    sys.stdout.write(f"{done:,} steps, seeds {arguments.seed}-{last}, 0 violations, {seconds:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
