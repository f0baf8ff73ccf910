"""The town of the field app's pictures: a drawn map of it as the server makes one, and a day's work in it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import shapely

from geo.demo.features import NeighbourhoodSeed, Town
from geo.demo.outline import synthetic_outline
from geo.demo.town import generate_town
from geo.map_package.layers import MapShape, write_layers
from geo.mercator import to_metres
from tests.field_app.inspection_world import rows_with_forms
from tests.field_app.world import COLLEAGUE, HERE, ME, NOW, TEAM, uid

NAMES = ("Caferağa", "Osmanağa", "Rasimpaşa", "Hasanpaşa", "Zühtüpaşa", "Acıbadem", "Fikirtepe", "Merdivenköy")
CASES = (
    ("road-variant", "c1", "Kaldırım işgali", "Masalar kaldırımı kapatıyor, bebek arabasıyla geçilemiyor."),
    ("volume-high", "c2", "Gürültü", "Gece 01.00'den sonra dışarıya verilen müzik uyutmuyor."),
    ("store-alert", "c3", "Seyyar satıcı", "Okul çıkışında tezgâh yolu daraltıyor."),
)
BUSINESSES = (
    ("Güneş Fırını", "Ekmek ve unlu mamul"), ("Moda Çay Evi", "Çay bahçesi"), ("Deniz Market", "Bakkal, market"),
    ("İncir Pastanesi", "Pastane"), ("Çınar Lokantası", "Lokanta"), ("Yıldız Kuaför", "Kadın kuaförü"),
)  # fmt: skip


def drawn_town() -> Town:
    """Make the town; always the same."""
    seeds = [NeighbourhoodSeed(at, name, 20_000 + 900 * at) for at, name in enumerate(NAMES)]
    return generate_town(synthetic_outline(*HERE, 7.0, 11), seeds, seed=11)


def draw_package(town: Town, folder: Path, output: Path) -> None:
    """Have the town's offline map drawn by the server's own program."""
    shapes = [
        *(MapShape("neighbourhood", "", one.name, one.shape) for one in town.neighbourhoods),
        *(MapShape("street", "main" if one.kind == "artery" else "street", one.name, one.line) for one in town.streets),
        *(MapShape("park" if one.kind == "park" else "building", one.kind, one.name, one.shape) for one in town.places),
    ]
    folder.mkdir(parents=True)
    metres = lambda degrees: [to_metres(lon, lat) for lon, lat in degrees]  # noqa: E731 (shapely wants one)
    write_layers(folder, [one._replace(geometry=shapely.transform(one.geometry, metres)) for one in shapes])
    plan = {
        "folder": str(folder), "output": str(output), "area": town.outline.bounds, "first_zoom": 11, "last_zoom": 16,
        "metadata": {"name": "Kadıköy", "format": "png"},
    }  # fmt: skip
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "geo.map_package.render", str(folder / "plan.json")], check=True, stdout=subprocess.PIPE
    )


def day_of_work(town: Town) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the rows of the day: cases, visits, messages; every place lies on a street of the town."""
    rows = rows_with_forms()
    streets = sorted(
        (one for one in town.streets if one.kind != "artery"),
        key=lambda one: one.line.distance(shapely.Point(*HERE)),
    )
    names = {one.id: one.name for one in town.neighbourhoods}

    def spot(at: int) -> dict[str, Any]:
        """Give a place in a street, and its address."""
        street = streets[at * 9 % 260]
        middle = street.line.interpolate(0.4, normalized=True)
        where = {"lon": middle.x, "lat": middle.y, "neighbourhood_id": f"n{street.neighbourhood_id}"}
        return {**where, "address": f"{names[street.neighbourhood_id]} Mah. {street.name} No: {3 + at * 7 % 60}"}

    rows["town", "town"] |= {
        "categories": [
            {"id": code, "code": code, "name": {"tr": name, "en": name}, "icon": icon, "place_required": True,
             "closing_photo_required": code == "c1"}
            for icon, code, name, _ in CASES
        ],
        "business_classes": [
            {"code": "sanitary", "name": {"tr": "Sıhhi işyeri", "en": "Sanitary business"}, "form_code": "routine"}
        ],
        "neighbourhoods": [{"id": f"n{at}", "name": name} for at, name in enumerate(NAMES)],
    }  # fmt: skip
    for at in range(9):
        case = rows["complaint", uid(100 + at)]
        said = [
            {"id": "l1", "at": (NOW - timedelta(hours=30 + at)).isoformat(), "action": "file", "by": "citizen",
             "is_public": True},
            {"id": "l2", "at": (NOW - timedelta(hours=29)).isoformat(), "action": "route", "by": "",
             "text": "Zabıta Müdürlüğü", "is_public": True},
            {"id": "l3", "at": (NOW - timedelta(hours=3)).isoformat(), "action": "note", "by": COLLEAGUE,
             "text": "Dün akşam 19.00'da baktım, işyeri kapalıydı.", "is_public": False},
        ]  # fmt: skip
        case |= {**spot(at), "description": CASES[at % 3][3], "lines": said}
    for at in range(6):
        title, activity = BUSINESSES[at]
        rows["business", uid(200 + at)] |= {
            **spot(20 + at), "title": title, "activity": activity, "class_code": "sanitary",
            "last_inspected_at": (NOW - timedelta(days=250 + 17 * at)).isoformat(),
        }  # fmt: skip
    told = ("Moda'da iki ekip olacağız.", "Tamam, 10'da oradayım.", "Pazar yerine uğrayan var mı?",
            "Öğleden sonra ben bakarım, yolumun üstünde.")  # fmt: skip
    for at, text in enumerate(told):
        rows["message", uid(500 + at)] = {
            "department_id": TEAM, "author_id": ME if at % 2 else COLLEAGUE, "text": text,
            "sent_at": (NOW - timedelta(minutes=50 - 11 * at)).isoformat(),
        }  # fmt: skip
    return rows
