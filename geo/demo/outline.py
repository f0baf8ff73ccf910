"""The outline of a town: read from a file of real outlines, or made up."""

import json
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.geojson import parse_polygon
from geo.local_frame import LocalFrame

_CORNERS = 480
_WAVES = 24
_ROUGHNESS = 0.26
_SQUARE_METRES_PER_KM2 = 1_000_000
# A file that an operator chose may be finer than what a stranger may send.
_MAX_FILE_VERTICES = 500_000


def outline_from_file(path: Path | str, name: str) -> MultiPolygon:
    """Read the outline whose `properties.name` is `name` from a GeoJSON FeatureCollection in degrees.

    Raises LookupError when the file has no such name and GeoError when its geometry cannot be accepted.
    """
    collection = json.loads(Path(path).read_text(encoding="utf-8"))
    for feature in collection["features"]:
        if (feature["properties"] or {}).get("name") == name:
            return parse_polygon(feature["geometry"], max_vertices=_MAX_FILE_VERTICES)
    raise LookupError(f"no outline named {name!r} in {path}")


def synthetic_outline(center_lon: float, center_lat: float, area_km2: float, seed: int) -> Polygon:
    """Make up an irregular outline of a given area round a centre, with a coast-like rim; no islands, no holes.

    Raises ValueError when the area is not positive.
    """
    if not area_km2 > 0:
        raise ValueError(f"area_km2 must be positive, not {area_km2!r}")
    rng = np.random.default_rng([seed, 0x0C0A57])
    angle = np.linspace(0.0, 2 * np.pi, _CORNERS, endpoint=False)
    wave = np.arange(1, _WAVES + 1)[:, None]
    strength = _ROUGHNESS * rng.uniform(0.4, 1.0, (_WAVES, 1)) / wave**1.15
    rim = (strength * np.cos(wave * angle + rng.uniform(0, 2 * np.pi, (_WAVES, 1)))).sum(axis=0)
    # Distance from the centre stays positive whatever the waves say, so the rim never crosses itself.
    distance = np.exp(rim)
    xy = np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
    xy *= np.sqrt(area_km2 * _SQUARE_METRES_PER_KM2 / shapely.area(shapely.polygons(xy)))
    outline: Polygon = LocalFrame(center_lon, center_lat).shape_to_degrees(shapely.polygons(xy))
    return outline
