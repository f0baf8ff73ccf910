"""Both sides in turns: a block here, a block there, so that a noisy machine disturbs them alike."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

Block = Callable[[int, int], None]
"""Does operations number first … last-1."""


@dataclass(frozen=True)
class Side:
    """One way to do the same work, and how much CPU it has used so far (seconds)."""

    block: Block
    cpu: Callable[[], float]


@dataclass(frozen=True)
class Cost:
    """Milliseconds for each operation: the median over the blocks."""

    cpu_ms: float
    wall_ms: float


def compare(sides: dict[str, Side], *, operations: int, blocks: int = 8, warm_up: int = 20) -> dict[str, Cost]:
    """Let all sides do the same number of operations in turns; gives each side's cost of one."""
    size = max(1, operations // blocks)
    edges = [0, warm_up, *(warm_up + size * (number + 1) for number in range(blocks))]
    cpu: dict[str, list[float]] = {name: [] for name in sides}
    wall: dict[str, list[float]] = {name: [] for name in sides}
    for number, (first, last) in enumerate(pairwise(edges)):
        order = list(sides.items())
        for name, side in order if number % 2 else reversed(order):
            before, started = side.cpu(), time.perf_counter()
            side.block(first, last)
            ended, after = time.perf_counter(), side.cpu()
            if number:
                cpu[name].append((after - before) / (last - first) * 1000)
                wall[name].append((ended - started) / (last - first) * 1000)
    return {name: Cost(statistics.median(cpu[name]), statistics.median(wall[name])) for name in sides}


def total(operations: int, blocks: int = 8, warm_up: int = 20) -> int:
    """Give how many operations `compare` runs on each side."""
    return warm_up + max(1, operations // blocks) * blocks
