"""One command makes a municipality that can be used at once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import resources
from typing import Literal

import psycopg
from anyio import to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import service as complaints
from api.core import audit, keys
from api.core.actor import Actor
from api.core.db import Database
from api.core.sql import Row, fetch_all, fetch_one, run
from api.core.tenancy import enter_municipality
from api.identity import service as identity
from api.identity.schemas import ConsentTextIn, RoleAssignmentIn, StaffIn
from api.inspections import service as inspections
from api.municipalities import service as municipalities
from api.municipalities.service import Kind, NewMunicipality
from api.platform.errors import ParentUnknown, TenantExists
from api.platform.places import Place, checked_slug, find_place
from api.platform.reference import load_national
from api.platform.territory import Territory, draw_territory
from geo.demo.features import Polygonal

Step = Literal["place", "map", "municipality", "departments", "areas", "services", "administrator"]
STEPS: tuple[Step, ...] = ("place", "map", "municipality", "departments", "areas", "services", "administrator")
ADMINISTRATOR = "yonetici"
# Copying the map of a large town may take longer than a request is allowed to.
_TIMEOUT = "60s"


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What the operator says of a new municipality.

    `name` is the place (Kadıköy), `province` is needed for towns, unions and namesakes, `parent` is the slug of the
    municipality above it (found by itself for a metropolitan district), `outline` the real one in degrees, `center`
    (longitude, latitude) where to draw a made-up one.
    """

    kind: Kind
    name: str
    slug: str | None = None
    province: str | None = None
    parent: str | None = None
    outline: Polygonal | None = None
    center: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The new municipality; the one-time password is told here and stored nowhere."""

    municipality_id: int
    slug: str
    name: str
    kind: Kind
    administrator: str
    one_time_password: str
    departments: int
    neighbourhoods: int
    map_features: int
    categories: int


def _silent(step: Step) -> None:
    """Take no notice of a step."""


async def create_tenant(
    database_platform: Database, new: NewTenant, on_step: Callable[[Step], None] = _silent
) -> Provisioned:
    """Make a usable municipality: keys, audit chain, departments, map, categories, texts and its first administrator.

    Args:
        database_platform: pool of the role that crosses municipalities.
        new: what the operator says of it.
        on_step: told when each of STEPS begins.

    Raises:
        TenantExists: the slug or the district is taken; nothing was changed, so the command may be run again.
        ReferenceEmpty, PlaceUnknown, PlaceAmbiguous, WrongKind, BadSlug, ParentUnknown, TerritoryImpossible: the
            request cannot be met; nothing was changed.
    """
    on_step("place")
    async with database_platform.transaction() as session:
        place = await find_place(session, new.kind, new.name, new.province)
        slug = checked_slug(new.slug or place.slug)
        await _demand_free(session, slug, place)
        parent_id = await _parent_id(session, new.parent, place)
    on_step("map")
    territory = await to_thread.run_sync(draw_territory, _moved(place, new.center), new.outline)
    try:
        async with database_platform.transaction() as session:
            await run(session, f"SET LOCAL statement_timeout = '{_TIMEOUT}'")
            return await _provision(session, slug, place, parent_id, territory, on_step)
    except psycopg.errors.UniqueViolation:
        raise TenantExists(slug=slug) from None


async def list_tenants(database_platform: Database) -> list[Row]:
    """List all municipalities of the installation with their state, by id."""
    async with database_platform.transaction() as session:
        return await fetch_all(
            session,
            """SELECT m.id, m.slug, m.name, m.kind, m.is_active, m.created_at, p.slug AS parent
                 FROM municipality m LEFT JOIN municipality p ON p.id = m.parent_id ORDER BY m.id""",
        )


async def _provision(
    session: AsyncSession,
    slug: str,
    place: Place,
    parent_id: int | None,
    territory: Territory,
    on_step: Callable[[Step], None],
) -> Provisioned:
    on_step("municipality")
    await load_national(session)
    name = municipalities.template(place.kind).official_name(place.name)
    municipality_id = await municipalities.found_municipality(
        session,
        NewMunicipality(slug, name, place.kind, place.province_id, territory.center, place.district_id, parent_id),
    )
    await enter_municipality(session, municipality_id)
    await keys.make_keys(session, municipality_id)
    keys.forget(municipality_id)
    await audit.begin_chain(session, municipality_id)
    on_step("departments")
    departments = await municipalities.seed_departments(session, municipality_id, place.kind)
    await municipalities.seed_look(session, municipality_id, place.kind, name)
    on_step("areas")
    await municipalities.write_neighbourhoods(session, municipality_id, territory.neighbourhoods)
    features = await municipalities.write_base_map(session, municipality_id, territory.features)
    on_step("services")
    categories = await complaints.seed_categories(session, municipality_id, place.kind)
    await inspections.seed_forms(session, municipality_id)
    founder = Actor("system", municipality_id, grants={"consent.edit": None, "staff.edit": None})
    await _publish_texts(session, founder, name)
    on_step("administrator")
    administrator = await identity.add_staff(
        session,
        founder,
        StaffIn(
            username=ADMINISTRATOR,
            full_name="Sistem Yöneticisi",
            roles=[RoleAssignmentIn(role="municipal_administrator")],
        ),
    )
    if place.kind == "metropolitan":
        await _adopt_districts(session, municipality_id, place.province_id)
    await audit.record(
        session, founder, "municipality.create", "municipality", str(municipality_id), kind=place.kind, slug=slug
    )
    return Provisioned(
        municipality_id=municipality_id,
        slug=slug,
        name=name,
        kind=place.kind,
        administrator=administrator.username,
        one_time_password=administrator.one_time_password,
        departments=len(departments),
        neighbourhoods=len(territory.neighbourhoods),
        map_features=features,
        categories=categories,
    )


def _moved(place: Place, center: tuple[float, float] | None) -> Place:
    return replace(place, center=center) if center else place


async def _demand_free(session: AsyncSession, slug: str, place: Place) -> None:
    taken = await fetch_one(
        session,
        """SELECT slug FROM municipality
            WHERE slug = %(slug)s OR (district_id = %(district_id)s AND kind = %(kind)s)
               OR (kind = 'metropolitan' AND kind = %(kind)s AND province_code = %(province_id)s)""",
        {"slug": slug, "district_id": place.district_id, "kind": place.kind, "province_id": place.province_id},
    )
    if taken is not None:
        raise TenantExists(slug=taken["slug"])


async def _parent_id(session: AsyncSession, parent: str | None, place: Place) -> int | None:
    if parent is not None:
        row = await fetch_one(session, "SELECT id FROM municipality WHERE slug = %s", (parent,))
        if row is None:
            raise ParentUnknown(parent=parent)
        return int(row["id"])
    if place.kind != "metropolitan_district":
        return None
    row = await fetch_one(
        session,
        "SELECT id FROM municipality WHERE kind = 'metropolitan' AND province_code = %s",
        (place.province_id,),
    )
    return int(row["id"]) if row else None


async def _adopt_districts(session: AsyncSession, municipality_id: int, province_id: int) -> None:
    """District municipalities that came first get the metropolitan above them; their citizens are told its name."""
    await run(
        session,
        """UPDATE municipality SET parent_id = %s, config_version = config_version + 1
            WHERE kind = 'metropolitan_district' AND province_code = %s AND parent_id IS NULL""",
        (municipality_id, province_id),
    )


async def _publish_texts(session: AsyncSession, founder: Actor, name: str) -> None:
    seed = (resources.files("api.platform") / "seed" / "consent_texts.json").read_text(encoding="utf-8")
    for row in json.loads(seed):
        texts = {field: text.replace("{name}", name) for field, text in row.items()}
        await identity.publish_text(session, founder, ConsentTextIn(**texts))
