from collections import Counter
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.demo.features import NeighbourhoodSeed
from geo.demo.outline import outline_from_file, synthetic_outline
from geo.demo.street_names import ARTERY_NAMES, PARK_NAMES, STREET_NAMES
from geo.demo.town import generate_town
from geo.local_frame import LocalFrame
from tests.geo.demo.given import NEIGHBOURHOODS

# Two roundings to 1e-7 degrees.
ROUNDED = 3e-7


def as_bytes(town):
    parts = [(town.outline, "", "")]
    parts += [(one.shape, one.id, one.name) for one in town.neighbourhoods + town.places]
    parts += [(street.line, street.id, f"{street.name} {street.kind}") for street in town.streets]
    return b"".join(shape.wkb + f"{number} {name}".encode() for shape, number, name in parts)


def assert_tiled(town, outline):
    shapes = np.array([neighbourhood.shape for neighbourhood in town.neighbourhoods])
    assert all(shape.geom_type in {"Polygon", "MultiPolygon"} and shape.is_valid for shape in shapes)
    assert shapely.coverage_is_valid(shapes)
    assert sum(shape.area for shape in shapes) == pytest.approx(town.outline.area, rel=1e-9)
    assert town.outline.symmetric_difference(outline).area < outline.length * ROUNDED


def test_each_neighbourhood_is_drawn_once_in_the_given_order(town):
    drawn = [NeighbourhoodSeed(one.id, one.name, one.population) for one in town.neighbourhoods]
    assert drawn == NEIGHBOURHOODS


def test_neighbourhoods_tile_the_outline_without_gap_or_overlap(town):
    assert_tiled(town, synthetic_outline(32.85, 39.92, 14, seed=5))
    for one, other in combinations(town.neighbourhoods, 2):
        assert one.shape.intersection(other.shape).area == 0


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(0.3, 900),
    st.lists(st.integers(0, 60_000), min_size=1, max_size=14),
)
def test_towns_of_all_sizes_are_tiled_and_have_streets_inside(seed, area_km2, populations):
    outline = synthetic_outline(35, 39, area_km2, seed)
    seeds = [NeighbourhoodSeed(row, f"M{row}", population) for row, population in enumerate(populations)]
    town = generate_town(outline, seeds, seed=seed)
    assert_tiled(town, outline)
    assert town.streets
    assert shapely.covers(town.outline.buffer(ROUNDED), [street.line for street in town.streets]).all()


def test_density_is_that_of_towns(town):
    frame = LocalFrame.around(town.outline)
    per_km2 = [
        one.population / frame.shape_to_metres(one.shape).area * 1e6 for one in town.neighbourhoods if one.population
    ]
    assert min(per_km2) > 500
    assert max(per_km2) < 60_000
    assert max(per_km2) < 20 * min(per_km2)


def test_streets_lie_in_their_neighbourhood_and_are_plain_lines(town):
    homes = {one.id: one.shape.buffer(ROUNDED) for one in town.neighbourhoods}
    for street in town.streets:
        assert street.line.geom_type == "LineString"
        assert street.line.is_simple
        assert homes[street.neighbourhood_id].covers(street.line)


def test_streets_are_neither_crumbs_nor_endless(town):
    frame = LocalFrame.around(town.outline)
    metres = [frame.shape_to_metres(street.line).length for street in town.streets if street.kind == "street"]
    assert min(metres) >= 44
    assert 100 < np.median(metres) < 600


def test_a_street_name_comes_once_in_a_neighbourhood(town):
    names = Counter((street.neighbourhood_id, street.name) for street in town.streets if street.kind == "street")
    assert set(names.values()) == {1}


def test_arteries_and_streets_are_told_apart_by_their_names(town):
    assert {street.kind for street in town.streets} == {"artery", "street"}
    for street in town.streets:
        assert street.name.endswith("Sokak") == (street.kind == "street")
    assert sum(street.kind == "artery" for street in town.streets) < len(town.streets) / 4


