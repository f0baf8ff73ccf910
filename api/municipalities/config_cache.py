"""Loads a municipality's configuration once for each version and database, and keeps the 300 last used."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import shapely
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_one
from api.municipalities import queries
from api.municipalities.calendar import HolidayLength
from api.municipalities.errors import MunicipalityNotFound
from api.municipalities.parameters import parameter_table
from api.municipalities.town import AppearanceInfo, DepartmentInfo, NeighbourhoodInfo, ServiceAreaInfo, TownConfig
from geo.area_routing import Area, AreaIndex

MOST_HELD = 300
_CHANGED = "municipality_config_changed"

# By database first: the same municipality and version of another database is another town.
_caches: WeakKeyDictionary[Any, OrderedDict[int, TownConfig]] = WeakKeyDictionary()


async def town_config(session: AsyncSession, municipality_id: int, config_version: int) -> TownConfig:
    """Give the municipality's configuration as of a version (`Actor.config_version`); no statement once it is held.

    The session must be inside the municipality. A transaction that changed the configuration itself reads it anew and
    keeps nothing, since it may still be rolled back.

    Raises:
        MunicipalityNotFound: there is no such municipality, or the session is inside another.
    """
    if session.info.get(_CHANGED):
        return await _load(session, municipality_id, config_version)
    held = _caches.setdefault(session.bind, OrderedDict())
    config = held.get(municipality_id)
    if config is None or config.config_version != config_version:
        loaded = await _load(session, municipality_id, config_version)
        latest = held.get(municipality_id)
        if latest is not None and latest.config_version > config_version:
            return loaded
        config = held[municipality_id] = loaded
    held.move_to_end(municipality_id)
    while len(held) > MOST_HELD:
        held.popitem(last=False)
    return config


async def bump_config(session: AsyncSession, municipality_id: int) -> int:
    """Grow the version of the configuration in the running transaction and give it; every edit verb calls this.

    Raises:
        MunicipalityNotFound: there is no such municipality.
    """
    row = await fetch_one(
        session,
        "UPDATE municipality SET config_version = config_version + 1 WHERE id = %s RETURNING config_version",
        (municipality_id,),
    )
    if row is None:
        raise MunicipalityNotFound
    session.info[_CHANGED] = True
    return int(row["config_version"])


async def _load(session: AsyncSession, municipality_id: int, config_version: int) -> TownConfig:
    town = await queries.municipality_row(session, municipality_id)
    look = await queries.appearance(session, municipality_id)
    if town is None or look is None:
        raise MunicipalityNotFound
    neighbourhoods = await queries.neighbourhoods(session, municipality_id)
    areas = [row for row in await queries.service_areas(session, municipality_id) if row["is_active"]]
    return TownConfig(
        municipality_id=municipality_id,
        config_version=config_version,
        slug=town["slug"],
        name=town["name"],
        kind=town["kind"],
        parent_name=town["parent_name"],
        center=(town["center_lon"], town["center_lat"]),
        departments={row["id"]: DepartmentInfo(**row) for row in await queries.departments(session, municipality_id)},
        neighbourhood_names={
            row["id"]: NeighbourhoodInfo(row["id"], row["official_id"], row["name"], row["population"])
            for row in neighbourhoods
        },
        neighbourhoods=AreaIndex(_areas(neighbourhoods)),
        service_areas={
            row["id"]: ServiceAreaInfo(row["id"], row["name"], row["purpose"], row["position"]) for row in areas
        },
        service_area_outlines=tuple(AreaIndex([area]) for area in _areas(areas)),
        modules={row["code"]: row["is_on"] for row in await queries.modules(session, municipality_id)},
        appearance=AppearanceInfo(**look),
        holidays=_holidays(await queries.holidays(session, municipality_id, date.min, date.max)),
        parameters=parameter_table(await queries.parameters(session, municipality_id)),
    )


def _areas(rows: Sequence[Row]) -> list[Area[Any]]:
    shapes = shapely.from_wkb([bytes(row["geom"]) for row in rows])
    return [Area(row["id"], shape) for row, shape in zip(rows, shapes, strict=True)]


def _holidays(rows: Sequence[Row]) -> dict[date, HolidayLength]:
    days: dict[date, HolidayLength] = {}
    for row in rows:
        # Where the country and the municipality both say something, the longer rest counts.
        if days.get(row["day"]) != "full":
            days[row["day"]] = "half" if row["half_day"] else "full"
    return days
