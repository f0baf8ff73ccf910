"""Both sides in turns: a block here, a block there, so that a noisy machine disturbs them alike."""

import statistics
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from itertools import pairwise

Block = Callable[[int, int], None]
"""Does operations number first … last-1."""


@dataclass(frozen=True)
class Side:
    """One way to do the same work, and the CPU seconds it has used so far: of the program, of the database."""

    block: Block
    cpu: Callable[[], tuple[float, float]]


@dataclass(frozen=True)
class Cost:
    """Milliseconds for each operation: medians over the blocks."""

    program_ms: float
    database_ms: float
    cpu_ms: float
    wall_ms: float


def compare(sides: dict[str, Side], *, operations: int, blocks: int = 8, warm_up: int = 20) -> dict[str, Cost]:
    """Let all sides do the same number of operations in turns; gives each side's cost of one."""
    size = max(1, operations // blocks)
    edges = [0, warm_up, *(warm_up + size * (number + 1) for number in range(blocks))]
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for number, (first, last) in enumerate(pairwise(edges)):
        order = list(sides.items())
        for name, side in order if number % 2 else reversed(order):
            cost = _one_block(side, first, last)
            if number:
                costs[name].append(cost)
    return {name: _median(costs[name]) for name in sides}


def _one_block(side: Side, first: int, last: int) -> Cost:
    each = 1000 / (last - first)
    before, started = side.cpu(), time.perf_counter()
    side.block(first, last)
    ended, after = time.perf_counter(), side.cpu()
    program, database = ((now - then) * each for now, then in zip(after, before, strict=True))
    return Cost(program, database, program + database, (ended - started) * each)


def _median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*map(astuple, costs), strict=True)))
