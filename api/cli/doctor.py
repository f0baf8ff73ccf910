"""`belediye doctor`: is the installation well, and if not, what to do."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import psycopg
import typer
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from api.cli.checks import database, installation, work
from api.cli.checks.finding import Finding, Patient, Text, Verdict, fault
from api.cli.failures import explained, screen
from api.core.db import Database
from api.core.startup import StartRefused
from api.settings import Settings, get_settings

Check = Callable[[Patient], Awaitable[Finding]]

REACHABLE = "database"
CHECKS: tuple[tuple[str, Text, Check], ...] = (
    ("settings", Text("Ayarlar", "Settings"), installation.settings),
    (REACHABLE, Text("Veritabanı", "Database"), database.reachable),
    ("walls", Text("Belediye duvarları", "Walls"), database.walls),
    ("leakproof", Text("Harita dizini", "Map index"), database.leakproof),
    ("migrations", Text("Şema", "Schema"), database.migrations),
    ("partitions", Text("Aylık bölümler", "Month partitions"), database.partitions),
    ("extensions", Text("Eklentiler", "Extensions"), database.extensions),
    ("crash_safety", Text("Elektrik kesintisi", "Power cut"), database.crash_safety),
    ("clock", Text("Saat", "Clock"), database.same_clock),
    ("master_key", Text("Ana anahtar", "Master key"), installation.master_key),
    ("files", Text("Dosyalar", "Files"), installation.files),
    ("worker", Text("İşleyici", "Worker"), work.worker),
    ("jobs", Text("İşler", "Jobs"), work.jobs),
    ("sms", Text("SMS", "SMS"), work.sms),
    ("audit_trail", Text("Denetim izi", "Audit trail"), work.audit_trail),
    ("backups", Text("Yedek", "Backup"), database.backups),
)
WITHOUT_DATABASE = ("settings", REACHABLE, "files")
SIGNS = {Verdict.WELL: "[green]✓[/]", Verdict.NOTICE: "[yellow]![/]", Verdict.FAULT: "[red]✗[/]"}


@dataclass(frozen=True)
class Examined:
    """One line of the doctor's table."""

    name: str
    title: Text
    finding: Finding


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Makineler için")] = False,
    english: Annotated[bool, typer.Option("--english", help="In English")] = False,
) -> None:
    """Kurulumu sınar; neyin yanlış olduğunu ve ne yapılacağını söyler. Kusur varsa 1 ile biter."""
    with explained():
        examined = asyncio.run(examine(get_settings()))
    if as_json:
        typer.echo(json.dumps([_as_dict(each) for each in examined], ensure_ascii=False, indent=1))
    else:
        _print(examined, english=english)
    if any(each.finding.verdict == Verdict.FAULT for each in examined):
        raise typer.Exit(1)


async def examine(settings: Settings) -> list[Examined]:
    """Run every check; without a database only those that need none."""
    patient = Patient(
        settings,
        Database(settings.database_url.get_secret_value(), pool_size=1),
        Database(settings.platform_database_url.get_secret_value(), pool_size=1, statement_timeout_ms=60_000),
    )
    examined: list[Examined] = []
    has_database = True
    try:
        for name, title, check in CHECKS:
            if not has_database and name not in WITHOUT_DATABASE:
                continue
            finding = await _run(check, patient)
            has_database = has_database and not (name == REACHABLE and finding.verdict == Verdict.FAULT)
            examined.append(Examined(name, title, finding))
    finally:
        await patient.app.close()
        await patient.platform.close()
    return examined


async def _run(check: Check, patient: Patient) -> Finding:
    try:
        return await check(patient)
    except (SQLAlchemyError, psycopg.Error, OSError, StartRefused) as error:
        # The driver names host and role, never the password.
        cause = str(getattr(error, "orig", None) or error).partition("\n")[0]
        return fault(
            Text(f"Denetlenemedi: {cause}", f"Could not be checked: {cause}"),
            Text(
                "Veritabanının çalıştığını, adresini ve rollerin parolalarını denetleyin",
                "Check that the database runs, its address and the roles' passwords",
            ),
        )


def _as_dict(each: Examined) -> dict[str, object]:
    return {
        "check": each.name,
        "verdict": each.finding.verdict.value,
        "told": each.finding.told._asdict(),
        "todo": each.finding.todo._asdict(),
    }


def _print(examined: list[Examined], *, english: bool) -> None:
    def say(text: Text) -> str:
        return text.en if english else text.tr

    table = Table("", say(Text("Denetim", "Check")), say(Text("Durum", "State")), say(Text("Yapılacak", "What to do")))
    for each in examined:
        table.add_row(SIGNS[each.finding.verdict], say(each.title), say(each.finding.told), say(each.finding.todo))
    screen.print(table)
