"""Where the bytes of a photo lie in the blob store, and how its original is sealed."""

from uuid import UUID

from api.core.crypto import Keyring


def blob_place(municipality_id: int, photo_id: UUID) -> str:
    """Folder of a photo in the blob store."""
    return f"m{municipality_id}/{photo_id}"


def seal_blob(ring: Keyring, photo_id: UUID, data: bytes) -> bytes:
    """Seal an original under the municipality's data key, bound to its row."""
    return ring.encrypt_bytes("stored_file", "original", photo_id, data)


def open_blob(ring: Keyring, photo_id: UUID, sealed: bytes) -> bytes:
    """Open a sealed original."""
    return ring.decrypt_bytes("stored_file", "original", photo_id, sealed)
