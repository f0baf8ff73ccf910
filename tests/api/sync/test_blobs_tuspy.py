"""A client that others wrote sends its files here unchanged, over real sockets."""

import hashlib
import io

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from api.core.ids import uuid7
from tests.api.sync.listening import listening
from tests.api.sync.uploading import BLOBS, promise
from tests.factories.images import photo_bytes

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


class CutOff(io.BytesIO):
    """A file whose reader is unplugged once at some byte."""

    def __init__(self, data, cut_at):
        super().__init__(data)
        self.cut_at = cut_at

    def read(self, size=-1):
        if self.cut_at is not None and self.tell() >= self.cut_at:
            self.cut_at = None
            raise ConnectionResetError
        return super().read(size)


@pytest.fixture(scope="module")
def address(module_db, tmp_path_factory):
    with listening(module_db, tmp_path_factory.mktemp("tus")) as url:
        yield url


@pytest.mark.parametrize("upload_checksum", [True, False])
async def test_tuspy_sends_a_photo_and_goes_on_after_a_cut(server, address, upload_checksum):
    photo = photo_bytes(900 + upload_checksum, 600)
    photo_id = promise(server, photo)
    facts = {"photo_id": photo_id, "sha256": hashlib.sha256(photo).hexdigest(), "filename": "IMG_0001.JPG"}
    client = TusClient(f"{address}{BLOBS}", headers=await server.staff("field_inspector"))
    chunk = 1_024
    uploader = client.uploader(
        file_stream=CutOff(photo, 3 * chunk), chunk_size=chunk, metadata=facts, upload_checksum=upload_checksum
    )
    with pytest.raises(ConnectionResetError):
        uploader.upload()
    assert uploader.offset == 3 * chunk

    # As after a restart: nothing is known but the address of the upload.
    again = client.uploader(
        file_stream=io.BytesIO(photo), url=uploader.url, chunk_size=chunk, upload_checksum=upload_checksum
    )
    assert again.offset == 3 * chunk
    again.upload()
    (row,) = server.rows("SELECT state, size FROM stored_file WHERE id = %s", photo_id)
    assert (row["state"], row["size"]) == ("stored", len(photo))


async def test_tuspy_sends_a_bundle_by_what_its_caller_tells(server, address):
    data, bundle_id = b"CBX1" + bytes(range(256)) * 200, uuid7()
    facts = {"photo_id": str(bundle_id), "sha256": hashlib.sha256(data).hexdigest(), "variant": "bundle"}
    client = TusClient(f"{address}{BLOBS}", headers=await server.staff("field_inspector"))
    client.uploader(file_stream=io.BytesIO(data), chunk_size=20_000, metadata=facts, upload_checksum=True).upload()
    (row,) = server.rows("SELECT id, received, completed_at FROM blob_upload WHERE photo_id = %s", bundle_id)
    assert (row["received"], row["completed_at"] is not None) == (len(data), True)
    waiting = server.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'sync.import_bundle'")
    assert [job["args"]["upload_id"] for job in waiting] == [str(row["id"])]


async def test_tuspy_is_told_that_bytes_are_wrong(server, address):
    photo = photo_bytes(100, 100)
    facts = {"photo_id": promise(server, photo), "sha256": hashlib.sha256(photo).hexdigest()}
    client = TusClient(f"{address}{BLOBS}", headers=await server.staff("field_inspector"))
    wrong = client.uploader(file_stream=io.BytesIO(bytes(len(photo))), metadata=facts)
    with pytest.raises(TusUploadFailed) as failure:
        wrong.upload()
    assert failure.value.status_code == 460
