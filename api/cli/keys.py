"""`belediye keys`: the secrets of an installation."""

import base64

import typer

from api.core.crypto import new_key

app = typer.Typer(help="Anahtarlar", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Anahtarlar."""


@app.command("new")
def new() -> None:
    """Yeni bir ana anahtar üretir; BELEDIYE_MASTER_KEY ayarına yazın ve bir kopyasını başka yerde saklayın."""
    # Printed bare, so that a script can take it.
    typer.echo(base64.b64encode(new_key()).decode())
