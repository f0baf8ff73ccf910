"""From a token or a cookie to an actor: two statements, the row policy's and one that asks everything at once.

Nothing is cached between requests: a closed account, an ended role, a revoked device or a closed municipality is out
with its next request.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.core.errors import Unauthenticated
from api.core.sql import fetch_one
from api.core.tenancy import enter_municipality
from api.identity import queries
from api.identity.console_cookies import ConsoleCookie
from api.identity.roles import CITIZEN_GRANTS, Assignment, staff_grants
from api.identity.tokens import Claims

CONSOLE_IDLE = timedelta(minutes=30)
_NOTED_EVERY = timedelta(minutes=1)


async def authenticate_bearer(session: AsyncSession, claims: Claims) -> Actor:
    """Enter the token's municipality and give the citizen or staff user it speaks for, with the rights of now.

    Raises:
        Unauthenticated: device revoked or expired, person gone, blocked or inactive, or not a token of this side.
    """
    if claims.audience not in ("citizen", "staff"):
        raise Unauthenticated
    await enter_municipality(session, claims.municipality_id)
    is_citizen = claims.audience == "citizen"
    row = await fetch_one(
        session,
        queries.CITIZEN_ACTOR if is_citizen else queries.STAFF_ACTOR,
        {
            "municipality_id": claims.municipality_id,
            "device_id": claims.device_id,
            "holder_id": claims.holder_id,
            "now": clock.now(),
            "today": clock.today(),
        },
    )
    if row is None:
        raise Unauthenticated
    return Actor(
        kind="citizen" if is_citizen else "staff",
        municipality_id=claims.municipality_id,
        id=claims.holder_id,
        device_id=claims.device_id,
        channel=row["channel"],
        language=row["language"] if is_citizen else "tr",
        config_version=row["config_version"],
        grants=CITIZEN_GRANTS if is_citizen else staff_grants(_assignments(row["roles"])),
    )


async def standing_staff(
    session: AsyncSession, municipality_id: int, staff_user_id: UUID, *, device_id: UUID | None, channel: str
) -> Actor | None:
    """Give a staff user with the rights of now whose work arrives by another way than their own phone; None if out.

    The caller has made sure that it is their work: nobody is authenticated here.
    """
    row = await fetch_one(
        session,
        queries.STAFF_STANDING,
        {"municipality_id": municipality_id, "holder_id": staff_user_id, "today": clock.today()},
    )
    if row is None:
        return None
    return Actor(
        kind="staff",
        municipality_id=municipality_id,
        id=staff_user_id,
        device_id=device_id,
        channel=channel,
        config_version=row["config_version"],
        grants=staff_grants(_assignments(row["roles"])),
    )


async def console_actor(session: AsyncSession, cookie: str) -> Actor:
    """Enter the cookie's municipality and give the staff user whose browser session it is; notes that it was used.

    Raises:
        Unauthenticated: no such session, signed out, 30 minutes unused, 12 hours old, or the person is out.
    """
    parsed = ConsoleCookie.parse(cookie)
    await enter_municipality(session, parsed.municipality_id)
    now = clock.now()
    row = await fetch_one(
        session,
        queries.CONSOLE_ACTOR,
        {
            "municipality_id": parsed.municipality_id,
            "device_id": parsed.device_id,
            "secret_hash": parsed.secret_hash,
            "now": now,
            "today": clock.today(),
            "idle_since": now - CONSOLE_IDLE,
            "noted_since": now - _NOTED_EVERY,
        },
    )
    if row is None:
        raise Unauthenticated
    return Actor(
        kind="staff",
        municipality_id=parsed.municipality_id,
        id=row["holder_id"],
        device_id=parsed.device_id,
        channel="console",
        config_version=row["config_version"],
        grants=staff_grants(_assignments(row["roles"])),
    )


def _assignments(rows: Iterable[dict[str, Any]]) -> Iterable[Assignment]:
    for row in rows:
        departments = row["departments"]
        yield Assignment(row["role"], None if departments is None else frozenset(map(UUID, departments)))
