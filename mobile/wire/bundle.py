"""The layout of an exported bundle (`.cbx`): work that travels by USB or on another phone, sealed to the municipality.

    "CBX1" | length of the head (2 bytes) | head | frames … | SHA-256 of everything before (32 bytes)

The head is JSON in clear, for whoever carries the file: {"id", "kid", "sealed"}; `sealed` is the file's key, sealed to
the municipality's X25519 key of that name (layout: `mobile/sdk/sealing.py`, purpose SEAL_PURPOSE), in base64. A frame
is its length (4 bytes, the highest bit set on the last one) and AES-256-GCM under the file's key of one record, with
the frame's number as nonce (12 bytes, from 0) and head | "1" if it is the last else "0" as associated data: so frames
can neither be left out nor turned nor added. Numbers are big-endian. A record is one letter and its bytes:

    M  {"device", "fork_of", "epoch", "app", "made_at"}: the first; the stream that the lines are of
    L  a mutation as in a push
    P  {"id", "variant", "sha256", "size", "mime", "holder"}: a picture, whose bytes follow
    D  the next bytes of the picture
    E  {"lines", "pictures"}: the last; how many there were

Nothing is compressed, so nothing grows when it is read; one record is in memory at a time.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from mobile.wire.limits import (
    MOST_BODY_BYTES,
    MOST_BUNDLE_BYTES,
    MOST_BUNDLE_LINES,
    MOST_BUNDLE_PICTURES,
    MOST_PICTURE_BYTES,
)

MAGIC = b"CBX1"
SEAL_PURPOSE = "cep-belediye bundle 1"
SUFFIX = ".cbx"
PIECE_BYTES = 64 * 1024
_MOST_HEAD_BYTES = 2_048
_MOST_RECORD_BYTES = 2 * MOST_BODY_BYTES + PIECE_BYTES
_TAG_BYTES, _HASH_BYTES, _BLOCK = 16, 32, 1 << 20
_LAST = 1 << 31

Cipher = Callable[[bytes, bytes, bytes], bytes]
"""(nonce, data, associated data) → data, as AESGCM.encrypt and AESGCM.decrypt are."""
Unseal = Callable[[str, bytes], Cipher]
"""(kid, sealed key) → how frames are decrypted; raises whatever it likes, which is then BrokenBundle's cause."""


class BrokenBundle(ValueError):
    """Not a bundle, not whole, not for us, or larger than one may be."""


@dataclass(frozen=True)
class Line:
    """A mutation, as it stands in a push."""

    mutation: Mapping[str, Any]


@dataclass(frozen=True)
class Picture:
    """A picture whose bytes have the hash that they should have."""

    id: str
    variant: str
    sha256: str
    mime: str
    holder: str
    data: bytes


@dataclass(frozen=True)
class Bundle:
    """An opened bundle; `records` gives lines in their order, then pictures, and may be walked once.

    Only when it ends without BrokenBundle was everything there.
    """

    id: str
    manifest: Mapping[str, Any]
    records: Iterator[Line | Picture]


class BundleWriter:
    """Writes a bundle record by record; `close` ends it. A file that was not closed is none."""

    def __init__(self, file: BinaryIO, head: Mapping[str, str], encrypt: Cipher) -> None:
        """Take the open file, the head in clear and how frames are encrypted."""
        self._file, self._encrypt, self._digest = file, encrypt, hashlib.sha256()
        self._head = json.dumps(dict(head), separators=(",", ":")).encode()
        self._number = self._lines = self._pictures = 0
        self._write(MAGIC + len(self._head).to_bytes(2, "big") + self._head)

    def manifest(self, facts: Mapping[str, Any]) -> None:
        """Write what the lines are of; once, first."""
        self._record(b"M", _json(facts))

    def line(self, mutation: Mapping[str, Any]) -> None:
        """Write one mutation."""
        self._record(b"L", _json(mutation))
        self._lines += 1

    def picture(self, facts: Mapping[str, Any], data: bytes) -> None:
        """Write one picture; after the last line."""
        self._record(b"P", _json({**facts, "size": len(data)}))
        for at in range(0, len(data), PIECE_BYTES):
            self._record(b"D", data[at : at + PIECE_BYTES])
        self._pictures += 1

    def close(self) -> str:
        """Write the end and the hash; gives the hash of the whole file in hexadecimal."""
        self._record(b"E", _json({"lines": self._lines, "pictures": self._pictures}), is_last=True)
        self._write(self._digest.digest())
        return self._digest.hexdigest()

    def _record(self, letter: bytes, payload: bytes, *, is_last: bool = False) -> None:
        coded = self._encrypt(_nonce(self._number), letter + payload, _associated(self._head, is_last=is_last))
        self._number += 1
        self._write((len(coded) | (_LAST if is_last else 0)).to_bytes(4, "big") + coded)

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)


