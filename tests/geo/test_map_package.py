import json
import math
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from shapely import LineString, Point, box

from geo.map_package.layers import MapShape, write_layers
from geo.map_package.mbtiles import write_mbtiles
from geo.map_package.render import Plan
from geo.map_package.style import LAYERS
from geo.mercator import to_lonlat, to_metres
from geo.types import BBox

WEST, SOUTH = to_metres(29.02, 40.97)
SIDE = 3_000.0
SHAPES = [
    MapShape("neighbourhood", "", "Çiğdemtepe Şüheda", box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)),
    MapShape("street", "main", "Iğdır Caddesi", LineString([(WEST, SOUTH + 900), (WEST + SIDE, SOUTH + 900)])),
    MapShape("street", "street", "İnönü Sokak", LineString([(WEST + 700, SOUTH), (WEST + 700, SOUTH + SIDE)])),
    MapShape("park", "park", "Çınaraltı", box(WEST + 1_500, SOUTH + 1_500, WEST + 2_000, SOUTH + 2_000)),
    MapShape("building", "school", "Ülkü Okulu", Point(WEST + 2_500, SOUTH + 500)),
    MapShape("unheard_of", "", "", Point(WEST, SOUTH)),
]


def plan_file(folder: Path, **changes) -> Path:
    write_layers(folder, SHAPES)
    area = (*to_lonlat(WEST, SOUTH), *to_lonlat(WEST + SIDE, SOUTH + SIDE))
    plan = {
        "folder": str(folder), "output": str(folder / "map.mbtiles"), "area": area, "first_zoom": 11, "last_zoom": 14,
        "metadata": {"name": "Deneme", "format": "png"}, **changes,
    }  # fmt: skip
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def render(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "geo.map_package.render", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.slow
def test_a_package_holds_every_tile_of_its_area_drawn_in_the_colours_of_the_map(tmp_path):
    path = plan_file(tmp_path)
    ended = render(path)
    assert ended.returncode == 0, ended.stderr
    plan = Plan.read(path)
    assert json.loads(ended.stdout.splitlines()[-1]) == {"done": plan.tile_count(), "all": plan.tile_count()}
    with closing(sqlite3.connect(plan.output)) as file:
        held = set(file.execute("SELECT zoom_level, tile_column, tile_row FROM tiles"))
        wanted = {(z, x, (1 << z) - 1 - y) for z, xs, ys in plan.ranges() for x in xs for y in ys}
        assert held == wanted
        assert dict(file.execute("SELECT name, value FROM metadata")) == {"name": "Deneme", "format": "png"}
        seen = set()
        for (data,) in file.execute("SELECT tile_data FROM tiles WHERE zoom_level = 14"):
            picture = Image.open(BytesIO(data))
            assert picture.size == (512, 512)
            seen |= {colour for _, colour in picture.convert("RGB").getcolors(maxcolors=1 << 18)}
    land, park, main_street = (0xF6, 0xF4, 0xEF), (0xCF, 0xE5, 0xC2), (0xFB, 0xE3, 0xA6)
    for wanted_colour in (land, park, main_street):
        assert any(math.dist(wanted_colour, colour) < 8 for colour in seen), wanted_colour
    # Letters are dark; nothing else on this map is.
    assert any(sum(colour) < 250 for colour in seen)


@pytest.mark.slow
def test_a_plan_that_cannot_be_drawn_ends_with_its_reason_and_without_a_file(tmp_path):
    path = plan_file(tmp_path)
    (tmp_path / "street.json").unlink()
    ended = render(path)
    assert (ended.returncode, "street" in ended.stderr, (tmp_path / "map.mbtiles").exists()) == (2, True, False)
    path.write_text("[]", encoding="utf-8")
    assert render(path).returncode == 2


def test_too_large_an_area_is_refused_before_anything_is_drawn(tmp_path):
    plan = Plan.read(plan_file(tmp_path, area=(26.0, 36.0, 45.0, 42.0), last_zoom=16))
    with pytest.raises(ValueError, match="at most"):
        plan.check()


@given(
    lon=st.floats(26, 44.9), lat=st.floats(36, 41.9), width=st.floats(0.001, 0.09), zoom=st.integers(8, 15)
)  # fmt: skip
def test_the_tiles_of_a_plan_cover_its_whole_area(lon, lat, width, zoom):
    area = BBox(lon, lat, lon + width, lat + width)
    plan = Plan(Path(), Path(), area, zoom, zoom, {})
    ((_, columns, rows),) = plan.ranges()
    size = 2 * math.pi * 6378137 / (1 << zoom)
    west, south = to_metres(area.west, area.south)
    east, north = to_metres(area.east, area.north)
    half = math.pi * 6378137
    assert columns.start * size - half <= west + 1e-6
    assert columns.stop * size - half >= east - 1e-6
    assert half - rows.start * size >= north - 1e-6
    assert half - rows.stop * size <= south + 1e-6


def test_equal_tiles_lie_in_the_file_once_and_the_same_tiles_give_the_same_file(tmp_path):
    tiles = [(10, x, y, b"sea" if x else b"land" * 100) for x in range(5) for y in range(5)]
    for name in ("a", "b"):
        assert write_mbtiles(tmp_path / name, tiles, {"name": "x"}) == 25
    with closing(sqlite3.connect(tmp_path / "a")) as file:
        assert file.execute("SELECT count(*) FROM image").fetchone() == (2,)
        assert file.execute("SELECT tile_data FROM tiles WHERE tile_column = 3 AND tile_row = 1023").fetchone() == (
            b"sea",
        )
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    with pytest.raises(FileExistsError):
        write_mbtiles(tmp_path / "a", tiles, {})


def test_every_layer_of_the_style_gets_its_file_even_when_the_town_has_nothing_of_it(tmp_path):
    write_layers(tmp_path, [])
    assert {path.stem for path in tmp_path.iterdir()} == set(LAYERS)
