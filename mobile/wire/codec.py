"""The coding of sync messages: JSON, plain or deflated with a dictionary that both sides know.

An answer that is not of these media types is no answer of ours: a captive portal's page says 200 too.
"""

import hashlib
import json
import zlib
from typing import Any

from mobile.wire.dictionary import DICTIONARY

PLAIN = "application/vnd.belediye.sync+json"
DEFLATED = "application/vnd.belediye.sync+zlib; dictionary=1"
MOST_PLAIN_BYTES = 8 * 1024 * 1024


class NotOurs(ValueError):
    """The bytes are no message of this protocol, or not whole."""


def canonical(value: Any) -> bytes:
    """Give the one spelling of a JSON value: sorted keys, no blanks, UTF-8.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def sha_of(kind: str, kv: int, body: Any) -> str:
    """Give the hash that says whether two mutations of one id are the same."""
    return hashlib.sha256(canonical([kind, kv, body])).hexdigest()


def encode(message: Any, media_type: str = DEFLATED, *, level: int = 9) -> bytes:
    """Write a message in one of the two media types; `level` is how hard deflating tries (1–9)."""
    plain = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if media_type == PLAIN:
        return plain
    deflate = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
    return deflate.compress(plain) + deflate.flush()


def decode(media_type: str, data: bytes) -> dict[str, Any]:
    """Read a message.

    Raises:
        NotOurs: another media type, cut short, damaged, too large, or no JSON object.
    """
    if media_type not in (PLAIN, DEFLATED):
        raise NotOurs(media_type)
    try:
        message = json.loads(_inflate(data) if media_type == DEFLATED else data)
    except (ValueError, zlib.error, RecursionError) as error:
        raise NotOurs(str(error)) from None
    if not isinstance(message, dict):
        raise NotOurs("no object")
    return message


def _inflate(data: bytes) -> bytes:
    inflate = zlib.decompressobj(zlib.MAX_WBITS, DICTIONARY)
    plain = inflate.decompress(data, MOST_PLAIN_BYTES)
    if not inflate.eof or inflate.unused_data:
        raise NotOurs("cut short, too long or too large")
    return plain
