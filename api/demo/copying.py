"""COPY as PostgreSQL reads it: columns of many rows as text."""

from collections.abc import Callable, Iterable

import numpy as np

from api.demo.arrivals import Floats, Ints
from api.demo.cases import NONE

NULL = "\\N"
# Point, little-endian, with SRID 4326 or 3857 (E610, 110F).
_POINT_4326, _POINT_3857 = "0101000020E6100000", "0101000020110F0000"
_POINT_DIGITS = 32

Copy = Callable[[str, Iterable[str]], None]
"""Writes lines (with their line feeds) into `table (columns)`."""


def timestamps(at: Ints) -> list[str]:
    """Moments as UTC text; NONE as NULL."""
    texts = np.datetime_as_string(at.astype("datetime64[ms]"), timezone="UTC").tolist()
    return [NULL if moment == NONE else text for moment, text in zip(at.tolist(), texts, strict=True)]


def points_4326(lon: Floats, lat: Floats) -> list[str]:
    """Points in degrees as EWKB; NULL where there is no place."""
    return _points(_POINT_4326, lon, lat)


def points_3857(x: Floats, y: Floats) -> list[str]:
    """Points in Web Mercator metres as EWKB; NULL where there is no place."""
    return _points(_POINT_3857, x, y)


def _points(head: str, first: Floats, second: Floats) -> list[str]:
    digits = np.column_stack([first, second]).astype("<f8").tobytes().hex()
    return [
        NULL if missing else head + digits[start : start + _POINT_DIGITS]
        for missing, start in zip(np.isnan(first).tolist(), range(0, len(digits), _POINT_DIGITS), strict=True)
    ]
