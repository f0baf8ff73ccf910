"""The phone's photo queue and the real server: it means what the model server of the other tests does."""

import hashlib
import io
import random

import pytest
from PIL import Image, ImageDraw

from mobile.sdk.exchange import Answer
from mobile.sdk.photo_files import SealedFolder
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.transport import TOLD
from tests.api.sync.phones import Phone, wall

pytestmark = pytest.mark.anyio


class Camera(Phone):
    """A phone that takes photos; every third answer to an upload is lost on the way."""

    def start(self, folder):
        files = SealedFolder(folder, bytes(range(32)))
        self.engine.photos = PhotoQueue(self.store, files, lambda: wall() + self.offset, random.Random(3))
        self.uploads = []

    async def send(self, exchange):
        if exchange.upload is None:
            return await super().send(exchange)
        answer = await self.server.client.request(
            exchange.method, exchange.path, content=exchange.content, headers={**self.headers, **exchange.headers}
        )
        self.uploads.append((exchange.method, answer.status_code))
        if len(self.uploads) % 3 == 0:
            return None
        told = {name: answer.headers[name] for name in TOLD if name in answer.headers}
        media_type = answer.headers.get("content-type", "").split(";")[0]
        return Answer(answer.status_code, media_type, answer.content, told)


def taken():
    """A picture as a camera gives it, too large for one piece."""
    image = Image.frombytes("RGB", (160, 120), random.Random(1).randbytes(160 * 120 * 3)).resize((1_600, 1_200))
    ImageDraw.Draw(image).text((10, 10), "Çukur")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


async def test_a_photo_reaches_the_real_server_whole_and_is_called_stored(server, tmp_path):
    case = await server.filed(await server.citizen())
    phone = await Camera.of(server)
    phone.start(tmp_path)
    await phone.sync()
    photo = phone.engine.photos.add("d1", taken())
    body = {"complaint_id": case["id"], "text": "Yerinde görüldü", "photos": [photo.reference()]}
    noted = phone.engine.record("complaint.note", body, finishes_draft="d1")
    for _ in range(12):
        await phone.sync()
    assert phone.engine.line(noted).state == "ok"
    assert phone.engine.numbers()["waiting_photos"] == 0
    assert phone.engine.photos.photo(photo.id).is_stored
    (row,) = server.rows("SELECT state, sha256, size FROM stored_file WHERE id = %s", photo.id)
    assert (row["state"], bytes(row["sha256"]).hex(), row["size"]) == ("stored", photo.sha256, photo.size)
    told = phone.engine.photos.bytes_of(photo.id, "original")
    assert hashlib.sha256(told).hexdigest() == photo.sha256
    assert {method for method, _ in phone.uploads} == {"POST", "HEAD", "PATCH"}
    assert {status for _, status in phone.uploads} <= {200, 201, 204}
