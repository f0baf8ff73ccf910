"""`belediye db`: making and upgrading the database."""

from typing import Annotated

import typer

from api.cli.database import ROLES, migrate, new_password, prepare
from api.cli.failures import explained, give_up, screen
from api.cli.platform_work import with_platform
from api.core.db import Database
from api.platform.reference import load_national
from api.platform.restores import begin_new_epochs
from api.settings import get_settings

app = typer.Typer(help="Veritabanı", no_args_is_help=True)


@app.command("prepare")
def prepare_database(
    admin_url: Annotated[
        str, typer.Option(envvar="BELEDIYE_ADMIN_DATABASE_URL", help="Süper kullanıcı adresi: postgresql://postgres@…")
    ],
    database: Annotated[str, typer.Option(help="Ürünün veritabanının adı")] = "belediye",
    passwords: Annotated[bool, typer.Option(help="Rollere yeni parola üretir ve yazar")] = False,
) -> None:
    """Rolleri, veritabanını ve eklentileri kurar; istendiği kadar çalıştırılabilir."""
    with explained():
        made = {role: new_password() for role in ROLES} if passwords else None
        prepare(admin_url, database, made)
    screen.print(f"[bold green]{database}[/] hazır. Sırada: belediye db migrate")
    for role, password in (made or {}).items():
        screen.print(f"{role}: [bold]{password}[/]")


@app.command("migrate")
def migrate_database() -> None:
    """Şemayı ve ülke çapındaki parametre ve tatilleri bu sürüme getirir."""
    with explained():
        owner_url = get_settings().owner_database_url
        if owner_url is None:
            raise give_up(
                "BELEDIYE_OWNER_DATABASE_URL tanımlı değil; belediye_owner rolünün adresini verin.",
                "BELEDIYE_OWNER_DATABASE_URL is not set; give the address of the role belediye_owner.",
            )
        migrate(owner_url.get_secret_value())
        changed = with_platform(_load_national)
    screen.print(f"Şema güncel; {changed} parametre ve tatil satırı yenilendi.")


@app.command("restored")
def note_restore() -> None:
    """Yedekten geri dönüldüğünü bildirir: telefonlar son 30 günün kayıtlarını yeniden gönderir."""
    with explained():
        towns = with_platform(begin_new_epochs)
    screen.print(f"{towns} belediyenin telefonları ilk bağlantıda kayıtlarını yeniden gönderecek.")


async def _load_national(database: Database) -> int:
    async with database.transaction() as session:
        return await load_national(session)
