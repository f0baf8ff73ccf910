"""`belediye worker`: the background jobs."""

import asyncio
from typing import Annotated

import typer

from api import worker as background
from api.core.logs import configure_logging, log_crashes
from api.core.startup import StartRefused
from api.settings import get_settings


def worker(
    concurrency: Annotated[
        int, typer.Option(min=1, max=100, help="Aynı anda yürütülecek iş sayısı (giriş kodları bunun dışındadır)")
    ] = background.CONCURRENCY,
) -> None:
    """Arka plan işlerini yürütür; SIGTERM gelince süren işleri bitirip durur."""
    settings = get_settings()
    configure_logging(json=settings.log_json, level=settings.log_level)
    log_crashes()
    try:
        asyncio.run(background.run(settings, concurrency=concurrency))
    except StartRefused as refusal:
        typer.secho(f"İşleyici başlatılmadı: {refusal}", fg="red", err=True)
        raise typer.Exit(1) from None
