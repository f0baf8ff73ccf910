"""`belediye worker`: the background jobs."""

import asyncio
from typing import Annotated

import typer

from api import worker as background
from api.cli.failures import explained
from api.core.logs import configure_logging, log_crashes
from api.settings import get_settings


def worker(
    concurrency: Annotated[
        int, typer.Option(min=1, max=100, help="Aynı anda yürütülecek iş sayısı (giriş kodları bunun dışındadır)")
    ] = background.CONCURRENCY,
) -> None:
    """Arka plan işlerini yürütür; SIGTERM gelince süren işleri bitirip durur."""
    with explained():
        settings = get_settings()
    configure_logging(json=settings.log_json, level=settings.log_level)
    log_crashes()
    with explained():
        asyncio.run(background.run(settings, concurrency=concurrency))
