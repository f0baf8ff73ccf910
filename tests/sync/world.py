"""Phones, a server and everything that goes wrong between them, from one seed."""

import io
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mobile.sdk.bundle import write_bundle
from mobile.sdk.pictures import Picture
from tests.sync.invariants import Violation, check_lease, check_saved, check_views
from tests.sync.model_server import BIG, TOWN_KEY, ModelServer
from tests.sync.network import NetworkActs
from tests.sync.office import STAFF, TOWNS, OfficeActs
from tests.sync.phones import FAILING, GOOD, GREEDY, Files, KillableConnection, Killed, Phone, new_connection
from tests.sync.public_key import public_half

__all__ = ["Phone", "Violation", "World"]
TOWN_PUBLIC_KEY = public_half(TOWN_KEY)
LONG_MS = 15 * 86_400_000


@dataclass
class World(OfficeActs, NetworkActs):
    """Everything of one run; `step` does one thing, `settle` ends the faults and lets all come to rest."""

    seed: int
    flaws: frozenset[str] = frozenset()
    phone_count: int = 3
    now: int = 1_700_000_000_000
    server: ModelServer = field(init=False)
    phones: list[Phone] = field(default_factory=list)
    late: list[Callable[[], Any]] = field(default_factory=list)
    bundles: list[tuple[str, str, bytes]] = field(default_factory=list)
    made: int = 0
    has_waited: bool = False

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.server = ModelServer(TOWNS, self.flaws)
        self.server.gives_rows = self.seed % 3 > 0
        for town in TOWNS:
            for staff in STAFF:
                self.server.grants[(town, staff)] = {f"user:{staff}", "team:1", "area:a"}
            for _ in range(3):
                self.new_row(town, "complaint")
                self.new_row(town, "business")
        for number in range(self.phone_count):
            # The last phone lives in the other town.
            town = TOWNS[0] if number < self.phone_count - 1 else TOWNS[1]
            self._add_phone(town, STAFF[number % len(STAFF)], new_connection(), is_old=number == 1)

    def _add_phone(self, town: str, staff: str, connection: KillableConnection, *, is_old: bool = False) -> Phone:
        chance = random.Random(self.chance.getrandbits(64))
        name = f"phone-{len(self.phones)}"
        phone = Phone(name, town, staff, connection, Files(connection), chance, is_old=is_old)
        self.phones.append(phone)
        phone.start(self.clock)
        return phone

    def clock(self) -> int:
        return self.now

    # --- one step ---------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Do one thing, chosen by chance."""
        self.now += self.chance.choice((10, 200, 5_000, 70_000))
        act = self.chance.choices(
            (self.work, self.sync, self.edit_in_office, self.end_transaction, self.change_grants, self.kill_next,
             self.repeat_late, self.dismiss, self.draft, self.jump_clock, self.back_up, self.restore, self.clone,
             self.revoke, self.look, self.update_app, self.export, self.import_bundle, self.lose_blob, self.wait_long),
            (30, 60, 22, 12, 3, 8, 4, 3, 4, 2, 1.2, 0.5, 0.3, 0.5, 4, 1.2, 1, 2, 2.5, 0.8),
        )[0]  # fmt: skip
        act()

    def phone(self) -> Phone:
        return self.chance.choice(self.phones)

    @contextmanager
    def mortal(self, phone: Phone) -> Iterator[None]:
        """Whatever kills the phone's process inside, its database stays as it was last committed."""
        phone.connection.countdown = phone.doom
        try:
            yield
            phone.doom = phone.connection.countdown
        except Killed:
            phone.doom = phone.connection.countdown = BIG
            if phone.connection.in_transaction:
                phone.connection.rollback()
            phone.start(self.clock)
            phone.heard = phone.store.get("lease_from")
        finally:
            phone.connection.countdown = BIG
        check_saved(self, phone)

    def work(self) -> None:
        """The user does something to what the phone shows; sometimes with photos, which first belong to a draft."""
        phone = self.phone()
        if not phone.can_work:
            return
        with self.mortal(phone):
            kind, body, kv = self._command(phone)
            draft, taken = None, {}
            if self.chance.random() < 0.3:
                draft = f"p{self.made}"
                phone.engine.save_draft(draft, kind, body)
                for _ in range(self.chance.randint(1, 2)):
                    picture = Picture(self.chance.randbytes(self.chance.randint(20, 900)), b"small", "image/jpeg", {})
                    photo = phone.engine.photos.keep(draft, picture)
                    taken[photo.id] = (photo.sha256, self.now)
                body = {**body, "photos": [one.reference() for one in phone.engine.photos.photos_of(draft)]}
            mutation_id = phone.engine.record(kind, body, kv=kv, finishes_draft=draft)
            # Here the user sees "saved".
            phone.saved[mutation_id] = (kind, body)
            phone.photos.update(taken)

    def _command(self, phone: Phone) -> tuple[str, dict[str, Any], int]:
        whole = phone.shown()
        shown = sorted(key for key in whole if key[0] != "photo")
        named = self.chance.choice(shown) if shown else ("inspection", "")
        self.made += 1
        if named[0] == "complaint":
            kind = self.chance.choice(("complaint.close", "complaint.note", "complaint.note", "complaint.take"))
            return kind, {"complaint_id": named[1], "text": f"said {self.made}"}, 1
        if named[0] == "business":
            name, value = self.chance.choice(("phone", "note")), f"value {self.made}"
            if phone.is_old:
                return "business.patch", {"business_id": named[1], "field": name, "value": value}, 0
            base = whole[named].get(name)
            return "business.patch", {"business_id": named[1], "changes": {name: {"base": base, "value": value}}}, 1
        return "inspection.submit", {"id": f"i{self.made}", "answers": {"m1": "yes"}}, 1

    def dismiss(self) -> None:
        """The user has seen a conflict and is done with it; from here on it may be forgotten."""
        phone = self.phone()
        refused = phone.store.all(
            "SELECT id FROM outbox WHERE state IN ('conflict', 'quarantined') AND NOT is_dismissed ORDER BY id"
        )
        if refused:
            with self.mortal(phone):
                mutation_id = self.chance.choice(refused)[0]
                phone.engine.dismiss(mutation_id)
                phone.saved.pop(mutation_id, None)

    def draft(self) -> None:
        phone = self.phone()
        shown = sorted(phone.shown())
        if not shown:
            return
        with self.mortal(phone):
            if self.chance.random() < 0.5:
                table, row_id = self.chance.choice(shown)
                phone.engine.save_draft("d1", "complaint.note", {f"{table}_id": row_id, "text": "…"})
                is_pinned = phone.store.one("SELECT 1 FROM synced WHERE tbl = ? AND id = ?", (table, row_id))
                phone.drafted = (table, row_id) if is_pinned and table in ("complaint", "business") else None
            else:
                phone.drafted = None
                phone.engine.drop_draft("d1")

    def look(self) -> None:
        """The user looks at lists and single rows."""
        phone = self.phone()
        check_lease(self, phone)
        check_views(self, phone)

    # --- the phone's fate -------------------------------------------------------------------------------------------

    def kill_next(self) -> None:
        self.phone().doom = self.chance.randint(0, 90)

    def jump_clock(self) -> None:
        self.phone().offset += self.chance.choice((-3_600_000, 3_600_000, -86_400_000 * 400, 86_400_000 * 400))

    def wait_long(self) -> None:
        """Two weeks and a day pass, once: leases end, photos may be deleted."""
        if not self.has_waited:
            self.has_waited = True
            self.now += LONG_MS
            for phone in self.phones:
                check_lease(self, phone)

    def update_app(self) -> None:
        """A new version of the app starts on the old one's database; its migration may be bad, or end half-way."""
        phone = self.phone()
        phone.migrations = GOOD if phone.migrations is GOOD else self.chance.choice((GOOD, FAILING, GREEDY))
        with self.mortal(phone):
            phone.start(self.clock)

    def export(self) -> None:
        """The phone's work is exported for a USB stick, which may reach the office some time."""
        phone = self.phone()
        if phone.store.get("wiped"):
            return
        with self.mortal(phone):
            file = io.BytesIO()
            photos = phone.engine.photos
            read = None if photos is None else photos.bytes_of
            write_bundle(phone.store, read, file, "k1", TOWN_PUBLIC_KEY, self.now, phone.chance, "0.1.0")
            self.bundles.append((phone.town, phone.staff, file.getvalue()))
            if self.chance.random() < 0.5:
                self.server.import_bundle(*self.bundles[-1])

    def clone(self) -> None:
        """A phone's database is copied to another phone, which goes on beside it."""
        phone = self.phone()
        if len(self.phones) > self.phone_count or phone.store.get("wiped") or phone.is_dropped:
            return
        connection = new_connection()
        phone.connection.backup(connection)
        chance = random.Random(self.chance.getrandbits(64))
        files = Files(connection, dict(phone.files.kept))
        copy = Phone(f"phone-{len(self.phones)}", phone.town, phone.staff, connection, files, chance)
        copy.is_old, copy.offset, copy.migrations = phone.is_old, phone.offset, phone.migrations
        copy.saved, copy.photos, copy.heard = dict(phone.saved), dict(phone.photos), phone.heard
        copy.drafted, copy.is_told = phone.drafted, phone.is_told
        self.phones.append(copy)
        copy.start(self.clock)
