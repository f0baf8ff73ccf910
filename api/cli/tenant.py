"""`belediye tenant`: the municipalities of this installation."""

import json
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from api.cli.failures import explained, give_up, screen
from api.cli.platform_work import with_platform
from api.core.db import Database
from api.municipalities.service import Kind
from api.platform.operators import set_served, sign_in_operator
from api.platform.provisioning import STEPS, NewTenant, Provisioned, Step, create_tenant, list_tenants
from geo.demo.features import Polygonal
from geo.geojson import parse_point, parse_polygon

app = typer.Typer(help="Belediyeler (kiracılar)", no_args_is_help=True)

# Both the code's word and the Turkish one are understood.
_TURKISH_KINDS: dict[str, Kind] = {
    "buyuksehir": "metropolitan",
    "il": "province",
    "buyuksehir_ilce": "metropolitan_district",
    "ilce": "district",
    "belde": "town",
    "birlik": "union",
}
_STEP_TEXTS: dict[Step, str] = {
    "place": "Resmî listede aranıyor",
    "map": "Harita çiziliyor",
    "municipality": "Kayıt ve anahtarlar",
    "departments": "Birimler",
    "areas": "Mahalleler ve altlık harita",
    "services": "Başvuru konuları ve aydınlatma metinleri",
    "administrator": "İlk yönetici",
}
_MOST_OUTLINE_VERTICES = 500_000


@app.command("create")
def create(
    kind: Annotated[str, typer.Option("--type", help="metropolitan | province | district | town | union, ya da "
                                      "buyuksehir | il | ilce | belde | birlik")],
    name: Annotated[str, typer.Option("--name", help="Yerin adı, Türkçe harflerle: Kadıköy")],
    province: Annotated[str | None, typer.Option(help="İl; belde ve birlikler ile adaş ilçeler için gerekir")] = None,
    slug: Annotated[str | None, typer.Option(help="Adreslerdeki kısa ad; verilmezse addan üretilir")] = None,
    parent: Annotated[str | None, typer.Option(help="Üst belediyenin kısa adı")] = None,
    outline: Annotated[
        Path | None, typer.Option(help="Gerçek sınır: GeoJSON Polygon ya da MultiPolygon, WGS 84 derece")
    ] = None,
    lon: Annotated[float | None, typer.Option(help="Sınır yoksa örnek haritanın merkezi: boylam")] = None,
    lat: Annotated[float | None, typer.Option(help="Sınır yoksa örnek haritanın merkezi: enlem")] = None,
) -> None:  # fmt: skip
    """Hemen kullanılabilir bir belediye oluşturur ve yöneticinin bir kullanımlık parolasını yazar."""
    with explained():
        new = NewTenant(
            kind=_kind(kind),
            name=name,
            slug=slug,
            province=province,
            parent=parent,
            outline=_outline(outline) if outline else None,
            center=_center(lon, lat),
        )
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
            console=screen, transient=True,
        ) as progress:  # fmt: skip
            task = progress.add_task("", total=len(STEPS))

            def show(step: Step) -> None:
                progress.update(task, description=_STEP_TEXTS[step], completed=STEPS.index(step))

            async def work(database: Database) -> Provisioned:
                return await create_tenant(database, new, show)

            made = with_platform(work)
    _tell(made)


@app.command("list")
def list_() -> None:
    """Kayıtlı belediyeleri yazar."""
    with explained():
        rows = with_platform(list_tenants)
    table = Table("No", "Kısa ad", "Ad", "Tür", "Üst belediye", "Durum")
    for row in rows:
        state = "açık" if row["is_active"] else "kapalı"
        table.add_row(str(row["id"]), row["slug"], row["name"], row["kind"], row["parent"] or "", state)
    screen.print(table)


Operator = Annotated[str, typer.Option("--operator", help="Platform yöneticisinin kullanıcı adı")]
Password = Annotated[str, typer.Option(prompt="Parola", hide_input=True, help="Sorulur; komut satırına yazmayın")]
Code = Annotated[str, typer.Option("--code", prompt="Doğrulama kodu", help="Doğrulama uygulamasındaki altı hane")]


@app.command("suspend")
def suspend(slug: str, operator: Operator, password: Password, code: Code) -> None:
    """Bir belediyeyi hizmete kapatır; hiçbir kayıt silinmez, yeniden açılabilir."""
    name = _set_served(slug, operator, password, code, is_served=False)
    screen.print(f"[bold]{name}[/] hizmete kapatıldı. Yeniden açmak için: belediye tenant resume {slug}")


@app.command("resume")
def resume(slug: str, operator: Operator, password: Password, code: Code) -> None:
    """Kapatılmış bir belediyeyi yeniden hizmete açar."""
    screen.print(f"[bold]{_set_served(slug, operator, password, code, is_served=True)}[/] yeniden hizmette.")


def _set_served(slug: str, operator: str, password: str, code: str, *, is_served: bool) -> str:
    async def work(database: Database) -> str:
        operator_id = await sign_in_operator(database, operator, password, code)
        return await set_served(database, operator_id, slug, is_served=is_served)

    with explained():
        return with_platform(work)


def _kind(text: str) -> Kind:
    word = text.strip().lower().replace("-", "_")
    for kind in get_args(Kind):
        if word == kind:
            return kind  # type: ignore[no-any-return]
    if word in _TURKISH_KINDS:
        return _TURKISH_KINDS[word]
    known = ", ".join((*get_args(Kind), *_TURKISH_KINDS))
    raise give_up(f"Belediye türü bilinmiyor: {text}. Bilinenler: {known}", f"Unknown kind: {text}. Known: {known}")


def _center(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    if lon is None and lat is None:
        return None
    place = parse_point({"type": "Point", "coordinates": [lon, lat]})
    return place.lon, place.lat


def _outline(path: Path) -> Polygonal:
    """Read the first geometry of a GeoJSON file."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise give_up(f"{path} bir GeoJSON dosyası değil.", f"{path} is not a GeoJSON file: {error}") from None
    if isinstance(read, dict) and read.get("type") == "FeatureCollection" and read.get("features"):
        read = read["features"][0]
    geometry = read.get("geometry", read) if isinstance(read, dict) else read
    return parse_polygon(geometry, max_vertices=_MOST_OUTLINE_VERTICES)


def _tell(made: Provisioned) -> None:
    screen.print(f"[bold green]{made.name}[/] hazır (no {made.municipality_id}, kısa ad [bold]{made.slug}[/]).")
    screen.print(
        f"{made.departments} birim, {made.neighbourhoods} mahalle, {made.map_features} harita ögesi, "
        f"{made.categories} başvuru konusu."
    )
    screen.print(f"Yönetici: [bold]{made.administrator}[/]   Bir kullanımlık parola: [bold]{made.one_time_password}[/]")
    screen.print("Parola yalnızca şimdi gösterilir; ilk girişte değiştirilir ve doğrulama uygulaması tanıtılır.")
