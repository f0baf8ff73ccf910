"""The HTTP face of the municipalities: what anybody may read, and what staff see and change of their own town."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from api.core.actor import Actor
from api.core.conditional import IfNoneMatch, is_fresh
from api.core.deps import SessionDep
from api.identity.deps import Permitted, StaffDep, TownDep
from api.municipalities import schemas, service

router = APIRouter(prefix="/municipality", tags=["municipality"])
public_router = APIRouter(prefix="/public", tags=["public"])
town_router = APIRouter(prefix="/{municipality_slug}")

MVT = "application/vnd.mapbox-vector-tile"
GEOJSON = "application/geo+json"
# What is public of a town changes with its version only; a browser may keep it for ten minutes without asking.
_PUBLIC = "public, max-age=600"

Zoom = Annotated[int, Path(ge=0, le=20)]
TileIndex = Annotated[int, Path(ge=0, lt=1 << 20)]


def _may(permission: str) -> Any:
    return Depends(Permitted(permission, side="staff"))


DepartmentEditor = Annotated[Actor, _may("department.edit")]
RoutingEditor = Annotated[Actor, _may("routing.edit")]
ParameterEditor = Annotated[Actor, _may("parameter.edit")]
AppearanceEditor = Annotated[Actor, _may("appearance.edit")]


def _fresh(town_version: int, if_none_match: str | None) -> tuple[dict[str, str], Response | None]:
    """Headers of an answer that changes with the town's version only, and the 304 if the caller has it already."""
    etag = f'"v{town_version}"'
    headers = {"ETag": etag, "Cache-Control": _PUBLIC}
    return headers, Response(status_code=304, headers=headers) if is_fresh(etag, if_none_match) else None


@public_router.get("/municipalities")
async def list_municipalities(
    session: SessionDep, place: Annotated[schemas.PlaceQuery, Query()]
) -> list[schemas.MunicipalityRow]:
    """Municipalities to choose from; with a place the one that holds it first, then the nearest ten."""
    return await service.list_municipalities(session, place)


@town_router.get("/config")
async def read_config(
    session: SessionDep, town: TownDep, response: Response, if_none_match: IfNoneMatch = None
) -> schemas.TownOut:
    """Name, look, texts, services and contact of a municipality."""
    headers, unchanged = _fresh(town.config_version, if_none_match)
    response.headers.update(headers)
    if unchanged is not None:
        response.status_code = 304
    return await service.public_config(session, town.id, town.config_version)


@town_router.get("/neighbourhoods", response_class=Response, responses={200: {"content": {GEOJSON: {}}}})
async def read_neighbourhoods(session: SessionDep, town: TownDep, if_none_match: IfNoneMatch = None) -> Response:
    """The neighbourhoods with simplified outlines, as GeoJSON."""
    headers, unchanged = _fresh(town.config_version, if_none_match)
    if unchanged is not None:
        return unchanged
    return Response(await service.neighbourhoods_geojson(session, town.id), media_type=GEOJSON, headers=headers)


@town_router.get("/tiles/base/{z}/{x}/{y}.mvt", response_class=Response, responses={200: {"content": {MVT: {}}}})
async def read_base_tile(
    session: SessionDep, town: TownDep, z: Zoom, x: TileIndex, y: TileIndex, if_none_match: IfNoneMatch = None
) -> Response:
    """The town's base map as a vector tile."""
    headers, unchanged = _fresh(town.config_version, if_none_match)
    if unchanged is not None:
        return unchanged
    return Response(await service.town_tile(session, town.id, z, x, y), media_type=MVT, headers=headers)


public_router.include_router(town_router)


@router.get("/departments")
async def list_departments(session: SessionDep, actor: StaffDep) -> list[schemas.DepartmentOut]:
    """The organisation tree."""
    return await service.list_departments(session, actor)


@router.post("/departments", status_code=201)
async def add_department(session: SessionDep, actor: DepartmentEditor, new: schemas.DepartmentIn) -> schemas.CreatedOut:
    """Add a unit."""
    return schemas.CreatedOut(id=await service.add_department(session, actor, new))


