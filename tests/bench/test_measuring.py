import os
import time

import pytest

from tests.bench.blocks import Cost, Side, compare
from tests.bench.cpu import cpu_seconds
from tests.bench.result import Result


def side(costs: list[float]) -> Side:
    """A way to work whose blocks cost what the list says."""
    used = [0.0]

    def block(first: int, last: int) -> None:
        used[0] += costs.pop(0) * (last - first)

    return Side(block, lambda: (used[0], used[0] / 2))


def result(**changes) -> Result:
    return Result.of("x", 10, Cost(3.0, 1.0, 4.0, 5.0), Cost(0.5, 1.5, 2.0, 3.0), **changes)


def test_a_block_that_somebody_disturbed_does_not_change_the_result():
    cost = compare(
        {"real": side([9, 0.001, 0.001, 5, 0.001]), "bare": side([9, 0.002, 0.002, 0.002, 7])},
        operations=40, blocks=4, warm_up=1,
    )  # fmt: skip
    assert cost["real"].program_ms == pytest.approx(1)
    assert cost["real"].database_ms == pytest.approx(0.5)
    assert cost["real"].cpu_ms == pytest.approx(1.5)
    assert cost["bare"].cpu_ms == pytest.approx(3)


def test_the_cpu_of_a_process_grows_with_its_work_and_not_with_its_sleep():
    before = cpu_seconds(os.getpid())
    time.sleep(0.2)
    slept = cpu_seconds(os.getpid()) - before
    ends = time.process_time() + 0.2
    while time.process_time() < ends:
        pass
    assert cpu_seconds(os.getpid()) - before - slept > 0.15 > slept


def test_a_process_that_is_gone_has_used_nothing():
    assert cpu_seconds(2**22 + 1) == 0


@pytest.mark.parametrize(
    ("limits", "is_ok"),
    [
        ({}, True),
        ({"limit": 2.0}, True),
        ({"limit": 1.9}, False),
        ({"statements": 5, "statement_limit": 4}, False),
        ({"bytes": 200_000, "byte_limit": 200_000}, True),
        ({"bytes": 200_001, "byte_limit": 200_000}, False),
        ({"wall_limit_ms": 5.0}, True),
        ({"wall_limit_ms": 4.9}, False),
    ],
)
def test_a_row_is_in_order_when_it_keeps_every_limit_that_it_has(limits, is_ok):
    told = result(**limits).as_json()
    assert (told["ratio"], told["ok"]) == (2.0, is_ok)


def test_a_sum_takes_each_part_once():
    whole = Result.sum_of("all", [result(), result()], limit=1.5)
    assert (whole.cpu_ms, whole.bare_cpu_ms, whole.ratio, whole.is_ok) == (8, 4, 2, False)
