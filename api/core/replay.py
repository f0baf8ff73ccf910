"""`Idempotency-Key`: a repeated request of the same caller gets the first answer again, and nothing happens twice.

The row is written in the request's own transaction, so it exists if and only if the work does; a second request with
the same key waits on it until the first has committed or rolled back.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Header, Request
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.core.errors import Invalid
from api.core.sql import fetch_one, run

Answer = TypeVar("Answer", bound=BaseModel)
IdempotencyKey = Annotated[UUID | None, Header(alias="Idempotency-Key", description="made by the caller; 30 days")]


class KeyReused(Invalid):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    tr = "Bu işlem anahtarı başka bir istek için kullanılmış."
    en = "This idempotency key was used for another request."


async def once(
    session: AsyncSession,
    actor: Actor,
    request: Request,
    key: UUID | None,
    schema: type[Answer],
    verb: Callable[[], Awaitable[Answer]],
) -> Answer:
    """Run the verb once for this caller and key; without a key simply run it.

    Raises:
        KeyReused: same key, other request.
    """
    if key is None:
        return await verb()
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()
    values = {"m": actor.municipality_id, "actor": actor.id, "key": key, "hash": digest, "now": clock.now()}
    inserted = await run(
        session,
        """INSERT INTO replayed_answer (municipality_id, actor_id, key, request_hash, created_at)
           VALUES (%(m)s, %(actor)s, %(key)s, %(hash)s, %(now)s) ON CONFLICT DO NOTHING""",
        values,
    )
    if not inserted:
        row = await fetch_one(
            session,
            """SELECT request_hash, answer FROM replayed_answer
                WHERE municipality_id = %(m)s AND actor_id = %(actor)s AND key = %(key)s""",
            values,
        )
        if row is None or bytes(row["request_hash"]) != digest or row["answer"] is None:
            raise KeyReused
        return schema.model_validate_json(row["answer"])
    answer = await verb()
    await run(
        session,
        """UPDATE replayed_answer SET answer = %(answer)s
            WHERE municipality_id = %(m)s AND actor_id = %(actor)s AND key = %(key)s""",
        {**values, "answer": answer.model_dump_json()},
    )
    return answer
