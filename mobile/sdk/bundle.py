"""The sealed export: everything recorded and every photo the server has not, in one file that only the office can open.

It leaves the phone by USB or by another phone, which carries it unopened (`PhotoQueue.carry`). Nothing here changes the
outbox: what the office imported is acknowledged like everything else, when this phone meets the server again.
"""

import base64
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import BinaryIO
from uuid import UUID

from mobile.sdk import sealing
from mobile.sdk.files import UNFINISHED, sync_folder
from mobile.sdk.ids import uuid7
from mobile.sdk.store import Store
from mobile.sdk.streams import RETAINED
from mobile.wire.bundle import SEAL_PURPOSE, BrokenBundle, BundleWriter, check_hash, read_head

ReadPicture = Callable[[str, str], bytes]
"""(photo id, variant) → the bytes; OSError or ValueError where they cannot be had."""


@dataclass(frozen=True)
class Exported:
    """A bundle that was written."""

    id: str
    sha256: str
    lines: int
    pictures: int


def export_bundle(
    store: Store, read_picture: ReadPicture | None, path: Path, *, kid: str, public_key: bytes, now: int,
    chance: Random, app: str = "0.1.0",
) -> Exported:  # fmt: skip
    """Write the bundle of this phone, sealed to the municipality's raw X25519 key of the name `kid`.

    Args:
        store: the phone's database.
        read_picture: how a photo is read (`PhotoQueue.bytes_of`); None where there are none.
        path: the file to be made; it is there when it is whole.
        kid: name of the key.
        public_key: its 32 bytes, as told at sign-in.
        now: milliseconds since 1970.
        chance: a source of it.
        app: version of the app.

    Raises:
        OSError: the medium is full or gone; the unfinished file is deleted.
    """
    part = path.with_name(path.name + UNFINISHED)
    try:
        with part.open("wb") as file:
            exported = write_bundle(store, read_picture, file, kid, public_key, now, chance, app)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return exported


def write_bundle(
    store: Store, read_picture: ReadPicture | None, file: BinaryIO, kid: str, public_key: bytes, now: int,
    chance: Random, app: str,
) -> Exported:  # fmt: skip
    """Write the bundle to an open file, as `export_bundle` does."""
    bundle_id, content_key = uuid7(now, chance), sealing.new_key()
    sealed = base64.b64encode(sealing.seal(public_key, content_key, SEAL_PURPOSE)).decode()
    writer = BundleWriter(file, {"id": bundle_id, "kid": kid, "sealed": sealed}, sealing.encryptor(content_key))
    stream = {"device": bundle_id, "fork_of": store.get("device"), "epoch": store.get("epoch")}
    writer.manifest({**stream, "app": app, "made_at": now})
    lines = _write_lines(store, writer)
    pictures = _write_pictures(store, writer, read_picture) if read_picture is not None else 0
    return Exported(bundle_id, writer.close(), lines, pictures)


def take_along(source: Path, folder: Path) -> tuple[Path, str, str]:
    """Copy another phone's bundle into a folder, unopened; gives the copy, its id and the hash of the whole file.

    Raises:
        BrokenBundle: it is none, or not whole.
        OSError: it cannot be read, or there is no room.
    """
    with source.open("rb") as file:
        head, size = read_head(file)
        sha = check_hash(file, size)
        try:
            bundle_id = str(UUID(json.loads(head)["id"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BrokenBundle("no id") from None
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / bundle_id
    part = target.with_name(target.name + UNFINISHED)
    shutil.copyfile(source, part)
    with part.open("rb") as copied:
        os.fsync(copied.fileno())
    part.replace(target)
    sync_folder(folder)
    return target, bundle_id, sha


def _write_lines(store: Store, writer: BundleWriter) -> int:
    rows = store.all(f"SELECT id, kind, kv, at, base, body, sha FROM outbox WHERE {RETAINED} ORDER BY seq")
    for seq, (mutation_id, kind, kv, at, base, body, sha) in enumerate(rows, 1):
        writer.line(
            {
                "id": mutation_id, "seq": seq, "kind": kind, "kv": kv, "at": json.loads(at), "base": json.loads(base),
                "body": json.loads(body), "sha": sha,
            }
        )  # fmt: skip
    return len(rows)


def _write_pictures(store: Store, writer: BundleWriter, read_picture: ReadPicture) -> int:
    count = 0
    for photo_id, variant, sha, mime, holder in store.all(
        """SELECT photo.id, variant, upload.sha256, upload.mime, holder FROM photo JOIN upload USING (id)
            WHERE photo.state = 'here' AND stored_at IS NULL AND holder IN (SELECT id FROM outbox)
            ORDER BY photo.id, variant DESC"""
    ):
        try:
            data = read_picture(photo_id, variant)
        except (OSError, ValueError):
            continue  # it is lost, which the sync screen says; the others are not
        writer.picture({"id": photo_id, "variant": variant, "sha256": sha, "mime": mime, "holder": holder}, data)
        count += 1
    return count
