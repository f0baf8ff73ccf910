"""A town with many streets: tiles stay bounded, and the map index is used behind the wall."""

import mapbox_vector_tile
import psycopg
import pytest
import shapely

from api.core.db import Database
from api.core.sql import fetch_all
from api.municipalities import service
from api.municipalities.base_map import MOST_FEATURES, TILE, _tile_values
from api.municipalities.service import MapFeature
from geo.mercator import cell_of
from tests.factories.template import KADIKOY
from tests.factories.towns import SIDE, corner, read_town

pytestmark = pytest.mark.anyio


def tile_of(town, zoom: int) -> tuple[int, int, int]:
    return zoom, *cell_of(*town.place(), zoom)


@pytest.fixture(scope="module")
async def crowded(module_db):
    """20,000 short streets in one neighbourhood, on the module's clone."""
    town = read_town(module_db, KADIKOY)
    west, south = corner(town.municipality_id)
    step = SIDE / 200
    platform = Database(module_db.platform, pool_size=1)
    async with platform.transaction() as session:
        features = (
            MapFeature(
                "street",
                "main" if number % 100 == 0 else "street",
                f"{number}. Sokak",
                shapely.LineString([(lon, lat), (lon + step / 2, lat + step / 2)]),
                "crowd",
            )
            for number in range(20_000)
            for lon, lat in [(west + step * (number % 200), south + 2 * step * (number // 200))]
        )
        await service.write_base_map(session, town.municipality_id, features)
    await platform.close()
    with psycopg.connect(module_db.admin, autocommit=True) as connection:
        connection.execute("ANALYZE base_map_feature")
    return town


async def test_a_crowded_tile_is_bounded_and_drops_side_streets_before_main_ones(crowded, session):
    tile = await service.town_tile(session, crowded.municipality_id, *tile_of(crowded, 13))
    streets = mapbox_vector_tile.decode(tile)["street"]["features"]
    assert len(streets) <= MOST_FEATURES
    assert sum(feature["properties"]["kind"] == "main" for feature in streets) >= 200
    assert len(tile) < 500_000


async def test_the_map_index_is_used_by_the_app_role(crowded, session):
    values = {"municipality_id": crowded.municipality_id, **_tile_values(*tile_of(crowded, 17))}
    plan = "\n".join(row["QUERY PLAN"] for row in await fetch_all(session, f"EXPLAIN {TILE}", values))
    assert "ix_base_map_feature_geom" in plan
