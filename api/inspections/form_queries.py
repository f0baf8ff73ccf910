"""The SQL of forms and business classes; values are always parameters."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, driver_connection, fetch_all, fetch_one, run

# The older version gives way in the same statement; both are rows of their own.
INSERT_FORM_SQL = """
WITH older AS (
    UPDATE inspection_form SET is_current = false
     WHERE municipality_id = %(municipality_id)s AND code = %(code)s AND is_current)
INSERT INTO inspection_form (municipality_id, id, code, form_version, document, is_current, published_by, published_at)
VALUES (%(municipality_id)s, %(id)s, %(code)s, %(form_version)s, %(document)s::jsonb, true, %(published_by)s, %(at)s)"""

FORMS_SQL = """
    SELECT f.id, f.code, f.form_version, f.document, f.is_current, f.published_at, s.full_name AS published_by_name
      FROM inspection_form f
      LEFT JOIN staff_user s ON s.municipality_id = f.municipality_id AND s.id = f.published_by
     WHERE f.municipality_id = %(m)s AND (%(id)s::uuid IS NULL OR f.id = %(id)s)
     ORDER BY f.code, f.form_version DESC LIMIT 500"""

NEEDED_SQL = """
    SELECT f.id, f.code AS form_id, f.form_version AS version, f.document
      FROM inspection_form f
     WHERE f.municipality_id = %(m)s
       AND (f.is_current OR EXISTS (
            SELECT FROM inspection i
             WHERE i.municipality_id = %(m)s AND i.status = 'planned' AND i.form_code = f.code
               AND i.form_version = f.form_version))
     ORDER BY f.code, f.form_version"""

CLASS_COLUMNS = "id, code, name, visits_per_year, form_code, department_id, is_active"


async def form(session: AsyncSession, municipality_id: int, code: str, version: int) -> Row | None:
    """One version of a form."""
    return await fetch_one(
        session,
        "SELECT id, document FROM inspection_form WHERE municipality_id = %s AND code = %s AND form_version = %s",
        (municipality_id, code, version),
    )


async def current_version(session: AsyncSession, municipality_id: int, code: str) -> int | None:
    """The version that is offered for new visits."""
    row = await fetch_one(
        session,
        """SELECT max(form_version) AS version FROM inspection_form
            WHERE municipality_id = %s AND code = %s AND is_current""",
        (municipality_id, code),
    )
    return row["version"] if row else None


async def newest_version(session: AsyncSession, municipality_id: int, code: str) -> int:
    """The highest version; 0 before the first."""
    row = await fetch_one(
        session,
        """SELECT coalesce(max(form_version), 0) AS version FROM inspection_form
            WHERE municipality_id = %s AND code = %s""",
        (municipality_id, code),
    )
    return int(row["version"]) if row else 0


async def insert_form(session: AsyncSession, municipality_id: int, values: Mapping[str, Any]) -> None:
    """Write a version and let the older one give way."""
    await run(session, INSERT_FORM_SQL, {"municipality_id": municipality_id, **values})


async def forms(session: AsyncSession, municipality_id: int, form_id: UUID | None = None) -> list[Row]:
    """Every version, or the one with this row id."""
    return await fetch_all(session, FORMS_SQL, {"m": municipality_id, "id": form_id})


async def needed_forms(session: AsyncSession, municipality_id: int) -> list[Row]:
    """What phones need."""
    return await fetch_all(session, NEEDED_SQL, {"m": municipality_id})


async def classes(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Every class of businesses."""
    return await fetch_all(
        session,
        f"SELECT {CLASS_COLUMNS} FROM business_class WHERE municipality_id = %s ORDER BY name ->> 'tr', code",
        (municipality_id,),
    )


async def insert_classes(session: AsyncSession, municipality_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the classes of a new municipality."""
    connection = await driver_connection(session)
    async with connection.cursor() as cursor:
        await cursor.executemany(
            f"""INSERT INTO business_class (municipality_id, {CLASS_COLUMNS})
                VALUES (%(m)s, %(id)s, %(code)s, %(name)s::jsonb, %(visits_per_year)s, %(form_code)s,
                        %(department_id)s, true)""",
            [{"m": municipality_id, **row} for row in rows],
        )


async def update_class(session: AsyncSession, municipality_id: int, code: str, values: Mapping[str, Any]) -> int:
    """Change the rule of a class; gives how many there were."""
    return await run(
        session,
        """UPDATE business_class SET name = %(name)s::jsonb, visits_per_year = %(visits_per_year)s,
                  form_code = %(form_code)s, department_id = %(department_id)s, is_active = %(is_active)s
            WHERE municipality_id = %(m)s AND code = %(code)s""",
        {**values, "m": municipality_id, "code": code, "name": json.dumps(values["name"], ensure_ascii=False)},
    )
