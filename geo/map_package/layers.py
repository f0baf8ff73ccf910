"""Writes the layers that a map package is drawn from, as GeoJSON in EPSG:3857."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.map_package.style import LAYERS


class MapShape(NamedTuple):
    """One thing on the map: `neighbourhood`, `water`, `park`, `building` or `street`, with its kind and name."""

    layer: str
    kind: str
    name: str
    geometry: BaseGeometry


def write_layers(folder: Path, shapes: Iterable[MapShape]) -> None:
    """Write `<layer>.json` for every layer of the style, also for those of which there is nothing.

    Coordinates are EPSG:3857 metres, rounded to ten centimetres. Unknown layers are left out.
    """
    features: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for shape in shapes:
        if shape.layer == "neighbourhood":
            features["land"].append(_feature(shape, shape.geometry))
            features["border"].append(_feature(shape, shape.geometry.boundary))
            features["label"].append(_feature(shape, shape.geometry.representative_point()))
        elif shape.layer in LAYERS:
            features[shape.layer].append(_feature(shape, shape.geometry))
    for layer in LAYERS:
        collection = {"type": "FeatureCollection", "features": features[layer] or [_NOTHING]}
        (folder / f"{layer}.json").write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


# The drawing library refuses a file without features: a point at the edge of the world stands for nothing.
_NOTHING = {
    "type": "Feature",
    "properties": {"kind": "", "name": ""},
    "geometry": {"type": "Point", "coordinates": [-20037508, -20037508]},
}


def _feature(shape: MapShape, geometry: BaseGeometry) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda places: np.round(places, 1))
    return {
        "type": "Feature",
        "properties": {"kind": shape.kind, "name": shape.name},
        "geometry": json.loads(shapely.to_geojson(rounded)),
    }
