"""GeoJSON (RFC 7946) from people and programs that are not trusted, and back.

Every refusal is a GeoError with one of these codes:
wrong_type, bad_coordinates, not_finite, swapped_coordinates, outside_turkiye, too_many_vertices, too_many_parts,
ring_too_short, ring_not_closed, too_intricate, self_intersection.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.local_frame import FloatArray
from geo.types import HALF_TURN, TURKIYE, Point

MAX_VERTICES = 20_000
# Rings of all parts together; the check for holes inside holes costs more than the vertices do.
MAX_RINGS = 2_000
# Pairs of sides whose extents overlap, which the check for crossings must look at one by one. Real districts have some
# ten for each side; a comb of 20,000 slanted teeth has a hundred million and would take ten seconds.
MAX_SIDE_PAIRS = 2_000_000
_POSITION_LENGTHS = (2, 3)
_SHORTEST_RING = 4


def parse_point(obj: object) -> Point:
    """Read a GeoJSON Point in WGS 84 degrees, longitude first; an altitude is dropped.

    Raises GeoError when it is no Point, holds no finite numbers or lies outside Türkiye.
    """
    lon, lat = _position(_coordinates(obj, ("Point",)))
    _check_place(np.array([[lon, lat]]))
    return Point(lon, lat)


def parse_polygon(obj: object, *, max_vertices: int = MAX_VERTICES) -> MultiPolygon:
    """Read a GeoJSON Polygon or MultiPolygon; either comes back as a valid MultiPolygon with outer rings to the left.

    Vertices are counted before any shape is built. Raises GeoError when type, size, numbers, place or shape are wrong.
    """
    coordinates = _coordinates(obj, ("Polygon", "MultiPolygon"))
    parts = [coordinates] if isinstance(obj, Mapping) and obj["type"] == "Polygon" else coordinates
    _check_size(parts, max_vertices)
    rings = [[_ring(ring) for ring in part] for part in parts]
    _check_place(np.concatenate([ring for part in rings for ring in part]))
    _check_intricacy([ring for part in rings for ring in part])
    area = MultiPolygon([Polygon(part[0], part[1:]) for part in rings])
    if not shapely.is_valid(area):
        raise GeoError("self_intersection", "Alan sınırı kendisiyle kesişiyor veya parçaları üst üste biniyor.")
    valid: MultiPolygon = shapely.orient_polygons(area)
    return valid


def to_geojson(shape: Point | BaseGeometry) -> dict[str, Any]:
    """Write a place or a shape in degrees as a GeoJSON geometry of plain lists and numbers."""
    if isinstance(shape, Point):
        return {"type": "Point", "coordinates": [shape.lon, shape.lat]}
    geometry: dict[str, Any] = shapely.geometry.mapping(shape)
    return {"type": geometry["type"], "coordinates": _as_lists(geometry["coordinates"])}


def _as_lists(coordinates: Any) -> Any:
    return [_as_lists(item) for item in coordinates] if isinstance(coordinates, tuple | list) else coordinates


def _coordinates(obj: object, types: tuple[str, ...]) -> list[Any]:
    if not isinstance(obj, Mapping) or obj.get("type") not in types:
        raise GeoError("wrong_type", f"GeoJSON geometrisi bekleniyordu: {' veya '.join(types)}.")
    coordinates = obj.get("coordinates")
    if not isinstance(coordinates, list | tuple):
        raise _bad_coordinates()
    return list(coordinates)


def _bad_coordinates() -> GeoError:
    return GeoError("bad_coordinates", "Koordinatlar [boylam, enlem] biçiminde sayılar olmalıdır.")


def _position(position: object) -> tuple[float, float]:
    if not isinstance(position, list | tuple) or len(position) not in _POSITION_LENGTHS:
        raise _bad_coordinates()
    for number in position:
        if type(number) is not float and type(number) is not int:
            raise _bad_coordinates()
        # The comparison is False for NaN and works for integers too long for a float.
        if not -inf < number < inf:
            raise GeoError("not_finite", "Koordinatlar sonlu sayılar olmalıdır.")
    lon, lat = position[0], position[1]
    if max(abs(lon), abs(lat)) > HALF_TURN:
        raise _outside_turkiye()
    return float(lon), float(lat)


def _check_size(parts: list[Any], max_vertices: int) -> None:
    vertices = rings = 0
    for ring in _rings_of(parts):
        rings += 1
        vertices += len(ring)
        if vertices > max_vertices:
            raise GeoError("too_many_vertices", f"Alan sınırı en çok {max_vertices} noktadan oluşabilir.")
        if rings > MAX_RINGS:
            raise GeoError("too_many_parts", f"Alan en çok {MAX_RINGS} parça ve boşluktan oluşabilir.")
        if len(ring) < _SHORTEST_RING:
            raise GeoError("ring_too_short", "Her sınır çizgisi, ilki sonda yinelenen en az dört noktadan oluşmalıdır.")
    if rings == 0:
        raise _bad_coordinates()


def _rings_of(parts: list[Any]) -> Iterator[list[Any] | tuple[Any, ...]]:
    for part in parts:
        if not isinstance(part, list | tuple) or not part:
            raise _bad_coordinates()
        for ring in part:
            if not isinstance(ring, list | tuple):
                raise _bad_coordinates()
            yield ring


def _ring(ring: list[Any]) -> FloatArray:
    positions = np.array([_position(position) for position in ring])
    if not np.array_equal(positions[0], positions[-1]):
        raise GeoError("ring_not_closed", "Sınır çizgisi kapanmıyor: ilk ve son nokta aynı olmalıdır.")
    return positions


def _check_intricacy(rings: list[FloatArray]) -> None:
    low = np.concatenate([np.minimum(ring[:-1], ring[1:]) for ring in rings])
    high = np.concatenate([np.maximum(ring[:-1], ring[1:]) for ring in rings])
    if min(_overlaps(low[:, axis], high[:, axis]) for axis in (0, 1)) > MAX_SIDE_PAIRS:
        raise GeoError("too_intricate", "Alan sınırı çok karmaşık: sadeleştirip yeniden deneyin.")


def _overlaps(low: FloatArray, high: FloatArray) -> int:
    """Count the pairs of closed intervals that overlap."""
    # Of two intervals that do not overlap, one ends before the other begins.
    apart = np.searchsorted(np.sort(high), low, side="left").sum()
    return len(low) * (len(low) - 1) // 2 - int(apart)


def _check_place(lonlat: FloatArray) -> None:
    if _in_turkiye(lonlat):
        return
    if _in_turkiye(lonlat[:, ::-1]):
        raise GeoError("swapped_coordinates", "Enlem ve boylam yer değiştirmiş: önce boylam yazılmalıdır.")
    raise _outside_turkiye()


def _in_turkiye(lonlat: FloatArray) -> bool:
    low = (TURKIYE.west, TURKIYE.south)
    high = (TURKIYE.east, TURKIYE.north)
    return bool(np.all((lonlat >= low) & (lonlat <= high)))


def _outside_turkiye() -> GeoError:
    return GeoError("outside_turkiye", "Konum Türkiye sınırları dışında.")
