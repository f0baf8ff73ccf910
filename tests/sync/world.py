"""Phones, a server and everything that goes wrong between them, from one seed."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mobile.sdk.engine import Engine
from mobile.sdk.exchange import Answer, Exchange
from mobile.sdk.store import Store
from mobile.wire import codec
from tests.sync.model_server import BIG, Busy, ModelServer, Transaction

TOWNS = ("north", "south")
TEAMS, AREAS, STAFF = ("1", "2"), ("a", "b"), ("x", "y")
MOST_OPEN = 3


class Violation(AssertionError):
    """An invariant does not hold."""


class Killed(Exception):
    """The phone's process ended, between two statements."""


class KillableConnection(sqlite3.Connection):
    """Ends the process before the n-th statement from now, when told to."""

    countdown = BIG

    def execute(self, *arguments: Any) -> sqlite3.Cursor:  # type: ignore[override]
        self.countdown -= 1
        if self.countdown < 0:
            self.countdown = BIG
            raise Killed
        return super().execute(*arguments)


def new_connection() -> KillableConnection:
    return sqlite3.connect(":memory:", factory=KillableConnection, isolation_level=None)


@dataclass
class Phone:
    """One phone with what its user was told."""

    name: str
    town: str
    staff: str
    connection: KillableConnection
    engine: Engine
    chance: random.Random
    is_old: bool = False
    offset: int = 0
    saved: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    is_dropped: bool = False
    is_gone: bool = False
    doom: int = BIG

    @property
    def store(self) -> Store:
        return self.engine.store


