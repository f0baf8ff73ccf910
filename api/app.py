"""Builds the server: `create_app(settings)` wires the domains' routes to one database and one blob store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from api.businesses.routes import router as businesses
from api.complaints.routes import public_router as complaints_public
from api.complaints.routes import router as complaints
from api.console.routes import install as install_console
from api.core import keys, problem
from api.core.db import Database
from api.core.health import router as health
from api.core.middleware import Edge
from api.core.startup import check_database, check_settings, master_key_bytes
from api.fieldwork.routes import router as fieldwork
from api.files.routes import router as files
from api.files.stores import blob_store
from api.identity.routes import router as identity
from api.identity.routes import well_known as jwks
from api.inspections.routes import router as inspections
from api.municipalities.routes import public_router as municipalities_public
from api.municipalities.routes import router as municipalities
from api.notices.routes import router as notices
from api.offline_maps.routes import router as offline_maps
from api.settings import Settings, get_settings
from api.sync.blob_routes import router as blobs
from api.sync.office_routes import router as field_office
from api.sync.routes import router as sync
from api.sync.spool import Spool

API_VERSION = "1"


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application.

    Raises:
        StartRefused: the settings are not safe for their environment (weak secrets, a simulator in production).
    """
    settings = settings or get_settings()
    check_settings(settings)
    keys.install_master_key(master_key_bytes(settings.master_key))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(
            settings.database_url.get_secret_value(),
            pool_size=settings.pool_size,
            statement_timeout_ms=settings.statement_timeout_ms,
        )
        app.state.database = database
        app.state.store = blob_store(settings)
        app.state.spool = Spool(settings.files_path / "spool")
        try:
            await check_database(database)
            app.state.is_draining = False
            yield
        finally:
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
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    problem.install(app)
    v1 = APIRouter(prefix="/v1")
    # Routes are tried in order: those that are asked most come first.
    for router in (
        complaints, files, sync, blobs, field_office, inspections, businesses, fieldwork, notices, identity,
        offline_maps, municipalities, complaints_public, municipalities_public,
    ):  # fmt: skip
        v1.include_router(router)
    for router in (v1, health, jwks):
        app.include_router(router)
    install_console(app)
    app.add_middleware(Edge, trusted_proxies=settings.trusted_proxies, https=settings.is_production)
    return app
