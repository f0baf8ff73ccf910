"""The end of a run: the faults stop, everything comes to rest, and the two sides are compared."""

import hashlib
import json

from tests.sync.invariants import Violation, check_photos, check_saved
from tests.sync.phones import GOOD, Phone
from tests.sync.world import World

MOST_EXCHANGES = 400
ROUNDS = 4
YEAR_MS = 365 * 86_400_000


def settle(world: World) -> None:
    """Let all phones finish without faults and without any act of a user, then check every invariant."""
    for transaction in list(world.server.active.values()):
        world.server.commit(transaction)
    world.lose_blob()
    for phone in world.phones:
        phone.offset += world.chance.choice((0, -YEAR_MS, YEAR_MS))
        phone.migrations = GOOD
        phone.start(world.clock)
        if phone.store.is_send_only:
            raise Violation(f"I12: {phone.name} cannot be brought up to date")
    for _ in range(ROUNDS):
        for phone in world.phones:
            world.now += 1_000_000
            _drain(world, phone)
    for phone in world.phones:
        _check(world, phone)
    _check_ledger(world)


def _drain(world: World, phone: Phone) -> None:
    for _ in range(MOST_EXCHANGES):
        world.now += 10
        exchange = phone.engine.next_exchange()
        if exchange is None:
            return
        world.exchange(phone, exchange, "none")
        if exchange.upload is None:
            check_saved(world, phone)
        else:
            check_photos(world, phone)
    raise Violation(f"I10: {phone.name} does not come to rest")


def _check(world: World, phone: Phone) -> None:
    store = phone.store
    stream = world.server.towns[phone.town].streams.get(store.get("device"))
    is_told_to_leave = stream is not None and stream.state != "active"
    is_wiped = bool(store.get("wiped"))
    if (is_told_to_leave and not is_wiped) or (is_wiped and not phone.is_told):
        raise Violation(f"I6: {phone.name} is {'' if is_told_to_leave else 'not '}told to leave, and does otherwise")
    if is_wiped:
        if store.one("SELECT count(*) FROM synced") != (0,):
            raise Violation(f"I6: {phone.name} kept rows")
        return
    if phone.engine.numbers()["waiting"]:
        raise Violation(f"I10: {phone.name} still has work waiting")
    _check_rows(world, phone)
    _check_outbox(world, phone)
    _check_photos(world, phone)


def _check_rows(world: World, phone: Phone) -> None:
    held = {(table, row_id, sid) for table, row_id, sid in phone.store.all("SELECT tbl, id, sid FROM membership")}
    granted = world.server.grants[(phone.town, phone.staff)]
    members = {sid: world.server.members(phone.town, sid) for sid in granted}
    wanted = {(*key, sid) for sid, rows in members.items() for key in rows}
    if held != wanted:
        raise Violation(f"I4/I7: {phone.name} holds {sorted(held - wanted)}, lacks {sorted(wanted - held)}")
    shown = phone.engine.view()
    truth = {key: row.data for rows in members.values() for key, row in rows.items()}
    if shown != truth:
        different = {key for key in shown.keys() | truth.keys() if shown.get(key) != truth.get(key)}
        raise Violation(f"I4: {phone.name} shows something else: {sorted(different)}")
    idle = phone.store.all(
        """SELECT holder FROM target WHERE holder NOT IN (SELECT id FROM draft)
              AND holder NOT IN (SELECT id FROM outbox WHERE state = 'waiting')"""
    )
    if idle:
        raise Violation(f"I6: {phone.name} keeps rows for {idle}, which wait no more")
    pinned = {(table, row_id) for table, row_id in phone.store.all("SELECT tbl, id FROM target")}
    kept = {(table, row_id) for table, row_id in phone.store.all("SELECT tbl, id FROM synced")}
    if not kept <= set(truth) | pinned:
        raise Violation(f"I6: {phone.name} kept {sorted(kept - set(truth) - pinned)}")
    raw = json.dumps(phone.store.all("SELECT data FROM synced")).encode()
    if any(f"mark-{town}".encode() in raw for town in world.server.towns if town != phone.town):
        raise Violation(f"I5: {phone.name} holds rows of another town")


