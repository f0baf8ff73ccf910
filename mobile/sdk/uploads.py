"""Bytes on their way up, in pieces that survive a bad line: a tus 1.0 client without a network of its own.

One request at a time. What is not answered well is in doubt, and the server is asked how far it got: a cut costs one
chunk at most. An answer without `Tus-Resumable` is none (a captive portal says 200 too).
"""

import base64
import hashlib
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import urlsplit

from mobile.sdk import retry
from mobile.sdk.answers import problem_of
from mobile.sdk.exchange import BLOBS, Answer, Exchange
from mobile.sdk.retry import PICTURES
from mobile.sdk.store import Store
from mobile.wire.limits import LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES

TUS = {"Tus-Resumable": "1.0.0"}
AIM_MS = 6_000
FIRST_CHUNK_BYTES = 32 * 1024
FAST_BYTES_PER_SECOND = 32_000
SLOW_PATIENCE_MS = 12 * 3_600_000
"""How long a photo waits for a fast line; it then goes over any."""
_TRIES_IN_PLACE = 3
_TRIES_OF_UNKNOWN = 5
_GONE = (404, 410)
_REFUSALS = (400, 403, 413, 415, 422)

_NEXT = """
SELECT u.id, u.variant, u.sha256, u.size, u.mime, u.url, u.done, u.is_sure
  FROM upload AS u LEFT JOIN photo AS p ON p.id = u.id
 WHERE u.done_at IS NULL AND u.code IS NULL AND (u.next_try <= :now OR u.next_try > :now + :longest)
   AND (u.variant = 'bundle' OR p.state = 'here'
        AND EXISTS (SELECT 1 FROM outbox AS o WHERE o.id = p.holder AND o.state <> 'waiting'))
   AND (:is_fast OR u.variant = 'preview' OR p.kind = 'signature' OR p.is_flagged
        OR abs(:now - p.taken_at) > :patience)
 ORDER BY u.variant = 'preview' DESC, p.kind = 'signature' DESC, p.is_flagged DESC, p.risk DESC, p.taken_at DESC, u.id
 LIMIT 1"""

Read = Callable[[str, str, int, int], bytes]
"""(id, variant, from, length) → the bytes; OSError or ValueError where they cannot be had."""


