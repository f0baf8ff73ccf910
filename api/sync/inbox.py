"""The office's inbox: what came from the field and took no effect, until somebody decides.

"The field's" has the command take effect now: by the same verb, as its author's act, with the author's rights and those
of whoever decides; what the verb still refuses is told, and nothing changes. "The office's" leaves the record as it is.
Both are audited with the name of who decided.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys
from api.core.actor import Actor, system_actor
from api.core.errors import Conflict, NotFound
from api.core.ids import uuid7
from api.core.pagination import Page, decode_cursor, encode_cursor, query_scope
from api.fieldwork import service as fieldwork
from api.fieldwork.schemas import TaskCreateIn
from api.files import service as files
from api.identity import service as identity
from api.municipalities import service as municipalities
from api.sync import inbox_queries as queries
from api.sync.acts import Command, act_of
from api.sync.device_queries import reach
from api.sync.office_schemas import BusinessChangeOut, BusinessMatchOut, ConflictOut, ResolveIn

READ, RESOLVE = "sync_conflict.read", "sync_conflict.resolve"
FIELD = "field_app"
MOST_OF_REGISTER = 100
_HOURS = "sync_conflict_escalation_hours"


class NotApplicable(Conflict):
    """What the phone sent cannot take effect as it is: its form is not understood, or the server is too old for it."""

    code = "not_applicable"
    tr = "Bu kayıt olduğu gibi uygulanamıyor. Gereğini elle yapıp “Merkezdeki kalsın” ile kapatın."
    en = "This cannot take effect as it is. Do what is needed by hand and close it with “keep the office's”."


async def list_conflicts(
    session: AsyncSession, actor: Actor, cursor: str | None = None, limit: int = 50
) -> Page[ConflictOut]:
    """One page of what waits for a decision in the actor's departments, the oldest first.

    Raises:
        Forbidden: without `sync_conflict.read`. BadCursor: the cursor is of another list.
    """
    actor.demand(READ)
    scope = query_scope(actor.municipality_id, "sync conflicts", {"actor": actor.id, "reach": actor.scope(READ)})
    key = keys.derived_key("cursor")
    after_at, after_id = decode_cursor(key, scope, cursor) if cursor else (None, None)
    values = {**_reach(actor, READ), "after_at": after_at, "after_id": after_id, "limit": limit + 1}
    rows = await queries.conflicts(session, values)
    has_more, rows = len(rows) > limit, rows[:limit]
    ours = await _records(session, actor.municipality_id, rows)
    ring = await keys.keyring(session, actor.municipality_id)
    items = [
        ConflictOut.model_validate(
            {
                **row,
                "base": row["base"] or {},
                "authored_at": _authored_at(row["authored"]),
                "theirs": _body(ring.decrypt_bytes("sync_mutation", "body", row["id"], row["body"])),
                "ours": ours.get(row["target_id"]),
            }
        )
        for row in rows
    ]
    next_cursor = encode_cursor(key, scope, (rows[-1]["received_at"], rows[-1]["id"])) if has_more else None
    return Page[ConflictOut](items=items, next_cursor=next_cursor)


async def count_conflicts(session: AsyncSession, actor: Actor) -> int:
    """How many decisions wait in the actor's departments; 0 for whoever may not see them."""
    return await queries.count(session, _reach(actor, READ)) if actor.can(READ) else 0


async def list_register_questions(
    session: AsyncSession, actor: Actor
) -> tuple[list[BusinessChangeOut], list[BusinessMatchOut]]:
    """Values and look-alikes on which the keepers of the business register have to decide; none for others."""
    if not (actor.can(RESOLVE) and actor.can("business.edit")):
        return [], []
    changes = await queries.business_changes(session, actor.municipality_id, MOST_OF_REGISTER)
    matches = await queries.business_matches(session, actor.municipality_id, MOST_OF_REGISTER)
    return [BusinessChangeOut.model_validate(row) for row in changes], [
        BusinessMatchOut.model_validate(row) for row in matches
    ]


