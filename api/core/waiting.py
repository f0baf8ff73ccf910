"""Waiting for the database at start: server and worker may come up before it."""

import asyncio

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from api.core.db import Database
from api.core.startup import check_database

log = structlog.get_logger("belediye.start")

LONGEST_PAUSE_SECONDS = 15.0


async def wait_for_database(database: Database) -> None:
    """Try until the database answers, with growing pauses; then check its role and its map index.

    Raises:
        StartRefused: the database answers, but must not be used like this.
    """
    pause = 1.0
    while True:
        try:
            await check_database(database)
        except (DBAPIError, psycopg.Error, OSError) as error:
            log.warning("waiting for the database", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        else:
            return
