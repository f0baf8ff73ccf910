"""The console's session cookie: opaque, never derived from anything known before sign-in; and its form token."""

import base64
import hmac
import secrets
from typing import NamedTuple
from uuid import UUID

from api.core import crypto, keys
from api.core.errors import Unauthenticated
from api.identity.errors import CsrfRefused

_LONGEST = 200
_PARTS = 3


class ConsoleCookie(NamedTuple):
    """Municipality (it says which wall to enter), session id and the secret that opens it."""

    municipality_id: int
    device_id: UUID
    secret: str

    @classmethod
    def new(cls, municipality_id: int, device_id: UUID) -> "ConsoleCookie":
        """Make the cookie of a new session; the secret has 256 random bits."""
        return cls(municipality_id, device_id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> "ConsoleCookie":
        """Read a cookie's text; whether it opens a session is the database's answer.

        Raises:
            Unauthenticated: it has not the form of a session cookie.
        """
        parts = text.split(".")
        if len(text) > _LONGEST or not text.isascii() or len(parts) != _PARTS or not parts[0].isdigit():
            raise Unauthenticated
        try:
            parsed = cls(int(parts[0]), UUID(hex=parts[1]), parts[2])
        except ValueError:
            raise Unauthenticated from None
        if not 0 < parsed.municipality_id < 1 << 31:
            raise Unauthenticated
        return parsed

    @property
    def text(self) -> str:
        """What the browser keeps."""
        return f"{self.municipality_id}.{self.device_id.hex}.{self.secret}"

    @property
    def secret_hash(self) -> bytes:
        """What the database keeps."""
        return crypto.hash_token(self.secret)


def cookie_name(*, is_production: bool) -> str:
    """Give the cookie's name; `__Host-` binds it to https, this host and path `/`, which plain http cannot have."""
    return "__Host-session" if is_production else "session"


def csrf_token(cookie: str) -> str:
    """Give the token that this session's forms carry; useless with any other session."""
    digest = hmac.digest(keys.derived_key("console csrf"), cookie.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def verify_csrf(cookie: str, token: str | None) -> None:
    """Go on only if the form token belongs to this session.

    Raises:
        CsrfRefused: it is missing, or of another session.
    """
    if token is None or not hmac.compare_digest(csrf_token(cookie).encode(), token.encode()):
        raise CsrfRefused
