"""Places drawn evenly inside a shape."""

import numpy as np
import shapely

from geo.demo.features import Polygonal
from geo.local_frame import FloatArray


def places_inside(shape: Polygonal, count: int, rng: np.random.Generator) -> FloatArray:
    """Draw `count` places inside a shape, evenly by area; the answer has shape (count, 2)."""
    west, south, east, north = shape.bounds
    fill = shape.area / ((east - west) * (north - south))
    shapely.prepare(shape)
    found = np.empty((0, 2))
    while len(found) < count:
        tries = rng.uniform((west, south), (east, north), (int((count - len(found)) / fill * 1.2) + 16, 2))
        found = np.concatenate([found, tries[shapely.contains_xy(shape, tries)]])
    return found[:count]
