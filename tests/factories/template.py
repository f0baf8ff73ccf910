"""Fills the template database once for each run: what every test may expect to find."""

from typing import Any

from api.core.db import Database
from api.platform.reference import load_national
from tests.factories.towns import make_town

KADIKOY, AKPINAR = "kadikoy", "akpinar"


async def fill(urls: Any) -> None:
    """The country's parameters and holidays, and two municipalities of different type with staff of every role.

    `read_town(urls, KADIKOY)` and `read_town(urls, AKPINAR)` say what is in them.
    """
    database = Database(urls.platform, pool_size=1)
    try:
        async with database.transaction() as session:
            await load_national(session)
    finally:
        await database.close()
    await make_town(urls, "metropolitan_district", KADIKOY, "Kadıköy Belediyesi")
    await make_town(urls, "town", AKPINAR, "Akpınar Belediyesi")
