"""The matrix on a module's own database."""

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.identity import passwords
from tests.architecture.access.digests import Digester
from tests.architecture.access.matrix import Matrix
from tests.architecture.access.world import make_world


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Argon2 at its cheapest: what it costs is not asked here, and everybody signs in often."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        patch.setattr(passwords, "_hasher", cheap)
        # The hash that stands in for unknown users is made once by a process; a cheap one must not stay.
        passwords._dummy_hash.cache_clear()
        yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture(scope="module")
async def matrix(quick_passwords, server) -> AsyncIterator[Matrix]:
    """Two planted towns with their people, on a running server."""
    with psycopg.connect(server.urls.admin, autocommit=True) as admin:
        yield Matrix(await make_world(server, admin), Digester(admin))
