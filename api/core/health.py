"""Whether the process lives, whether it can serve, and its metrics."""

from ipaddress import ip_address, ip_network

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from api.core.errors import NotFound
from api.core.exposition import figures
from api.core.sql import first_statement

router = APIRouter(tags=["operation"])

# Revisions are numbers of four digits: the order of their texts is theirs.
SCHEMA_HEAD = "0004"


def is_schema_too_old(revision: str | None) -> bool:
    """Say whether a schema revision (None: no schema at all) lacks what this program needs."""
    return revision is None or revision < SCHEMA_HEAD


@router.get("/livez", include_in_schema=False)
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> Response:
    """The process can serve: not draining, database reachable, schema not older than this program.

    A newer schema serves as well: a release only adds to it and takes away what the release before no longer uses, so
    that the old programs go on while it is migrated and they are replaced one by one.
    """
    if request.app.state.is_draining:
        return JSONResponse({"status": "draining"}, status_code=503)
    async with request.app.state.database.transaction() as session:
        row = await first_statement(session, "SELECT version_num FROM alembic_version")
    revision = row["version_num"] if row else None
    if is_schema_too_old(revision):
        return JSONResponse({"status": "schema", "revision": revision, "needs": SCHEMA_HEAD}, status_code=503)
    return JSONResponse({"status": "ok"})


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus figures, for the machine itself and the configured operator networks only."""
    address = request.scope["state"]["client_address"]
    networks = ["127.0.0.0/8", "::1/128", *request.app.state.settings.metrics_networks]
    try:
        allowed = any(ip_address(address) in ip_network(network) for network in networks)
    except ValueError:
        allowed = False
    if not allowed:
        raise NotFound
    return Response(figures(), media_type=CONTENT_TYPE_LATEST)