def read_bundle(file: BinaryIO, unseal: Unseal) -> Bundle:
    """Open a bundle: checks that the file is whole before anything of it is believed.

    Args:
        file: can be read from its beginning and be set back to it.
        unseal: how the municipality's private key opens the file's key.

    Raises:
        BrokenBundle: here, or while the records are walked.
    """
    head, size = read_head(file)
    check_hash(file, size)
    file.seek(len(MAGIC) + 2 + len(head))
    try:
        facts = json.loads(head)
        decrypt = unseal(facts["kid"], base64.b64decode(facts["sealed"], validate=True))
        frames = _frames(file, head, decrypt, size)
        letter, payload = next(frames)
        manifest = json.loads(payload)
    except Exception as error:
        raise BrokenBundle("cannot be opened") from error
    if letter != b"M" or not isinstance(manifest, dict):
        raise BrokenBundle("no manifest")
    return Bundle(str(facts["id"]), manifest, _records(frames))


def read_head(file: BinaryIO) -> tuple[bytes, int]:
    """Give the head as it stands and the size of the file; all that a carrier can know.

    Raises:
        BrokenBundle: it is no bundle, or larger than one may be.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC or size > MOST_BUNDLE_BYTES:
        raise BrokenBundle("no bundle, or too large")
    length = int.from_bytes(file.read(2), "big")
    head = file.read(min(length, _MOST_HEAD_BYTES))
    if len(head) != length or size < len(MAGIC) + 2 + length + _HASH_BYTES:
        raise BrokenBundle("cut short")
    return head, size


def check_hash(file: BinaryIO, size: int) -> str:
    """Give the hash of the whole file in hexadecimal, trailer included.

    Raises:
        BrokenBundle: the trailer says another one.
    """
    file.seek(0)
    digest, left = hashlib.sha256(), size - _HASH_BYTES
    while left and (block := file.read(min(_BLOCK, left))):
        digest.update(block)
        left -= len(block)
    trailer = file.read(_HASH_BYTES)
    if trailer != digest.digest():
        raise BrokenBundle("cut short or changed")
    digest.update(trailer)
    return digest.hexdigest()


def _frames(file: BinaryIO, head: bytes, decrypt: Cipher, size: int) -> Iterator[tuple[bytes, bytes]]:
    number, is_last = 0, False
    while not is_last:
        told = int.from_bytes(file.read(4), "big")
        length, is_last = told & ~_LAST, bool(told & _LAST)
        if not _TAG_BYTES < length <= _MOST_RECORD_BYTES:
            raise BrokenBundle("a frame of no size")
        coded = file.read(length)
        try:
            plain = decrypt(_nonce(number), coded, _associated(head, is_last=is_last))
        except Exception as error:
            raise BrokenBundle("a frame that is not of this bundle") from error
        number += 1
        yield plain[:1], plain[1:]
    if file.tell() != size - _HASH_BYTES:
        raise BrokenBundle("something behind the end")


def _records(frames: Iterator[tuple[bytes, bytes]]) -> Iterator[Line | Picture]:
    lines = pictures = 0
    while (record := next(frames, None)) is not None:
        letter, payload = record
        if letter == b"L" and not pictures:
            lines += 1
            if lines > MOST_BUNDLE_LINES:
                raise BrokenBundle("too many lines")
            yield Line(_object(payload))
        elif letter == b"P":
            pictures += 1
            if pictures > MOST_BUNDLE_PICTURES:
                raise BrokenBundle("too many pictures")
            yield _picture(_object(payload), frames)
        elif letter == b"E":
            if _object(payload) != {"lines": lines, "pictures": pictures} or next(frames, None) is not None:
                raise BrokenBundle("not everything is there")
            return
        else:
            raise BrokenBundle("a record out of place")
    raise BrokenBundle("no end")


def _picture(facts: dict[str, Any], frames: Iterator[tuple[bytes, bytes]]) -> Picture:
    size = facts.get("size")
    if not isinstance(size, int) or not 0 < size <= MOST_PICTURE_BYTES:
        raise BrokenBundle("a picture of no size")
    data = bytearray()
    while len(data) < size:
        letter, piece = next(frames, (b"", b""))
        if letter != b"D" or not piece:
            raise BrokenBundle("a picture without its bytes")
        data += piece
    if len(data) != size or hashlib.sha256(data).hexdigest() != facts.get("sha256"):
        raise BrokenBundle("a picture with other bytes")
    told = {name: str(facts.get(name, "")) for name in ("id", "variant", "sha256", "mime", "holder")}
    return Picture(**told, data=bytes(data))


def _object(payload: bytes) -> dict[str, Any]:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BrokenBundle("no object")
    return value


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _associated(head: bytes, *, is_last: bool) -> bytes:
    return head + (b"1" if is_last else b"0")


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
