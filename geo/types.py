"""Value objects for places on the earth: WGS 84 degrees, longitude always first."""

from dataclasses import dataclass

# Degrees of longitude and of latitude from the middle of the map to its edge.
HALF_TURN = 180.0
QUARTER_TURN = 90.0


def _check_degrees(name: str, value: float, limit: float) -> None:
    # False for NaN as well.
    if not -limit <= value <= limit:
        raise ValueError(f"{name} must lie between -{limit:g} and {limit:g} degrees, not {value!r}")


@dataclass(frozen=True, slots=True)
class Point:
    """One place in WGS 84 degrees (EPSG:4326).

    Raises ValueError when a coordinate is not finite or not on the globe.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        _check_degrees("lon", self.lon, HALF_TURN)
        _check_degrees("lat", self.lat, QUARTER_TURN)


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in WGS 84 degrees, edges included; it never crosses the 180th meridian.

    Raises ValueError when a side is off the globe or the sides are swapped.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        _check_degrees("west", self.west, HALF_TURN)
        _check_degrees("east", self.east, HALF_TURN)
        _check_degrees("south", self.south, QUARTER_TURN)
        _check_degrees("north", self.north, QUARTER_TURN)
        if self.west > self.east or self.south > self.north:
            raise ValueError(f"box sides are swapped: {self!r}")

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a place lies in the box or on its edge; False for a coordinate that is not a number."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


# Türkiye with its coastal waters and a margin; what lies outside was not meant for a Turkish municipality.
TURKIYE = BBox(west=25.5, south=35.5, east=45.0, north=42.5)