def _check_outbox(world: World, phone: Phone) -> None:
    taken = world.server.towns[phone.town].mutations
    seqs = [row[0] for row in phone.store.all("SELECT seq FROM outbox WHERE seq > 0 ORDER BY seq")]
    if len(seqs) != len(set(seqs)):
        raise Violation(f"I3: {phone.name} has numbers twice")
    states = dict(phone.store.all("SELECT id, state FROM outbox WHERE NOT is_dismissed"))
    for mutation_id in phone.saved:
        if mutation_id not in taken:
            raise Violation(f"I1: {mutation_id} of {phone.name} never reached the server")
        if mutation_id in states and states[mutation_id] != taken[mutation_id]["result"]["state"]:
            raise Violation(f"I8: {phone.name} says {states[mutation_id]} of {mutation_id}, the server something else")
    attention = sum(state in ("conflict", "quarantined") for state in states.values())
    attention += len(phone.engine.photos.in_need())
    told = phone.engine.numbers()
    if (told["attention"], told["sent"]) != (attention, sum(state == "ok" for state in states.values())):
        raise Violation(f"I8: the numbers of {phone.name} are wrong")


def _check_photos(world: World, phone: Phone) -> None:
    """I9: of every photo of saved work the server has the very bytes; the numbers say that none waits."""
    blobs = world.server.blobs
    given_up = {
        photo.id
        for photo in phone.engine.photos.in_need()
        if (line := phone.engine.line(photo.holder)) and line.is_dismissed
    }
    for photo_id, (sha, _) in phone.photos.items():
        if photo_id in given_up:
            continue  # of dismissed work, which a restored server does not hear of again: the user is asked
        is_here = f"{photo_id}.original" in phone.files.kept
        blob = blobs.blobs.get((phone.town, photo_id, "original"), b"")
        if hashlib.sha256(blob).hexdigest() != sha and (is_here or photo_id not in blobs.lost):
            raise Violation(f"I9: {photo_id} of {phone.name} is not on the server")
        if is_here and not phone.engine.photos.photo(photo_id).is_stored:
            raise Violation(f"I9: {phone.name} was not told of {photo_id}")
    if phone.engine.numbers()["waiting_photos"]:
        raise Violation(f"I8: {phone.name} says that photos wait")


def _check_blobs(world: World) -> None:
    """I9: what a row calls stored is there, with the hash that it names."""
    for name, town in world.server.towns.items():
        for (table, photo_id), row in town.rows.items():
            if table == "photo":
                blob = world.server.blobs.blobs.get((name, photo_id, "original"))
                is_right = blob is not None and hashlib.sha256(blob).hexdigest() == row.data["sha256"]
                if (row.data["state"] == "stored") != is_right:
                    raise Violation(f"I9: {photo_id} is called {row.data['state']}")


def _check_origin(world: World, town: str) -> None:
    """I2: nothing is on the server that no user did, under whatever name."""
    phones = [phone for phone in world.phones if phone.town == town]
    if any(phone.store.get("wiped") for phone in phones):
        return
    done = {row[0] for phone in phones for row in phone.store.all("SELECT id FROM outbox")}
    done |= {mutation_id for phone in phones for mutation_id in phone.saved}
    if unknown := world.server.towns[town].mutations.keys() - done:
        raise Violation(f"I2: nobody did {sorted(unknown)}")


def _check_ledger(world: World) -> None:
    _check_blobs(world)
    for name, town in world.server.towns.items():
        _check_origin(world, name)
        for mutation_id, mutation in town.mutations.items():
            wanted = int(mutation["result"]["state"] == "ok")
            if town.ledger[mutation_id] != wanted:
                raise Violation(f"I2: {mutation_id} took effect {town.ledger[mutation_id]} times in {name}")
        for mutation_id, times in town.ledger.items():
            if times > 1:
                raise Violation(f"I2: {mutation_id} took effect {times} times")
        for phone in world.phones:
            if phone.town == name:
                _check_order(phone, town.mutations)


def _check_order(phone: Phone, taken: dict) -> None:
    """I3: what one phone recorded earlier was taken earlier, within one life of the server."""
    xids = [int(taken[mutation_id]["result"]["xid"]) for mutation_id in phone.saved if mutation_id in taken]
    if xids != sorted(xids):
        raise Violation(f"I3: {phone.name}'s commands took effect in another order")


def run(seed: int, steps: int = 120, flaws: frozenset[str] = frozenset()) -> World:
    """Play one run; raises Violation."""
    world = World(seed, flaws)
    for _ in range(steps):
        world.step()
    settle(world)
    return world
