"""How a command works across municipalities: settings, master key and the platform role's pool."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.core import keys
from api.core.db import Database
from api.core.startup import master_key_bytes
from api.settings import get_settings

Answer = TypeVar("Answer")


def with_platform(work: Callable[[Database], Awaitable[Answer]]) -> Answer:
    """Run a coroutine function on the platform role's pool of this installation's settings."""
    settings = get_settings()
    keys.install_master_key(master_key_bytes(settings.master_key))

    async def run() -> Answer:
        database = Database(settings.platform_database_url.get_secret_value(), pool_size=2)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())