def test_every_neighbourhood_can_be_reached_by_an_artery(town):
    assert {street.neighbourhood_id for street in town.streets if street.kind == "artery"} == {
        one.id for one in town.neighbourhoods
    }


def test_parks_are_polygons_that_no_street_crosses(town):
    parks = [place for place in town.places if place.kind == "park"]
    lines = shapely.STRtree([street.line for street in town.streets])
    assert len(parks) >= len(town.neighbourhoods)
    for park in parks:
        assert park.shape.geom_type == "Polygon"
        assert park.shape.is_valid
        assert not len(lines.query(park.shape, predicate="intersects"))


def test_public_buildings_are_points_in_their_neighbourhood(town):
    homes = {one.id: one.shape for one in town.neighbourhoods}
    buildings = [place for place in town.places if place.kind != "park"]
    assert all(
        place.shape.geom_type == "Point" and homes[place.neighbourhood_id].covers(place.shape) for place in buildings
    )
    kinds = Counter(place.kind for place in buildings)
    assert kinds["town_hall"] == 1
    assert kinds["school"] == kinds["headman_office"] == len(town.neighbourhoods)


def test_everything_says_that_it_is_synthetic(town):
    parts = [town, *town.neighbourhoods, *town.streets, *town.places]
    assert {part.source for part in parts} == {"synthetic"}


def test_ids_count_from_one_and_come_once(town):
    assert [street.id for street in town.streets] == list(range(1, len(town.streets) + 1))
    assert [place.id for place in town.places] == list(range(1, len(town.places) + 1))


def test_everything_is_rounded_to_a_centimetre(town):
    shapes = [one.shape for one in town.neighbourhoods + town.places] + [street.line for street in town.streets]
    degrees = shapely.get_coordinates([town.outline, *shapes])
    assert np.abs(degrees - np.round(degrees, 7)).max() < 1e-12


def test_one_seed_gives_the_same_bytes_and_another_seed_others(town):
    outline = synthetic_outline(32.85, 39.92, 14, seed=5)
    assert as_bytes(generate_town(outline, NEIGHBOURHOODS, seed=11)) == as_bytes(town)
    assert as_bytes(generate_town(outline, NEIGHBOURHOODS, seed=12)) != as_bytes(town)


@pytest.mark.parametrize(("name", "count"), [("Kadıköy", 21), ("Adalar", 5), ("Şile", 62)])
def test_real_outlines_are_tiled_and_full_of_streets(districts, name, count):
    outline = outline_from_file(districts, name)
    seeds = [NeighbourhoodSeed(row, f"M{row}", 500 + 90 * row) for row in range(count)]
    town = generate_town(outline, seeds, seed=3)
    assert_tiled(town, outline)
    assert len(town.streets) > 10 * count


def test_a_crowd_of_neighbourhoods_on_one_outline_still_gets_one_place_each():
    outline = synthetic_outline(35, 39, 20, seed=2)
    seeds = [NeighbourhoodSeed(f"m{row}", f"M{row}", 1 + 40 * row) for row in range(120)]
    assert_tiled(generate_town(outline, seeds, seed=4), outline)


@pytest.mark.parametrize(
    ("outline", "seeds", "reason"),
    [
        (shapely.box(35, 39, 35.1, 39.1), [], "at least one"),
        (shapely.box(35, 39, 35.1, 39.1), [NEIGHBOURHOODS[0]] * 2, "twice"),
        (shapely.Polygon(), NEIGHBOURHOODS, "outline"),
        (shapely.Point(35, 39), NEIGHBOURHOODS, "outline"),
        (shapely.Polygon([(35, 39), (36, 40), (36, 39), (35, 40)]), NEIGHBOURHOODS, "outline"),
    ],
)
def test_a_town_that_cannot_be_drawn_is_refused(outline, seeds, reason):
    with pytest.raises(ValueError, match=reason):
        generate_town(outline, seeds, seed=1)


@pytest.mark.parametrize("names", [ARTERY_NAMES, STREET_NAMES, PARK_NAMES])
def test_no_generic_name_is_listed_twice(names):
    assert len(set(names)) == len(names)
