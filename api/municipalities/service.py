"""The municipalities as other domains see them: configuration by version, parameters by date, and the edit verbs."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import fetch_one
from api.municipalities import queries
from api.municipalities.areas import draw_service_area, edit_neighbourhood, edit_service_area
from api.municipalities.base_map import neighbourhoods_geojson, town_tile
from api.municipalities.calendar import WorkingCalendar
from api.municipalities.config_cache import bump_config, town_config
from api.municipalities.departments import add_department, edit_department
from api.municipalities.errors import MunicipalityNotFound
from api.municipalities.founding import (
    MapFeature,
    NeighbourhoodShape,
    NewMunicipality,
    found_municipality,
    seed_departments,
    seed_look,
    write_base_map,
    write_neighbourhoods,
)
from api.municipalities.look import edit_appearance, remove_local_holiday, set_local_holiday, switch_module
from api.municipalities.models import Municipality
from api.municipalities.outlines import neighbourhood_outlines
from api.municipalities.own_parameters import set_parameter
from api.municipalities.parameters import ParameterRow, parameter_table
from api.municipalities.reading import (
    list_departments,
    list_holidays,
    list_modules,
    list_municipalities,
    list_parameters,
    list_service_areas,
    public_config,
    read_appearance,
)
from api.municipalities.templates import KINDS, Kind, TownTemplate, department_code, national_seed, template
from api.municipalities.town import DepartmentInfo, NeighbourhoodInfo, ServiceAreaInfo, TownConfig

__all__ = [
    "KINDS",
    "DepartmentInfo",
    "Kind",
    "MapFeature",
    "Municipality",
    "NeighbourhoodInfo",
    "NeighbourhoodShape",
    "NewMunicipality",
    "ParameterRow",
    "ServiceAreaInfo",
    "TownConfig",
    "TownTemplate",
    "WorkingCalendar",
    "add_department",
    "bump_config",
    "current_version",
    "department_code",
    "department_ids_by_code",
    "draw_service_area",
    "edit_appearance",
    "edit_department",
    "edit_neighbourhood",
    "edit_service_area",
    "found_municipality",
    "list_departments",
    "list_holidays",
    "list_modules",
    "list_municipalities",
    "list_parameters",
    "list_service_areas",
    "national_seed",
    "neighbourhood_outlines",
    "neighbourhoods_geojson",
    "parameter",
    "parameter_value",
    "public_config",
    "public_municipality",
    "read_appearance",
    "remove_local_holiday",
    "seed_departments",
    "seed_look",
    "set_local_holiday",
    "set_parameter",
    "switch_module",
    "template",
    "town_config",
    "town_tile",
    "write_base_map",
    "write_neighbourhoods",
]


async def public_municipality(session: AsyncSession, slug: str) -> Municipality:
    """Find a served municipality by the name in its address; works outside any municipality, reads no outline.

    Raises:
        MunicipalityNotFound: there is none, or it is not served any more.
    """
    municipality = await queries.active_municipality(session, slug)
    if municipality is None:
        raise MunicipalityNotFound
    return municipality


async def parameter(session: AsyncSession, municipality_id: int, code: str, on: date) -> ParameterRow:
    """Give the value that holds in the municipality on a day, with unit and legal reference; one statement.

    `TownConfig.parameters` answers the same without any.

    Raises:
        ParameterMissing: neither the municipality nor the country has one for that day.
    """
    return parameter_table(await queries.parameters(session, municipality_id, code)).row(code, on)


async def parameter_value(session: AsyncSession, municipality_id: int, code: str, on: date) -> Decimal:
    """Give the number that holds in the municipality on a day. Raises ParameterMissing."""
    return (await parameter(session, municipality_id, code, on)).value


async def current_version(session: AsyncSession, municipality_id: int) -> int:
    """Give the version of the configuration as it is now, for jobs and imports that have no request's actor.

    Raises:
        MunicipalityNotFound: there is no such municipality.
    """
    row = await fetch_one(session, "SELECT config_version FROM municipality WHERE id = %s", (municipality_id,))
    if row is None:
        raise MunicipalityNotFound
    return int(row["config_version"])


async def department_ids_by_code(session: AsyncSession, municipality_id: int) -> dict[str, UUID]:
    """Give the departments by code, for seeds and imports.

    A code that this kind of municipality has no department for leads to the department that stands in for it.

    Raises:
        MunicipalityNotFound: there is no such municipality.
    """
    town = await queries.municipality_row(session, municipality_id)
    if town is None:
        raise MunicipalityNotFound
    ids: dict[str, UUID] = {
        row["code"]: row["id"] for row in await queries.departments(session, municipality_id) if row["is_active"]
    }
    stand_ins = template(town["kind"]).stands_in
    return ids | {code: ids[other] for code, other in stand_ins.items() if code not in ids and other in ids}