@dataclass
class World:
    """Everything of one run; `step` does one thing, `settle` ends the faults and lets all come to rest."""

    seed: int
    flaws: frozenset[str] = frozenset()
    phone_count: int = 3
    now: int = 1_700_000_000_000
    server: ModelServer = field(init=False)
    phones: list[Phone] = field(default_factory=list)
    late: list[tuple[str, Phone, dict[str, Any]]] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    made: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.server = ModelServer(TOWNS, self.flaws)
        for town in TOWNS:
            for staff in STAFF:
                self.server.grants[(town, staff)] = {f"user:{staff}", "team:1", "area:a"}
            for _ in range(3):
                self._new_row(town, "complaint")
                self._new_row(town, "business")
        for number in range(self.phone_count):
            # The last phone lives in the other town.
            town = TOWNS[0] if number < self.phone_count - 1 else TOWNS[1]
            self._add_phone(town, STAFF[number % len(STAFF)], new_connection(), is_old=number == 1)

    def _add_phone(self, town: str, staff: str, connection: KillableConnection, *, is_old: bool = False) -> Phone:
        chance = random.Random(self.chance.getrandbits(64))
        phone = Phone(f"phone-{len(self.phones)}", town, staff, connection, None, chance, is_old)  # type: ignore[arg-type]
        self.phones.append(phone)
        self._start(phone)
        return phone

    def _start(self, phone: Phone) -> None:
        phone.engine = Engine(Store.create(phone.connection), lambda: self.now + phone.offset, phone.chance)

    # --- one step ---------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Do one thing, chosen by chance."""
        self.now += self.chance.choice((10, 200, 5_000, 70_000))
        act = self.chance.choices(
            (self.work, self.sync, self.edit_in_office, self.end_transaction, self.change_grants, self.kill_next,
             self.repeat_late, self.dismiss, self.draft, self.jump_clock, self.back_up, self.restore, self.clone,
             self.revoke),
            (30, 60, 22, 12, 3, 8, 4, 3, 4, 2, 1.2, 0.5, 0.3, 0.5),
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
            self._start(phone)
        finally:
            phone.connection.countdown = BIG
        self.check_saved(phone)

    def work(self) -> None:
        """The user does something to what the phone shows."""
        phone = self.phone()
        if phone.store.get("wiped"):
            return
        with self.mortal(phone):
            kind, body, kv = self._command(phone)
            mutation_id = phone.engine.record(kind, body, kv=kv)
            # Here the user sees "saved".
            phone.saved[mutation_id] = (kind, body)

    def _command(self, phone: Phone) -> tuple[str, dict[str, Any], int]:
        shown = sorted(phone.engine.view())
        named = self.chance.choice(shown) if shown else ("inspection", "")
        self.made += 1
        if named[0] == "complaint":
            kind = self.chance.choice(("complaint.close", "complaint.note", "complaint.note", "complaint.take"))
            return kind, {"complaint_id": named[1], "text": f"said {self.made}"}, 1
        if named[0] == "business":
            name, value = self.chance.choice(("phone", "note")), f"value {self.made}"
            if phone.is_old:
                return "business.patch", {"business_id": named[1], "field": name, "value": value}, 0
            base = phone.engine.view()[named].get(name)
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
        shown = sorted(phone.engine.view())
        if not shown or phone.store.get("wiped"):
            return
        with self.mortal(phone):
            if self.chance.random() < 0.5:
                table, row_id = self.chance.choice(shown)
                phone.engine.save_draft("d1", "complaint.note", {f"{table}_id": row_id, "text": "…"})
            else:
                phone.engine.drop_draft("d1")

    # --- the network ------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """One exchange of one phone, with what may happen to it on the way."""
        phone = self.phone()
        with self.mortal(phone):
            exchange = phone.engine.next_exchange()
            if exchange is not None:
                phone.engine.receive(exchange, self.carry(phone, exchange, self._fault()))

    def _fault(self) -> str:
        return self.chance.choices(
            ("none", "request lost", "answer lost", "cut", "portal", "unavailable", "twice", "twice later", "partial",
             "crash"),
            (60, 5, 8, 4, 4, 4, 3, 4, 6, 4),
        )[0]  # fmt: skip

    def carry(self, phone: Phone, exchange: Exchange, fault: str) -> Answer | None:
        """Bring a request to the server and its answer back, or not."""
        message = json.loads(json.dumps(dict(exchange.message)))
        if fault == "request lost":
            return None
        if fault == "portal":
            return Answer(200, "text/html", b"<html>Please log in</html>")
        if fault == "unavailable":
            return Answer(503, "application/problem+json", b'{"code": "unavailable", "status": 503}')
        if fault == "twice later":
            self.late.append((exchange.path, phone, message))
        most = self.chance.randint(0, 3) if fault == "partial" else 50
        crash_at = self.chance.randint(0, 2) if fault == "crash" else BIG
        status, media_type, body = self.ask(phone, exchange.path, message, most=most, crash_at=crash_at)
        if fault == "twice":
            status, media_type, body = self.ask(phone, exchange.path, message)
        if fault == "answer lost":
            return None
        if fault == "cut":
            body = body[: self.chance.randrange(len(body))] if body else body
        return Answer(status, media_type, body)

    def ask(self, phone: Phone, path: str, message: dict[str, Any], **options: int) -> tuple[int, str, bytes]:
        """Ask the server, and look into the bytes that leave it."""
        stream = self.server.towns[phone.town].streams.get(message["device"])
        if stream is not None and stream.state == "wipe":
            body = b'{"code": "device_revoked", "wipe": "now"}'
            return 403, "application/problem+json", body
        self.server.now = self.now
        status, media_type, body = self.server.answer(path, phone.town, phone.staff, message, **options)
        self._check_scopes(phone, path, media_type, body)
        other = TOWNS[1 - TOWNS.index(phone.town)]
        if f"mark-{other}".encode() in body:
            raise Violation(f"I5: {phone.name} was sent a row of {other}")
        return status, media_type, body

    def repeat_late(self) -> None:
        """A request that the network kept back arrives once more; its answer reaches nobody."""
        if self.late:
            path, phone, message = self.late.pop(self.chance.randrange(len(self.late)))
            self.ask(phone, path, message)

    # --- the office -------------------------------------------------------------------------------------------------

    def _new_row(self, town: str, table: str) -> None:
        self.made += 1
        transaction = self.server.begin(town)
        self._write_new(transaction, table)
        self.server.commit(transaction)

    def _write_new(self, transaction: Transaction, table: str) -> None:
        canary = f"mark-{transaction.town}"
        if table == "complaint":
            self.server.write(
                transaction, (table, f"c{self.made}"), status="routed", team=self.chance.choice(TEAMS),
                assignee=self.chance.choice((*STAFF, "")), lines=[], canary=canary,
            )  # fmt: skip
        else:
            area = self.chance.choice(AREAS)
            self.server.write(transaction, (table, f"b{self.made}"), area=area, phone="0", note="", canary=canary)

    def edit_in_office(self) -> None:
        """The office changes rows, in a transaction that may stay open for a while."""
        town = self.chance.choices(TOWNS, (3, 1))[0]
        idle = [one for one in self.server.active.values() if one.town == town and not one.writes]
        if idle and (len(self.server.active) >= MOST_OPEN or self.chance.random() < 0.5):
            transaction = self.chance.choice(idle)
        elif len(self.server.active) < MOST_OPEN:
            transaction = self.server.begin(town)
            if self.chance.random() < 0.4:
                return  # it writes later, perhaps after one that began later
        else:
            return
        rows = sorted(self.server.towns[town].rows)
        try:
            for _ in range(self.chance.randint(1, 2)):
                self.made += 1
                if self.chance.random() < 0.25:
                    self._write_new(transaction, self.chance.choice(("complaint", "business")))
                    continue
                key = self.chance.choice(rows)
                self.server.write(transaction, key, **self._change(key[0]))
        except Busy:
            self.server.roll_back(transaction)
            return
        if self.chance.random() < 0.45:
            self.server.commit(transaction)

    def _change(self, table: str) -> dict[str, Any]:
        if table == "complaint":
            return self.chance.choice(
                ({"team": self.chance.choice(TEAMS)}, {"assignee": self.chance.choice((*STAFF, ""))},
                 {"status": self.chance.choice(("solved", "routed"))})
            )  # fmt: skip
        if table == "business":
            return self.chance.choice(({"area": self.chance.choice(AREAS)}, {"phone": f"office {self.made}"}))
        return {"seen": self.made}

    def end_transaction(self) -> None:
        if self.server.active:
            transaction = self.chance.choice(list(self.server.active.values()))
            (self.server.commit if self.chance.random() < 0.8 else self.server.roll_back)(transaction)

    def change_grants(self) -> None:
        granted = self.server.grants[(self.chance.choice(TOWNS), self.chance.choice(STAFF))]
        granted.symmetric_difference_update({self.chance.choice(("team:1", "team:2", "area:a", "area:b"))})

    def revoke(self) -> None:
        """A phone is lost; at most one in a run, so that the others go on."""
        phone = self.phones[0]
        stream = self.server.towns[phone.town].streams.get(phone.store.get("device"))
        if stream is not None and not any(other.is_dropped for other in self.phones):
            stream.state = self.chance.choice(("drain", "wipe"))
            phone.is_dropped = True
            self.revoked.add(phone.store.get("device"))

    # --- the phone's fate -------------------------------------------------------------------------------------------

    def kill_next(self) -> None:
        self.phone().doom = self.chance.randint(0, 90)

    def jump_clock(self) -> None:
        self.phone().offset += self.chance.choice((-3_600_000, 3_600_000, -86_400_000 * 400, 86_400_000 * 400))

    def back_up(self) -> None:
        self.server.back_up()

    def restore(self) -> None:
        if self.server.restore():
            for phone in self.phones:
                if phone.is_dropped and not phone.store.get("wiped"):
                    stream = self.server.towns[phone.town].streams.get(phone.store.get("device"))
                    if stream is not None:
                        stream.state = "drain"
                        self.revoked.add(phone.store.get("device"))

    def clone(self) -> None:
        """A phone's database is copied to another phone, which goes on beside it."""
        phone = self.phone()
        if len(self.phones) > self.phone_count or phone.store.get("wiped") or phone.is_dropped:
            return
        connection = new_connection()
        phone.connection.backup(connection)
        copy = self._add_phone(phone.town, phone.staff, connection, is_old=phone.is_old)
        copy.saved, copy.offset = dict(phone.saved), phone.offset

    def was_revoked(self, phone: Phone) -> bool:
        """Whether the office told this phone to leave, under the name it has or had."""
        return bool({phone.store.get("device"), phone.store.get("fork_of")} & self.revoked)

    # --- invariants -------------------------------------------------------------------------------------------------

    def check_saved(self, phone: Phone) -> None:
        """I1: what the user saw saved is in the outbox, or the server has it; I4: own new work stays in sight."""
        self._check_pins(phone)
        if phone.is_gone or (phone.store.get("wiped") and phone.store.get("revoked") != "drain"):
            return  # told to forget at once
        # What a phone gave before it forgot is the server's from then on, and its backups'.
        phone.is_gone = bool(phone.store.get("wiped"))
        held = {row[0]: (row[1], row[2]) for row in phone.store.all("SELECT id, state, is_settled FROM outbox")}
        taken = self.server.towns[phone.town].mutations
        for mutation_id, (kind, body) in phone.saved.items():
            if mutation_id not in held and mutation_id not in taken:
                raise Violation(f"I1: {phone.name} lost {mutation_id}")
            # A phone that was told to leave shows nothing any more.
            is_shown = not phone.store.get("revoked")
            if is_shown and kind == "inspection.submit" and held.get(mutation_id, ("", 0)) == ("ok", 1):
                own = phone.store.one("SELECT 1 FROM membership WHERE tbl = 'inspection' AND id = ?", (body["id"],))
                if own is None:
                    raise Violation(f"I4: {phone.name} does not show its own {body['id']}")

    def _check_pins(self, phone: Phone) -> None:
        """I6: a row that waiting work stands on is kept, whatever became of the phone's scopes."""
        if phone.store.get("fork_of"):
            return  # what is sent once more may stand on rows that left long ago
        for mutation_id, base in phone.store.all("SELECT id, base FROM outbox WHERE state = 'waiting'"):
            for name in json.loads(base):
                table, row_id = name.split("/")
                if phone.store.version_of((table, row_id)) is None:
                    raise Violation(f"I6: {phone.name} dropped {name} under {mutation_id}")

    def _check_scopes(self, phone: Phone, path: str, media_type: str, body: bytes) -> None:
        """I5: no page of a scope that is not granted leaves the server."""
        if path.endswith("pull") and media_type == codec.PLAIN:
            told = {page["sid"] for page in json.loads(body)["pages"]}
            if not told <= self.server.grants[(phone.town, phone.staff)]:
                raise Violation(f"I5: {phone.name} was sent {sorted(told)}")
