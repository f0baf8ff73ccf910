"""A phone as it is after a first sync, without a server: rows as if pulled, and a person who signed in."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx

from field_app.phone import Phone, Surroundings, Unlocked

PIN = "274916"
ME, COLLEAGUE = "01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000b"
TEAM = "01900000-0000-7000-8000-0000000000d1"
OTHER_TEAM = "01900000-0000-7000-8000-0000000000d2"
NOW = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
HERE = (29.0300, 40.9810)


class MemoryKeyStore:
    """A key store that forgets with the test."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        return self.held.get(name)

    def write(self, name: str, secret: bytes) -> None:
        self.held[name] = secret

    def forget(self, name: str) -> None:
        self.held.pop(name, None)


class Time:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.ms = int(NOW.timestamp() * 1000)

    def __call__(self) -> int:
        return self.ms

    def pass_(self, **by: float) -> None:
        self.ms += int(timedelta(**by).total_seconds() * 1000)

    def uptime(self) -> tuple[str, int]:
        return "boot", self.ms - int(NOW.timestamp() * 1000) + 60_000


def profile() -> dict[str, Any]:
    """What the server said at the sign-in."""
    return {
        "staff": {"id": ME, "name": "Işıl Öztürk", "title": "Zabıta memuru", "registry_no": "1042"},
        "municipality": {"id": 7, "slug": "kadikoy", "name": "Kadıköy Belediyesi"},
        "permissions": [],
        "departments": [TEAM],
        "bundle_kid": "",
        "bundle_key": "",
        "policy_keys": [],
    }


