"""Keyset pages: a cursor carries the sort values of the last row, sealed and bound to one list of one municipality.

Sort values may be names or times of other people's acts, and cursors travel in URLs; so they are sealed with AES-SIV,
which also gives the same cursor for the same row (ETags stay stable).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")
CursorValue: TypeAlias = str | int | datetime | date | Decimal | UUID | None

_LONGEST_CURSOR = 2_048
_SHORTEST_KEY = 32
_READERS: dict[str, Callable[[str], CursorValue]] = {
    "n": lambda _: None,
    "i": int,
    "m": Decimal,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
    "s": str,
}


class BadCursor(ValueError):
    """A cursor was changed, or belongs to another list, filter or municipality."""

    code = "bad_cursor"
    message_tr = "Sayfa bağlantısı geçerli değil. Listeyi baştan açın."

    def __init__(self) -> None:
        super().__init__(self.message_tr)


class Scope(NamedTuple):
    """What a cursor belongs to: a municipality (None: across municipalities) and the fingerprint of a query."""

    municipality_id: int | None
    query: str


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is absent on the last page."""

    model_config = ConfigDict(extra="forbid")

    items: list[Item]
    next_cursor: str | None = None


def query_scope(municipality_id: int | None, name: str, filters: Mapping[str, object]) -> Scope:
    """Fingerprint a list by its name and everything that chooses or orders its rows, the reader included."""
    told = json.dumps([name, {key: _told(value) for key, value in filters.items()}], sort_keys=True)
    return Scope(municipality_id, hashlib.sha256(told.encode()).hexdigest())


def _told(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(f"{type(item).__name__}:{item}" for item in value)
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    return f"{type(value).__name__}:{value}"


def _packed(value: CursorValue) -> list[str]:
    match value:
        case None:
            return ["n", ""]
        case bool():
            raise TypeError("cursors carry no booleans")
        case int() | Decimal():
            return ["i" if isinstance(value, int) else "m", str(value)]
        case datetime() if value.utcoffset() is None:
            raise TypeError("cursors carry no naive times")
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case UUID():
            return ["u", str(value)]
        case str():
            return ["s", value]
    raise TypeError(f"cursors carry no {type(value).__name__}")


def _cipher(key: bytes) -> AESSIV:
    if len(key) < _SHORTEST_KEY:
        raise ValueError("cursor key must be at least 32 bytes")
    return AESSIV(hmac.digest(key, b"belediye page cursor v1", "sha512"))


def _bound_to(scope: Scope) -> list[bytes]:
    return [str(scope.municipality_id).encode(), scope.query.encode()]


def encode_cursor(key: bytes, scope: Scope, values: tuple[CursorValue, ...]) -> str:
    """Seal the sort values of a page's last row into a URL-safe cursor. `key` is secret, 32 bytes or more."""
    packed = json.dumps([_packed(value) for value in values], ensure_ascii=False, separators=(",", ":")).encode()
    sealed = _cipher(key).encrypt(packed, _bound_to(scope))
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def decode_cursor(key: bytes, scope: Scope, cursor: str) -> tuple[CursorValue, ...]:
    """Open a cursor of exactly this scope and return its sort values with their types. Raises BadCursor."""
    if len(cursor) > _LONGEST_CURSOR:
        raise BadCursor
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        # The decoder skips foreign characters and spare bits: only the one spelling we made is a cursor.
        if base64.urlsafe_b64encode(sealed).rstrip(b"=").decode() != cursor:
            raise BadCursor
        packed = _cipher(key).decrypt(sealed, _bound_to(scope))
    except (ValueError, InvalidTag):
        raise BadCursor from None
    return tuple(_READERS[kind](text) for kind, text in json.loads(packed))