@router.patch("/departments/{department_id}", status_code=204)
async def edit_department(
    session: SessionDep, actor: DepartmentEditor, department_id: UUID, change: schemas.DepartmentChange
) -> None:
    """Rename, move, close or reopen a unit, or change its hours."""
    await service.edit_department(session, actor, department_id, change)


@router.get("/service-areas")
async def list_service_areas(session: SessionDep, actor: StaffDep) -> list[schemas.ServiceAreaOut]:
    """The areas by which work is routed, with their outlines."""
    return await service.list_service_areas(session, actor)


@router.post("/service-areas", status_code=201)
async def draw_service_area(
    session: SessionDep, actor: RoutingEditor, new: schemas.ServiceAreaIn
) -> schemas.CreatedOut:
    """Draw a new area."""
    return schemas.CreatedOut(id=await service.draw_service_area(session, actor, new))


@router.patch("/service-areas/{area_id}", status_code=204)
async def edit_service_area(
    session: SessionDep, actor: RoutingEditor, area_id: UUID, change: schemas.ServiceAreaChange
) -> None:
    """Rename, redraw, reorder or switch off an area."""
    await service.edit_service_area(session, actor, area_id, change)


@router.patch("/neighbourhoods/{neighbourhood_id}", status_code=204)
async def edit_neighbourhood(
    session: SessionDep, actor: RoutingEditor, neighbourhood_id: UUID, change: schemas.NeighbourhoodChange
) -> None:
    """Rename or redraw a neighbourhood."""
    await service.edit_neighbourhood(session, actor, neighbourhood_id, change)


@router.get("/parameters")
async def list_parameters(session: SessionDep, actor: StaffDep, on: date | None = None) -> list[schemas.ParameterOut]:
    """Rates, limits and periods that hold on a day (today), each with its legal reference."""
    return await service.list_parameters(session, actor, on)


@router.put("/parameters/{code}", status_code=204)
async def set_parameter(
    session: SessionDep, actor: ParameterEditor, code: schemas.Code, new: schemas.ParameterIn
) -> None:
    """Let an own value hold from a day on."""
    await service.set_parameter(session, actor, code, new)


@router.get("/modules")
async def list_modules(session: SessionDep, actor: StaffDep) -> dict[str, bool]:
    """Which modules of the platform are on."""
    return await service.list_modules(session, actor)


@router.put("/modules/{code}", status_code=204)
async def switch_module(session: SessionDep, actor: ParameterEditor, code: schemas.Code, new: schemas.ModuleIn) -> None:
    """Switch a module on or off."""
    await service.switch_module(session, actor, code, is_on=new.is_on)


@router.get("/appearance")
async def read_appearance(session: SessionDep, actor: StaffDep) -> schemas.AppearanceOut:
    """Theme, texts, contact and working hours."""
    return await service.read_appearance(session, actor)


@router.put("/appearance", status_code=204)
async def edit_appearance(session: SessionDep, actor: AppearanceEditor, new: schemas.AppearanceIn) -> None:
    """Replace theme, texts, contact and working hours."""
    await service.edit_appearance(session, actor, new)


@router.get("/holidays")
async def list_holidays(
    session: SessionDep, actor: StaffDep, year: Annotated[int, Query(ge=2000, le=2100)]
) -> list[schemas.HolidayOut]:
    """The country's and the municipality's free days of a year."""
    return await service.list_holidays(session, actor, year)


@router.put("/holidays/{day}", status_code=204)
async def set_local_holiday(
    session: SessionDep, actor: ParameterEditor, day: date, new: schemas.LocalHolidayIn
) -> None:
    """Declare a free day of this municipality."""
    await service.set_local_holiday(session, actor, day, new)


@router.delete("/holidays/{day}", status_code=204)
async def remove_local_holiday(session: SessionDep, actor: ParameterEditor, day: date) -> None:
    """Take a free day of this municipality back."""
    await service.remove_local_holiday(session, actor, day)
