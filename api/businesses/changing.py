"""Changes of a record: by rules for each field, each with its line in the history; and the office's last word."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.businesses import fields, queries
from api.businesses.errors import AlreadyDecided, ClassUnknown, NotActive, PlaceOutside
from api.businesses.schemas import BusinessPatchIn, OwnerIn, PatchedOut
from api.core import audit, clock, feed, keys
from api.core.actor import Actor
from api.core.crypto import Keyring
from api.core.errors import NotFound, StaleVersion
from api.core.ids import uuid7
from api.core.sql import Row, fetch_one, run
from api.municipalities import service as municipalities
from geo.mercator import to_metres

TABLE = "business"
TAX_NO_INDEX = "business.tax_no"


def is_keeper(actor: Actor) -> bool:
    """Whether the actor keeps the register: decides on what the field proposes, and changes it directly."""
    return actor.can("business.edit") and actor.can("sync_conflict.resolve")


def demand_keeper(actor: Actor) -> None:
    """Go on only for those who keep the register.

    Raises:
        Forbidden: the actor does not.
    """
    actor.demand("business.edit")
    actor.demand("sync_conflict.resolve")


def sealed_owner(ring: Keyring, business_id: UUID | str, owner: str | None, tax_no: str | None) -> dict[str, bytes]:
    """Give the sealed columns of an owner; what is not known is left out."""
    columns = {"owner": ring.encrypt(TABLE, "owner", business_id, owner)} if owner else {}
    if tax_no:
        columns["tax_no"] = ring.encrypt(TABLE, "tax_no", business_id, tax_no)
        columns["tax_no_index"] = ring.blind_index(TAX_NO_INDEX, tax_no)
    return columns


async def patch_business(
    session: AsyncSession,
    actor: Actor,
    patch: BusinessPatchIn,
    mutation_id: UUID | None = None,
    expected_version: int | None = None,
) -> PatchedOut:
    """Change fields of a record, each by its own rule; what a phone brings late is decided field by field.

    Args:
        session: a transaction in the actor's municipality.
        actor: an inspector, or somebody who keeps the register.
        patch: the new values, each with the value that its sender had seen.
        mutation_id: of the phone's mutation, for the history.
        expected_version: of the record on the screen of the office; a phone has the bases instead.

    Raises:
        Forbidden: without `business.edit`.
        NotFound: no such record. NotActive: it is an alias of another one.
        StaleVersion: it is not at `expected_version` any more.
        FieldUnknown, ClassUnknown, PlaceOutside: a value is not acceptable; nothing is changed then.
    """
    actor.demand("business.edit")
    row = await _locked(session, actor, patch.business_id)
    if expected_version is not None and row["version"] != expected_version:
        raise StaleVersion(version=row["version"])
    told: list[dict[str, Any]] = []
    outcomes: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field, change in patch.changes.items():
        value, base, now = (
            fields.checked(field, change.value),
            fields.seen(field, change.base),
            fields.current(row, field),
        )
        state = fields.outcome(field, now, base, value, by_office=is_keeper(actor) and (base == now or _at_desk(actor)))
        outcomes[field] = state
        if state == "same":
            continue
        await _demand_acceptable(session, actor, field, value)
        told.append({"id": uuid7(), "field": field, "old": now, "new": value, "base": base, "state": state})
        if state != "suggested":
            values[field] = value
    version = await _apply(session, actor, row, values, told, mutation_id)
    if told:
        await audit.record(session, actor, "business.edit", "business", row["id"], outcomes=outcomes)
    return PatchedOut(id=row["id"], version=version, outcomes=outcomes)


async def set_owner(
    session: AsyncSession, actor: Actor, business_id: UUID, owner: OwnerIn, expected_version: int | None = None
) -> int:
    """Write down who is behind a business; the former values stay in the history, sealed. Gives the version.

    Raises:
        Forbidden: the actor does not keep the register.
        NotFound, NotActive, StaleVersion: as for a patch.
    """
    demand_keeper(actor)
    row = await _locked(session, actor, business_id)
    if expected_version is not None and row["version"] != expected_version:
        raise StaleVersion(version=row["version"])
    ring = await keys.keyring(session, actor.municipality_id)
    columns: dict[str, Any] = {}
    told = []
    for name, new in (("owner", owner.owner), ("tax_no", owner.tax_no)):
        old = ring.decrypt(TABLE, name, business_id, row[name]) if row[name] else None
        if new is None or new == old:
            continue
        change_id = uuid7()
        columns |= sealed_owner(ring, business_id, **{"owner": None, "tax_no": None, name: new})
        told.append(
            {"id": change_id, "field": name, "old": _kept(ring, change_id, "old", old),
             "new": _kept(ring, change_id, "new", new), "base": None, "state": "applied"}
        )  # fmt: skip
    if not told:
        return int(row["version"])
    version = await queries.update(session, actor.municipality_id, business_id, columns)
    await queries.write_changes(session, _who(actor, business_id, None), told)
    await audit.record(
        session, actor, "business.edit", "business", business_id, fields=[line["field"] for line in told]
    )
    return version


async def review_change(session: AsyncSession, actor: Actor, change_id: UUID, *, accept: bool) -> None:
    """Decide on a line of the history: take a proposal over or refuse it; keep a flagged value or take the old back.

    Raises:
        Forbidden: the actor does not keep the register.
        NotFound: no such line, or nothing is to be decided on it.
        AlreadyDecided: somebody was quicker. NotActive: the record is an alias by now.
    """
    demand_keeper(actor)
    change = await fetch_one(session, queries.LOCK_CHANGE_SQL, (actor.municipality_id, change_id))
    if change is None or change["state"] == "applied":
        raise NotFound
    if change["reviewed_at"] is not None:
        raise AlreadyDecided
    row = await _locked(session, actor, change["business_id"])
    field, now = change["field"], fields.current(row, change["field"])
    # A proposal brings its value when accepted; a flagged change gives the former value back when refused.
    value = change["new"] if change["state"] == "suggested" else change["old"]
    if accept == (change["state"] == "suggested") and value != now:
        await _demand_acceptable(session, actor, field, value)
        told = [{"id": uuid7(), "field": field, "old": now, "new": value, "base": None, "state": "applied"}]
        await _apply(session, actor, row, {field: value}, told, None)
    decision = "accepted" if accept else "refused"
    await run(
        session,
        queries.DECIDE_CHANGE_SQL,
        {"municipality_id": actor.municipality_id, "id": change_id, "actor_id": actor.id, "at": clock.now(),
         "decision": decision},
    )  # fmt: skip
    await audit.record(
        session, actor, "sync_conflict.resolve", "business", row["id"], change=str(change_id), decision=decision
    )


def _at_desk(actor: Actor) -> bool:
    return actor.channel != "field_app"


async def _locked(session: AsyncSession, actor: Actor, business_id: UUID) -> Row:
    row = await queries.lock(session, actor.municipality_id, business_id)
    if row is None:
        raise NotFound
    if row["status"] == "merged":
        raise NotActive(merged_into_id=str(row["merged_into_id"]))
    return row


async def _demand_acceptable(session: AsyncSession, actor: Actor, field: str, value: Any) -> None:
    if field == "class_code" and value not in {
        row["code"] for row in await queries.classes(session, actor.municipality_id)
    }:
        raise ClassUnknown
    if field == "place" and await _neighbourhood(session, actor, value) is None:
        raise PlaceOutside


async def _neighbourhood(session: AsyncSession, actor: Actor, place: Mapping[str, float]) -> UUID | None:
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    return town.neighbourhood_at(place["lon"], place["lat"])


async def _apply(
    session: AsyncSession,
    actor: Actor,
    row: Row,
    values: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]],
    mutation_id: UUID | None,
) -> int:
    """Write new values with their lines of the history, and tell the phones; gives the version."""
    version = int(row["version"])
    if values:
        columns: dict[str, Any] = {
            name: value or "" if name in fields.TEXTS else value for name, value in values.items()
        }
        scopes = [feed.area(row["neighbourhood_id"])]
        if place := columns.pop("place", None):
            neighbourhood_id = await _neighbourhood(session, actor, place)
            x, y = to_metres(place["lon"], place["lat"])
            columns |= {**place, "x": x, "y": y, "neighbourhood_id": neighbourhood_id}
            scopes.append(feed.area(neighbourhood_id))
        after = {**row, **columns}
        columns["search_text"] = fields.search_text(after)
        version = await queries.update(session, actor.municipality_id, row["id"], columns)
        await feed.point(session, actor.municipality_id, TABLE, row["id"], scopes)
    if told:
        await queries.write_changes(session, _who(actor, row["id"], mutation_id), told)
    return version


def _who(actor: Actor, business_id: UUID, mutation_id: UUID | None) -> dict[str, Any]:
    return {
        "municipality_id": actor.municipality_id,
        "business_id": business_id,
        "mutation_id": mutation_id,
        "changed_by": actor.id,
        "at": clock.now(),
    }


def _kept(ring: Keyring, change_id: UUID, column: str, value: str | None) -> dict[str, str] | None:
    """A personal value as the history keeps it: sealed at its own place."""
    if value is None:
        return None
    return {"sealed": base64.b64encode(ring.encrypt("business_change", column, change_id, value)).decode()}
