"""Team messages: lines that the people of a department write to one another."""

from datetime import timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, feed, keys
from api.core.actor import Actor
from api.core.pagination import Page, decode_cursor, encode_cursor, query_scope
from api.core.sql import fetch_one, run
from api.fieldwork import queries
from api.fieldwork.errors import DepartmentUnknown, IdInUse
from api.fieldwork.schemas import MessageOut, MessagePostIn, MessageQuery, WrittenOut
from api.municipalities import service as municipalities

TABLE = "message"
# Phones hold what is fresh; the office keeps everything.
KEPT_IN_FIELD = timedelta(days=30)
RETIRED_AT_ONCE = 1_000


async def post_message(session: AsyncSession, actor: Actor, message: MessagePostIn) -> WrittenOut:
    """Tell a department's team something; the same id sent again gives the same answer.

    Raises:
        Forbidden: without `team_message.post` in that department.
        DepartmentUnknown: not there or closed. IdInUse: the id belongs to another message.
    """
    actor.demand("team_message.post", message.department_id)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    department = town.departments.get(message.department_id)
    if department is None or not department.is_active:
        raise DepartmentUnknown
    values = {
        "municipality_id": actor.municipality_id,
        "author_id": actor.id,
        "at": clock.now(),
        **message.model_dump(),
    }
    if await run(session, queries.INSERT_MESSAGE_SQL, values) == 0:
        row = await fetch_one(
            session,
            "SELECT author_id, text FROM team_message WHERE municipality_id = %s AND id = %s",
            (actor.municipality_id, message.id),
        )
        if row is None or (row["author_id"], row["text"]) != (actor.id, message.text):
            raise IdInUse
        return WrittenOut(id=message.id, version=1)
    await feed.point(session, actor.municipality_id, TABLE, message.id, [feed.team(message.department_id)])
    await audit.record(
        session, actor, "team_message.post", "team_message", message.id, department=message.department_id
    )
    return WrittenOut(id=message.id, version=1)


async def list_messages(session: AsyncSession, actor: Actor, wanted: MessageQuery) -> Page[MessageOut]:
    """One page of a team's messages, newest first; one statement.

    Raises:
        Forbidden: the actor does not work in the field for that department.
        BadCursor: the cursor was changed or belongs to another list.
    """
    actor.demand("field.sync", wanted.department_id)
    conditions = ["m.municipality_id = %(municipality_id)s", "m.department_id = %(department_id)s"]
    values: dict[str, Any] = {
        "municipality_id": actor.municipality_id,
        "department_id": wanted.department_id,
        "limit": wanted.limit + 1,
    }
    filters = {"actor": actor.id, "department": wanted.department_id}
    scope, key = query_scope(actor.municipality_id, "team messages", filters), keys.derived_key("cursor")
    if wanted.cursor:
        values["after_at"], values["after_id"] = decode_cursor(key, scope, wanted.cursor)
        conditions.append("(m.sent_at, m.id) < (%(after_at)s, %(after_id)s)")
    rows = await queries.messages(session, conditions, values)
    has_more, rows = len(rows) > wanted.limit, rows[: wanted.limit]
    cursor = encode_cursor(key, scope, (rows[-1]["sent_at"], rows[-1]["id"])) if has_more else None
    return Page[MessageOut](items=[MessageOut.model_validate(row) for row in rows], next_cursor=cursor)


async def retire_messages(session: AsyncSession, municipality_id: int) -> int:
    """Take some of the messages older than thirty days out of the field; gives their number, 0 when all are out."""
    return await queries.retire_messages(session, municipality_id, clock.now() - KEPT_IN_FIELD, RETIRED_AT_ONCE)
