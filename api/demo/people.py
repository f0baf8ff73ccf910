"""Pretend citizens: made-up numbers and names, sealed as real ones are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from api.core.crypto import Keyring
from api.demo.arrivals import Ints
from api.demo.cases import NONE, Cases
from api.demo.identifiers import uuid7_texts

# Numbers of this prefix and the seven digits after it; SMS of the demonstration never leave the machine.
PREFIX = "+90500"
_NUMBERS = 10_000_000
# Any step that shares no factor with the count of numbers visits each of them once.
_STEP = 7_654_321
_CASES_PER_CITIZEN = 3.2
_EAGERNESS = 1.7
_NAMED_SHARE, _ENGLISH_SHARE = 0.6, 0.02
_FIRST_SIGN_IN_MS = 150_000
FIRST_NAMES = (
    "Ayşe", "Fatma", "Emine", "Hatice", "Zeynep", "Elif", "Meryem", "Şerife", "Sultan", "Hanife", "Esra", "Büşra",
    "Merve", "Derya", "Gülşen", "Özlem", "Mehmet", "Mustafa", "Ahmet", "Ali", "Hüseyin", "Hasan", "İbrahim", "İsmail",
    "Osman", "Yusuf", "Murat", "Ömer", "Emre", "Burak", "Serkan", "Çağlar", "Tuğba", "Işıl", "Ümit", "Oğuz",
)  # fmt: skip
LAST_NAMES = (
    "Yılmaz", "Kaya", "Demir", "Çelik", "Şahin", "Yıldız", "Yıldırım", "Öztürk", "Aydın", "Özdemir", "Arslan", "Doğan",
    "Kılıç", "Aslan", "Çetin", "Kara", "Koç", "Kurt", "Özkan", "Şimşek", "Polat", "Korkmaz", "Çakır", "Erdoğdu",
    "Güneş", "Taş", "Aksoy", "Ünal", "Bulut", "Işık", "Turan", "Avcı", "Sarı", "Tekin", "Güler", "Yavuz",
)  # fmt: skip


@dataclass(frozen=True)
class Citizens:
    """The reporters of a town: `of_case` is the row of each case's citizen, NONE where nobody gave a name."""

    ids: Sequence[str]
    created_at: Ints
    last_seen_at: Ints
    first_phone: int
    chance: Ints
    of_case: Ints

    def phone(self, row: int) -> str:
        """Number of a citizen as E.164."""
        return f"{PREFIX}{(self.first_phone + row * _STEP) % _NUMBERS:07d}"

    def name(self, row: int) -> str | None:
        """Name of a citizen who gave one."""
        chance = int(self.chance[row])
        if chance % 1000 >= _NAMED_SHARE * 1000:
            return None
        first, last = FIRST_NAMES[(chance >> 12) % len(FIRST_NAMES)], LAST_NAMES[(chance >> 24) % len(LAST_NAMES)]
        return f"{first} {last}"

    def language(self, row: int) -> str:
        """Language in which the citizen is told things."""
        return "en" if (int(self.chance[row]) >> 36) % 1000 < _ENGLISH_SHARE * 1000 else "tr"


def draw_citizens(cases: Cases, rng: np.random.Generator) -> Citizens:
    """Draw who reported the named cases: many once, a few often."""
    named = np.flatnonzero(~cases.is_unnamed)
    size = max(1, round(len(named) / _CASES_PER_CITIZEN))
    drawn = (size * rng.random(len(named)) ** _EAGERNESS).astype(np.int64)
    # Only those who reported something have an account; numbered in the order of their first report.
    _, first, row = np.unique(drawn, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    of_case = np.full(len(cases), NONE, dtype=np.int64)
    of_case[named] = place[row]
    created_at = cases.at[named[first[order]]] - _FIRST_SIGN_IN_MS
    last_seen_at = created_at.copy()
    np.maximum.at(last_seen_at, of_case[named], cases.at[named])
    return Citizens(
        ids=uuid7_texts(created_at, rng),
        created_at=created_at,
        last_seen_at=last_seen_at,
        first_phone=int(rng.integers(_NUMBERS)),
        chance=rng.integers(0, 1 << 60, len(order)),
        of_case=of_case,
    )


def citizen_values(citizens: Citizens, ring: Keyring, row: int) -> Iterator[str]:
    """Give the sealed columns of one citizen for COPY: phone, its blind index, name."""
    # The place to which a value is sealed is written as PostgreSQL and UUID write it.
    identifier = dashed(citizens.ids[row])
    phone, name = citizens.phone(row), citizens.name(row)
    yield _bytea(ring.encrypt("citizen", "phone", identifier, phone))
    yield _bytea(ring.blind_index("citizen.phone", phone))
    yield _bytea(ring.encrypt("citizen", "name", identifier, name)) if name else "\\N"


def dashed(digits: str) -> str:
    """Write 32 hexadecimal digits as a UUID is written."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _bytea(value: bytes) -> str:
    return f"\\\\x{value.hex()}"
