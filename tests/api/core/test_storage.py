import os
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import anyio
import boto3
import pytest
from moto.server import ThreadedMotoServer

from api.core import storage

ACCESS = {"access_key": "test", "secret_key": "test", "region": "eu-central-1"}
LARGE = os.urandom(3 * storage.CHUNK_BYTES + 17)


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-central-1"
    )
    client.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield endpoint
    server.stop()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> storage.BlobStore:
    if request.param == "folder":
        return storage.FolderStore(tmp_path / "files")
    return storage.S3Store(request.getfixturevalue("s3_endpoint"), "files", **ACCESS)


def run(act: Callable[[], Awaitable[None]]) -> None:
    anyio.run(act)


@pytest.mark.parametrize("data", [b"", b"x", LARGE], ids=["empty", "small", "large"])
def test_what_is_put_is_got_whole_and_in_pieces(store: storage.BlobStore, data: bytes) -> None:
    async def act() -> None:
        await store.put("34/photo/019a_x-1", data)
        assert await store.exists("34/photo/019a_x-1")
        assert await store.get("34/photo/019a_x-1") == data
        pieces = [piece async for piece in store.stream("34/photo/019a_x-1")]
        assert b"".join(pieces) == data
        assert all(0 < len(piece) <= storage.CHUNK_BYTES for piece in pieces)

    run(act)


def test_a_key_may_be_replaced(store: storage.BlobStore) -> None:
    async def act() -> None:
        await store.put("34/a", LARGE)
        await store.put("34/a", b"new")
        assert await store.get("34/a") == b"new"

    run(act)


def test_a_deleted_key_is_gone_and_may_be_deleted_again(store: storage.BlobStore) -> None:
    async def act() -> None:
        await store.put("34/gone", b"x")
        await store.delete("34/gone")
        await store.delete("34/gone")
        assert not await store.exists("34/gone")

    run(act)


def test_a_missing_key_is_said_so(store: storage.BlobStore) -> None:
    async def act() -> None:
        assert not await store.exists("34/never")
        with pytest.raises(storage.BlobNotFound) as refusal:
            await store.get("34/never")
        assert refusal.value.code == "blob_not_found"
        with pytest.raises(storage.BlobNotFound):
            await anext(store.stream("34/never"))

    run(act)


def test_a_key_that_begins_another_does_not_hinder_it(store: storage.BlobStore) -> None:
    async def act() -> None:
        await store.put("35/a", b"short")
        await store.put("35/a/b", b"long")
        await store.put("35/a-b", b"dash")
        assert [await store.get(key) for key in ("35/a", "35/a/b", "35/a-b")] == [b"short", b"long", b"dash"]

    run(act)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/../b",
        "a/./b",
        "a.jpg",
        "A",
        "a b",
        "a\x00b",
        "a\\b",
        "c:/x",
        "ğ",
        "a+b",
        "a\n",
        "%2e%2e/a",
        "a" * 201,
    ],
)
def test_a_key_that_is_no_plain_path_is_refused_by_every_act(store: storage.BlobStore, key: str) -> None:
    async def act() -> None:
        for attempt in (
            lambda: store.put(key, b"x"),
            lambda: store.get(key),
            lambda: store.delete(key),
            lambda: store.exists(key),
            lambda: anext(store.stream(key)),
        ):
            with pytest.raises(storage.BadKey) as refusal:
                await attempt()
            assert refusal.value.code == "bad_blob_key"

    run(act)


def test_files_are_for_the_service_alone_and_spread_over_folders(tmp_path: Path) -> None:
    store = storage.FolderStore(tmp_path / "files")
    run(lambda: store.put("34/photo/1", b"x"))
    path = store.path_of("34/photo/1")
    assert path.parent.parent.parent == tmp_path / "files"
    assert [len(part) for part in path.relative_to(tmp_path / "files").parts[:2]] == [2, 2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_reader_sees_the_old_or_the_new_file_and_never_a_mixture(tmp_path: Path) -> None:
    store = storage.FolderStore(tmp_path)
    versions = {letter * 200_000 for letter in (b"a", b"b", b"c")}
    seen: set[bytes] = set()

    async def act() -> None:
        await store.put("k", next(iter(versions)))
        async with anyio.create_task_group() as tasks:
            for version in versions:
                tasks.start_soon(store.put, "k", version)
            for _ in range(50):
                seen.add(await store.get("k"))

    run(act)
    assert seen
    assert seen <= versions
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["k"]


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    store = storage.FolderStore(tmp_path)
    run(lambda: store.put("k", b"old"))

    async def act() -> None:
        with pytest.raises(TypeError):
            await store.put("k", "a text is no bytes")
        assert await store.get("k") == b"old"

    run(act)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["k"]


def test_a_folder_that_cannot_be_written_is_unavailable_and_its_path_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    store = storage.FolderStore(tmp_path / "files")

    async def act() -> None:
        with pytest.raises(storage.StorageUnavailable) as refusal:
            await store.put("34/secret", b"x")
        assert "files" not in str(refusal.value)
        assert refusal.value.code == "storage_unavailable"

    run(act)


def test_an_unreachable_or_foreign_bucket_is_unavailable_and_not_missing(s3_endpoint: str, free_port: int) -> None:
    nobody = storage.S3Store(f"http://127.0.0.1:{free_port}", "files", **ACCESS)
    no_bucket = storage.S3Store(s3_endpoint, "another", **ACCESS)

    async def act() -> None:
        for store in (nobody, no_bucket):
            with pytest.raises(storage.StorageUnavailable):
                await store.put("k", b"x")
        with pytest.raises(storage.StorageUnavailable):
            await nobody.exists("k")
        with pytest.raises(storage.StorageUnavailable):
            await nobody.get("k")

    run(act)