def unreachable() -> httpx.Client:
    """A network that is not there."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)

    return httpx.Client(base_url="http://server.invalid", transport=httpx.MockTransport(refuse))


def make_phone(folder: Path, clock: Time, client: httpx.Client | None = None) -> Phone:
    """A phone whose person has signed in."""
    keys = MemoryKeyStore()
    tokens = {"access_token": "a", "refresh_token": "r", "good_until": clock() + 3_600_000}
    keys.write("account", json.dumps({"tokens": tokens, "profile": profile()}).encode())
    around = Surroundings(folder, keys, clock, clock.uptime)
    return Phone(around, client or unreachable(), Random(7))


def opened(phone: Phone, rows: Mapping[tuple[str, str], Mapping[str, Any]] | None = None) -> Unlocked:
    """The phone, opened with its first PIN, with rows as if they had been pulled."""
    unlocked = phone.open(phone.vault.set_up(ME, PIN))
    put_rows(unlocked, sample_rows() if rows is None else rows)
    return unlocked


def put_rows(unlocked: Unlocked, rows: Mapping[tuple[str, str], Mapping[str, Any]], version: int = 1) -> None:
    """Write rows as a pull does."""
    store = unlocked.engine.store
    with store.transaction():
        store.run(
            """INSERT OR REPLACE INTO scope (sid, title, priority, cursor, run, is_complete)
                   VALUES ('s', '', 1, 'c', 1, 1)"""
        )
        store.put(epoch="e", last_contact=unlocked.engine.clock())
        for (table, row_id), data in rows.items():
            store.write_row((table, row_id), version, data)
            store.run("INSERT OR REPLACE INTO membership (tbl, id, sid, run) VALUES (?, ?, 's', 1)", (table, row_id))


def uid(number: int) -> str:
    """The id of a made-up row."""
    return f"01900000-0000-7000-8000-{number:012x}"


SUBJECTS = (
    ("c1", "Kaldırım işgali", "road-variant"),
    ("c2", "Gürültü", "volume-high"),
    ("c3", "Seyyar satıcı", "store-alert"),
)
STREETS = (
    "Caferağa Mah. Moda Cad. No: 14",
    "Osmanağa Mah. Söğütlüçeşme Cad. No: 3",
    "Rasimpaşa Mah. Rıhtım Sok. No: 21/A",
)


def sample_rows() -> dict[tuple[str, str], dict[str, Any]]:
    """A small town's day: cases, visits, tasks, colleagues, messages."""
    rows: dict[tuple[str, str], dict[str, Any]] = {
        ("town", "town"): {
            "name": "Kadıköy Belediyesi",
            "slug": "kadikoy",
            "theme": {"primary": "#0b5cab"},
            "center": {"lon": HERE[0], "lat": HERE[1]},
            "categories": [
                {
                    "id": code,
                    "code": code,
                    "name": {"tr": name, "en": name},
                    "icon": icon,
                    "closing_photo_required": code == "c1",
                    "place_required": True,
                }
                for code, name, icon in SUBJECTS
            ],
            "departments": [{"id": TEAM, "name": "Zabıta Müdürlüğü"}, {"id": OTHER_TEAM, "name": "Fen İşleri"}],
            "neighbourhoods": [{"id": "n1", "name": "Caferağa"}],
            "business_classes": [{"code": "sihhi", "name": {"tr": "Sıhhi müessese"}, "form_code": "routine"}],
        },
        ("colleague", ME): {"name": "Işıl Öztürk", "title": "Zabıta memuru", "department_ids": [TEAM]},
        ("colleague", COLLEAGUE): {"name": "Mehmet Çağlar", "title": "Zabıta memuru", "department_ids": [TEAM]},
    }
    for at in range(9):
        lon, lat = HERE[0] + (at % 3) * 0.004 - 0.003, HERE[1] + (at // 3) * 0.003
        rows["complaint", uid(100 + at)] = {
            "number": f"2026-{at + 318:06d}",
            "category_id": SUBJECTS[at % 3][0],
            "status": ("routed", "assigned")[at % 2],
            "description": "Masalar kaldırımı kapatıyor, bebek arabasıyla geçilemiyor. Akşamları daha da yayılıyor.",
            "address": STREETS[at % 3],
            "lon": lon,
            "lat": lat,
            "neighbourhood_id": "n1",
            "filed_at": (NOW - timedelta(days=at)).isoformat(),
            "department_id": TEAM,
            "solution_due_at": (NOW + timedelta(days=at - 3)).isoformat(),
            "is_emergency": at == 4,
            "assignee_id": ME if at % 2 else None,
            "photos": [],
            "lines": [{"id": "l1", "at": NOW.isoformat(), "action": "file", "text": "", "by": "", "is_public": True}],
        }
    for at in range(6):
        rows["business", uid(200 + at)] = {
            "title": ("Güneş Fırını", "Moda Çay Evi", "Deniz Market")[at % 3] + (f" {at}" if at > 2 else ""),
            "class_code": "sihhi",
            "activity": "Gıda",
            "address": STREETS[at % 3],
            "lon": HERE[0] - 0.002 * at,
            "lat": HERE[1] + 0.001 * at,
            "phone": "+902163300000",
            "risk": 40 + at * 8,
            "status": "active",
        }
        rows["inspection", uid(300 + at)] = {
            "business_id": uid(200 + at),
            "kind": ("routine", "recheck", "complaint")[at % 3],
            "status": "planned",
            "form_id": "routine",
            "form_version": 1,
            "department_id": TEAM,
            "assignee_id": ME if at < 4 else COLLEAGUE,
            "due_on": (NOW + timedelta(days=at - 1)).date().isoformat(),
            "risk": 40 + at * 8,
            "reason": "",
        }
    rows["task", uid(400)] = {
        "title": "Pazar yerini ölç",
        "text": "Perşembe kurulmadan önce",
        "department_id": TEAM,
        "assignee_id": ME,
        "status": "open",
        "due_on": NOW.date().isoformat(),
    }
    for at, (who, text) in enumerate(((COLLEAGUE, "Moda'da iki ekip olacağız."), (ME, "Tamam, 10'da oradayım."))):
        rows["message", uid(500 + at)] = {
            "department_id": TEAM,
            "author_id": who,
            "text": text,
            "sent_at": (NOW - timedelta(minutes=40 - at)).isoformat(),
        }
    return rows
