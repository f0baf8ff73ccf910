"""Where files lie: one small interface, on a folder of this machine or on S3-compatible storage.

Keys are made by the application (never by a sender), of small letters, digits, `_`, `-` and `/`.
"""

import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import anyio.to_thread

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

CHUNK_BYTES = 64 * 1024
_LONGEST_KEY = 200
_KEY_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-/")
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})

Result = TypeVar("Result")


class StorageError(Exception):
    """Root of the errors of this module; carries a stable `code` and a Turkish message."""

    code = "storage_error"
    message_tr = "Dosya deposunda bir hata oluştu."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message_tr)


class BadKey(StorageError, ValueError):
    """The key is no plain relative path of allowed characters."""

    code = "bad_blob_key"
    message_tr = "Dosya adı geçerli değil."


class BlobNotFound(StorageError, FileNotFoundError):
    """Nothing is stored under the key."""

    code = "blob_not_found"
    message_tr = "Dosya bulunamadı."


class StorageUnavailable(StorageError):
    """The store did not do it: disk full, no network, no right. Whether a write took effect is unknown."""

    code = "storage_unavailable"
    message_tr = "Dosya deposuna şu anda ulaşılamıyor."


class BlobStore(Protocol):
    """What the application asks of a file store; every method may raise BadKey and StorageUnavailable."""

    async def put(self, key: str, data: bytes) -> None:
        """Store bytes under a key, replacing what was there; a reader sees the old or the new, never a mixture."""

    async def get(self, key: str) -> bytes:
        """Fetch all bytes of a key. Raises BlobNotFound."""

    async def delete(self, key: str) -> None:
        """Remove a key; a missing one is no error, so that a repeated erasure succeeds."""

    async def exists(self, key: str) -> bool:
        """Say whether something is stored under a key."""

    def stream(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """Fetch a key from byte `start` in pieces of at most CHUNK_BYTES; `start` lies within it.

        Raises:
            BlobNotFound: before the first piece.
        """


def checked_key(key: str) -> str:
    """Return the key if it cannot leave its folder and reads the same on every system; raises BadKey."""
    is_plain = 0 < len(key) <= _LONGEST_KEY and _KEY_CHARACTERS.issuperset(key)
    if not is_plain or "" in key.split("/"):
        raise BadKey
    return key


async def _in_thread(act: Callable[..., Result], *arguments: Any) -> Result:
    return await anyio.to_thread.run_sync(partial(act, *arguments))


@contextmanager
def _folder_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BlobNotFound from None
    except OSError as error:
        # The path of an OSError would tell the key, and the key may be quoted to a user.
        raise StorageUnavailable(os.strerror(error.errno or 0)) from error


class FolderStore:
    """Files below one folder, spread over 65,536 subfolders; readable by the service's own user only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path_of(self, key: str) -> Path:
        """Say where a key lies: `ab/cd/` of its hash, then the key with `+` for `/`, so that no key is a folder."""
        spread = hashlib.sha256(checked_key(key).encode()).hexdigest()
        return self._root / spread[:2] / spread[2:4] / key.replace("/", "+")

    async def put(self, key: str, data: bytes) -> None:
        await _in_thread(self._put, self.path_of(key), data)

    async def get(self, key: str) -> bytes:
        with _folder_errors():
            return await _in_thread(self.path_of(key).read_bytes)

    async def delete(self, key: str) -> None:
        with _folder_errors():
            await _in_thread(partial(self.path_of(key).unlink, missing_ok=True))

    async def exists(self, key: str) -> bool:
        return await _in_thread(self.path_of(key).is_file)

    async def stream(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        path = self.path_of(key)
        with _folder_errors():
            descriptor = await _in_thread(os.open, path, os.O_RDONLY)
        try:
            os.lseek(descriptor, start, os.SEEK_SET)
            while chunk := await _in_thread(self._read, descriptor):
                yield chunk
        finally:
            os.close(descriptor)

    @staticmethod
    def _read(descriptor: int) -> bytes:
        with _folder_errors():
            return os.read(descriptor, CHUNK_BYTES)

    def _put(self, path: Path, data: bytes) -> None:
        with _folder_errors():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Keys hold no dot, so a half-written file can never be taken for a stored one.
            draft = path.with_name(f".{secrets.token_hex(16)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor, not a path)
                    file.write(data)
                    file.flush()
                    os.fsync(descriptor)
                draft.replace(path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            self._sync_folder(path.parent)

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        # Without this a power cut may forget the new name although the bytes are on the disk.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _s3_errors() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (optional extra)

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise (BlobNotFound() if code in _MISSING else StorageUnavailable(code)) from error
    except BotoCoreError as error:
        raise StorageUnavailable(type(error).__name__) from error


class S3Store:
    """Files in a bucket of any S3-compatible storage; needs the `s3` extra. The bucket is private and exists."""

    def __init__(self, endpoint_url: str | None, bucket: str, access_key: str, secret_key: str, region: str) -> None:
        import boto3  # noqa: PLC0415 (optional extra)
        from botocore.config import Config  # noqa: PLC0415 (optional extra)

        self._bucket = bucket
        self._client: S3Client = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            region_name=region,
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "max_attempts": 3},
                # Storage of other makers often knows neither the newer checksums nor host-style buckets.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"},
            ),
        )

    async def put(self, key: str, data: bytes) -> None:
        with _s3_errors():
            await _in_thread(partial(self._client.put_object, Bucket=self._bucket, Key=checked_key(key), Body=data))

    async def get(self, key: str) -> bytes:
        return b"".join([chunk async for chunk in self.stream(key)])

    async def delete(self, key: str) -> None:
        with _s3_errors():
            await _in_thread(partial(self._client.delete_object, Bucket=self._bucket, Key=checked_key(key)))

    async def exists(self, key: str) -> bool:
        try:
            with _s3_errors():
                await _in_thread(partial(self._client.head_object, Bucket=self._bucket, Key=checked_key(key)))
        except BlobNotFound:
            return False
        return True

    async def stream(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        with _s3_errors():
            fetch = partial(self._client.get_object, Bucket=self._bucket, Key=checked_key(key))
            answer = await _in_thread(partial(fetch, Range=f"bytes={start}-") if start else fetch)
            body = answer["Body"]
        try:
            while chunk := await _in_thread(self._read, body):
                yield chunk
        finally:
            body.close()

    @staticmethod
    def _read(body: "StreamingBody") -> bytes:
        with _s3_errors():
            return body.read(CHUNK_BYTES)
