"""The matrix on a module's own database."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from tests.architecture.access.digests import Digester
from tests.architecture.access.matrix import Matrix
from tests.architecture.access.world import make_world


@pytest.fixture(scope="module")
async def matrix(server) -> AsyncIterator[Matrix]:
    """Two planted towns with their people, on a running server."""
    with psycopg.connect(server.urls.admin, autocommit=True) as admin:
        yield Matrix(await make_world(server, admin), Digester(admin))
