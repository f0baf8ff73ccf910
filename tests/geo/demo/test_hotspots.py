import time

import numpy as np
import pytest
import shapely

from geo.demo.concentration import OPEN_311, Concentration
from geo.demo.features import Town
from geo.demo.hotspots import CELL_LEVEL, sample_points
from geo.demo.outline import outline_from_file
from geo.demo.town import generate_town
from geo.grid_bulk import cell_numbers
from geo.local_frame import LocalFrame
from tests.geo.demo.given import NEIGHBOURHOODS


def shares_of_densest(points, parts):
    cells = cell_numbers(points.lons, points.lats, CELL_LEVEL)
    held = np.sort(np.unique(cells, axis=0, return_counts=True)[1])[::-1]
    total = np.concatenate([[0], np.cumsum(held)]) / held.sum()
    return np.interp(np.array(parts) * len(held), np.arange(len(held) + 1), total)


def test_reports_crowd_as_the_published_ones_do(town):
    points = sample_points(town, 200_000, np.random.default_rng(1))
    parts = [part for part, _ in OPEN_311.shares]
    assert shares_of_densest(points, parts) == pytest.approx([share for _, share in OPEN_311.shares], abs=0.025)


def test_another_concentration_can_be_asked_for(town):
    even = Concentration(shares=((0.1, 0.12),), source="made up for a test")
    points = sample_points(town, 200_000, np.random.default_rng(1), even)
    assert shares_of_densest(points, [0.1]) == pytest.approx([0.12], abs=0.03)


def test_every_point_lies_inside_the_outline_and_beside_its_street(town):
    points = sample_points(town, 20_000, np.random.default_rng(2))
    assert shapely.contains_xy(town.outline, points.lons, points.lats).all()
    frame = LocalFrame.around(town.outline)
    flat = np.array([frame.shape_to_metres(street.line) for street in town.streets])
    places = shapely.points(frame.to_metres(np.column_stack([points.lons, points.lats])))
    assert shapely.distance(places, flat[points.streets]).max() < 15


def test_the_crowded_cells_stay_the_same_for_every_draw(town):
    def fullest(seed):
        points = sample_points(town, 100_000, np.random.default_rng(seed))
        cells, held = np.unique(cell_numbers(points.lons, points.lats, CELL_LEVEL), axis=0, return_counts=True)
        return {tuple(cell) for cell in cells[np.argsort(-held)[:5]].tolist()}

    assert len(fullest(1) & fullest(2)) >= 4


def test_one_rng_seed_gives_the_same_points_and_another_others(town):
    one, same, other = (sample_points(town, 1_000, np.random.default_rng(seed)) for seed in (7, 7, 8))
    assert one.lons.tobytes() + one.lats.tobytes() == same.lons.tobytes() + same.lats.tobytes()
    assert one.lons.tobytes() != other.lons.tobytes()


def test_no_points_may_be_asked_for_but_not_fewer(town):
    assert len(sample_points(town, 0, np.random.default_rng(1)).lons) == 0
    with pytest.raises(ValueError, match="negative"):
        sample_points(town, -1, np.random.default_rng(1))


def test_a_town_without_streets_has_no_places_of_reports(town):
    bare = Town(town.outline, town.neighbourhoods, (), (), town.seed)
    with pytest.raises(ValueError, match="without streets"):
        sample_points(bare, 1, np.random.default_rng(1))


@pytest.mark.slow
def test_a_million_points_take_less_than_twenty_seconds(town):
    start = time.process_time()
    points = sample_points(town, 1_000_000, np.random.default_rng(1))
    assert time.process_time() - start < 20
    assert points.lons.shape == points.lats.shape == points.streets.shape == (1_000_000,)


def test_points_in_a_town_of_many_islands_stay_on_land(districts):
    town = generate_town(outline_from_file(districts, "Adalar"), NEIGHBOURHOODS, seed=2)
    points = sample_points(town, 50_000, np.random.default_rng(1))
    assert shapely.contains_xy(town.outline, points.lons, points.lats).all()


@pytest.mark.parametrize("cells", [1, 3, 40, 7_466])
def test_shares_of_cells_sum_to_one_and_fall(cells):
    shares = OPEN_311.cell_shares(cells)
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares) <= 1e-12).all()


def test_shares_of_cells_meet_the_published_numbers():
    total = np.cumsum(OPEN_311.cell_shares(10_000))
    for part, share in OPEN_311.shares:
        assert total[round(part * 10_000) - 1] == pytest.approx(share)


def test_inside_the_densest_part_reports_crowd_on():
    shares = OPEN_311.cell_shares(10_000)
    assert shares[:10].sum() == pytest.approx(0.319 * 0.25, rel=0.01)
    assert shares[0] < 0.03


@pytest.mark.parametrize("shares", [((0.1, 0.5), (0.1, 0.6)), ((0.2, 0.1),), ((0.5, 1.2),), ((0.1, 0.2), (0.2, 0.5))])
def test_a_concentration_that_is_none_is_refused(shares):
    with pytest.raises(ValueError, match="ever more slowly"):
        Concentration(shares=shares, source="made up for a test")
