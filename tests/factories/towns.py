"""Small municipalities for tests: four square neighbourhoods, the departments of their kind, staff of every role."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from shapely.geometry import LineString, box

from api.complaints import service as complaints
from api.core import audit, clock, keys
from api.core.db import Database
from api.core.ids import uuid7
from api.core.sql import run
from api.core.tenancy import enter_municipality
from api.inspections import service as inspections
from api.municipalities import service as municipalities
from api.municipalities.service import Kind, MapFeature, NeighbourhoodShape, NewMunicipality

MASTER_KEY = bytes.fromhex("8d1f0b3c5a7e92461bd0c4f3a85e6790231dfe8bc5a9704461f2ab9cd07e3518")
PASSWORD = "kiraz-mavi-tren-42"
# Argon2 at its cheapest: as the product sets it, every sign-in would take a quarter of a second.
QUICK_HASHER = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

# Side of a neighbourhood in degrees, and how far the towns lie from each other.
SIDE = 0.01
_APART = 0.05
_NAMES = ("Çınarlı", "İstasyon", "Şirinevler", "Yeşilöz")
# Which department a role is limited to; the others hold everywhere.
ROLE_DEPARTMENTS = {
    "service_desk": None,
    "department_officer": "technical_works",
    "department_head": "technical_works",
    "field_inspector": "technical_works",
    "enforcement_officer": "enforcement",
    "licence_officer": "licensing",
    "cashier": None,
    "finance": None,
    "manager": None,
    "mayor": None,
    "municipal_administrator": None,
    "auditor": None,
}


@dataclass(frozen=True)
class Staff:
    """A staff user of a test town; signs in with PASSWORD and TOTP_SECRET."""

    id: UUID
    username: str
    role: str
    department_id: UUID | None


@dataclass(frozen=True)
class Town:
    """What tests need to know of a municipality."""

    municipality_id: int
    slug: str
    name: str
    kind: str
    departments: dict[str, UUID]
    neighbourhoods: tuple[UUID, ...]
    staff: dict[str, Staff]

    def place(self, neighbourhood: int = 0) -> tuple[float, float]:
        """Longitude and latitude in the middle of one of the four neighbourhoods."""
        west, south = corner(self.municipality_id)
        return west + SIDE * (neighbourhood % 2 + 0.5), south + SIDE * (neighbourhood // 2 + 0.5)

    @property
    def outside(self) -> tuple[float, float]:
        """A place in no town of these tests."""
        west, south = corner(self.municipality_id)
        return west - SIDE, south - SIDE


def corner(municipality_id: int) -> tuple[float, float]:
    """South-western corner of a test town in degrees."""
    return 29.0 + _APART * (municipality_id % 100), 40.9 - _APART * (municipality_id // 100)


@lru_cache
def password_hash() -> str:
    """The hash that every staff user of the test towns has."""
    return QUICK_HASHER.hash(PASSWORD)


async def make_town(urls: Any, kind: Kind, slug: str, name: str) -> Town:
    """Make a municipality of a kind with everything that a provisioned one has, on small squares."""
    keys.install_master_key(MASTER_KEY)
    database = Database(urls.platform, pool_size=1)
    try:
        async with database.transaction() as session:
            new = NewMunicipality(slug, name, kind, province_code=34, center=(29.0, 40.9))
            municipality_id = await municipalities.found_municipality(session, new)
            west, south = corner(municipality_id)
            await run(
                session,
                "UPDATE municipality SET center_lon = %s, center_lat = %s WHERE id = %s",
                (west + SIDE, south + SIDE, municipality_id),
            )
            await enter_municipality(session, municipality_id)
            await keys.make_keys(session, municipality_id)
            # Another clone's town of the same number may have left its keys in this process.
            keys.forget(municipality_id)
            await audit.begin_chain(session, municipality_id)
            departments = await municipalities.seed_departments(session, municipality_id, kind)
            await municipalities.seed_look(session, municipality_id, kind, name)
            await municipalities.write_neighbourhoods(session, municipality_id, _squares(municipality_id))
            await municipalities.write_base_map(session, municipality_id, _features(west, south))
            await complaints.seed_categories(session, municipality_id, kind)
            await inspections.seed_forms(session, municipality_id)
            for role, wanted in ROLE_DEPARTMENTS.items():
                code = municipalities.department_code(kind, wanted) if wanted else None
                await _add_staff(session, municipality_id, role, departments[code] if code else None)
    finally:
        await database.close()
    return read_town(urls, slug)


def read_town(urls: Any, slug: str) -> Town:
    """Read a town that `make_town` made, also in another process."""
    with psycopg.connect(urls.platform, row_factory=dict_row) as connection:
        row = connection.execute("SELECT id, slug, name, kind FROM municipality WHERE slug = %s", (slug,)).fetchone()
        assert row is not None, f"no town {slug}"
        mine = (row["id"],)
        departments = connection.execute("SELECT code, id FROM department WHERE municipality_id = %s", mine).fetchall()
        neighbourhoods = connection.execute(
            "SELECT id FROM neighbourhood WHERE municipality_id = %s ORDER BY official_id", mine
        ).fetchall()
        staff = connection.execute(
            """SELECT s.id, s.username, r.role, r.department_id FROM staff_user s
                 JOIN role_assignment r ON r.municipality_id = s.municipality_id AND r.staff_user_id = s.id
                WHERE s.municipality_id = %s""",
            mine,
        ).fetchall()
    return Town(
        municipality_id=row["id"],
        slug=row["slug"],
        name=row["name"],
        kind=row["kind"],
        departments={item["code"]: item["id"] for item in departments},
        neighbourhoods=tuple(item["id"] for item in neighbourhoods),
        staff={item["role"]: Staff(**item) for item in staff},
    )


def _squares(municipality_id: int) -> list[NeighbourhoodShape]:
    west, south = corner(municipality_id)
    return [
        NeighbourhoodShape(
            official_id=municipality_id * 1_000 + number,
            name=name,
            population=1_000 * (number + 1),
            shape=box(
                west + SIDE * (number % 2),
                south + SIDE * (number // 2),
                west + SIDE * (number % 2 + 1),
                south + SIDE * (number // 2 + 1),
            ),
            source="test",
        )
        for number, name in enumerate(_NAMES)
    ]


def _features(west: float, south: float) -> list[MapFeature]:
    middle_lon, middle_lat, east, north = west + SIDE, south + SIDE, west + 2 * SIDE, south + 2 * SIDE
    quarter = SIDE / 4
    return [
        MapFeature("street", "main", "Atatürk Caddesi", LineString([(west, middle_lat), (east, middle_lat)]), "test"),
        MapFeature("street", "street", "Ihlamur Sokak", LineString([(middle_lon, south), (middle_lon, north)]), "test"),
        MapFeature("park", "park", "Çınaraltı Parkı",
                   box(west + quarter, south + quarter, west + 2 * quarter, south + 2 * quarter), "test"),
    ]  # fmt: skip


async def _add_staff(session: Any, municipality_id: int, role: str, department_id: UUID | None) -> None:
    ring = await keys.keyring(session, municipality_id)
    staff_id = uuid7()
    await run(
        session,
        """INSERT INTO staff_user (municipality_id, id, username, full_name, title, registry_no, department_id,
                                   password_hash, must_change_password, totp_secret, totp_last_step, is_active,
                                   created_at)
           VALUES (%s, %s, %s, %s, '', '', %s, %s, false, %s, 0, true, %s)""",
        (municipality_id, staff_id, role, f"Deneme {role}", department_id, password_hash(),
         ring.encrypt("staff_user", "totp_secret", staff_id, TOTP_SECRET), clock.now()),
    )  # fmt: skip
    await run(
        session,
        """INSERT INTO role_assignment (municipality_id, id, staff_user_id, role, department_id, valid_from)
           VALUES (%s, %s, %s, %s, %s, '2024-01-01')""",
        (municipality_id, uuid7(), staff_id, role, department_id),
    )
