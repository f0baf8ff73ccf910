"""What routes ask for, by type."""

from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.db import Database


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction for the request, committed before the answer is sent (`scope="function"` below)."""
    async with cast("Database", request.app.state.database).transaction() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
