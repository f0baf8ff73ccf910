"""Selects of this domain; all run inside the municipality that the session has entered."""

from datetime import date

from sqlalchemy.orm import defer
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one
from api.municipalities.models import Municipality

PARAMETERS = """
    SELECT code, valid_from, valid_to, value, unit, legal_reference, is_verified, true AS is_own,
           'none' AS municipal_choice
      FROM parameter WHERE municipality_id = %(municipality_id)s AND (%(code)s::text IS NULL OR code = %(code)s)
     UNION ALL
    SELECT code, valid_from, valid_to, value, unit, legal_reference, is_verified, false, municipal_choice
      FROM national_parameter WHERE %(code)s::text IS NULL OR code = %(code)s"""

HOLIDAYS = """
    SELECT day, name, half_day, legal_reference, is_verified, false AS is_own FROM public_holiday
     WHERE day BETWEEN %(first)s AND %(last)s
     UNION ALL
    SELECT day, name, half_day, '', true, true FROM local_holiday
     WHERE municipality_id = %(municipality_id)s AND day BETWEEN %(first)s AND %(last)s
     ORDER BY day, is_own"""

# Which outlines hold the place is asked of the index first; a metropolitan one holds its districts' places too.
NEAR_MUNICIPALITIES = """
    WITH holding AS MATERIALIZED (
        SELECT id, ST_Area(outline) AS area FROM municipality
         WHERE is_active AND ST_Covers(outline, ST_Point(%(lon)s, %(lat)s, 4326)))
    SELECT m.id, m.slug, m.name, m.kind, m.province_code, m.center_lon, m.center_lat,
           holding.id IS NOT NULL AS holds_place,
           ST_DistanceSphere(ST_Point(m.center_lon, m.center_lat, 4326), ST_Point(%(lon)s, %(lat)s, 4326)) / 1000
               AS distance_km
      FROM municipality m LEFT JOIN holding ON holding.id = m.id
     WHERE m.is_active
     ORDER BY holding.area NULLS LAST, distance_km, m.id
     LIMIT %(limit)s"""


async def active_municipality(session: AsyncSession, slug: str) -> Municipality | None:
    """Find a served municipality by its slug; its outline is not read."""
    statement = (
        select(Municipality)
        .where(Municipality.slug == slug, Municipality.is_active)
        .options(defer(Municipality.outline, raiseload=True))
    )
    return (await session.exec(statement)).first()


async def municipality_row(session: AsyncSession, municipality_id: int) -> Row | None:
    """Read what the configuration needs of a municipality and of the one above it."""
    return await fetch_one(
        session,
        """SELECT m.slug, m.name, m.kind, m.center_lon, m.center_lat, p.name AS parent_name
             FROM municipality m LEFT JOIN municipality p ON p.id = m.parent_id WHERE m.id = %s""",
        (municipality_id,),
    )


async def municipalities(session: AsyncSession, limit: int) -> list[Row]:
    """List the served municipalities in Turkish alphabetical order."""
    return await fetch_all(
        session,
        """SELECT id, slug, name, kind, province_code, center_lon, center_lat, false AS holds_place,
                  NULL::float AS distance_km
             FROM municipality WHERE is_active ORDER BY name COLLATE "tr-x-icu", id LIMIT %s""",
        (limit,),
    )


async def municipalities_near(session: AsyncSession, lon: float, lat: float, limit: int) -> list[Row]:
    """List the served municipalities: those whose outline holds the place, smallest first, then by distance."""
    return await fetch_all(session, NEAR_MUNICIPALITIES, {"lon": lon, "lat": lat, "limit": limit})


async def departments(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Read the organisation tree."""
    return await fetch_all(
        session,
        """SELECT id, code, name, parent_id, grade, working_hours, is_round_the_clock, phone, is_active
             FROM department WHERE municipality_id = %s ORDER BY name COLLATE "tr-x-icu", id""",
        (municipality_id,),
    )


async def neighbourhoods(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Read the neighbourhoods with their outlines (`geom`, WKB in degrees)."""
    return await fetch_all(
        session,
        """SELECT id, official_id, name, population, source, ST_AsBinary(geom) AS geom
             FROM neighbourhood WHERE municipality_id = %s ORDER BY name COLLATE "tr-x-icu", id""",
        (municipality_id,),
    )


async def service_areas(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Read the service areas with their outlines (`geom`, WKB in degrees), in their order."""
    return await fetch_all(
        session,
        """SELECT id, name, purpose, position, is_active, ST_AsBinary(geom) AS geom
             FROM service_area WHERE municipality_id = %s ORDER BY position, id""",
        (municipality_id,),
    )


async def modules(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Read which modules are on."""
    return await fetch_all(
        session, "SELECT code, is_on FROM module WHERE municipality_id = %s ORDER BY code", (municipality_id,)
    )


async def appearance(session: AsyncSession, municipality_id: int) -> Row | None:
    """Read theme, texts, contact and working hours."""
    return await fetch_one(
        session,
        "SELECT theme, texts, contact, working_hours FROM appearance WHERE municipality_id = %s",
        (municipality_id,),
    )


async def holidays(session: AsyncSession, municipality_id: int, first: date, last: date) -> list[Row]:
    """Read the country's holidays and the municipality's own between two days, both included."""
    return await fetch_all(session, HOLIDAYS, {"municipality_id": municipality_id, "first": first, "last": last})


async def parameters(session: AsyncSession, municipality_id: int, code: str | None = None) -> list[Row]:
    """Read all values (of one code) of the municipality and of the country."""
    return await fetch_all(session, PARAMETERS, {"municipality_id": municipality_id, "code": code})
