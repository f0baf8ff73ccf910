"""The municipality's key pair for what phones seal to it: its public half, and how its private half opens a bundle.

The layout of what is sealed stands in `mobile/sdk/sealing.py`: ephemeral X25519 public key (32 bytes), then AES-256-GCM
under HKDF-SHA256 of the shared secret.
"""

import base64
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import keys
from mobile.wire.bundle import SEAL_PURPOSE, Cipher

_PUBLIC_BYTES, _KEY_BYTES = 32, 32
_ONCE = bytes(12)
_KID_LENGTH = 16


class NotForUs(ValueError):
    """Sealed to another key than this municipality's, or changed."""


async def public_key(session: AsyncSession, municipality_id: int) -> tuple[str, str]:
    """Give the name of the municipality's bundle key, and its public half (raw, base64)."""
    raw = _public_bytes(await private_key(session, municipality_id))
    return _kid(raw), base64.b64encode(raw).decode()


async def private_key(session: AsyncSession, municipality_id: int) -> X25519PrivateKey:
    """Give the private half."""
    return X25519PrivateKey.from_private_bytes(await keys.bundle_key(session, municipality_id))


def open_content_key(private: X25519PrivateKey, sealed: bytes) -> Cipher:
    """Open the key of a bundle's content; gives how its frames are decrypted.

    Raises:
        NotForUs: it was sealed to another key, or changed.
    """
    own = _public_bytes(private)
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(sealed[:_PUBLIC_BYTES]))
        key = HKDF(SHA256(), _KEY_BYTES, sealed[:_PUBLIC_BYTES] + own, SEAL_PURPOSE.encode()).derive(shared)
        content_key = AESGCM(key).decrypt(_ONCE, sealed[_PUBLIC_BYTES:], b"")
        return AESGCM(content_key).decrypt
    except (ValueError, InvalidTag) as error:
        raise NotForUs from error


def _public_bytes(private: X25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def _kid(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:_KID_LENGTH]
