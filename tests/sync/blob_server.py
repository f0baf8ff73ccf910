"""The blob side of the model server: a small tus 1.0 server with the rows of photos beside it.

Bytes lie apart from the rows, as on a disk: a restored database may meet more of them, or fewer. `flaws` as in
model_server.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

TUS = {"tus-resumable": "1.0.0"}
ROOT = "/v1/sync/blobs"
Told = tuple[int, dict[str, str]]


@dataclass
class Upload:
    """One file on its way."""

    town: str
    photo_id: str
    variant: str
    sha: str
    size: int
    data: bytes = b""


class BlobServer:
    """Uploads and blobs of all towns; `server` holds the rows."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.uploads: dict[str, Upload] = {}
        self.blobs: dict[tuple[str, str, str], bytes] = {}
        self.lost: set[str] = set()
        self.bundles: list[tuple[str, bytes]] = []
        self.made = 0

    def answer(self, town: str, method: str, path: str, headers: dict[str, str], content: bytes) -> Told:
        """Answer one request: status and headers."""
        if method == "POST":
            return self._create(town, headers)
        upload = self.uploads.get(path)
        if upload is None or upload.town != town:
            return 404, TUS
        if method == "HEAD":
            return 200, self._at(upload)
        return self._patch(path, upload, headers, content)

    def _at(self, upload: Upload) -> dict[str, str]:
        return {**TUS, "upload-offset": str(len(upload.data)), "upload-length": str(upload.size)}

    def _create(self, town: str, headers: dict[str, str]) -> Told:
        told = dict(pair.split(" ") for pair in headers["Upload-Metadata"].split(","))
        facts = {name: base64.b64decode(value).decode() for name, value in told.items()}
        photo_id, variant, sha = facts["photo_id"], facts["variant"], facts["sha256"]
        if variant != "bundle":
            row = self.server.towns[town].rows.get(("photo", photo_id))
            if row is None:
                return 404, TUS
            if variant == "original" and row.data["sha256"] != sha:
                return 422, TUS
        for path, upload in self.uploads.items():
            if (upload.town, upload.photo_id, upload.variant, upload.sha) == (town, photo_id, variant, sha):
                if len(upload.data) == upload.size and variant != "bundle" and not self._store(path, upload):
                    return 423, TUS
                return 201, {**self._at(upload), "location": f"https://belediye.example{path}"}
        self.made += 1
        path = f"{ROOT}/{self.made}"
        upload = self.uploads[path] = Upload(town, photo_id, variant, sha, int(headers["Upload-Length"]))
        if (town, photo_id, variant) in self.blobs:
            upload.data = self.blobs[town, photo_id, variant]
            if not self._store(path, upload):
                return 423, TUS
        return 201, {**self._at(upload), "location": path}

    def _patch(self, path: str, upload: Upload, headers: dict[str, str], content: bytes) -> Told:
        if int(headers["Upload-Offset"]) != len(upload.data) and "offset_unchecked" not in self.server.flaws:
            return 409, TUS
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        if headers["Upload-Checksum"] != f"sha256 {checksum}" and "checksum_unchecked" not in self.server.flaws:
            return 460, TUS
        if len(upload.data) + len(content) > upload.size and "offset_unchecked" not in self.server.flaws:
            return 413, TUS
        data, upload.data = upload.data, upload.data + content
        if len(upload.data) >= upload.size and not self._store(path, upload):
            if path in self.uploads:
                upload.data = data  # another transaction holds the row: the chunk did not count
                return 423, TUS
            return 460, TUS
        return 204, self._at(upload)

    def _store(self, path: str, upload: Upload) -> bool:
        """All bytes are there: verify, and say so in the row."""
        is_verified = "hash_unverified" not in self.server.flaws
        if is_verified and hashlib.sha256(upload.data).hexdigest() != upload.sha:
            del self.uploads[path]
            return False
        if upload.variant == "bundle":
            self.bundles.append((upload.town, upload.data))
            return True
        if upload.variant == "original" and not self.say(upload.town, upload.photo_id, "stored"):
            return False
        self.blobs[upload.town, upload.photo_id, upload.variant] = upload.data
        return True

    def say(self, town: str, photo_id: str, state: str) -> bool:
        """Write the row of a photo; False where somebody holds it."""
        row = self.server.towns[town].rows.get(("photo", photo_id))
        if row is None or row.data["state"] == state:
            return row is not None
        transaction = self.server.begin(town)
        self.server.write(transaction, ("photo", photo_id), state=state)
        self.server.commit(transaction)
        return True

    def lose(self, town: str, photo_id: str) -> None:
        """A disk has lost a blob, and the server has noticed."""
        self.blobs.pop((town, photo_id, "original"), None)
        self.lost.add(photo_id)
        self._forget(lambda upload: (upload.town, upload.photo_id) == (town, photo_id))
        self.say(town, photo_id, "awaited")

    def expire(self, path: str) -> None:
        """An upload that nobody went on with is thrown away."""
        if len(self.uploads[path].data) < self.uploads[path].size:
            del self.uploads[path]

    def lose_since(self, backup: dict[tuple[str, str, str], bytes]) -> None:
        """The database was restored with the files of its backup: what is called stored and is not there is awaited."""
        self._forget(lambda _: True)
        self.lost |= {key[1] for key in self.blobs.keys() - backup.keys()}
        self.blobs = dict(backup)
        self.compare()

    def compare(self) -> None:
        """After a restore: rows say what is there."""
        for name, town in self.server.towns.items():
            for table, photo_id in list(town.rows):
                if table == "photo" and (name, photo_id, "original") not in self.blobs:
                    self.say(name, photo_id, "awaited")

    def _forget(self, condition: Any) -> None:
        self.uploads = {path: upload for path, upload in self.uploads.items() if not condition(upload)}
