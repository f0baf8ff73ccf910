"""Uploads as a phone makes them, for the tests of blobs and bundles."""

import base64
import hashlib
from typing import Any

from api.core.ids import uuid7

BLOBS = "/v1/sync/blobs"
TUS = {"Tus-Resumable": "1.0.0"}


def metadata(**facts: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def promise(server: Any, data: bytes, role: str = "field_inspector", slug: str = "kadikoy") -> str:
    """Write down a photo that a phone has named, as the push of its command does; gives its id."""
    town, photo_id = server.town(slug), uuid7()
    staff_id = town.staff[role].id
    server.execute(
        """INSERT INTO stored_file (municipality_id, id, kind, uploaded_by, uploaded_at, sha256, size, width, height,
                                    attached_kind, attached_id, state, has_preview, followed_by)
           VALUES (%s, %s, 'photo', %s, now(), %s, %s, 0, 0, 'sync_mutation', %s, 'awaited', false, %s)""",
        town.municipality_id, photo_id, staff_id, hashlib.sha256(data).digest(), len(data), uuid7(), staff_id,
    )  # fmt: skip
    return str(photo_id)


class Sender:
    """One phone that sends files."""

    def __init__(self, client: Any, headers: dict[str, str]) -> None:
        self.client, self.headers = client, {**headers, **TUS}

    async def begin(self, data: bytes, photo_id: str, variant: str = "original", **told: str) -> Any:
        facts = {"photo_id": photo_id, "sha256": hashlib.sha256(data).hexdigest(), "variant": variant, **told}
        headers = {**self.headers, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(**facts)}
        return await self.client.post(BLOBS, headers=headers)

    async def offset(self, url: str) -> Any:
        return await self.client.head(url, headers=self.headers)

    async def add(self, url: str, offset: int, piece: bytes, algorithm: str | None = "sha256", **headers: str) -> Any:
        told = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        if algorithm:
            told["Upload-Checksum"] = checksum(piece, algorithm)
        return await self.client.patch(url, content=piece, headers={**self.headers, **told, **headers})

    async def send(self, data: bytes, photo_id: str, variant: str = "original") -> Any:
        """Begin and send a file in one piece; gives the last answer."""
        begun = await self.begin(data, photo_id, variant)
        assert begun.status_code == 201, begun.text
        return await self.add(begun.headers["location"], 0, data)
