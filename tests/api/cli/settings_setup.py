"""Settings and commands of an installation on a test database."""

import base64

import typer
from typer.testing import CliRunner

from api.settings import Settings, get_settings
from tests.factories.towns import MASTER_KEY


def settings_for(urls, files_path, **changes):
    """Settings of a test installation."""
    values = {
        "environment": "test",
        "database_url": urls.app,
        "platform_database_url": urls.platform,
        "master_key": base64.b64encode(MASTER_KEY).decode(),
        "files_path": files_path,
        **changes,
    }
    return Settings(**values)


def call(command, *arguments):
    """Run a command or a group of them as the operator would; gives the result with exit code and output."""
    app = command
    if not isinstance(app, typer.Typer):
        app = typer.Typer()
        app.command()(command)
    get_settings.cache_clear()
    try:
        return CliRunner().invoke(app, list(arguments))
    finally:
        get_settings.cache_clear()
