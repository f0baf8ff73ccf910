"""`belediye operator`: the people who run the installation."""

from typing import Annotated

import typer

from api.cli.failures import explained, screen
from api.cli.platform_work import with_platform
from api.core.db import Database
from api.platform.operators import NewOperator, create_operator

app = typer.Typer(help="Platform yöneticileri", no_args_is_help=True)


@app.callback()
def operators() -> None:
    """Platform yöneticileri."""


@app.command("create")
def create(
    username: Annotated[str, typer.Option(help="Kullanıcı adı")],
    full_name: Annotated[str, typer.Option(help="Adı ve soyadı")],
) -> None:
    """Bir platform yöneticisi ekler; parolası ve doğrulama anahtarı yalnızca şimdi gösterilir."""

    async def work(database: Database) -> NewOperator:
        return await create_operator(database, username, full_name)

    with explained():
        made = with_platform(work)
    screen.print(f"Kullanıcı adı: [bold]{made.username}[/]   Parola: [bold]{made.password}[/]")
    screen.print(f"Doğrulama uygulaması anahtarı: [bold]{made.totp_secret}[/]")
