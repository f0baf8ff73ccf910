import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.demo.power_cells import PowerCells


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_the_sides_of_the_cells_are_where_the_owner_changes(seed, count):
    rng = np.random.default_rng(seed)
    cells = PowerCells(rng.uniform(0, 100, (count, 2)), rng.uniform(0, 200, count))
    for edge in cells.edges(1_000):
        middle = (edge.start + edge.end) / 2
        across = cells.seeds[edge.other] - cells.seeds[edge.one]
        step = 1e-6 * across / np.hypot(*across)
        if np.hypot(*(edge.end - edge.start)) > 1e-3:
            assert cells.owners(np.array([middle - step, middle + step])).tolist() == [edge.one, edge.other]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_nobody_changes_owner_without_crossing_a_side(seed, count):
    rng = np.random.default_rng(seed)
    cells = PowerCells(rng.uniform(0, 100, (count, 2)), rng.uniform(0, 200, count))
    starts, ends = rng.uniform(-50, 150, (2, 400, 2))
    ways = shapely.linestrings(np.stack([starts, ends], axis=1))
    sides = shapely.multilinestrings([shapely.LineString([edge.start, edge.end]) for edge in cells.edges(50_000)])
    crosses = shapely.dwithin(ways, sides, 1e-6)
    assert ((cells.owners(starts) == cells.owners(ends)) | crosses).all()


def test_settled_cells_hold_their_shares():
    rng = np.random.default_rng(2)
    places = rng.uniform(0, 1_000, (20_000, 2))
    shares = np.array([0.02, 0.08, 0.1, 0.2, 0.25, 0.35])
    cells = PowerCells.settled(places, 1e6, shares, places[:6])
    held = np.bincount(cells.owners(places), minlength=6) / len(places)
    assert held == pytest.approx(shares, rel=0.15)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 15))
def test_no_cell_is_left_without_a_place_however_the_land_is_cut_up(seed, count):
    rng = np.random.default_rng(seed)
    islands = rng.uniform(0, 20_000, (6, 1, 2)) + rng.normal(0, 1, (6, 300, 2)) * rng.uniform(50, 2_000, (6, 1, 1))
    places = islands.reshape(-1, 2)
    wanted = rng.uniform(0.1, 1, count) ** 2
    cells = PowerCells.settled(places, 1e8, wanted / wanted.sum(), places[rng.permutation(len(places))[:count]])
    assert set(cells.owners(places).tolist()) == set(range(count))
