"""What part of the world is seen, and where a place falls on the screen. No widgets, no density: pixels only."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import cos, log2, radians

from geo.mercator import HALF_WORLD_M, to_lonlat, to_metres

TILE_POINTS = 256
LEAST_ZOOM, MOST_ZOOM = 4.0, 19.5
_WORLD_M = 2 * HALF_WORLD_M

Place = tuple[float, float]


def unit_of(lon: float, lat: float) -> Place:
    """Give the shares (u, v) of a place in degrees.

    Raises:
        ValueError: it is not on the globe.
    """
    x, y = to_metres(lon, lat)
    return (x + HALF_WORLD_M) / _WORLD_M, (HALF_WORLD_M - y) / _WORLD_M


def lonlat_of(u: float, v: float) -> Place:
    """Give the degrees of shares; what lies beside the world is put on its edge."""
    u, v = min(max(u, 0.0), 1.0), min(max(v, 0.0), 1.0)
    return to_lonlat(u * _WORLD_M - HALF_WORLD_M, HALF_WORLD_M - v * _WORLD_M)


@dataclass(frozen=True)
class Camera:
    """The middle (u, v) of a window of width × height pixels; a tile is `tile` pixels wide at a whole zoom."""

    u: float
    v: float
    zoom: float
    width: float = 1.0
    height: float = 1.0
    tile: float = TILE_POINTS

    @property
    def scale(self) -> float:
        """Pixels of the whole world's side."""
        return float(self.tile * 2**self.zoom)

    def screen(self, u: float, v: float) -> Place:
        """Say where shares fall on the window."""
        return self.width / 2 + (u - self.u) * self.scale, self.height / 2 - (v - self.v) * self.scale

    def unit(self, x: float, y: float) -> Place:
        """Say what lies below a pixel."""
        return self.u + (x - self.width / 2) / self.scale, self.v - (y - self.height / 2) / self.scale

    def box(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """Give what is seen as (u least, v least, u most, v most), enlarged by so many windows at each side."""
        half_u = self.width * (0.5 + margin) / self.scale
        half_v = self.height * (0.5 + margin) / self.scale
        return self.u - half_u, self.v - half_v, self.u + half_u, self.v + half_v

    def sized(self, width: float, height: float) -> "Camera":
        """Give the same middle in another window."""
        return replace(self, width=max(1.0, width), height=max(1.0, height))

    def moved(self, dx: float, dy: float) -> "Camera":
        """Follow a finger that moved so many pixels."""
        return self._kept(self.u - dx / self.scale, self.v + dy / self.scale, self.zoom)

    def zoomed(self, zoom: float, x: float, y: float) -> "Camera":
        """Change the zoom, with what lies below a pixel staying there."""
        zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        u, v = self.unit(x, y)
        grown = replace(self, zoom=zoom)
        under_u, under_v = grown.unit(x, y)
        return self._kept(self.u + u - under_u, self.v + v - under_v, zoom)

    def at(self, lon: float, lat: float, zoom: float | None = None) -> "Camera":
        """Look at a place in degrees."""
        u, v = unit_of(lon, lat)
        return self._kept(u, v, self.zoom if zoom is None else min(max(zoom, LEAST_ZOOM), MOST_ZOOM))

    def fitted(self, places: Iterable[Place], margin: float) -> "Camera":
        """See all places (shares), with so many pixels free at each side; without places, see the same as now."""
        known = list(places)
        if not known:
            return self
        us, vs = [u for u, _ in known], [v for _, v in known]
        span = max((max(us) - min(us)) / max(1.0, self.width - 2 * margin),
                   (max(vs) - min(vs)) / max(1.0, self.height - 2 * margin), 1e-9)  # fmt: skip
        zoom = min(max(log2(1 / (span * self.tile)), LEAST_ZOOM), 17.0)
        return self._kept((min(us) + max(us)) / 2, (min(vs) + max(vs)) / 2, zoom)

    def pixels_of(self, metres: float) -> float:
        """Say how long so many metres are at the middle of the window."""
        _, lat = lonlat_of(self.u, self.v)
        return metres / (cos(radians(lat)) * _WORLD_M) * self.scale

    def _kept(self, u: float, v: float, zoom: float) -> "Camera":
        return replace(self, u=min(max(u, 0.0), 1.0), v=min(max(v, 0.0), 1.0), zoom=zoom)
