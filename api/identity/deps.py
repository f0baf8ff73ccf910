"""What routes ask for about the caller: CitizenDep, StaffDep, `Annotated[Actor, Depends(Permitted("noun.verb"))]`.

A request comes with a bearer token (phones), or with the console's cookie (browsers), which for anything but reading
also needs the session's form token in `X-CSRF-Token`.
"""

from typing import Annotated, Literal, cast

import structlog
from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.actor import Actor
from api.core.db import Database
from api.core.deps import SessionDep
from api.core.errors import Unauthenticated
from api.core.tenancy import enter_municipality
from api.identity import service
from api.identity.permissions import demand_known
from api.municipalities import service as municipalities
from api.municipalities.service import Municipality

log = structlog.get_logger("belediye.identity")

CSRF_HEADER = "x-csrf-token"
_READING = frozenset(("GET", "HEAD"))
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def database_of(request: Request) -> Database:
    """Give the application's database; verbs that must keep a refusal's trace open their own transactions on it."""
    return cast("Database", request.app.state.database)


DatabaseDep = Annotated[Database, Depends(database_of)]


def caller_address(request: Request) -> str:
    """Give the caller's address as the outermost layer found it; headers are not asked again here."""
    return str(request.scope.get("state", {}).get("client_address", "unknown"))


AddressDep = Annotated[str, Depends(caller_address)]


def session_cookie_name(request: Request) -> str:
    """Give the name of the console's cookie in this installation."""
    return service.cookie_name(is_production=request.app.state.settings.is_production)


def session_cookie(request: Request) -> str | None:
    """Give the console's cookie as the browser sent it."""
    return request.cookies.get(session_cookie_name(request))


async def request_actor(request: Request, session: AsyncSession) -> Actor:
    """Give who sends this request, inside his municipality; two statements.

    Raises:
        Unauthenticated: nobody, or nobody any more.
        CsrfRefused: a changing request with the console's cookie, without the session's form token.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            claims = await service.verify_token(database_of(request), token.strip())
            return await service.authenticate_bearer(session, claims)
        except Unauthenticated as refusal:
            refusal.headers.update(_CHALLENGE)
            raise
    cookie = session_cookie(request)
    if scheme or cookie is None:
        raise Unauthenticated(headers=dict(_CHALLENGE))
    actor = await service.console_actor(session, cookie)
    if request.method not in _READING:
        service.verify_csrf(cookie, request.headers.get(CSRF_HEADER))
    return actor


class Permitted:
    """Route dependency: the caller, who holds the permission (in some department at least) and is of this side.

    A verb that works on one department's record still asks `actor.demand(permission, department_id)`.
    """

    def __init__(self, permission: str, *, side: Literal["citizen", "staff"] | None = None) -> None:
        """Take a permission of `api.identity.permissions`, and whether only citizens or only staff may come.

        Raises:
            LookupError: there is no such permission.
        """
        self.permission = demand_known(permission)
        self.side = side

    async def __call__(self, request: Request, session: SessionDep) -> Actor:
        """Let the request in, or refuse it; a refusal of somebody known leaves a row in the audit trail (`Forbidden`).

        Raises:
            Unauthenticated: nobody is signed in.
            Forbidden: the caller lacks the permission, or is of the other side.
        """
        return await self.admit(request, session)

    async def admit(self, request: Request, session: AsyncSession) -> Actor:
        """Do the same on a given session."""
        actor = await request_actor(request, session)
        structlog.contextvars.bind_contextvars(municipality_id=actor.municipality_id, actor=str(actor.id))
        if self.side not in (None, actor.kind):
            actor.refuse(self.permission)
        actor.demand(self.permission)
        return actor


class PermittedAlone(Permitted):
    """The same, in a transaction of its own that ends before the route begins: for verbs that take the database."""

    async def __call__(self, request: Request) -> Actor:  # type: ignore[override]
        """Let the request in, or refuse it (see `Permitted`)."""
        async with database_of(request).transaction() as session:
            return await self.admit(request, session)


permitted = Permitted

CitizenDep = Annotated[Actor, Depends(Permitted("account.use", side="citizen"))]
StaffDep = Annotated[Actor, Depends(Permitted("account.use", side="staff"))]
SignedInDep = Annotated[Actor, Depends(Permitted("account.use"))]


async def public_town(municipality_slug: str, session: SessionDep) -> Municipality:
    """Enter the municipality named in the path of a public route, and give it.

    Raises:
        NotFound: there is no active municipality of that name.
    """
    municipality = await municipalities.public_municipality(session, municipality_slug)
    await enter_municipality(session, municipality.id)
    return municipality


TownDep = Annotated[Municipality, Depends(public_town)]
