"""Failures as an operator meets them: in Turkish and English, saying what to do, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError

from api.cli.private_postgres import PrivatePostgresError
from api.core.crypto import CryptoError
from api.core.errors import AppError
from api.core.startup import StartRefused
from geo.errors import GeoError

screen = Console()
_errors = Console(stderr=True)


def give_up(turkish: str, english: str = "", details: str = "") -> typer.Exit:
    """Print why the command ends and give the exit to raise (code 1)."""
    _errors.print(f"[bold red]Hata:[/] {escape(turkish)}")
    if english:
        _errors.print(f"[dim]Error: {escape(english)}[/]")
    if details:
        _errors.print(f"[dim]{escape(details)}[/]")
    return typer.Exit(1)


@contextmanager
def explained() -> Iterator[None]:
    """Turn every expected failure of a command into two sentences and exit code 1."""
    try:
        yield
    except AppError as error:
        details = ", ".join(f"{name}: {value}" for name, value in error.details.items())
        raise give_up(error.tr, error.en, details) from None
    except (GeoError, CryptoError) as error:
        raise give_up(error.message_tr, str(error)) from None
    except ValidationError as error:
        names = ", ".join(f"BELEDIYE_{str(item['loc'][0]).upper()}" for item in error.errors() if item["loc"])
        raise give_up(
            f"Ayarlar eksik ya da hatalı: {names}. Bu ortam değişkenlerini tanımlayıp yeniden deneyin.",
            f"Settings are missing or wrong: {names}. Set these environment variables and try again.",
        ) from None
    except StartRefused as error:
        raise give_up("Ayarlar güvenli değil; ayrıntı aşağıda.", str(error)) from None
    except PrivatePostgresError as error:
        raise give_up("Özel PostgreSQL sunucusu başlatılamadı; ayrıntı aşağıda.", str(error)) from None
    except (psycopg.Error, DBAPIError) as error:
        raise _database_failure(error) from None
    except FileNotFoundError as error:
        raise give_up(f"Dosya bulunamadı: {error.filename}", f"File not found: {error.filename}") from None


def _database_failure(error: psycopg.Error | DBAPIError) -> typer.Exit:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return give_up(
            "Veritabanı şeması yok ya da eski. Şunu çalıştırın: belediye db migrate",
            "The database schema is missing or old. Run: belediye db migrate",
        )
    first_line = str(cause).partition("\n")[0]
    if isinstance(cause, psycopg.OperationalError):
        return give_up(
            "Veritabanına ulaşılamıyor. Adresi, sunucunun çalıştığını ve rolün parolasını denetleyin.",
            "The database cannot be reached. Check its address, that it is running, and the role's password.",
            first_line,
        )
    return give_up("Veritabanı işlemi reddetti; ayrıntı aşağıda.", "The database refused; see below.", first_line)
