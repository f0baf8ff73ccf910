"""What staff and the public read of a municipality's configuration, as it goes over the wire."""

from datetime import date

import shapely
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.municipalities import queries
from api.municipalities.config_cache import town_config
from api.municipalities.errors import MunicipalityNotFound
from api.municipalities.parameters import parameter_table
from api.municipalities.schemas import (
    AppearanceOut,
    DepartmentOut,
    HolidayOut,
    MunicipalityRow,
    ParameterOut,
    Place,
    PlaceQuery,
    ServiceAreaOut,
    TownOut,
)
from geo.geojson import to_geojson

MOST_MUNICIPALITIES = 2_000
NEAREST = 10


async def list_municipalities(session: AsyncSession, place: PlaceQuery) -> list[MunicipalityRow]:
    """List the served municipalities by name; with a place those that hold it, then the nearest, ten together."""
    if place.lon is None or place.lat is None:
        rows = await queries.municipalities(session, MOST_MUNICIPALITIES)
    else:
        rows = await queries.municipalities_near(session, place.lon, place.lat, NEAREST)
    return [MunicipalityRow(center=Place(lon=row.pop("center_lon"), lat=row.pop("center_lat")), **row) for row in rows]


async def public_config(session: AsyncSession, municipality_id: int, config_version: int) -> TownOut:
    """Give what an app needs to look and speak like the municipality."""
    town = await town_config(session, municipality_id, config_version)
    return TownOut.model_validate(town.public())


async def list_departments(session: AsyncSession, actor: Actor) -> list[DepartmentOut]:
    """List the units of the actor's municipality, closed ones included, in Turkish alphabetical order."""
    return [DepartmentOut(**row) for row in await queries.departments(session, actor.municipality_id)]


async def list_service_areas(session: AsyncSession, actor: Actor) -> list[ServiceAreaOut]:
    """List the service areas of the actor's municipality with their outlines, in their order."""
    rows = await queries.service_areas(session, actor.municipality_id)
    return [ServiceAreaOut(outline=to_geojson(shapely.from_wkb(bytes(row.pop("geom")))), **row) for row in rows]


async def list_parameters(session: AsyncSession, actor: Actor, on: date | None = None) -> list[ParameterOut]:
    """List what holds on a day (today in Turkey), by code; a code without a value on that day is left out."""
    day = on or clock.today()
    table = parameter_table(await queries.parameters(session, actor.municipality_id))
    answer = []
    for code in table.codes():
        row, national = table.find(code, day), table.national(code, day)
        if row is not None:
            answer.append(
                ParameterOut(
                    code=code, value=row.value, unit=row.unit, valid_from=row.valid_from, valid_to=row.valid_to,
                    legal_reference=row.legal_reference, is_verified=row.is_verified, is_own=row.is_own,
                    municipal_choice=national.municipal_choice if national else "none",
                )
            )  # fmt: skip
    return answer


async def list_modules(session: AsyncSession, actor: Actor) -> dict[str, bool]:
    """Say of every module of the platform whether it is on."""
    return {row["code"]: row["is_on"] for row in await queries.modules(session, actor.municipality_id)}


async def read_appearance(session: AsyncSession, actor: Actor) -> AppearanceOut:
    """Give theme, texts, contact and working hours.

    Raises:
        MunicipalityNotFound: the session is in no municipality.
    """
    row = await queries.appearance(session, actor.municipality_id)
    if row is None:
        raise MunicipalityNotFound
    return AppearanceOut(**row)


async def list_holidays(session: AsyncSession, actor: Actor, year: int) -> list[HolidayOut]:
    """List the country's and the municipality's own free days of a year."""
    rows = await queries.holidays(session, actor.municipality_id, date(year, 1, 1), date(year, 12, 31))
    return [HolidayOut(**row) for row in rows]
