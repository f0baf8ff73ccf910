"""The rows of photos: what is known of each here, and what the server's word makes of it. Called in a transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobile.sdk.pictures import Picture
from mobile.sdk.store import Store
from mobile.wire.limits import RELEASED_AFTER_DAYS

DAY_MS = 86_400_000
RECHECK_MS = 900_000
"""How long after an upload's end the server's word may take, before the server is asked again."""
_UNSENT = "url = NULL, done = 0, is_sure = 0, done_at = NULL, failures = 0, next_try = 0"


@dataclass(frozen=True)
class Photo:
    """One photo or signature on this phone."""

    id: str
    holder: str
    kind: str
    sha256: str
    size: int
    mime: str
    taken_at: int
    facts: Mapping[str, Any]
    state: str
    """here, orphan (without work), missing (its file is lost)."""
    is_stored: bool
    """The server has said so."""
    code: str | None
    """Why the server does not want it."""
    sent: int
    """Bytes of the original that the server is known to have."""

    def reference(self) -> dict[str, Any]:
        """Give what a mutation's body says of it, in its list `photos`."""
        told = {"id": self.id, "sha256": self.sha256, "size": self.size, "mime": self.mime, "taken_at": self.taken_at}
        if "lon" in self.facts and "lat" in self.facts:
            return {**told, "place": {"lon": self.facts["lon"], "lat": self.facts["lat"]}}
        return told


def add_rows(
    store: Store, photo_id: str, holder: str, picture: Picture, kind: str, risk: int, now: int, *, is_flagged: bool,
    state: str = "here",
) -> None:  # fmt: skip
    """Write a photo whose files are on the disk; a sweep that took it for an orphan meanwhile is put right."""
    store.run(
        """INSERT OR REPLACE INTO photo
               (id, holder, kind, risk, is_flagged, sha256, size, mime, taken_at, facts, state)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            photo_id, holder, kind, risk, int(is_flagged), picture.sha256, len(picture.original), picture.mime, now,
            json.dumps(dict(picture.facts)), state,
        ),
    )  # fmt: skip
    variants = (("preview", picture.preview, "image/jpeg"), ("original", picture.original, picture.mime))
    for variant, data, mime in variants:
        if data is not None:
            store.run(
                "INSERT OR REPLACE INTO upload (id, variant, sha256, size, mime) VALUES (?, ?, ?, ?, ?)",
                (photo_id, variant, Picture(data, None, mime, {}).sha256, len(data), mime),
            )


def photos_where(store: Store, condition: str, values: Sequence[Any]) -> list[Photo]:
    """Give photos by a condition on the columns of `photo`, and `code` of their originals."""
    rows = store.all(
        f"""SELECT id, holder, kind, photo.sha256, photo.size, photo.mime, taken_at, facts, state,
                   stored_at IS NOT NULL, code, done
              FROM photo JOIN (SELECT id, code, done FROM upload WHERE variant = 'original') USING (id)
             WHERE {condition} ORDER BY taken_at, id""",
        values,
    )
    return [
        Photo(
            id=photo_id, holder=holder, kind=kind, sha256=sha, size=size, mime=mime, taken_at=taken_at,
            facts=json.loads(facts), state=state, is_stored=bool(is_stored), code=code, sent=sent,
        )
        for photo_id, holder, kind, sha, size, mime, taken_at, facts, state, is_stored, code, sent in rows
    ]  # fmt: skip


def release(store: Store, condition: str, values: Sequence[Any]) -> None:
    """Give photos up; their files go first and their rows last, so that a death in between leaves no orphan."""
    store.run(f"UPDATE photo SET state = 'released' WHERE {condition}", values)


def find_orphans(store: Store) -> None:
    """Show photos whose work was never finished nor kept: the app died between the photo and its draft."""
    store.run(
        """UPDATE photo SET state = 'orphan' WHERE state = 'here' AND stored_at IS NULL
              AND holder NOT IN (SELECT id FROM draft) AND holder NOT IN (SELECT id FROM outbox)"""
    )


def pass_on(store: Store, draft_id: str, mutation_id: str) -> None:
    """A draft has become a command: its photos are the command's."""
    store.run("UPDATE photo SET holder = ? WHERE holder = ?", (mutation_id, draft_id))


def forget_server(store: Store) -> None:
    """Another life of the server: what it had before says nothing about what it has."""
    store.run("UPDATE photo SET stored_at = NULL WHERE state <> 'released'")
    store.run(f"UPDATE upload SET {_UNSENT} WHERE variant <> 'bundle'")


def compare(store: Store, now: int, server_now: int) -> None:
    """Take what the server's rows say of the photos here, after a pull: stored, lost again, or long enough stored."""
    for photo_id, sha, stored_at, data in store.all(
        """SELECT photo.id, sha256, stored_at, data FROM photo JOIN synced ON tbl = 'photo' AND synced.id = photo.id
            WHERE state <> 'released' AND version > 0"""
    ):
        told = json.loads(data)
        is_stored = told.get("state") == "stored" and told.get("sha256") == sha
        if is_stored and stored_at is None:
            store.run("UPDATE photo SET stored_at = ? WHERE id = ?", (server_now, photo_id))
        elif not is_stored and stored_at is not None:
            # The server lost it, and this phone still has it.
            store.run("UPDATE photo SET stored_at = NULL WHERE id = ?", (photo_id,))
            store.run(f"UPDATE upload SET {_UNSENT} WHERE id = ?", (photo_id,))
    store.run(
        f"""UPDATE upload SET {_UNSENT} WHERE variant = 'original' AND abs(? - done_at) > ?
               AND EXISTS (SELECT 1 FROM photo WHERE photo.id = upload.id AND stored_at IS NULL)""",
        (now, RECHECK_MS),
    )
    # What was not read to its end may hold the news that the server has lost one.
    if store.one("SELECT 1 FROM scope WHERE is_complete = 0") is None:
        release(store, "state <> 'released' AND stored_at <= ?", (server_now - RELEASED_AFTER_DAYS * DAY_MS,))


def count(store: Store) -> tuple[int, int]:
    """Give how many photos wait (of recorded work, not yet called stored), and how many need the user."""
    row = store.one(
        """SELECT count(*) FILTER (WHERE state = 'here' AND stored_at IS NULL AND code IS NULL
                      AND EXISTS (SELECT 1 FROM outbox WHERE outbox.id = photo.holder)),
                  count(*) FILTER (WHERE state = 'orphan'
                      OR (state <> 'released' AND stored_at IS NULL AND (state = 'missing' OR code IS NOT NULL)))
             FROM photo JOIN (SELECT id, code FROM upload WHERE variant = 'original') USING (id)"""
    )
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def is_all_given(store: Store) -> bool:
    """Whether nothing is left to send: of a phone that gives what it has before it forgets."""
    return (
        store.one(
            """SELECT 1 FROM upload AS u JOIN photo AS p USING (id) JOIN outbox AS o ON o.id = p.holder
                WHERE u.variant = 'original' AND p.state = 'here' AND u.done_at IS NULL AND u.code IS NULL"""
        )
        is None
    )