async def resolve_conflict(session: AsyncSession, actor: Actor, mutation_id: UUID, wanted: ResolveIn) -> None:
    """Decide on something that came from the field and took no effect.

    Raises:
        Forbidden: without `sync_conflict.resolve`. NotFound: nothing of this id waits in the actor's departments.
        NotApplicable: it cannot take effect as it is. Whatever the verb refuses.
    """
    actor.demand(RESOLVE)
    values = {**_reach(actor, RESOLVE), "id": mutation_id}
    row = await queries.hold(session, values)
    if row is None:
        raise NotFound
    if wanted.decision == "field":
        await _apply(session, actor, row)
    await queries.resolve(
        session,
        {
            **values,
            "now": clock.now(),
            "resolved_by": actor.id,
            "resolution": "applied" if wanted.decision == "field" else "dropped",
            "note": wanted.note or None,
        },
    )
    await audit.record(
        session, actor, RESOLVE, "sync_mutation", mutation_id,
        decision=wanted.decision, kind=row["kind"], author=row["staff_user_id"], target=row["target_id"],
    )  # fmt: skip


async def escalate_conflicts(session: AsyncSession, municipality_id: int) -> int:
    """Have departments told of what waits longer than the municipality allows, by a task; gives how much it was.

    What waits at the service desk has no department; it is marked late on the page and in the trail.
    """
    now = clock.now()
    hours = await municipalities.parameter_value(session, municipality_id, _HOURS, clock.today())
    late = await queries.escalate(session, municipality_id, now - timedelta(hours=float(hours)), now)
    if not late:
        return 0
    version = await municipalities.current_version(session, municipality_id)
    actor = replace(system_actor(municipality_id), config_version=version, grants={"task.create": None})
    town = await municipalities.town_config(session, municipality_id, version)
    for department_id, number in Counter(row["department_id"] for row in late).items():
        department = town.departments.get(department_id) if department_id else None
        if department is not None and department.is_active:
            text = f"{number} kayıt {hours:.0f} saattir karar bekliyor. Konsolda “Sahadan gelenler” sayfasına bakın."
            task = TaskCreateIn(
                id=uuid7(), title="Sahadan gelen kayıtlar karar bekliyor", text=text, department_id=department.id
            )
            await fieldwork.create_task(session, actor, task)
        await audit.record(
            session, actor, "sync_conflict.escalate", "department", str(department_id or "-"), number=number
        )
    return len(late)


async def _apply(session: AsyncSession, actor: Actor, row: Mapping[str, Any]) -> None:
    act = act_of(row["kind"], row["kv"])
    ring = await keys.keyring(session, actor.municipality_id)
    body = _body(ring.decrypt_bytes("sync_mutation", "body", row["id"], row["body"]))
    if act is None or body is None:
        raise NotApplicable
    # Its photos have waited with it; the verb attaches them where they belong.
    await files.free_photos(session, actor.municipality_id, "sync_mutation", row["id"])
    try:
        await act.apply(session, await _author(session, actor, row), Command(row["id"], body, row["authored"] or {}))
    except ValidationError as error:
        raise NotApplicable from error


async def _author(session: AsyncSession, actor: Actor, row: Mapping[str, Any]) -> Actor:
    """The command's author, with the rights of now and those of whoever decides."""
    device = await queries.device_of_stream(session, actor.municipality_id, row["stream_id"])
    device_id = device["id"] if device else None
    author = await identity.standing_staff(
        session, actor.municipality_id, row["staff_user_id"], device_id=device_id, channel=FIELD
    )
    grants = dict(actor.grants)
    for permission, scope in (author.grants if author else {}).items():
        held = grants.get(permission, frozenset[UUID]())
        grants[permission] = None if held is None or scope is None else held | scope
    return replace(actor, id=row["staff_user_id"], device_id=device_id, channel=FIELD, grants=grants)


async def _records(
    session: AsyncSession, municipality_id: int, rows: list[dict[str, Any]]
) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for table in sorted({row["target_kind"] for row in rows if row["target_kind"]}):
        ids = [row["target_id"] for row in rows if row["target_kind"] == table]
        found |= await queries.records(session, municipality_id, table, ids)
    return found


def _reach(actor: Actor, permission: str) -> dict[str, Any]:
    return {"municipality_id": actor.municipality_id, "departments": reach(actor.scope(permission))}


def _body(plain: bytes) -> dict[str, Any] | None:
    body = json.loads(plain)
    return body if isinstance(body, dict) else None


def _authored_at(authored: Any) -> datetime | None:
    """When the phone's clock said it was written; a phone may tell anything."""
    try:
        return datetime.fromtimestamp(authored["wall"] / 1000, UTC)
    except (TypeError, KeyError, ValueError, OverflowError, OSError):
        return None
