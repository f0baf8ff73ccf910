"""The municipalities as other domains see them: configuration by version, parameters by date, and the edit verbs."""

from datetime import date, datetime
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.tenancy import enter_municipality as enter
from api.municipalities import queries
from api.municipalities.areas import draw_service_area, edit_neighbourhood, edit_service_area
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
from api.municipalities.own_parameters import set_parameter
from api.municipalities.parameters import PETITION_ANSWER_DAYS, ParameterRow, parameter_table
from api.municipalities.templates import KINDS, Kind, department_code, template
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
    "WorkingCalendar",
    "add_department",
    "bump_config",
    "department_code",
    "draw_service_area",
    "edit_appearance",
    "edit_department",
    "edit_neighbourhood",
    "edit_service_area",
    "enter",
    "found_municipality",
    "parameter",
    "parameter_value",
    "petition_days",
    "public_municipality",
    "remove_local_holiday",
    "seed_departments",
    "seed_look",
    "set_local_holiday",
    "set_parameter",
    "switch_module",
    "template",
    "town_config",
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


async def petition_days(session: AsyncSession, municipality_id: int, at: datetime) -> int:
    """Give the days within which a petition of that moment has to be answered (3071 m.7)."""
    day = at.astimezone(clock.ISTANBUL).date()
    return int(await parameter_value(session, municipality_id, PETITION_ANSWER_DAYS, day))
