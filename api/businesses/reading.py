"""Lists, the map and the single record, each as far as its reader may see."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.businesses import queries, tiles
from api.businesses.changing import TABLE, is_keeper
from api.businesses.schemas import (
    BusinessFilter,
    BusinessOut,
    BusinessRow,
    ChangeOut,
    ClassOut,
    MatchOut,
    OwnerOut,
)
from api.core import audit, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.pagination import Page, decode_cursor, encode_cursor, query_scope
from api.core.phones import mask_tckn
from api.core.sql import Row, run
from api.core.text import fold
from api.municipalities import service as municipalities
from geo.mercator import MAX_LATITUDE

LIKE_SPECIAL = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})
_TCKN_DIGITS = 11
_PERSONAL = frozenset({"owner", "tax_no"})


def conditions_of(actor: Actor, wanted: BusinessFilter) -> tuple[list[str], dict[str, Any]]:
    """Give the SQL conditions and values of a filter; without a wished status, merged aliases are left out."""
    conditions = ["b.municipality_id = %(municipality_id)s"]
    values: dict[str, Any] = {"municipality_id": actor.municipality_id}
    for column in ("class_code", "neighbourhood_id", "status"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append(f"b.{column} = %({column})s")
            values[column] = value
    if wanted.status is None:
        conditions.append("b.status <> 'merged'")
    if wanted.to_review:
        conditions.append(
            f"""(EXISTS (SELECT 1 FROM business_change h WHERE h.municipality_id = %(municipality_id)s
                           AND h.business_id = b.id AND {queries.OPEN_CHANGE})
                OR EXISTS (SELECT 1 FROM business_match m WHERE m.municipality_id = %(municipality_id)s
                           AND m.business_id = b.id AND m.decided_at IS NULL))"""
        )
    if wanted.bbox:
        conditions.append("b.geom_3857 && ST_Transform(ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4326), 3857)")
        west, south, east, north = wanted.bbox
        # The map ends before the poles; there PostGIS would have no metres to give.
        values |= {"w": west, "s": max(south, -MAX_LATITUDE), "e": east, "n": min(north, MAX_LATITUDE)}
    if wanted.text and (words := fold(wanted.text).strip()):
        conditions.append("(b.search_text LIKE %(pattern)s OR b.licence_no = %(licence_no)s)")
        values |= {"pattern": "%" + words.translate(LIKE_SPECIAL) + "%", "licence_no": wanted.text.strip()}
    return conditions, values


async def list_classes(session: AsyncSession, actor: Actor) -> list[ClassOut]:
    """The classes of businesses in use, by name."""
    return [ClassOut(**row) for row in await queries.classes(session, actor.municipality_id)]


async def list_businesses(
    session: AsyncSession, actor: Actor, wanted: BusinessFilter, cursor: str | None = None, limit: int = 50
) -> Page[BusinessRow]:
    """One page of the register by title; one statement at any depth.

    Raises:
        Forbidden: without `business.read`.
        BadCursor: the cursor was changed or belongs to another list.
    """
    actor.demand("business.read")
    conditions, values = conditions_of(actor, wanted)
    scope = query_scope(actor.municipality_id, "businesses", {"actor": actor.id, **wanted.model_dump(mode="json")})
    key = keys.derived_key("cursor")
    if cursor:
        after_title, after_id = decode_cursor(key, scope, cursor)
        conditions.append("(b.title, b.id) > (%(after_title)s, %(after_id)s)")
        values |= {"after_title": after_title, "after_id": after_id}
    rows = await queries.page(session, conditions, {**values, "limit": limit + 1})
    has_more, rows = len(rows) > limit, rows[:limit]
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    items = [
        BusinessRow.model_validate(
            {
                **row,
                "class_name": class_name(row, actor.language),
                "neighbourhood_name": town.neighbourhood_name(row["neighbourhood_id"]),
            }
        )
        for row in rows
    ]
    last = (rows[-1]["title"], rows[-1]["id"]) if has_more else None
    return Page[BusinessRow](items=items, next_cursor=encode_cursor(key, scope, last) if last else None)


async def map_tile(session: AsyncSession, actor: Actor, wanted: BusinessFilter, z: int, x: int, y: int) -> bytes:
    """One vector tile of the businesses that meet the filter; one statement."""
    actor.demand("business.read")
    conditions, values = conditions_of(actor, wanted)
    return await tiles.tile(session, z, x, y, conditions, values)


async def read_business(session: AsyncSession, actor: Actor, business_id: UUID) -> BusinessOut:
    """A whole record with its history and look-alikes; its owner is masked.

    Raises:
        Forbidden: without `business.read`.
        NotFound: no such record.
    """
    actor.demand("business.read")
    row = await _found(session, actor, business_id)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    changes = await queries.changes(session, actor.municipality_id, business_id)
    matches = await queries.matches(session, actor.municipality_id, business_id)
    return BusinessOut.model_validate(
        {
            **{name: row[name] for name in BusinessOut.model_fields if name in row},
            "class_name": class_name(row, actor.language),
            "neighbourhood_name": town.neighbourhood_name(row["neighbourhood_id"]),
            "owner": await _owner(session, actor, row, is_clear=False),
            "changes": [_change(change) for change in changes],
            "matches": [MatchOut.model_validate(match) for match in matches],
            "may_edit": actor.can("business.edit") and row["status"] != "merged",
            "may_review": is_keeper(actor) and row["status"] != "merged",
            "may_reveal": actor.can("business.read_owner"),
        }
    )


async def reveal_owner(session: AsyncSession, actor: Actor, business_id: UUID, reason: str) -> OwnerOut:
    """Show the owner in clear to staff with a purpose; who, when and why goes to the audit trail.

    Raises:
        Forbidden: without `business.read_owner`.
        NotFound: no such record, or its owner is not known.
    """
    actor.demand("business.read_owner")
    row = await _found(session, actor, business_id)
    owner = await _owner(session, actor, row, is_clear=True)
    if owner is None:
        raise NotFound
    await audit.record(session, actor, "business.read_owner", "business", business_id, reason=reason)
    return owner


async def record_inspected(
    session: AsyncSession, municipality_id: int, business_id: UUID, at: datetime, *, risk: int | None = None
) -> None:
    """Note that a business was inspected and how risky it now counts (0–100; None: as before), for inspections.

    An older visit that arrives late leaves the day of the last one.

    A record that is not there or was merged is left alone: the visit stands by itself.
    """
    values = {"municipality_id": municipality_id, "id": business_id, "at": at, "risk": risk}
    await run(session, queries.INSPECTED_SQL, values)


def class_name(row: Mapping[str, Any], language: str) -> str:
    """Name of a record's class; its code where the municipality has dropped the class."""
    names = row["class_name"] or {}
    return str(names.get(language) or names.get("tr") or row["class_code"])


