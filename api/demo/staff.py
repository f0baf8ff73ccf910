"""Pretend staff of both towns: one sign-in for each role, and an officer and a head for every department with cases.

All share one password and one authenticator secret, told to whoever starts the demonstration. They exist in demo
databases only: nothing but this module writes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from pwdlib import PasswordHash
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock, keys
from api.core.ids import uuid7
from api.core.sql import driver_connection, run
from api.demo.people import FIRST_NAMES, LAST_NAMES
from api.municipalities import service as municipalities

PASSWORD = "ihlamur-vapur-simit-41"  # noqa: S105 (pretend staff of pretend towns)
TOTP_SECRET = "G2TIPZF6CDCJ67LDS2VETNA5T32XOJ4V"  # noqa: S105 (pretend staff of pretend towns)
_SINCE = date(2020, 1, 1)
# The first administrator, who is made with the town.
ADMINISTRATOR = "yonetici"


@dataclass(frozen=True, slots=True)
class Post:
    """A pretend member of staff; `department` is where the role holds, None = everywhere."""

    username: str
    title: str
    role: str
    department: str | None


# One for each role: these are the sign-ins that the demonstration prints.
POSTS = (
    Post("beyazmasa", "Beyaz Masa görevlisi", "service_desk", None),
    Post("fen.memur", "Fen İşleri memuru", "department_officer", "technical_works"),
    Post("fen.mudur", "Fen İşleri müdürü", "department_head", "technical_works"),
    Post("fen.saha", "Fen İşleri saha görevlisi", "field_inspector", "technical_works"),
    Post("zabita.saha", "Zabıta memuru", "enforcement_officer", "enforcement"),
    Post("ruhsat.denetim", "Ruhsat denetim memuru", "licence_officer", "licensing"),
    Post("vezne", "Vezne görevlisi", "cashier", None),
    Post("mali", "Mali hizmetler görevlisi", "finance", None),
    Post("baskan.yrd", "Belediye başkan yardımcısı", "manager", None),
    Post("baskan", "Belediye başkanı", "mayor", None),
    Post("denetci", "İç denetçi", "auditor", None),
)
_DEPARTMENTS = {
    "cleaning": ("temizlik", "Temizlik İşleri"),
    "enforcement": ("zabita", "Zabıta"),
    "parks_gardens": ("park", "Park ve Bahçeler"),
    "climate_zero_waste": ("iklim", "İklim Değişikliği ve Sıfır Atık"),
    "health": ("saglik", "Sağlık İşleri"),
    "licensing": ("ruhsat", "Ruhsat ve Denetim"),
    "building_control": ("yapi", "Yapı Kontrol"),
    "urban_planning": ("imar", "İmar ve Şehircilik"),
    "veterinary": ("veteriner", "Veteriner İşleri"),
    "social_support": ("sosyal", "Sosyal Yardım İşleri"),
    "cemeteries": ("mezarlik", "Mezarlıklar"),
    "water_sewerage": ("su", "Su ve Kanalizasyon"),
    "transport": ("ulasim", "Ulaşım Hizmetleri"),
    "financial_services": ("tahsilat", "Mali Hizmetler"),
    "disaster": ("afet", "Afet İşleri"),
    "information_technology": ("bilgi", "Bilgi İşlem"),
    "inspection_board": ("teftis", "Teftiş Kurulu"),
}


def posts_of(kind: str) -> tuple[Post, ...]:
    """Give everybody who works in a town of this kind; departments that it has not need nobody."""
    others = tuple(
        Post(f"{short}.{ending}", f"{name} {title}", role, code)
        for code, (short, name) in _DEPARTMENTS.items()
        if municipalities.department_code(kind, code) == code
        for ending, title, role in (
            ("memur", "memuru", "department_officer"),
            ("mudur", "müdürü", "department_head"),
        )
    )
    return POSTS + others


async def employ(session: AsyncSession, municipality_id: int, kind: str, departments: dict[str, UUID]) -> int:
    """Write the pretend staff into the town inside which the session is; gives how many sign-ins there are."""
    ring = await keys.keyring(session, municipality_id)
    password_hash = _password_hash()
    people, roles = [], []
    for number, post in enumerate(posts_of(kind)):
        staff_id, department_id = uuid7(), departments[post.department] if post.department else None
        first, last = number * 5 % len(FIRST_NAMES), (number * 7 + municipality_id) % len(LAST_NAMES)
        name = f"{FIRST_NAMES[first]} {LAST_NAMES[last]}"
        secret = ring.encrypt("staff_user", "totp_secret", staff_id, TOTP_SECRET)
        people.append(
            (municipality_id, staff_id, post.username, name, post.title, f"{1000 + number}", department_id,
             password_hash, False, secret, 0, True, clock.now())
        )  # fmt: skip
        roles.append((municipality_id, uuid7(), staff_id, post.role, department_id, _SINCE))
    await _copy(
        session,
        """staff_user (municipality_id, id, username, full_name, title, registry_no, department_id, password_hash,
                       must_change_password, totp_secret, totp_last_step, is_active, created_at)""",
        people,
    )
    await _copy(session, "role_assignment (municipality_id, id, staff_user_id, role, department_id, valid_from)", roles)
    return len(people)


async def open_administrator(session: AsyncSession, municipality_id: int) -> None:
    """Give the first administrator the same sign-in as everybody, in place of the one-time password.

    Raises:
        LookupError: the town has none.
    """
    ring = await keys.keyring(session, municipality_id)
    connection = await driver_connection(session)
    cursor = await connection.execute(
        "SELECT id FROM staff_user WHERE municipality_id = %s AND username = %s", (municipality_id, ADMINISTRATOR)
    )
    row = await cursor.fetchone()
    if row is None:
        raise LookupError(f"municipality {municipality_id} has no administrator")
    await run(
        session,
        """UPDATE staff_user SET password_hash = %s, must_change_password = false, totp_secret = %s, totp_last_step = 0
            WHERE municipality_id = %s AND id = %s""",
        (_password_hash(), ring.encrypt("staff_user", "totp_secret", row[0], TOTP_SECRET), municipality_id, row[0]),
    )


@cache
def _password_hash() -> str:
    return PasswordHash.recommended().hash(PASSWORD)


async def _copy(session: AsyncSession, target: str, rows: Sequence[tuple[object, ...]]) -> None:
    connection = await driver_connection(session)
    async with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            await copy.write_row(row)
