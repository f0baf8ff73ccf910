"""What must be so after a session, counted from the rows of the real database and read out of the phones' own files."""

import contextlib
import hashlib
import json
import re
import zlib
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

from api.core import audit, keys
from api.core.db import Database
from api.core.storage import FolderStore
from api.files.service import blob_place, open_blob
from mobile.sdk.pulling import sum_of
from mobile.sdk.store import Store
from mobile.wire.dictionary import DICTIONARY
from tests.api.sync.test_conformance import granted_rows
from tests.factories.towns import MASTER_KEY
from tests.sync_real.handset import Handset
from tests.sync_real.session import Session

CANARY = re.compile(rb"kanarya-\d{6}")
# Of commands with an effect of their own: where it is counted, by what stands in the body.
BY_ID = {
    "message.post": "SELECT 1 FROM team_message WHERE municipality_id = %s AND id = %s",
    "task.create": "SELECT 1 FROM field_task WHERE municipality_id = %s AND id = %s",
    "business.register": "SELECT 1 FROM business WHERE municipality_id = %s AND id = %s",
    "complaint.visit": "SELECT 1 FROM site_visit WHERE municipality_id = %s AND id = %s",
    "inspection.submit": """SELECT 1 FROM audit_record WHERE municipality_id = %s AND object_id = %s::text
                               AND action = 'inspection.submit'""",
}
BY_TEXT = {
    "complaint.note": "SELECT 1 FROM complaint_event WHERE municipality_id = %s AND text = %s AND action = 'note'",
    "complaint.close": "SELECT 1 FROM complaint_event WHERE municipality_id = %s AND text = %s AND action = 'close'",
    "task.finish": "SELECT 1 FROM field_task WHERE municipality_id = %s AND done_text = %s AND status = 'done'",
}
BY_AUDIT = {"complaint.take", "complaint.start"}
AUDITED = """SELECT action, object_id, count(*)::int AS n FROM audit_record
              WHERE municipality_id = %s AND actor_id = %s AND content::jsonb->>'channel' = 'field_app'
                AND action = ANY(%s) GROUP BY 1, 2"""


async def demand_all(session: Session) -> dict[str, int]:
    """Hold a finished session against I1–I10 and I12; gives how its commands ended."""
    ends: Counter[str] = Counter()
    known: set[str] = set()
    by_staff: dict[UUID, Counter[tuple[str, str]]] = {}
    for phone in session.phones:
        with phone.opened() as store:
            outbox = store.all("SELECT id, seq, kind, state, body FROM outbox ORDER BY seq")
            _demand_nothing_saved_is_lost(phone, outbox)
            _demand_the_servers_word(session, store, outbox)
            done = by_staff.setdefault(phone.staff_id, Counter())
            for mutation_id, _, kind, state, body in outbox:
                _demand_one_effect(session, mutation_id, kind, state, json.loads(body))
                if kind in BY_AUDIT and state == "ok":
                    done[kind, json.loads(body)["complaint_id"]] += 1
                known.add(mutation_id)
                ends[state] += 1
            _demand_order(session, outbox)
            _demand_the_same_rows(session, store)
            await _demand_photos(session, phone, store)
            _demand_only_own_canary(session, phone, store)
    rows = session.product.rows(
        "SELECT id, kind FROM sync_mutation WHERE municipality_id = %s", session.town.municipality_id
    )
    assert {str(row["id"]) for row in rows} == known, "the server did what no phone recorded"
    for staff_id, done in by_staff.items():
        _demand_audited(session, staff_id, done)
    await _demand_whole_chain(session)
    return dict(ends)


def _demand_nothing_saved_is_lost(phone: Handset, outbox: list[tuple[Any, ...]]) -> None:
    lost = set(phone.saved) - {row[0] for row in outbox}
    assert not lost, f"I1: {phone.folder} lost {lost}"
    assert all(row[3] != "waiting" for row in outbox), "I8, I10: something waits"


def _demand_the_servers_word(session: Session, store: Store, outbox: list[tuple[Any, ...]]) -> None:
    found = session.product.rows(
        "SELECT id, state FROM sync_mutation WHERE municipality_id = %s AND id = ANY(%s)",
        session.town.municipality_id, [UUID(row[0]) for row in outbox],
    )  # fmt: skip
    assert {str(row["id"]): row["state"] for row in found} == {row[0]: row[3] for row in outbox}, "I2, I8"


def _demand_one_effect(session: Session, mutation_id: str, kind: str, state: str, body: dict[str, Any]) -> None:
    mine, rows = session.town.municipality_id, session.product.rows
    if kind in BY_ID:
        happened = rows(BY_ID[kind], mine, UUID(body["id"]))
    elif kind in BY_TEXT:
        happened = rows(BY_TEXT[kind], mine, body["text"])
    elif kind == "business.patch":
        happened = rows("SELECT 1 FROM business_change WHERE municipality_id = %s AND mutation_id = %s", mine,
                        UUID(mutation_id))  # fmt: skip
    else:
        return
    assert len(happened) == (state == "ok"), f"I2: {kind} {mutation_id} ({state}) took effect {len(happened)} times"


