"""The public half of a raw X25519 key, as a municipality gives it to its phones."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


def public_half(private_key: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
