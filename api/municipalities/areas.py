"""Changes of the areas by which work is routed: neighbourhoods and service areas."""

from typing import Any
from uuid import UUID

import shapely
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor
from api.core.ids import uuid7
from api.core.sql import run
from api.municipalities.config_cache import bump_config
from api.municipalities.errors import NeighbourhoodNotFound, ServiceAreaNotFound
from api.municipalities.schemas import NeighbourhoodChange, ServiceAreaChange, ServiceAreaIn
from geo.geojson import parse_polygon


async def draw_service_area(session: AsyncSession, actor: Actor, new: ServiceAreaIn) -> UUID:
    """Draw a new area by which work is routed (a team's district, the metropolitan's main roads) and give its id.

    Raises:
        Forbidden: without `routing.edit`.
        GeoError: the outline cannot be accepted.
    """
    actor.demand("routing.edit")
    outline = _wkb(new.outline)
    await bump_config(session, actor.municipality_id)
    area_id = uuid7()
    await run(
        session,
        """INSERT INTO service_area (municipality_id, id, name, purpose, position, geom, is_active)
           VALUES (%s, %s, %s, %s, %s, ST_GeomFromWKB(%s, 4326), true)""",
        (actor.municipality_id, area_id, new.name, new.purpose, new.position, outline),
    )
    await audit.record(session, actor, "routing.edit", "service_area", area_id, added=new.name, purpose=new.purpose)
    return area_id


async def edit_service_area(session: AsyncSession, actor: Actor, area_id: UUID, change: ServiceAreaChange) -> None:
    """Rename, redraw, reorder or switch off a service area; fields not set stay as they are.

    Raises:
        Forbidden: without `routing.edit`.
        ServiceAreaNotFound: no such area.
        GeoError: the outline cannot be accepted.
    """
    actor.demand("routing.edit")
    outline = _wkb(change.outline) if change.outline is not None else None
    await bump_config(session, actor.municipality_id)
    changed = await run(
        session,
        """UPDATE service_area
              SET name = coalesce(%s, name), position = coalesce(%s, position), is_active = coalesce(%s, is_active),
                  geom = coalesce(ST_GeomFromWKB(%s::bytea, 4326), geom)
            WHERE municipality_id = %s AND id = %s""",
        (change.name, change.position, change.is_active, outline, actor.municipality_id, area_id),
    )
    if changed != 1:
        raise ServiceAreaNotFound
    await audit.record(session, actor, "routing.edit", "service_area", area_id, **_said(change))


async def edit_neighbourhood(
    session: AsyncSession, actor: Actor, neighbourhood_id: UUID, change: NeighbourhoodChange
) -> None:
    """Rename or redraw a neighbourhood; cases keep the neighbourhood they were filed in.

    Raises:
        Forbidden: without `routing.edit`.
        NeighbourhoodNotFound: no such neighbourhood.
        GeoError: the outline cannot be accepted.
    """
    actor.demand("routing.edit")
    outline = _wkb(change.outline) if change.outline is not None else None
    await bump_config(session, actor.municipality_id)
    changed = await run(
        session,
        """UPDATE neighbourhood
              SET name = coalesce(%s, name), population = coalesce(%s, population), source = coalesce(%s, source),
                  geom = coalesce(ST_GeomFromWKB(%s::bytea, 4326), geom)
            WHERE municipality_id = %s AND id = %s""",
        (change.name, change.population, change.source, outline, actor.municipality_id, neighbourhood_id),
    )
    if changed != 1:
        raise NeighbourhoodNotFound
    await audit.record(session, actor, "routing.edit", "neighbourhood", neighbourhood_id, **_said(change))


def _wkb(outline: dict[str, Any]) -> bytes:
    encoded: bytes = shapely.to_wkb(parse_polygon(outline))
    return encoded


def _said(change: ServiceAreaChange | NeighbourhoodChange) -> dict[str, Any]:
    """What the trail keeps of a change: an outline only as the fact that it was redrawn."""
    said = change.model_dump(exclude_none=True)
    if said.pop("outline", None) is not None:
        said["redrawn"] = True
    return said
