"""Who may open a page or send a form: the console's cookie, the permission, and for forms the session's token."""

from dataclasses import replace
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import FormData

from api.console.language import chosen_language
from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.errors import Unauthenticated
from api.identity import service as identity
from api.identity.deps import CSRF_HEADER, Permitted, database_of, session_cookie

CSRF_FIELD = "csrf"
MOST_FILES = 6
MOST_FIELDS = 60
_READING = frozenset(("GET", "HEAD"))


class ConsolePermitted(Permitted):
    """Page dependency: a member of staff who holds the permission, signed in with this browser."""

    def __init__(self, permission: str) -> None:
        """Take a permission of `api.identity.permissions`."""
        super().__init__(permission, side="staff")

    async def __call__(self, request: Request, session: SessionDep) -> Actor:
        """Let the request in, or refuse it (see `Permitted`); the actor speaks the language chosen in the browser."""
        return await self.admit(request, session)

    async def admit(self, request: Request, session: AsyncSession) -> Actor:
        """Do the same on a given session."""
        cookie = session_cookie(request)
        # A phone's token opens no pages: their forms are bound to the cookie.
        if cookie is None or "authorization" in request.headers:
            raise Unauthenticated
        if request.method not in _READING:
            # Somebody must be signed in before up to 20 MB of form are read.
            await identity.console_actor(session, cookie)
            await _token_from_form(request)
        actor = await super().admit(request, session)
        return replace(actor, language=chosen_language(request.cookies))


class ConsolePermittedAlone(ConsolePermitted):
    """The same in a transaction of its own, which ends before the form's verb begins one."""

    async def __call__(self, request: Request) -> Actor:  # type: ignore[override]
        """Let the request in, or refuse it."""
        async with database_of(request).transaction() as session:
            return await self.admit(request, session)


async def form_of(request: Request) -> FormData:
    """Give the request's form, read once and within limits."""
    return await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)


def csrf_of(request: Request) -> str:
    """Give the token for the forms of a signed-in page."""
    return identity.csrf_token(cast("str", session_cookie(request)))


async def _token_from_form(request: Request) -> None:
    # A form that works without scripts cannot set a header; its field takes the header's place.
    if CSRF_HEADER in request.headers:
        return
    token = (await form_of(request)).get(CSRF_FIELD)
    if isinstance(token, str):
        request.scope["headers"].append((CSRF_HEADER.encode(), token.encode()))


ReaderDep = Annotated[Actor, Depends(ConsolePermitted("complaint.read"))]
