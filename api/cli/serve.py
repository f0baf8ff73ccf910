"""`belediye serve`: the HTTP server."""

import asyncio
import sys
from typing import Annotated

import typer

from api.cli.failures import explained
from api.cli.serving import NOTICE_SECONDS, Crew, listen, serve_one, wait_for_database_of
from api.core.logs import configure_logging
from api.core.startup import check_settings
from api.settings import get_settings


def serve(
    host: Annotated[str, typer.Option(help="Dinlenecek adres")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Dinlenecek kapı; 0 boş bir kapı seçer")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Sunucu süreci sayısı; işlemci başına bir tane yeter")
    ] = 1,
    notice_seconds: Annotated[
        float, typer.Option(min=0, max=60, help="Durmadan önce /readyz yanıtının 503 kalacağı süre")
    ] = NOTICE_SECONDS,
) -> None:
    """Sunucuyu başlatır; SIGTERM gelince süren istekleri bitirip durur."""
    with explained():
        settings = get_settings()
    configure_logging(json=settings.log_json, level=settings.log_level)
    with explained():
        check_settings(settings)
        asyncio.run(wait_for_database_of(settings))
        listener = listen(host, port)
        sys.stdout.write(f"http://{host}:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        if workers == 1:
            serve_one(listener, settings, notice_seconds)
            return
        code = Crew(listener, workers, notice_seconds).run()
    raise typer.Exit(code)
