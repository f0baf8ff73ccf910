"""Whatever pieces arrive in whatever order, an upload holds exactly the bytes that were acknowledged."""

import hashlib
import io
import tempfile
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.core.ids import uuid7
from api.sync.spool import Spool
from tests.api.sync.uploading import Sender

pytestmark = pytest.mark.anyio

SIZE = 4_000
BYTES = hashlib.shake_256(b"a file").digest(SIZE)

pieces = st.lists(
    st.tuples(st.integers(0, SIZE + 10), st.integers(0, SIZE + 10), st.sampled_from(["good", "bad checksum", "next"])),
    min_size=1,
    max_size=12,
)


@given(pieces=pieces)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_an_upload_is_always_a_beginning_of_the_file(server, pieces):
    phone = Sender(server.client, await server.staff("field_inspector"))
    url = (await phone.begin(BYTES, str(uuid7()), "bundle")).headers["location"]
    path, safe = server.app.state.spool.path(UUID(url.rsplit("/", 1)[1])), 0
    for start, length, how in pieces:
        offset = safe if how == "next" else start
        piece = (BYTES + b"beyond the end")[offset : offset + length]
        headers = {"Upload-Checksum": "sha1 AAAA"} if how == "bad checksum" else {}
        answer = await phone.add(url, offset, piece, None if headers else "sha1", **headers)
        expected = 460 if headers else 409 if offset != safe else 413 if offset + len(piece) > SIZE else 204
        assert answer.status_code == expected, answer.text
        safe += len(piece) if expected == 204 else 0
        assert (await phone.offset(url)).headers["upload-offset"] == str(safe)
        assert (path.read_bytes() if path.exists() else b"")[:safe] == BYTES[:safe]


@given(cuts=st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=20))
def test_the_spool_never_holds_anything_but_what_was_committed_and_one_piece_behind(cuts):
    with tempfile.TemporaryDirectory() as folder:
        spool, upload_id, committed = Spool(Path(folder) / "spool"), uuid7(), 0
        for length, is_committed in cuts:
            spool.append(upload_id, committed, io.BytesIO(BYTES[committed : committed + length]))
            # A transaction that fails leaves its piece behind; the next piece takes its place.
            assert spool.read(upload_id) == BYTES[: committed + length]
            committed = min(committed + length, SIZE) if is_committed else committed
        assert spool.size(upload_id) >= committed
