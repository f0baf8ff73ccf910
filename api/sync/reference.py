"""What every phone of a town knows besides its work: the town itself, its areas, its people, its forms.

It is put together from the domains and compared with what phones were told: only what differs gets another version and
a pointer. So nobody who edits a category or a person has to think of phones.
"""

import json
from typing import Any
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import service as complaints
from api.core import clock
from api.core.feed import REF
from api.core.sql import fetch_one
from api.identity import service as identity
from api.inspections import service as inspections
from api.municipalities import service as municipalities

_TOWN = UUID("6d5b2c1e-5d2f-5c1b-9a54-3d1f9a7c2e10")

REFRESH_SQL = """
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(tbl text, code text, id uuid, data jsonb)),
    written AS (
        INSERT INTO reference_row AS held (municipality_id, id, tbl, code, version, data)
        SELECT %(municipality_id)s, id, tbl, code, 1, data FROM wanted
        ON CONFLICT (municipality_id, tbl, code) DO UPDATE SET data = excluded.data, version = held.version + 1
         WHERE held.data <> excluded.data
     RETURNING held.tbl, held.id),
    gone AS (
        DELETE FROM reference_row AS held WHERE municipality_id = %(municipality_id)s
           AND NOT EXISTS (SELECT FROM wanted WHERE wanted.tbl = held.tbl AND wanted.code = held.code)
     RETURNING held.tbl, held.id),
    pointed AS (
        INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
        SELECT %(municipality_id)s, %(scope)s, tbl, id FROM (TABLE written UNION TABLE gone) told(tbl, id)
        ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) AS n FROM pointed"""


async def refresh_reference(session: AsyncSession, municipality_id: int) -> int:
    """Bring what phones know of the town to how it is now; gives the number of rows that differed."""
    version = await municipalities.current_version(session, municipality_id)
    rows = [
        await _town(session, municipality_id, version),
        *await _areas(session, municipality_id),
        *await _colleagues(session, municipality_id),
        *await _forms(session, municipality_id),
    ]
    values = {
        "municipality_id": municipality_id,
        "scope": REF,
        "rows": json.dumps(rows, ensure_ascii=False, default=str),
    }
    row = await fetch_one(session, REFRESH_SQL, values)
    return int(row["n"]) if row else 0


def _row(table: str, code: str, row_id: UUID, data: dict[str, Any]) -> dict[str, Any]:
    return {"tbl": table, "code": code, "id": row_id, "data": data}


async def _town(session: AsyncSession, municipality_id: int, version: int) -> dict[str, Any]:
    town = await municipalities.town_config(session, municipality_id, version)
    config = await complaints.configuration(session, municipality_id, version)
    return _row(
        "town",
        town.slug,
        uuid5(_TOWN, str(municipality_id)),
        {
            "name": town.name,
            "slug": town.slug,
            "theme": dict(town.appearance.theme),
            "center": {"lon": town.center[0], "lat": town.center[1]},
            "config_version": version,
            "categories": [
                {
                    "id": category.id,
                    "code": category.code,
                    "parent_id": category.parent_id,
                    "name": category.name,
                    "icon": category.icon,
                    "is_group": category.is_group,
                    "is_emergency": category.is_emergency,
                    "closing_photo_required": category.closing_photo_required,
                    "place_required": category.place_required,
                    "photo_required": category.photo_required,
                    "questions": list(category.questions),
                }
                for category in config.categories.values()
                if category.is_active
            ],
            "departments": [
                {"id": department.id, "name": department.name, "parent_id": department.parent_id}
                for department in town.departments.values()
                if department.is_active
            ],
            "neighbourhoods": [{"id": place.id, "name": place.name} for place in town.neighbourhood_names.values()],
            "business_classes": await inspections.business_classes(session, municipality_id),
            "cure_days": inspections.default_days(town, clock.today()),
        },
    )


async def _areas(session: AsyncSession, municipality_id: int) -> list[dict[str, Any]]:
    # Rows of their own: an outline that is drawn anew does not send the whole town again.
    areas = await municipalities.neighbourhood_outlines(session, municipality_id)
    return [_row("area", str(area.id), area.id, {"name": area.name, "rings": area.rings}) for area in areas]


async def _colleagues(session: AsyncSession, municipality_id: int) -> list[dict[str, Any]]:
    people = await identity.colleagues(session, municipality_id)
    return [
        _row(
            "colleague",
            str(person["id"]),
            person["id"],
            {"name": person["name"], "title": person["title"], "department_ids": person["department_ids"]},
        )
        for person in people
    ]


async def _forms(session: AsyncSession, municipality_id: int) -> list[dict[str, Any]]:
    forms = await inspections.current_forms(session, municipality_id)
    return [_row("form", str(form["id"]), form["id"], form["document"]) for form in forms]
