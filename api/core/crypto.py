"""Sealing of personal fields: AES-256-GCM, one data key per municipality, wrapped by a master key kept elsewhere.

    master key (KEK, settings) ──wraps──> data keys and index key of a municipality ──seal──> single fields

A sealed field is `version (1) | key id (4) | nonce (12) | ciphertext and tag`. Municipality, table, column and row are
authenticated with it, so a value copied to another place does not open.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
BLIND_INDEX_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_HEADER_BYTES = len(_VERSION) + _KEY_ID_BYTES
_WRAP_VERSION = b"\x01"
_SHORTEST_SECRET = 32
_FEWEST_CHARACTERS = 10
_PLACEHOLDERS = (
    *("changeme", "change-me", "change_me", "change this", "degistir", "değiştir", "default", "example", "insecure"),
    *("password", "parola", "secret", "qwerty", "123456", "belediye", "development", "placeholder", "yoursecret"),
)


class CryptoError(ValueError):
    """Root of the errors of this module; carries a stable `code` and a Turkish message without any secret."""

    code = "crypto_error"
    message_tr = "Şifreleme hatası."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message_tr)


class DecryptError(CryptoError):
    """A sealed value does not open: wrong key, wrong place, or changed bytes. Which one is not said."""

    code = "decrypt_failed"
    message_tr = "Korunan bilgi açılamadı."


class BadKey(CryptoError):
    """A key has the wrong length or form, or is too weak to be one."""

    code = "bad_key"
    message_tr = "Şifreleme anahtarı geçerli değil."


class WeakSecret(CryptoError):
    """A secret of the settings could be guessed; the message names the setting and never the value."""

    code = "weak_secret"

    def __init__(self, name: str) -> None:
        self.message_tr = f"{name} ayarı zayıf ya da varsayılan bir değer taşıyor. En az 32 rastgele karakter verin."
        super().__init__()


def new_key() -> bytes:
    """Make 32 random bytes: a data key, an index key or a master key."""
    return secrets.token_bytes(KEY_BYTES)


def read_master_key(encoded: str) -> bytes:
    """Read the master key of the settings (base64 of 32 random bytes). Raises BadKey, also for a patterned key."""
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise BadKey("master key is not base64") from None
    # 32 random bytes hold fewer than 20 different values about once in 10^9 keys.
    if len(key) != KEY_BYTES or len(set(key)) < 20:  # noqa: PLR2004 (see above)
        raise BadKey("master key must be 32 random bytes")
    return key


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise BadKey("key must be 32 bytes")
    return AESGCM(key)


def wrap(kek: bytes, dek: bytes, context: bytes = b"") -> bytes:
    """Seal a municipality's key under the master key, for storage in the database.

    `context` (municipality and key id) is authenticated: a wrapped key moved to another row does not open.
    """
    if len(dek) != KEY_BYTES:
        raise BadKey("key must be 32 bytes")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _WRAP_VERSION + nonce + _cipher(kek).encrypt(nonce, dek, _WRAP_VERSION + context)


def unwrap(kek: bytes, wrapped: bytes, context: bytes = b"") -> bytes:
    """Open a key sealed by `wrap` with the same master key and context. Raises DecryptError."""
    if len(wrapped) != 1 + _NONCE_BYTES + KEY_BYTES + _TAG_BYTES or wrapped[:1] != _WRAP_VERSION:
        raise DecryptError
    try:
        return _cipher(kek).decrypt(wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :], _WRAP_VERSION + context)
    except InvalidTag:
        raise DecryptError from None


def sealed_key_id(sealed: bytes) -> int:
    """Say which data key sealed a value, without opening it; a rotation looks for the old ones. Raises DecryptError."""
    if len(sealed) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or sealed[:1] != _VERSION:
        raise DecryptError
    return int.from_bytes(sealed[1:_HEADER_BYTES], "big")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The opened keys of one municipality; new values are sealed under `current_key_id`, old ones stay readable."""

    municipality_id: int
    current_key_id: int
    data_keys: dict[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        keys = [*self.data_keys.values(), self.index_key]
        if self.current_key_id not in self.data_keys or any(len(key) != KEY_BYTES for key in keys):
            raise BadKey("keyring needs its current key, and keys of 32 bytes")
        if not all(0 < key_id < 1 << 8 * _KEY_ID_BYTES for key_id in self.data_keys):
            raise BadKey("key ids are positive 32-bit numbers")

    def encrypt(self, table: str, column: str, row_id: UUID | int | str, plaintext: str) -> bytes:
        """Seal one field of one row; the result differs every time."""
        return self.encrypt_bytes(table, column, row_id, plaintext.encode())

    def encrypt_bytes(self, table: str, column: str, row_id: UUID | int | str, plaintext: bytes) -> bytes:
        """Seal bytes that belong to one row (a photo's original); the result differs every time."""
        header = _VERSION + self.current_key_id.to_bytes(_KEY_ID_BYTES, "big")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        place = self._place(header, table, column, row_id)
        return header + nonce + _cipher(self.data_keys[self.current_key_id]).encrypt(nonce, plaintext, place)

    def decrypt(self, table: str, column: str, row_id: UUID | int | str, sealed: bytes) -> str:
        """Open a field sealed at exactly this place. Raises DecryptError."""
        return self.decrypt_bytes(table, column, row_id, sealed).decode()

    def decrypt_bytes(self, table: str, column: str, row_id: UUID | int | str, sealed: bytes) -> bytes:
        """Open bytes sealed at exactly this place. Raises DecryptError."""
        sealed = bytes(sealed)
        key = self.data_keys.get(sealed_key_id(sealed))
        if key is None:
            raise DecryptError
        header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        place = self._place(header, table, column, row_id)
        try:
            return _cipher(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place)
        except InvalidTag:
            raise DecryptError from None

    def blind_index(self, purpose: str, normalised: str) -> bytes:
        """Compute the 16 bytes by which a sealed value is found again: equal only for equal values of one purpose.

        Normalise first (E.164, 11 digits, `fold`). Another municipality's index of the same value differs.
        """
        message = f"{self.municipality_id}|{_name(purpose)}|{normalised}".encode()
        return hmac.digest(self.index_key, message, "sha256")[:BLIND_INDEX_BYTES]

    def _place(self, header: bytes, table: str, column: str, row_id: UUID | int | str) -> bytes:
        return header + f"{self.municipality_id}|{_name(table)}|{_name(column)}|{row_id}".encode()


def _name(part: str) -> str:
    # Only the last part of an authenticated place may hold the separator, or two places could read the same.
    if not part or "|" in part:
        raise CryptoError("table, column and purpose are plain names")
    return part


def hash_token(token: str) -> bytes:
    """Hash a random token of at least 128 bits (refresh token, link) for storage; the token itself is never stored."""
    return hashlib.sha256(token.encode()).digest()


def keyed_hash(key: bytes, value: str) -> bytes:
    """Hash a short secret (an SMS code) under a key: without the key all codes cannot simply be tried. 32 bytes."""
    if len(key) < KEY_BYTES:
        raise BadKey("key must be at least 32 bytes")
    return hmac.digest(key, value.encode(), "sha256")


def refuse_weak_secret(name: str, value: str) -> None:
    """Refuse to start with a secret that is short, a known default or patterned: WeakSecret names the setting."""
    lowered = value.strip().lower()
    is_placeholder = any(word in lowered for word in _PLACEHOLDERS)
    is_periodic = any(lowered[period:] == lowered[:-period] for period in range(1, len(lowered) // 2 + 1))
    steps = {ord(after) - ord(before) for before, after in pairwise(lowered)}
    is_patterned = is_periodic or len(set(lowered)) < _FEWEST_CHARACTERS or len(steps) < _FEWEST_CHARACTERS
    if len(lowered) < _SHORTEST_SECRET or is_placeholder or is_patterned:
        raise WeakSecret(name)
