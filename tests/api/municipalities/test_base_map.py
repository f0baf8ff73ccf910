"""The town's base map: what is on a tile, at which zoom, how much of it, and whose."""

import json

import mapbox_vector_tile
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.core.sql import StatementCount, statement_count
from api.municipalities import service
from api.municipalities.base_map import _tile_values
from api.municipalities.errors import TileNotFound
from geo.mercator import cell_of, tile_bounds_m, to_metres
from tests.factories.towns import SIDE, corner

pytestmark = pytest.mark.anyio


def tile_of(town, zoom: int, neighbourhood: int = 0) -> tuple[int, int, int]:
    return zoom, *cell_of(*town.place(neighbourhood), zoom)


async def layers(session, town, zoom: int, neighbourhood: int = 0) -> dict:
    tile = await service.town_tile(session, town.municipality_id, *tile_of(town, zoom, neighbourhood))
    return mapbox_vector_tile.decode(tile) if tile else {}


async def test_a_tile_of_the_town_has_its_neighbourhoods_streets_and_parks(session, town):
    found = await layers(session, town, 13)
    assert {"neighbourhood", "neighbourhood_label", "park", "street"} <= set(found)
    names = {feature["properties"]["name"] for feature in found["neighbourhood"]["features"]}
    assert "Çınarlı" in names
    kinds = {feature["properties"]["name"]: feature["properties"]["kind"] for feature in found["street"]["features"]}
    assert kinds["Atatürk Caddesi"] == "main"
    assert [feature["properties"]["name"] for feature in found["park"]["features"]] == ["Çınaraltı Parkı"]


@pytest.mark.parametrize(
    ("zoom", "layer", "names"),
    [
        (10, "street", set()),
        (11, "street", {"Atatürk Caddesi"}),
        (12, "street", {"Atatürk Caddesi"}),
        (13, "street", {"Atatürk Caddesi", "Ihlamur Sokak"}),
        (11, "park", set()),
        (12, "park", {"Çınaraltı Parkı"}),
    ],
)
async def test_a_layer_appears_from_its_zoom_on(session, town, zoom, layer, names):
    shown = (await layers(session, town, zoom)).get(layer, {"features": []})
    assert {feature["properties"]["name"] for feature in shown["features"]} == names


async def test_a_tile_holds_the_shape_where_it_lies(session, town):
    zoom, x, y = tile_of(town, 15)
    found = mapbox_vector_tile.decode(
        await service.town_tile(session, town.municipality_id, zoom, x, y), default_options={"y_coord_down": True}
    )
    extent = found["neighbourhood"]["extent"]
    min_x, _, max_x, max_y = tile_bounds_m(zoom, x, y)
    here = to_metres(*town.place(0))
    column = (here[0] - min_x) / (max_x - min_x) * extent
    line = (max_y - here[1]) / (max_x - min_x) * extent
    holders = [
        feature["properties"]["name"]
        for feature in found["neighbourhood"]["features"]
        if shapely.geometry.shape(feature["geometry"]).contains(shapely.Point(column, line))
    ]
    assert holders == ["Çınarlı"]


@pytest.mark.parametrize("zoom", [10, 13, 16])
async def test_every_neighbourhood_is_named_on_exactly_one_tile_of_a_zoom(session, town, zoom):
    west, south = corner(town.municipality_id)
    left, bottom = cell_of(west, south, zoom)
    right, top = cell_of(west + 2 * SIDE, south + 2 * SIDE, zoom)
    labels = []
    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            tile = await service.town_tile(session, town.municipality_id, zoom, x, y)
            if tile:
                named = mapbox_vector_tile.decode(tile).get("neighbourhood_label", {"features": []})
                labels += [feature["properties"]["name"] for feature in named["features"]]
    assert sorted(labels) == sorted(["Çınarlı", "İstasyon", "Şirinevler", "Yeşilöz"])


async def test_a_tile_away_from_the_town_is_empty(session, town):
    assert await service.town_tile(session, town.municipality_id, 14, 0, 0) == b""


async def test_a_tile_is_one_statement(session, town):
    counter = StatementCount()
    token = statement_count.set(counter)
    await service.town_tile(session, town.municipality_id, *tile_of(town, 14))
    statement_count.reset(token)
    assert counter.value == 1


async def test_the_same_tile_is_the_same_bytes(session, town):
    address = tile_of(town, 14)
    first = await service.town_tile(session, town.municipality_id, *address)
    assert first == await service.town_tile(session, town.municipality_id, *address)


async def test_another_towns_map_is_never_on_a_tile(session, town, other_town):
    address = tile_of(other_town, 14)
    assert await service.town_tile(session, town.municipality_id, *address) == b""
    # Not even when another municipality's number is asked for from inside this one: the wall holds.
    assert await service.town_tile(session, other_town.municipality_id, *address) == b""


@pytest.mark.parametrize("address", [(21, 0, 0), (3, 8, 0), (3, 0, 8), (-1, 0, 0), (5, -1, 0)])
async def test_a_tile_that_does_not_exist_is_not_found(session, town, address):
    with pytest.raises(TileNotFound):
        await service.town_tile(session, town.municipality_id, *address)


@pytest.mark.parametrize(("zoom", "layer"), [(0, "neighbourhood_label"), (8, "neighbourhood"), (20, "neighbourhood")])
async def test_the_shallowest_and_the_deepest_zoom_answer(session, town, zoom, layer):
    assert layer in await layers(session, town, zoom)


# -- GeoJSON -----------------------------------------------------------------------------------------------------


async def test_neighbourhoods_come_as_valid_geojson_that_leaves_no_gap(session, town):
    collection = json.loads(await service.neighbourhoods_geojson(session, town.municipality_id))
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in collection["features"]]
    assert [feature["properties"]["name"] for feature in collection["features"]] == [
        "Çınarlı", "İstasyon", "Şirinevler", "Yeşilöz",
    ]  # fmt: skip
    assert all(shape.is_valid for shape in shapes)
    assert shapely.union_all(shapes).area == pytest.approx(4 * SIDE**2, rel=1e-3)
    assert {feature["id"] for feature in collection["features"]} == {str(item) for item in town.neighbourhoods}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 20), st.floats(25.5, 45), st.floats(35.5, 42.5))
def test_the_box_of_a_tile_always_holds_its_margin(zoom, lon, lat):
    values = _tile_values(zoom, *cell_of(lon, lat, zoom))
    x, y = to_metres(lon, lat)
    assert values["min_x"] < x < values["max_x"]
    assert values["min_y"] < y < values["max_y"]
    assert values["west"] < lon < values["east"]
    assert values["south"] < lat < values["north"]
