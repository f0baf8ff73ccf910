"""Grid cells of many places at once; `geo.mercator.cell_of` says what a cell is."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.mercator import MAX_LATITUDE, check_zoom
from geo.types import HALF_TURN, QUARTER_TURN

IntArray: TypeAlias = NDArray[np.int64]


def cell_numbers(lons: ArrayLike, lats: ArrayLike, level: int) -> IntArray:
    """Cells (gx, gy) of one level for many places in degrees, as an array of shape (n, 2).

    Raises ValueError when a place is not on the globe, the level is no zoom or the lengths differ.
    """
    check_zoom(level)
    lon = np.asarray(lons, dtype=np.float64)
    lat = np.asarray(lats, dtype=np.float64)
    if lon.ndim != 1 or lon.shape != lat.shape:
        raise ValueError(f"lons and lats must be two rows of one length, not {lon.shape} and {lat.shape}")
    if not (np.all(np.abs(lon) <= HALF_TURN) and np.all(np.abs(lat) <= QUARTER_TURN)):
        raise ValueError("a place is not on the globe")
    northing = np.arcsinh(np.tan(np.radians(np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE))))
    world = np.column_stack([lon / (2 * HALF_TURN) + 0.5, 0.5 - northing / (2 * np.pi)])
    cells: IntArray = np.floor(world * (1 << level)).astype(np.int64)
    return np.clip(cells, 0, (1 << level) - 1)
