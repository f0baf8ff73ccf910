"""`belediye import bundle`: work from the field that was brought by hand."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.cli.failures import explained, give_up, screen
from api.core import keys
from api.core.actor import system_actor
from api.core.db import Database
from api.core.startup import master_key_bytes
from api.municipalities import service as municipalities
from api.settings import Settings, get_settings
from api.sync import service as sync
from api.worker import outside_systems

REASONS = {
    "broken": "dosya eksik, değiştirilmiş ya da bozuk",
    "foreign": "paket bu belediye için mühürlenmemiş",
    "unknown_phone": "paketi yazan telefon sunucuya hiç bağlanmamış",
    "wiped_phone": "paketi yazan telefon silinmek üzere geri alınmış",
    "server_too_old": "pakette bu sürümün tanımadığı bir kayıt var",
}


def import_bundle(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Telefondan dışa aktarılan .cbx dosyası")],
    municipality: Annotated[str, typer.Option("--municipality", help="Belediyenin kısa adı")],
) -> None:
    """Sahadan elle getirilen mühürlü paketi işler; yeniden vermek zarar vermez. Reddedilirse 1 ile biter."""
    with explained(), screen.status("Paket işleniyor"):
        outcome = asyncio.run(_import(get_settings(), file, municipality))
    if outcome.state != "done":
        raise give_up(f"Paket alınmadı: {REASONS.get(outcome.code or '', outcome.code)}.", f"Refused: {outcome.code}")
    waiting = outcome.conflict + outcome.quarantined
    typer.echo(
        f"✓ {outcome.staff_name}: {outcome.lines} kayıt, {outcome.ok} işlendi, {waiting} karar bekliyor; "
        f"{outcome.pictures_done} fotoğraf alındı"
    )


async def _import(settings: Settings, file: Path, slug: str) -> sync.Outcome:
    keys.install_master_key(master_key_bytes(settings.master_key))
    database = Database(
        settings.database_url.get_secret_value(), pool_size=2, statement_timeout_ms=settings.statement_timeout_ms
    )
    outside = outside_systems(settings)
    spool, store = outside["spool"], outside["store"]
    try:
        async with database.transaction() as session:
            town = await municipalities.public_municipality(session, slug)
        actor = replace(system_actor(town.id), grants={"sync_conflict.resolve": None})
        with file.open("rb") as opened:
            upload_id = await sync.bring_bundle(database, spool, store, actor, opened)
        # The worker may be quicker with the job that this put into the queue: twice is once.
        return await sync.import_bundle(sync.Importing(database, spool, store, town.id, upload_id))
    finally:
        await database.close()