async def _found(session: AsyncSession, actor: Actor, business_id: UUID) -> Row:
    row = await queries.one(session, actor.municipality_id, business_id)
    if row is None:
        raise NotFound
    return row


async def _owner(session: AsyncSession, actor: Actor, row: Row, *, is_clear: bool) -> OwnerOut | None:
    if row["owner"] is None and row["tax_no"] is None:
        return None
    ring = await keys.keyring(session, actor.municipality_id)
    owner, tax_no = (
        ring.decrypt(TABLE, name, row["id"], row[name]) if row[name] else None for name in ("owner", "tax_no")
    )
    if is_clear:
        return OwnerOut(owner=owner, tax_no=tax_no, is_clear=True)
    return OwnerOut(owner=_masked_name(owner), tax_no=_masked_number(tax_no), is_clear=False)


def _masked_name(name: str | None) -> str | None:
    return " ".join(word[0] + "***" for word in name.split()) if name else None


def _masked_number(number: str | None) -> str | None:
    if number is None:
        return None
    return mask_tckn(number) if len(number) == _TCKN_DIGITS else f"{number[:2]}******{number[-2:]}"


def _change(row: Row) -> ChangeOut:
    # The history says that an owner was changed; the values are opened by nobody.
    hidden = {"old": None, "new": None} if row["field"] in _PERSONAL else {}
    return ChangeOut.model_validate({**row, **hidden})
