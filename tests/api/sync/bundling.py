"""Bundles as a phone exports them, with its own sealing."""

import base64
import hashlib
import io
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from api.core.keys import bundle_key
from mobile.sdk import sealing
from mobile.wire.bundle import SEAL_PURPOSE, BundleWriter

MADE_AT = 1_700_000_000_000


async def public_key(server: Any, slug: str = "kadikoy") -> bytes:
    """The municipality's raw public key, as the profile tells it."""
    town = server.town(slug)
    async with server.database.transaction(town.municipality_id) as session:
        private = await bundle_key(session, town.municipality_id)
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def bundle_of(
    wire: Any, key: bytes, lines: list[Any], pictures: list[tuple[str, str, bytes]] = (), **manifest: Any
) -> bytes:
    """The bundle of a phone: its lines as they would be pushed, numbered from 1, and pictures (id, variant, bytes)."""
    bundle_id, content_key, file = wire.new_id(), sealing.new_key(), io.BytesIO()
    sealed = base64.b64encode(sealing.seal(key, content_key, SEAL_PURPOSE)).decode()
    writer = BundleWriter(file, {"id": bundle_id, "kid": "k", "sealed": sealed}, sealing.encryptor(content_key))
    facts = {"device": bundle_id, "fork_of": wire.device, "epoch": wire.epoch, "app": "0.1.0", "made_at": MADE_AT}
    writer.manifest({**facts, **manifest})
    for seq, line in enumerate(lines, 1):
        writer.line({**line, "seq": seq})
    for photo_id, variant, data in pictures:
        told = {"id": photo_id, "variant": variant, "sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg"}
        writer.picture({**told, "holder": ""}, data)
    writer.close()
    return file.getvalue()
