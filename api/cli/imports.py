"""`belediye import`: lists that municipalities bring along."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from api.businesses import service as businesses
from api.businesses.service import ImportReport
from api.cli.failures import explained, screen
from api.cli.import_bundle import import_bundle
from api.cli.platform_work import with_platform
from api.core.actor import system_actor
from api.core.db import Database
from api.municipalities import service as municipalities

app = typer.Typer(help="Belediyenin getirdiği listeler", no_args_is_help=True)
app.command("bundle")(import_bundle)
_SHOWN = 20


@app.callback()
def imports() -> None:
    """Belediyenin getirdiği listeler."""


@app.command("businesses")
def import_businesses(
    file: Annotated[Path, typer.Argument(help="CSV: ilk satırda sütun adları; ; ya da , ile ayrılmış")],
    municipality: Annotated[str, typer.Option(help="Belediyenin kısa adı")],
    default_class: Annotated[
        str | None, typer.Option("--class", help="Sınıf sütunu yoksa bütün satırların sınıf kodu")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Yalnız denetler, hiçbir şey yazmaz")] = False,
    errors: Annotated[Path | None, typer.Option(help="Alınmayan satırların yazılacağı CSV dosyası")] = None,
) -> None:  # fmt: skip
    """İşyeri listesini içe aktarır; aynı liste yeniden verilirse kayıtlı işyerleri bir daha eklenmez."""
    with explained():
        # Lines are only counted for the bar: one with a line feed inside a cell counts twice.
        with file.open("rb") as source:
            total = max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(1 << 20), b"")) - 1)
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(),
            TextColumn("{task.completed}/{task.total}"), console=screen, transient=True,
        ) as progress:  # fmt: skip
            task = progress.add_task("Denetleniyor" if dry_run else "Aktarılıyor", total=total)

            async def told(rows: int) -> None:
                progress.update(task, completed=rows, total=max(rows, total))

            async def work(database: Database) -> ImportReport:
                async with database.transaction() as session:
                    town = await municipalities.public_municipality(session, municipality)
                actor = replace(system_actor(town.id), grants={"business.import": None})
                refused = errors.open("w", encoding="utf-8-sig", newline="") if errors else None
                try:
                    with file.open("rb") as source:
                        return await businesses.import_businesses(
                            database, actor, source, default_class=default_class, write=not dry_run,
                            faults_to=refused, progress=told,
                        )  # fmt: skip
                finally:
                    if refused is not None:
                        refused.close()

            report = with_platform(work)
    _show(report, dry_run=dry_run)
    if report.refused:
        raise typer.Exit(2)


def _show(report: ImportReport, *, dry_run: bool) -> None:
    screen.print("Sütunlar: " + ", ".join(f"{header} → {name}" for header, name in report.columns.items()))
    if report.unused:
        screen.print("Kullanılmayan sütunlar: " + ", ".join(report.unused))
    screen.print(
        f"{report.rows} satır okundu: {report.good} uygun, {report.refused} alınmadı. Yeri koordinattan "
        f"{report.by_coordinates}, sokaktan {report.by_street}, yalnız mahalleden {report.by_neighbourhood}."
    )
    if not dry_run:
        screen.print(f"{report.added} işyeri eklendi, {report.known} işyeri zaten kayıtlıydı.")
    if report.faults:
        table = Table("Satır", "Sütun", "Değer", "Sorun")
        for fault in report.faults[:_SHOWN]:
            table.add_row(str(fault.row), fault.column_name(), fault.value, fault.text())
        screen.print(table)
