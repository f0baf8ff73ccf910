"""Web Mercator (EPSG:3857): degrees, metres and the tiles of a web map.

Tiles are numbered as web maps do: x grows to the east, y to the south, and zoom z has 2**z tiles along each side.
Standard library only, because the phones use it.
"""

from math import asinh, atan, degrees, floor, isfinite, pi, radians, sinh, tan

from geo.types import HALF_TURN, QUARTER_TURN, BBox

EARTH_RADIUS_M = 6_378_137.0
HALF_WORLD_M = pi * EARTH_RADIUS_M
# The latitude at which the projected world becomes a square.
MAX_LATITUDE = degrees(atan(sinh(pi)))
MAX_ZOOM = 30


def to_metres(lon: float, lat: float) -> tuple[float, float]:
    """Project degrees to Web Mercator metres; latitudes beyond the square world are put on its edge.

    Raises ValueError when a coordinate is not finite or not on the globe.
    """
    if not (abs(lon) <= HALF_TURN and abs(lat) <= QUARTER_TURN):
        raise ValueError(f"not a place on the globe: lon={lon!r} lat={lat!r}")
    lat = min(max(lat, -MAX_LATITUDE), MAX_LATITUDE)
    return EARTH_RADIUS_M * radians(lon), EARTH_RADIUS_M * asinh(tan(radians(lat)))


def to_lonlat(x: float, y: float) -> tuple[float, float]:
    """Turn Web Mercator metres back into degrees.

    Raises ValueError when x or y is not finite or lies outside the square world (one metre is forgiven).
    """
    edge = HALF_WORLD_M + 1.0
    if not (-edge <= x <= edge and -edge <= y <= edge):
        raise ValueError(f"not in the Web Mercator world: x={x!r} y={y!r}")
    lon = degrees(x / EARTH_RADIUS_M)
    return min(max(lon, -HALF_TURN), HALF_TURN), degrees(atan(sinh(y / EARTH_RADIUS_M)))


def check_zoom(zoom: int) -> None:
    """Refuse a zoom that is no integer from 0 to MAX_ZOOM with a ValueError."""
    if type(zoom) is not int or not 0 <= zoom <= MAX_ZOOM:
        raise ValueError(f"zoom must be an integer from 0 to {MAX_ZOOM}, not {zoom!r}")


def check_tile(z: int, x: int, y: int) -> None:
    """Refuse a tile address that does not exist with a ValueError that names the wrong part."""
    check_zoom(z)
    last = (1 << z) - 1
    for name, value in (("x", x), ("y", y)):
        if type(value) is not int or not 0 <= value <= last:
            raise ValueError(f"tile {name} must be an integer from 0 to {last} at zoom {z}, not {value!r}")


def tile_size_m(z: int) -> float:
    """Side of one tile at zoom z in Web Mercator metres; ValueError for an unknown zoom."""
    check_zoom(z)
    return 2.0 * HALF_WORLD_M / (1 << z)


def tile_bounds_m(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Bounds (min_x, min_y, max_x, max_y) of a tile in metres; ValueError when there is no such tile.

    Neighbouring tiles share the very same number on their common side.
    """
    check_tile(z, x, y)
    size = tile_size_m(z)
    return (
        x * size - HALF_WORLD_M,
        HALF_WORLD_M - (y + 1) * size,
        (x + 1) * size - HALF_WORLD_M,
        HALF_WORLD_M - y * size,
    )


def tile_bbox(z: int, x: int, y: int) -> BBox:
    """Bounds of a tile in degrees; ValueError when there is no such tile."""
    min_x, min_y, max_x, max_y = tile_bounds_m(z, x, y)
    west, south = to_lonlat(min_x, min_y)
    east, north = to_lonlat(max_x, max_y)
    return BBox(west, south, east, north)


def tile_at_m(x_m: float, y_m: float, z: int) -> tuple[int, int]:
    """Tile (x, y) of zoom z that holds a place given in metres; a place on a side belongs to the tile east or south.

    Places outside the square world get the nearest tile of its edge. Raises ValueError for NaN, infinity or a bad zoom.
    """
    if not (isfinite(x_m) and isfinite(y_m)):
        raise ValueError(f"not finite: x={x_m!r} y={y_m!r}")
    size = tile_size_m(z)
    last = (1 << z) - 1
    column = floor((x_m + HALF_WORLD_M) / size)
    row = floor((HALF_WORLD_M - y_m) / size)
    return min(max(column, 0), last), min(max(row, 0), last)


def cell_of(lon: float, lat: float, level: int) -> tuple[int, int]:
    """Cell (gx, gy) of a grid level that holds a place: the map tile of zoom `level` it lies in.

    Raises ValueError when the place is not on the globe or the level is no zoom.
    """
    x_m, y_m = to_metres(lon, lat)
    return tile_at_m(x_m, y_m, level)
