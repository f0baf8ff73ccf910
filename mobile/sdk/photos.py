"""Photos and signatures of the user's work: captured so that none is lost, sent after the work that they belong to.

A photo belongs to a draft or to a line of the outbox (its holder). The order of capture is: the file, whole and on
the disk, then its row. It is sent when its line was acknowledged, and deleted here only 7 days, by the server's clock,
after the server's own row said that it is stored with the same hash.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Literal

from mobile.sdk import pictures
from mobile.sdk.bundle import take_along
from mobile.sdk.exchange import Answer, Exchange
from mobile.sdk.ids import uuid7
from mobile.sdk.photo_files import PhotoFiles
from mobile.sdk.photo_rows import Photo, add_rows, find_orphans, photos_where, release
from mobile.sdk.pictures import Picture
from mobile.sdk.store import Store
from mobile.sdk.uploads import Uploads
from mobile.wire.limits import LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES

Variant = Literal["preview", "original"]


class PhotoQueue:
    """The photos of one phone: give it to the engine, which sends what it holds."""

    def __init__(
        self,
        store: Store,
        files: PhotoFiles,
        clock: Callable[[], int],
        chance: Random,
        *,
        is_line_fast: Callable[[], bool] = lambda: True,
        chunk_bytes: tuple[int, int] = (LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES),
        bundles: Path | None = None,
    ) -> None:
        """Take the store, where files lie, clock and chance.

        Args:
            store: the phone's database.
            files: where pictures lie (`photo_files.SealedFolder`).
            clock: milliseconds since 1970.
            chance: a source of it.
            is_line_fast: whether the system calls the line good for large things (Wi-Fi, or not metered).
            chunk_bytes: least and most of one piece.
            bundles: the folder of bundles carried for others, if any are.
        """
        self._store, self._files, self._clock, self._chance, self._bundles = store, files, clock, chance, bundles
        self._uploads = Uploads(store, self._read_part, clock, chance, is_line_fast, chunk_bytes)

    # --- the user's side ------------------------------------------------------------------------------------------

    def add(self, holder: str, raw: bytes, *, risk: int = 0, is_flagged: bool = False) -> Photo:
        """Keep a camera's file for a draft or a line of the outbox; when this returns it is safe.

        Args:
            holder: id of the draft (or of the line) that it belongs to.
            raw: the file as the camera wrote it.
            risk: the higher, the sooner it is sent.
            is_flagged: it goes over a slow line too.

        Raises:
            NoPicture: it cannot be read.
            OSError: the disk is full; nothing was kept.
        """
        return self.keep(holder, pictures.prepare_photo(raw), risk=risk, is_flagged=is_flagged)

    def add_signature(self, holder: str, raw: bytes) -> Photo:
        """Keep a drawn signature; it goes before all photos."""
        return self.keep(holder, pictures.prepare_signature(raw), kind="signature")

    def keep(
        self, holder: str, picture: Picture, *, kind: str = "photo", risk: int = 0, is_flagged: bool = False
    ) -> Photo:
        """Keep a picture that is ready: files first, then the row, so that no row lacks its file."""
        now = self._clock()
        photo_id = uuid7(now, self._chance)
        if picture.preview is not None:
            self._files.write(f"{photo_id}.preview", picture.preview)
        self._files.write(f"{photo_id}.original", picture.original)
        with self._store.transaction():
            add_rows(self._store, photo_id, holder, picture, kind, risk, now, is_flagged=is_flagged)
        return self.photo(photo_id)

    def photo(self, photo_id: str) -> Photo:
        """Give one photo.

        Raises:
            KeyError: there is none of this id.
        """
        found = photos_where(self._store, "id = ?", (photo_id,))
        if not found:
            raise KeyError(photo_id)
        return found[0]

    def photos_of(self, holder: str) -> list[Photo]:
        """Give the photos of a draft or a line of the outbox, in the order in which they were taken."""
        return photos_where(self._store, "holder = ? AND state <> 'released'", (holder,))

    def in_need(self) -> list[Photo]:
        """Give the photos that need the user: found without work, lost, or not wanted by the server."""
        return photos_where(
            self._store,
            """state = 'orphan'
               OR (state <> 'released' AND stored_at IS NULL AND (state = 'missing' OR code IS NOT NULL))""",
            (),
        )

    def bytes_of(self, photo_id: str, variant: Variant = "preview") -> bytes:
        """Give the picture itself, to be shown; the original where there is no preview.

        Raises:
            OSError: the file is not on this phone.
            ValueError: the file was changed.
        """
        if variant == "preview" and self.photo(photo_id).kind == "signature":
            variant = "original"
        return self._files.read(f"{photo_id}.{variant}")

    def attach(self, photo_id: str, holder: str) -> None:
        """Give a photo that was found without work to a draft or a line."""
        with self._store.transaction():
            self._store.run(
                "UPDATE photo SET holder = ?, state = 'here' WHERE id = ? AND state IN ('here', 'orphan')",
                (holder, photo_id),
            )

    def retry(self, photo_id: str) -> None:
        """Send again what the server did not want."""
        with self._store.transaction():
            self._store.run(
                "UPDATE upload SET code = NULL, failures = 0, next_try = 0 WHERE id = ? AND code <> 'missing'",
                (photo_id,),
            )

    def drop(self, photo_id: str) -> None:
        """Throw a photo away: out of a draft, or one that needs the user and is given up."""
        with self._store.transaction():
            release(self._store, "id = ?", (photo_id,))
        self.clean_up()

    def carry(self, source: Path) -> str:
        """Take another phone's exported bundle along, unopened, and send it whole; gives its id.

        Raises:
            BrokenBundle: it is none, or not whole.
            OSError: it cannot be read, there is no room, or this phone carries none.
        """
        if self._bundles is None:
            raise FileNotFoundError("no folder for bundles")
        path, bundle_id, sha = take_along(source, self._bundles)
        with self._store.transaction():
            self._store.run(
                """INSERT OR IGNORE INTO upload (id, variant, sha256, size, mime)
                       VALUES (?, 'bundle', ?, ?, 'application/vnd.belediye.bundle')""",
                (bundle_id, sha, path.stat().st_size),
            )
        return bundle_id

    def sweep(self) -> None:
        """Bring files and rows together, at the start of the app and before anything is captured.

        A file without a row is a photo that was taken just before the app died: it is kept and shown. A row without its
        file is shown as lost. Files of photos that were given up are deleted.
        """
        self._files.tidy()
        self.clean_up()
        names = set(self._files.names())
        known = {row[0]: row[1] for row in self._store.all("SELECT id, state FROM photo")}
        for name in sorted(names):
            photo_id, _, variant = name.rpartition(".")
            if photo_id not in known and variant == "original":
                self._adopt(photo_id)
            elif photo_id not in known and f"{photo_id}.original" not in names:
                self._files.delete(name)  # a preview whose original never came to the disk
        for photo_id, state in known.items():
            if state == "here" and f"{photo_id}.original" not in names:
                with self._store.transaction():
                    self._store.run("UPDATE photo SET state = 'missing' WHERE id = ?", (photo_id,))
        with self._store.transaction():
            find_orphans(self._store)

    # --- the engine's side ----------------------------------------------------------------------------------------

    def next_exchange(self) -> Exchange | None:
        """Give the next request of an upload, if any."""
        return self._uploads.next_exchange()

    def receive(self, exchange: Exchange, answer: Answer | None) -> None:
        """Take its answer."""
        self._uploads.receive(exchange, answer)

    def clean_up(self) -> None:
        """Delete the files that no row needs any more, and then their rows."""
        if self._store.get("wiped"):
            for name in self._files.names():
                self._files.delete(name)
        for (photo_id,) in self._store.all("SELECT id FROM photo WHERE state = 'released'"):
            for variant in ("preview", "original"):
                self._files.delete(f"{photo_id}.{variant}")
            with self._store.transaction():
                self._store.run("DELETE FROM upload WHERE id = ?", (photo_id,))
                self._store.run("DELETE FROM photo WHERE id = ?", (photo_id,))
        for (bundle_id,) in self._store.all("SELECT id FROM upload WHERE variant = 'bundle' AND done_at IS NOT NULL"):
            if self._bundles is not None:
                (self._bundles / bundle_id).unlink(missing_ok=True)
            with self._store.transaction():
                self._store.run("DELETE FROM upload WHERE id = ? AND variant = 'bundle'", (bundle_id,))

    def _read_part(self, upload_id: str, variant: str, start: int, length: int) -> bytes:
        if variant != "bundle":
            return self._files.read(f"{upload_id}.{variant}")[start : start + length]
        if self._bundles is None:
            raise FileNotFoundError(upload_id)
        with (self._bundles / upload_id).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def _adopt(self, photo_id: str) -> None:
        facts: dict[str, Any] = {}
        try:
            original = self._files.read(f"{photo_id}.original")
        except (OSError, ValueError):
            return  # not readable under this key: it stays, and says nothing
        mime = "image/png" if original.startswith(b"\x89PNG") else "image/jpeg"
        try:
            preview: bytes | None = self._files.read(f"{photo_id}.preview")
        except (OSError, ValueError):
            preview = None
        found = Picture(original, preview, mime, facts)
        kind = "signature" if mime == "image/png" else "photo"
        with self._store.transaction():
            add_rows(self._store, photo_id, "", found, kind, 0, self._clock(), state="orphan", is_flagged=False)
