"""`belediye audit`: does the audit trail hold, and its heads to be written down outside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from api.cli.failures import explained, give_up
from api.cli.platform_work import with_platform
from api.core import audit as trail
from api.core.audit import ChainFault, Head
from api.core.db import Database
from api.core.sql import Row, fetch_all

app = typer.Typer(help="Denetim izi", no_args_is_help=True)

REASONS = {
    "missing": "kayıt silinmiş",
    "changed": "kayıt ya da ondan öncesi değiştirilmiş",
    "columns differ from content": "kaydın sütunları içeriğinden farklı",
    "tail is missing": "bundan sonraki kayıtlar silinmiş",
    "head differs": "zincirin başı kayıtlarla uyuşmuyor",
}
Slug = Annotated[str | None, typer.Option("--municipality", help="Yalnız bu belediye (kısa adı)")]


@dataclass
class Verified:
    """What was found in one municipality's chain."""

    slug: str
    length: int
    faults: list[ChainFault] = field(default_factory=list)


@app.command()
def verify(
    municipality: Slug = None,
    against: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="`audit head --json` ile daha önce yazılmış dosya")
    ] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Yalnız en yeni bu kadar kayıt")] = None,
) -> None:
    """Denetim izini baştan sona sınar; bozuk kaydı numarasıyla söyler. Bozukluk varsa 1 ile biter."""
    written_down = _read_heads(against) if against else {}
    with explained():
        found = with_platform(lambda database: verify_towns(database, municipality, written_down, last))
    if not found:
        raise give_up("Belediye bulunamadı.", "No such municipality.")
    for each in found:
        if not each.faults:
            typer.echo(f"✓ {each.slug}: {each.length} kayıt, zincir sağlam")
        for fault in each.faults:
            typer.secho(f"✗ {each.slug}: {fault.sequence}. kayıt: {REASONS.get(fault.reason, fault.reason)}", fg="red")
    if any(each.faults for each in found):
        raise typer.Exit(1)


@app.command()
def head(municipality: Slug = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Zincirlerin başlarını yazar; başka bir yerde saklanırsa sonradan yapılan her silme ve değiştirme kanıtlanır."""
    with explained():
        heads = with_platform(lambda database: read_heads(database, municipality))
    if as_json:
        told = {slug: {"sequence": each.sequence, "hash": each.hash.hex()} for slug, each in heads.items()}
        typer.echo(json.dumps(told, indent=1, sort_keys=True))
        return
    for slug, each in heads.items():
        typer.echo(f"{slug} {each.sequence} {each.hash.hex()}")


async def verify_towns(
    database: Database, slug: str | None, written_down: Mapping[str, Head], last: int | None = None
) -> list[Verified]:
    """Check the chains of all municipalities, or of one, also against heads written down earlier."""
    found = []
    for town in await _towns(database, slug):
        async with database.transaction(town["id"]) as session:
            newest = await trail.head(session, town["id"])
            faults = [fault async for fault in trail.verify_chain(session, town["id"], last=last)]
            known = written_down.get(town["slug"])
            contradiction = await trail.contradiction(session, town["id"], known) if known else None
        faults += [contradiction] if contradiction and contradiction not in faults else []
        found.append(Verified(town["slug"], newest.sequence, faults))
    return found


async def read_heads(database: Database, slug: str | None) -> dict[str, Head]:
    """Give the newest link of every municipality's chain, or of one's, by short name."""
    heads = {}
    for town in await _towns(database, slug):
        async with database.transaction(town["id"]) as session:
            heads[str(town["slug"])] = await trail.head(session, town["id"])
    return heads


async def _towns(database: Database, slug: str | None) -> list[Row]:
    async with database.transaction() as session:
        return await fetch_all(
            session,
            "SELECT id, slug FROM municipality WHERE %(slug)s::text IS NULL OR slug = %(slug)s ORDER BY slug",
            {"slug": slug},
        )


def _read_heads(path: Path) -> dict[str, Head]:
    told = json.loads(path.read_text(encoding="utf-8"))
    return {slug: Head(int(each["sequence"]), bytes.fromhex(each["hash"])) for slug, each in told.items()}