def _demand_audited(session: Session, staff_id: UUID, done: Counter[tuple[str, str]]) -> None:
    rows = session.product.rows(AUDITED, session.town.municipality_id, staff_id, sorted(BY_AUDIT))
    assert {(row["action"], row["object_id"]): row["n"] for row in rows} == dict(done), "I2: acts without a line"


def _demand_order(session: Session, outbox: list[tuple[Any, ...]]) -> None:
    """What a phone made comes in the audit trail in the order in which it was made."""
    made = [json.loads(row[4])["id"] for row in outbox if row[2] in BY_ID and row[3] == "ok"
            and row[2] != "complaint.visit"]  # fmt: skip
    rows = session.product.rows(
        """SELECT object_id, min(sequence) AS at FROM audit_record
            WHERE municipality_id = %s AND object_id = ANY(%s) GROUP BY object_id""",
        session.town.municipality_id, made,
    )  # fmt: skip
    at = {row["object_id"]: row["at"] for row in rows}
    assert [at[row_id] for row_id in made] == sorted(at.values()), "I3"


def _demand_the_same_rows(session: Session, store: Store) -> None:
    sids = [sid for (sid,) in store.all("SELECT sid FROM scope WHERE is_complete = 1")]
    rows, members = granted_rows(session.product, session.town, sids)
    held = {
        (table, row_id): (version, json.loads(data))
        for table, row_id, version, data in store.all(
            """SELECT tbl, id, version, data FROM synced
                WHERE EXISTS (SELECT 1 FROM membership m WHERE m.tbl = synced.tbl AND m.id = synced.id)"""
        )
    }
    differ = sorted(key for key in held.keys() | rows.keys() if held.get(key) != rows.get(key))
    assert not differ, f"I4, I7: {differ[:5]}"
    assert set(store.all("SELECT tbl, id, sid FROM membership")) == members, "I4, I6"
    for sid in sids:
        assert sum_of(store, sid) == _sum([(*key, rows[key][0]) for key in rows if (*key, sid) in members]), "I4"
    assert not store.all("SELECT 1 FROM target"), "I6: rows are pinned by work that is done"


def _sum(rows: list[tuple[str, str, int]]) -> tuple[int, str]:
    total = 0
    for table, row_id, version in rows:
        total ^= int.from_bytes(hashlib.sha256(f"{table}/{row_id}/{version}".encode()).digest()[:8], "big")
    return len(rows), f"{total:016x}"


async def _demand_photos(session: Session, phone: Handset, store: Store) -> None:
    photos = store.all("SELECT id, sha256, holder, stored_at FROM photo WHERE holder IN (SELECT id FROM outbox)")
    blobs = FolderStore(session.product.folder / "files")
    ring = await _ring(session)
    for photo_id, sha256, _, stored_at in photos:
        (row,) = session.product.rows(
            "SELECT state, sha256, attached_id FROM stored_file WHERE municipality_id = %s AND id = %s",
            session.town.municipality_id, UUID(photo_id),
        )  # fmt: skip
        assert stored_at is not None, "I9, I10: a photo waits"
        assert (row["state"], bytes(row["sha256"]).hex()) == ("stored", sha256), "I9"
        assert row["attached_id"] is not None, "I9: a photo of nothing"
        sealed = await blobs.get(f"{blob_place(session.town.municipality_id, UUID(photo_id))}/original")
        assert hashlib.sha256(open_blob(ring, UUID(photo_id), sealed)).hexdigest() == sha256, "I9"
        assert hashlib.sha256(phone.picture(photo_id)).hexdigest() == sha256, "I9: gone before its week was over"


async def _ring(session: Session) -> Any:
    keys.install_master_key(MASTER_KEY)
    database = Database(session.product.urls.app, pool_size=1)
    try:
        async with database.transaction(session.town.municipality_id) as transaction:
            return await keys.keyring(transaction, session.town.municipality_id)
    finally:
        await database.close()


def _demand_only_own_canary(session: Session, phone: Handset, store: Store) -> None:
    """No word of another municipality, neither among the raw bytes of answers nor in the opened database."""
    own = {session.canary.encode()}
    answered = b"".join(map(_plain, phone.line.answers))
    assert own == set(CANARY.findall(answered)), "I5: answers"
    tables = [name for (name,) in store.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
    held = repr([store.all(f"SELECT * FROM {table}") for table in tables]).encode()
    assert own == set(CANARY.findall(held)), "I5: database"
    for path in Path(phone.folder).glob("field.db*"):
        assert not CANARY.search(path.read_bytes()), "the database lies open on the disk"


def _plain(answer: bytes) -> bytes:
    body = answer.partition(b"\r\n\r\n")[2]
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj(zlib.MAX_WBITS, DICTIONARY).decompress(body)
    return answer


async def _demand_whole_chain(session: Session) -> None:
    database = Database(session.product.urls.app, pool_size=1)
    try:
        async with database.transaction(session.town.municipality_id) as transaction:
            faults = [fault async for fault in audit.verify_chain(transaction, session.town.municipality_id)]
    finally:
        await database.close()
    assert not faults, faults
