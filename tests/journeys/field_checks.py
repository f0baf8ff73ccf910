"""What must be so after the three days, counted from the server's own rows and files by SQL of the tests."""

import asyncio
import hashlib
import json
import zlib
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from api.core import keys
from api.core.db import Database
from api.core.storage import FolderStore
from api.files.service import blob_place, open_blob
from mobile.wire import codec
from tests.factories.towns import MASTER_KEY, Staff, Town
from tests.journeys.field_office import CANARY
from tests.journeys.field_pocket import Entry

_EVENT = """SELECT count(*) AS n FROM complaint_event
             WHERE complaint_id = %(complaint_id)s AND actor_id = %(staff)s AND action = """
EFFECTS = {
    "complaint.take": f"{_EVENT} 'take'",
    "complaint.start": f"{_EVENT} 'start'",
    "complaint.note": f"{_EVENT} 'note' AND text = %(text)s",
    "complaint.answer": f"{_EVENT} 'answer' AND text = %(text)s",
    "complaint.close": f"{_EVENT} 'close' AND text = %(text)s",
    "complaint.hand_over": f"{_EVENT} 'hand_over' AND text = %(text)s",
    "complaint.visit": "SELECT count(*) AS n FROM site_visit WHERE id = %(id)s AND staff_user_id = %(staff)s",
    "complaint.file": "SELECT count(*) AS n FROM complaint WHERE id = %(id)s AND description = %(description)s",
    "inspection.submit": """SELECT count(*) AS n FROM inspection WHERE id = %(id)s AND status = 'submitted'
                               AND submitted_by = %(staff)s AND number = %(number)s""",
    "inspection.amend": """SELECT count(*) AS n FROM inspection_amendment
                            WHERE inspection_id = %(inspection_id)s AND text = %(text)s""",
    "business.patch": "SELECT count(*) AS n FROM business_change WHERE mutation_id = %(mutation)s",
    "task.create": "SELECT count(*) AS n FROM field_task WHERE id = %(id)s AND title = %(title)s",
    "task.finish": """SELECT count(*) AS n FROM field_task
                       WHERE id = %(task_id)s AND done_by = %(staff)s AND done_text = %(text)s""",
    "message.post": "SELECT count(*) AS n FROM team_message WHERE id = %(id)s AND text = %(text)s",
}
OF_A_TOWN = (
    "complaint", "complaint_event", "stored_file", "inspection", "inspection_amendment", "finding", "business",
    "business_change", "number_block", "sync_mutation", "sync_stream", "field_device", "field_task", "team_message",
    "site_visit", "blob_upload",
)  # fmt: skip


