"""Builds the server: `create_app(settings)` wires the domains' routes to one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from api.core import problem
from api.core.db import Database
from api.core.health import router as health_router
from api.core.middleware import Edge
from api.core.startup import check_database, check_settings
from api.settings import Settings, get_settings

API_VERSION = "1"


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application.

    Raises:
        StartRefused: the settings are not safe for their environment (weak secrets, a simulator in production).
    """
    settings = settings or get_settings()
    check_settings(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(
            settings.database_url.get_secret_value(),
            pool_size=settings.pool_size,
            statement_timeout_ms=settings.statement_timeout_ms,
        )
        app.state.database = database
        await check_database(database)
        app.state.is_draining = False
        yield
        app.state.is_draining = True
        await database.close()

    app = FastAPI(
        title="Cep Belediye",
        version=API_VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None if settings.is_production else "/openapi.json",
        redirect_slashes=False,
    )
    app.state.settings = settings
    problem.install(app)
    app.include_router(health_router)
    v1 = APIRouter(prefix="/v1")
    app.include_router(v1)
    app.add_middleware(Edge, trusted_proxies=settings.trusted_proxies, https=settings.is_production)
    return app