class Uploads:
    """The uploads of one phone, on its store."""

    def __init__(
        self,
        store: Store,
        read: Read,
        clock: Callable[[], int],
        chance: Random,
        is_line_fast: Callable[[], bool],
        chunk_bytes: tuple[int, int] = (LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES),
    ) -> None:
        """Take the store, how bytes are read, clock and chance, what the system says of the line, chunk sizes."""
        self._store, self._read, self._clock, self._chance = store, read, clock, chance
        self._is_line_fast, self._least, self._most = is_line_fast, *chunk_bytes

    def next_exchange(self) -> Exchange | None:
        """Give the next request: previews first, then signatures, then photos by risk, the newest first."""
        now = self._clock()
        if now < retry.next_try(self._store, now, PICTURES):
            return None
        while (row := self._next(now)) is not None:
            try:
                return self._request(row, now)
            except (OSError, ValueError):
                self._miss(row[0], row[1])
        return None

    def receive(self, exchange: Exchange, answer: Answer | None) -> None:
        """Take the answer to a request, or None when none came; one transaction."""
        now = self._clock()
        with self._store.transaction():
            row = self._store.one("SELECT url, size FROM upload WHERE id = ? AND variant = ?", exchange.upload or ())
            is_asked = row is not None and row[0] == (None if exchange.method == "POST" else exchange.path)
            if row is None or not is_asked:
                return  # it was begun anew meanwhile, or is no more
            try:
                status, code = _told(answer)
                self._accept(exchange, status, code, answer, row[1], now)
            except (KeyError, ValueError):
                self._doubt(exchange, now)

    def _next(self, now: int) -> tuple[Any, ...] | None:
        rate = float(self._store.get("pictures_rate", 0))
        values = {
            "now": now,
            "longest": retry.LONGEST_PAUSE_MS,
            "is_fast": int(self._is_line_fast() or rate >= FAST_BYTES_PER_SECOND),
            "patience": SLOW_PATIENCE_MS,
        }
        return self._store.one(_NEXT, values)

    def _request(self, row: tuple[Any, ...], now: int) -> Exchange:
        upload_id, variant, sha, size, mime, url, done, is_sure = row
        upload = (upload_id, variant)
        if url is None:
            if variant != "bundle" and hashlib.sha256(self._read(upload_id, variant, 0, size)).hexdigest() != sha:
                raise ValueError("the file was changed")
            facts = {"photo_id": upload_id, "sha256": sha, "variant": variant, "mime": mime}
            told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())
            headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": told}
            return Exchange(BLOBS, upload=upload, headers=headers, made_at=now)
        if not is_sure:
            return Exchange(url, upload=upload, method="HEAD", headers=TUS, made_at=now)
        chunk = self._read(upload_id, variant, done, min(self._chunk_bytes(), size - done))
        if not chunk:
            raise ValueError("the file is shorter than it was")
        headers = {
            **TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(done),
            "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(chunk).digest()).decode()}",
        }
        return Exchange(url, upload=upload, method="PATCH", headers=headers, content=chunk, made_at=now)

    def _accept(self, exchange: Exchange, status: int, code: str, answer: Answer | None, size: int, now: int) -> None:
        headers = answer.headers if answer is not None else {}
        is_created = exchange.method == "POST" and status in (200, 201)
        if is_created or (exchange.method in ("HEAD", "PATCH") and status in (200, 204)):
            offset = int(headers["upload-offset"]) if not is_created else int(headers.get("upload-offset", 0))
            if not 0 <= offset <= size:
                raise ValueError(offset)
            self._advance(exchange, _path(headers["location"]) if is_created else exchange.path, offset, size, now)
        elif status in _REFUSALS and code != "device_revoked":
            self._set(exchange, code=code or str(status))
        elif status in _GONE and exchange.method != "POST":
            self._set(exchange, url=None, done=0, is_sure=0)
        elif status in _GONE:
            self._unknown(exchange, code or str(status), now)
        elif status == 409:  # noqa: PLR2004 (tus: another offset)
            self._set(exchange, is_sure=0)
            self._later(exchange, now, in_place=True)
        elif status == 460:  # noqa: PLR2004 (tus: the checksum differs, so the chunk is sent again)
            self._later(exchange, now, in_place=True)
        elif status == 401 or code == "device_revoked":  # noqa: PLR2004
            self._store.put(**({"revoked": "drain"} if code == "device_revoked" else {"needs_sign_in": 1}))
            retry.fail(self._store, now, self._chance, PICTURES)
        else:
            self._later(exchange, now)
            if status >= 500:  # noqa: PLR2004
                retry.fail(self._store, now, self._chance, PICTURES)

    def _unknown(self, exchange: Exchange, code: str, now: int) -> None:
        """The server has not heard of a photo: it was restored, and has not been told again of the photo's work yet."""
        row = self._store.one(
            """SELECT o.id, o.is_dismissed, u.failures
                 FROM upload AS u JOIN photo AS p USING (id) JOIN outbox AS o ON o.id = p.holder
                WHERE u.id = ? AND u.variant = ?""",
            exchange.upload or (),
        )
        mutation_id, is_dismissed, failures = row or ("", 0, 0)
        is_leaving = bool(self._store.get("revoked"))
        if is_dismissed or (is_leaving and failures >= _TRIES_OF_UNKNOWN):
            self._set(exchange, code=code)  # of what was dismissed it will never hear
            return
        if is_leaving:
            # No news come any more: by this line's answer the phone learns whether it is still the same server.
            self._store.run("UPDATE outbox SET state = 'waiting' WHERE id = ?", (mutation_id,))
        self._later(exchange, now)

    def _advance(self, exchange: Exchange, url: str, offset: int, size: int, now: int) -> None:
        self._measure(exchange, now)
        done_at = now if offset == size else None
        self._set(exchange, url=url, done=offset, is_sure=1, done_at=done_at, failures=0, next_try=0)
        self._store.put(pictures_failures=0, pictures_next_try=0)

    def _doubt(self, exchange: Exchange, now: int) -> None:
        self._set(exchange, is_sure=0)
        self._store.put(pictures_chunk=max(self._least, self._chunk_bytes() // 2))
        self._later(exchange, now, in_place=True)
        retry.fail(self._store, now, self._chance, PICTURES)

    def _later(self, exchange: Exchange, now: int, *, in_place: bool = False) -> None:
        """Let others go first: at once where the server says so, after some tries where the line may be to blame."""
        row = self._store.one("SELECT failures FROM upload WHERE id = ? AND variant = ?", exchange.upload or ())
        failures = (row[0] if row else 0) + 1
        pause = 0 if in_place and failures <= _TRIES_IN_PLACE else retry.pause_ms(failures)
        self._set(exchange, failures=failures, next_try=now + pause)

    def _chunk_bytes(self) -> int:
        return int(min(max(int(self._store.get("pictures_chunk", FIRST_CHUNK_BYTES)), self._least), self._most))

    def _measure(self, exchange: Exchange, now: int) -> None:
        passed = now - exchange.made_at
        if exchange.method != "PATCH" or len(exchange.content) < self._least or passed <= 0:
            return
        wanted = len(exchange.content) * AIM_MS // passed
        chunk = min(max(wanted, len(exchange.content) // 2), len(exchange.content) * 2)
        rate = len(exchange.content) * 1_000 / passed
        self._store.put(pictures_chunk=min(max(chunk, self._least), self._most), pictures_rate=rate)

    def _set(self, exchange: Exchange, **facts: Any) -> None:
        columns = ", ".join(f"{name} = ?" for name in facts)
        self._store.run(
            f"UPDATE upload SET {columns} WHERE id = ? AND variant = ?", (*facts.values(), *(exchange.upload or ()))
        )

    def _miss(self, upload_id: str, variant: str) -> None:
        """The file is not there, or not what it was: that is shown, and the others go on."""
        with self._store.transaction():
            if variant == "original":
                self._store.run("UPDATE photo SET state = 'missing' WHERE id = ? AND state = 'here'", (upload_id,))
            self._store.run("UPDATE upload SET code = 'missing' WHERE id = ? AND variant = ?", (upload_id, variant))


def _told(answer: Answer | None) -> tuple[int, str]:
    """Give status and code of an answer of ours; ValueError for anything else."""
    if answer is None:
        raise ValueError("no answer")
    code = str(problem_of(answer).get("code", ""))
    if not code and answer.headers.get("tus-resumable") != "1.0.0":
        raise ValueError("not ours")
    return answer.status, code


def _path(location: str) -> str:
    """Give the path of an upload; the token goes to no other server, whatever an answer says."""
    path = urlsplit(location).path
    if not path.startswith(f"{BLOBS}/"):
        raise ValueError(location)
    return path