class Ledger:
    """The test's journal of one phone after the other, held against the server."""

    def __init__(self, product: Any) -> None:
        self._urls, self._files, self.town = product.urls, product.folder / "files", product.town
        self.journal: dict[str, list[Entry]] = {}
        self.people: dict[str, Staff] = {}

    def rows(self, sql: str, values: Any = ()) -> list[dict[str, Any]]:
        """Ask the database, past all walls."""
        with psycopg.connect(self._urls.platform, row_factory=dict_row) as connection:
            return connection.execute(sql, values).fetchall()

    def census(self, town: Town) -> dict[str, int]:
        """Count a town's rows."""
        count = "SELECT count(*) AS n FROM {} WHERE municipality_id = %s"
        return {table: self.rows(count.format(table), (town.municipality_id,))[0]["n"] for table in OF_A_TOWN}

    def entries(self, *kinds: str) -> list[tuple[str, Entry]]:
        """Give the journal's entries with their phone, those of some kinds or all."""
        return [
            (phone, entry)
            for phone, entries in self.journal.items()
            for entry in entries
            if not kinds or entry["kind"] in kinds
        ]

    # --- one effect -----------------------------------------------------------------------------------------------

    def states(self) -> dict[str, dict[str, Any]]:
        """Give what became of each entry; nothing else has come from these phones."""
        people = [staff.id for staff in self.people.values()]
        rows = self.rows("SELECT id, state, code, kind FROM sync_mutation WHERE staff_user_id = ANY(%s)", (people,))
        assert Counter(str(row["id"]) for row in rows) == Counter(entry["id"] for _, entry in self.entries())
        return {str(row["id"]): row for row in rows}

    def effects_of(self, phone: str, entry: Entry) -> int:
        """Count how often an entry took effect."""
        values = {
            **{name: entry["body"].get(name) for name in ("complaint_id", "id", "inspection_id", "task_id", "text")},
            **{name: entry["body"].get(name) for name in ("number", "title", "description")},
            "staff": self.people[phone].id, "mutation": UUID(entry["id"]),
        }  # fmt: skip
        found: int = self.rows(EFFECTS[entry["kind"]], values)[0]["n"]
        return found

    def demand_one_effect(self, inbox: list[dict[str, Any]]) -> list[tuple[str, Entry, str]]:
        """Every act took effect once, or waits in the office's inbox with its whole body; gives those that wait."""
        states, waiting = self.states(), {item["id"]: item for item in inbox}
        found = []
        for phone, entry in self.entries():
            row, effects = states[entry["id"]], self.effects_of(phone, entry)
            assert effects == int(row["state"] == "ok"), (phone, entry, row, effects)
            assert (entry["id"] in waiting) == (row["state"] != "ok"), (phone, entry, row)
            if row["state"] != "ok":
                assert row["state"] == "conflict", (phone, entry, row)
                assert waiting[entry["id"]]["theirs"] == entry["body"], "the office does not see all of it"
                found.append((phone, entry, row["code"]))
        assert set(waiting) == {entry["id"] for _, entry, _ in found}
        return found

    # --- photos, numbers, order -----------------------------------------------------------------------------------

    def demand_photos(self) -> int:
        """Every photo's bytes are with the server as they were on the phone, once; gives how many."""
        expected = {photo: sha for _, entry in self.entries() for photo, sha in entry["hashes"].items()}
        rows = self.rows("SELECT id, state, encode(sha256, 'hex') AS sha FROM stored_file WHERE id = ANY(%s)",
                         ([UUID(photo) for photo in expected],))  # fmt: skip
        assert {str(row["id"]): (row["state"], row["sha"]) for row in rows} == {
            photo: ("stored", sha) for photo, sha in expected.items()
        }
        assert asyncio.run(self._hashes(list(expected))) == expected
        return len(expected)

    async def _hashes(self, photo_ids: list[str]) -> dict[str, str]:
        keys.install_master_key(MASTER_KEY)
        mine, store, found = self.town.municipality_id, FolderStore(Path(self._files)), {}
        database = Database(self._urls.platform, pool_size=1)
        try:
            async with database.transaction(mine) as session:
                ring = await keys.keyring(session, mine)
            for photo_id in photo_ids:
                sealed = await store.get(f"{blob_place(mine, UUID(photo_id))}/original")
                found[photo_id] = hashlib.sha256(open_blob(ring, UUID(photo_id), sealed)).hexdigest()
        finally:
            await database.close()
        return found

    def demand_numbers(self) -> int:
        """Each phone used its numbers without a gap, and no two records have the same; gives how many."""
        given = {
            phone: [entry["body"]["number"] for entry in entries if entry["kind"] == "inspection.submit"]
            for phone, entries in self.journal.items()
        }
        everywhere = [number for numbers in given.values() for number in numbers]
        assert None not in everywhere
        assert len(everywhere) == len(set(everywhere))
        for phone, numbers in given.items():
            blocks = self.rows(
                "SELECT first, last FROM number_block WHERE staff_user_id = %s ORDER BY first", (self.people[phone].id,)
            )
            offered = [number for block in blocks for number in range(block["first"], block["last"] + 1)]
            used = [int(number.rsplit("-", 1)[1]) for number in numbers]
            assert used == offered[: len(used)], (phone, numbers)
        blocks = self.rows("SELECT first, last FROM number_block WHERE municipality_id = %s ORDER BY first",
                           (self.town.municipality_id,))  # fmt: skip
        assert [block["first"] for block in blocks] == [1, *(block["last"] + 1 for block in blocks[:-1])]
        return len(everywhere)

    def demand_order(self) -> None:
        """What one phone did to cases stands in their timelines in the order in which it was done."""
        states = self.states()
        for phone, entries in self.journal.items():
            done = [
                (entry["kind"].partition(".")[2], entry["body"]["complaint_id"], entry["body"].get("text", ""))
                for entry in entries
                if EFFECTS[entry["kind"]].startswith(_EVENT) and states[entry["id"]]["state"] == "ok"
            ]
            rows = self.rows(
                """SELECT action, complaint_id::text AS case, text FROM complaint_event
                    WHERE actor_id = %s AND action <> 'file' ORDER BY happened_at, id""",
                (self.people[phone].id,),
            )
            assert [(row["action"], row["case"], row["text"]) for row in rows] == done


def demand_no_canary(answers: list[bytes], rows: list[str]) -> None:
    """Nothing that the server said, and no row of a phone, names the other municipality's work."""
    told = 0
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        if codec.DEFLATED.encode() in head:
            try:
                body = json.dumps(codec.decode(codec.DEFLATED, body), ensure_ascii=False).encode()
            except (codec.NotOurs, zlib.error):
                raise AssertionError("an answer of sync cannot be read") from None
            told += 1
        assert CANARY.encode() not in head + body
    assert told, "no answer of sync was looked at"
    assert not any(CANARY in row for row in rows)
