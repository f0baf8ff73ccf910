"""Outlines of neighbourhoods as light as they may be; neighbours are simplified together, so that no gaps appear."""

from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from anyio import to_thread
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row
from api.municipalities import queries

# About a metre.
DECIMALS = 5
# About 15 m.
_TOLERANCE_DEGREES = 0.00015
_MOST_POINTS = 60
_LEAST_OF_RING = 4

Ring = list[list[float]]


class Outline(NamedTuple):
    """A neighbourhood by its rings, each a closed row of [longitude, latitude]; at most 60 places together."""

    id: UUID
    name: str
    rings: list[Ring]


async def neighbourhood_outlines(session: AsyncSession, municipality_id: int) -> list[Outline]:
    """Give the neighbourhoods by name, with outlines that are good enough to be drawn on a phone (some 15 m)."""
    rows = await queries.neighbourhoods(session, municipality_id)
    return await to_thread.run_sync(_outlines, rows)


def simplified(rows: list[Row], tolerance: float) -> Any:
    """Give the shapes of neighbourhoods with fewer places, in degrees; `tolerance` in degrees as well."""
    shapes = shapely.from_wkb([bytes(row["geom"]) for row in rows])
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_simplify(shapes, tolerance)
    return shapely.simplify(shapes, tolerance, preserve_topology=True)


def _outlines(rows: list[Row]) -> list[Outline]:
    shapes = simplified(rows, _TOLERANCE_DEGREES)
    return [Outline(row["id"], row["name"], _rings(shape)) for row, shape in zip(rows, shapes, strict=True)]


def _rings(shape: BaseGeometry) -> list[Ring]:
    parts = [Polygon(ring) for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    parts = sorted(parts, key=lambda part: part.area, reverse=True)[: _MOST_POINTS // _LEAST_OF_RING]
    tolerance = _TOLERANCE_DEGREES
    while sum(len(part.exterior.coords) for part in parts) > _MOST_POINTS:
        tolerance *= 1.5
        parts = [part.simplify(tolerance, preserve_topology=True) for part in parts]
    return [np.round(shapely.get_coordinates(part), DECIMALS).tolist() for part in parts]
