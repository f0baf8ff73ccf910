"""What the drawing of pretend cases needs to know of a town: its configuration, its map, the people who work there."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import service as complaints
from api.complaints.configuration import Configuration
from api.core.sql import Row, fetch_all, fetch_one
from api.municipalities import service as municipalities
from api.municipalities.service import TownConfig
from geo.demo.features import Neighbourhood, Street, Town
from geo.demo.plan import rounded
from geo.local_frame import FloatArray
from geo.mercator import EARTH_RADIUS_M

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works on cases: everywhere (None) or in one department and those below it."""

    id: UUID
    role: str
    department_id: UUID | None


@dataclass(frozen=True)
class Setting:
    """One town; `parks` are names of parks by the row of `map.neighbourhoods`, for neighbourhoods that have some."""

    town: TownConfig
    config: Configuration
    map: Town
    parks: dict[int, list[str]]
    workers: tuple[Worker, ...]

    @property
    def municipality_id(self) -> int:
        """The municipality."""
        return self.town.municipality_id


async def read_setting(session: AsyncSession, municipality_id: int) -> Setting:
    """Read a town inside which the session is; its streets and parks come from its own base map."""
    version = await fetch_one(session, "SELECT config_version FROM municipality WHERE id = %s", (municipality_id,))
    if version is None:
        raise LookupError(f"no municipality {municipality_id}")
    neighbourhoods = _neighbourhoods(
        await fetch_all(
            session,
            """SELECT official_id, name, population, ST_AsBinary(geom) AS geom FROM neighbourhood
                WHERE municipality_id = %s ORDER BY official_id""",
            (municipality_id,),
        )
    )
    features = await fetch_all(
        session,
        """SELECT layer, kind, name, ST_AsBinary(geom_3857) AS geom FROM base_map_feature
            WHERE municipality_id = %s AND layer IN ('street', 'park') ORDER BY id""",
        (municipality_id,),
    )
    streets = [row for row in features if row["layer"] == "street"]
    parks = [row for row in features if row["layer"] == "park"]
    config_version = int(version["config_version"])
    return Setting(
        town=await municipalities.town_config(session, municipality_id, config_version),
        config=await complaints.configuration(session, municipality_id, config_version),
        map=_map(neighbourhoods, streets),
        parks=_park_names(neighbourhoods, parks),
        workers=await _workers(session, municipality_id),
    )


def _neighbourhoods(rows: list[Row]) -> tuple[Neighbourhood, ...]:
    shapes = shapely.from_wkb([bytes(row["geom"]) for row in rows])
    return tuple(
        Neighbourhood(row["official_id"], row["name"], row["population"], shape)
        for row, shape in zip(rows, shapes, strict=True)
    )


def _map(neighbourhoods: tuple[Neighbourhood, ...], streets: list[Row]) -> Town:
    lines = _in_degrees(streets)
    homes = _homes(neighbourhoods, shapely.line_interpolate_point(lines, 0.5, normalized=True))
    drawn = tuple(
        Street(number, row["name"], "artery" if row["kind"] == "main" else "street", neighbourhoods[home].id, line)
        for number, (row, line, home) in enumerate(zip(streets, lines, homes, strict=True), 1)
    )
    outline = shapely.union_all(np.array([neighbourhood.shape for neighbourhood in neighbourhoods], dtype=object))
    return Town(outline, neighbourhoods, drawn, (), seed=len(drawn))


def _park_names(neighbourhoods: tuple[Neighbourhood, ...], parks: list[Row]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for home, row in zip(_homes(neighbourhoods, shapely.centroid(_in_degrees(parks))), parks, strict=True):
        names.setdefault(home, []).append(row["name"])
    return names


def _homes(neighbourhoods: tuple[Neighbourhood, ...], points: Shapes) -> list[int]:
    """Row of the neighbourhood nearest to each point."""
    tree = shapely.STRtree([neighbourhood.shape for neighbourhood in neighbourhoods])
    found: list[int] = tree.nearest(points).tolist()
    return found


def _in_degrees(rows: list[Row]) -> Shapes:
    shapes: Shapes = np.array(shapely.from_wkb([bytes(row["geom"]) for row in rows]), dtype=object)

    def unproject(metres: FloatArray) -> FloatArray:
        x, y = metres.T
        return rounded(np.degrees(np.column_stack([x / EARTH_RADIUS_M, np.arctan(np.sinh(y / EARTH_RADIUS_M))])))

    moved: Shapes = np.asarray(shapely.transform(shapes, unproject), dtype=object)
    return moved


async def _workers(session: AsyncSession, municipality_id: int) -> tuple[Worker, ...]:
    rows = await fetch_all(
        session,
        """SELECT s.id, r.role, r.department_id FROM staff_user s
             JOIN role_assignment r ON r.municipality_id = s.municipality_id AND r.staff_user_id = s.id
            WHERE s.municipality_id = %s AND s.is_active ORDER BY s.username, r.role""",
        (municipality_id,),
    )
    return tuple(Worker(**row) for row in rows)
