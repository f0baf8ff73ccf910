"""Outlines for phones: light, closed, without gaps between neighbours, whatever was drawn."""

from math import cos, pi, sin
from uuid import UUID

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from api.municipalities.outlines import _outlines, neighbourhood_outlines

ID = UUID(int=1)


def told(*shapes):
    return _outlines([{"id": ID, "name": "Moda", "geom": shapely.to_wkb(shape)} for shape in shapes])


def coast(corners, lon=29.0, lat=41.0, size=0.02):
    """A round shape with seven bays."""
    turns = [2 * pi * at / corners for at in range(corners)]
    return Polygon(
        [
            (lon + size * (1 + 0.3 * sin(7 * turn)) * cos(turn), lat + size * (1 + 0.3 * sin(7 * turn)) * sin(turn))
            for turn in turns
        ]
    )


def test_an_outline_has_at_most_sixty_places_however_jagged_it_is():
    (outline,) = told(coast(4_000))
    assert 20 <= sum(map(len, outline.rings)) <= 60
    assert all(ring[0] == ring[-1] for ring in outline.rings)
    assert all(round(degrees, 5) == degrees for ring in outline.rings for place in ring for degrees in place)


def test_of_many_islands_the_largest_are_drawn():
    islands = [coast(12, lon=29 + at * 0.1, size=0.001 * (at + 1)) for at in range(30)]
    (outline,) = told(MultiPolygon(islands))
    assert len(outline.rings) == 15
    assert sum(map(len, outline.rings)) <= 60
    assert max(lon for lon, _ in outline.rings[0]) > 31.9


def test_a_hole_is_drawn():
    (outline,) = told(coast(20).difference(coast(8, size=0.005)))
    assert len(outline.rings) == 2


def test_a_town_without_neighbourhoods_has_none():
    assert told() == []


@pytest.mark.anyio
async def test_neighbours_keep_their_common_line(session, town):
    outlines = await neighbourhood_outlines(session, town.municipality_id)
    assert len(outlines) > 1
    whole = shapely.union_all([Polygon(outline.rings[0]) for outline in outlines])
    given = sum(Polygon(outline.rings[0]).area for outline in outlines)
    assert abs(whole.area - given) < given * 0.001
