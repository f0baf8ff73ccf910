"""Cryptography of the phone, and the only module that imports `cryptography`: lazily, so that no start waits for it.

Sealed to a public key (`seal`): ephemeral X25519 public key (32 bytes) | AES-256-GCM of the plain bytes under twelve
zero bytes as nonce, for the key is used once. The key is HKDF-SHA256 of the shared secret with the salt ephemeral |
recipient (both public, 32 bytes each) and the purpose as info. Under a key that both sides hold (`encrypt`): nonce (12
random bytes) | AES-256-GCM, with a name as associated data, so that one file cannot stand in another's place.
"""

import hashlib
import os
from collections.abc import Callable

KEY_BYTES = 32
_NONCE_BYTES = 12
_ONCE = bytes(_NONCE_BYTES)
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": KEY_BYTES}

Cipher = Callable[[bytes, bytes, bytes], bytes]
"""(nonce, data, associated data) → data."""


class Unreadable(ValueError):
    """Another key, another name, or bytes that were changed."""


def new_key() -> bytes:
    """Give 32 random bytes."""
    return os.urandom(KEY_BYTES)


def derive(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """Give the key for one purpose (HKDF-SHA256), so that no key is used for two things."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 (as the module says: not before it is needed)
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    return HKDF(SHA256(), KEY_BYTES, salt, purpose.encode()).derive(key)


def pin_key(pin: str, salt: bytes, secret: bytes) -> bytes:
    """Give the key that a PIN and the key store's secret make together (scrypt, 16 MiB, some 50 ms).

    Neither is enough: who has the file needs the key store, and who has both still pays for every PIN that is tried.
    """
    stretched = hashlib.scrypt(pin.encode(), salt=salt, **_SCRYPT)
    return derive(stretched + secret, "pin", salt)


def encryptor(key: bytes) -> Cipher:
    """Give AES-256-GCM under a key, for a caller that counts its nonces."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return AESGCM(key).encrypt


def decryptor(key: bytes) -> Cipher:
    """Give the other direction of `encryptor`; it raises Unreadable."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    cipher = AESGCM(key)

    def decrypted(nonce: bytes, data: bytes, associated: bytes) -> bytes:
        try:
            return cipher.decrypt(nonce, data, associated)
        except InvalidTag:
            raise Unreadable from None

    return decrypted


def encrypt(key: bytes, plain: bytes, name: str) -> bytes:
    """Encrypt the bytes of what has this name."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + encryptor(key)(nonce, plain, name.encode())


def decrypt(key: bytes, coded: bytes, name: str) -> bytes:
    """Read what `encrypt` wrote.

    Raises:
        Unreadable: it is not what was written under this key and name.
    """
    return decryptor(key)(coded[:_NONCE_BYTES], coded[_NONCE_BYTES:], name.encode())


def seal(public_key: bytes, plain: bytes, purpose: str) -> bytes:
    """Encrypt to whoever holds the private key of a raw X25519 public key; this phone cannot read it again."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415
        X25519PrivateKey,
        X25519PublicKey,
    )

    private = X25519PrivateKey.generate()
    ephemeral = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(public_key))
    key = derive(shared, purpose, ephemeral + public_key)
    return ephemeral + encryptor(key)(_ONCE, plain, b"")


def unseal(private_key: bytes, sealed: bytes, purpose: str) -> bytes:
    """Read what was sealed to the public key of a raw X25519 private key.

    Raises:
        Unreadable: it was sealed to another key or for another purpose, or was changed.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415
        X25519PrivateKey,
        X25519PublicKey,
    )

    ephemeral, coded = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
    private = X25519PrivateKey.from_private_bytes(private_key)
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    except ValueError:  # no point of the curve, or one that hides nothing
        raise Unreadable from None
    key = derive(shared, purpose, ephemeral + private.public_key().public_bytes_raw())
    return decryptor(key)(_ONCE, coded, b"")


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of a raw Ed25519 key signed these bytes."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
