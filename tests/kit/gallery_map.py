"""The map of the gallery: a drawn package of a made-up town, 5,000 points, an area, the own position."""

import io
import random
import tempfile
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from geo.map_package.mbtiles import write_mbtiles
from geo.mercator import tile_at_m, to_metres
from mobile.kit.map.controls import MapControls
from mobile.kit.map.point_index import MapPoint
from mobile.kit.map.shapes import Area
from mobile.kit.map.view import MapView
from mobile.kit.screen import Screen
from mobile.kit.widgets.bars import TopBar

LON, LAT = 32.85, 39.93
KINDS = ("accent", "success", "warning", "danger", "info", "neutral")


@cache
def package_file(first: int = 12, last: int = 14, reach: float = 0.04) -> Path:
    """A package with plain streets, each tile with its own name in a corner."""
    folder = Path(tempfile.mkdtemp(prefix="cep-kit-map-"))
    path = folder / "town.mbtiles"
    tiles = []
    for zoom in range(first, last + 1):
        left, top = tile_at_m(*to_metres(LON - reach, LAT + reach), zoom)
        right, bottom = tile_at_m(*to_metres(LON + reach, LAT - reach), zoom)
        tiles += [(zoom, x, y, tile_image(zoom, x, y)) for y in range(top, bottom + 1) for x in range(left, right + 1)]
    write_mbtiles(path, tiles, {"name": "Deneme", "format": "png", "minzoom": str(first), "maxzoom": str(last)})
    return path


def tile_image(zoom: int, x: int, y: int) -> bytes:
    """512 pixels of blocks, a park and streets."""
    picture = Image.new("P", (512, 512), "#f6f4ef")
    pen = ImageDraw.Draw(picture)
    chance = random.Random(f"{zoom}/{x}/{y}")
    for column in range(4):
        for row in range(4):
            box = (column * 128 + 14, row * 128 + 14, column * 128 + 114, row * 128 + 114)
            pen.rectangle(box, fill="#cfe5c2" if chance.random() < 0.15 else "#e7e1d6")
    for at in range(0, 513, 128):
        pen.line((at, 0, at, 512), fill="#ffffff", width=16)
        pen.line((0, at, 512, at), fill="#fbe3a6" if at == 256 else "#ffffff", width=18)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def points(count: int = 5000) -> list[MapPoint]:
    """So many points, dense in the middle."""
    chance = random.Random(7)
    return [
        MapPoint(str(at), chance.gauss(LON, 0.02), chance.gauss(LAT, 0.014), KINDS[at % len(KINDS)])
        for at in range(count)
    ]


BORDER = [(LON - 0.02, LAT - 0.012), (LON + 0.004, LAT - 0.018), (LON + 0.022, LAT), (LON + 0.01, LAT + 0.016),
          (LON - 0.016, LAT + 0.013), (LON - 0.02, LAT - 0.012)]  # fmt: skip


class MapScreen(Screen):
    def build(self):
        self.add_widget(TopBar("Harita", detail="5.000 kayıt · çevrimdışı pafta"))
        self.map = MapView(LON, LAT, 14.0, test_id="map")
        self.map.set_packages([package_file()])
        self.map.set_points(points())
        self.map.set_areas([Area([BORDER])])
        self.map.set_position(LON + 0.002, LAT + 0.001, 120)
        MapControls(self.map)
        self.add_widget(self.map)

    def on_leave(self):
        self.map.close()
