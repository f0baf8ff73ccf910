"""What must hold after every act; `rest.py` holds what must hold at rest."""

import hashlib
import json
from typing import Any

from mobile.sdk.exchange import Exchange
from mobile.wire import codec
from mobile.wire.limits import RELEASED_AFTER_DAYS

DAY_MS = 86_400_000


class Violation(AssertionError):
    """An invariant does not hold."""


def check_saved(world: Any, phone: Any) -> None:
    """I1: what the user saw saved is in the outbox, or the server has it; I4: own new work stays in sight."""
    _check_pins(phone)
    check_photos(world, phone)
    if phone.is_gone or (phone.store.get("wiped") and phone.store.get("revoked") != "drain"):
        return  # told to forget at once
    # What a phone gave before it forgot is the server's from then on, and its backups'.
    phone.is_gone = bool(phone.store.get("wiped"))
    held = {row[0]: (row[1], row[2]) for row in phone.store.all("SELECT id, state, is_settled FROM outbox")}
    taken = world.server.towns[phone.town].mutations
    # A phone that was told to leave shows nothing any more.
    is_shown = not phone.store.get("revoked")
    for mutation_id, (kind, body) in phone.saved.items():
        if mutation_id not in held and mutation_id not in taken:
            raise Violation(f"I1: {phone.name} lost {mutation_id}")
        if is_shown and kind == "inspection.submit" and held.get(mutation_id, ("", 0)) == ("ok", 1):
            own = phone.store.one("SELECT 1 FROM membership WHERE tbl = 'inspection' AND id = ?", (body["id"],))
            if own is None:
                raise Violation(f"I4: {phone.name} does not show its own {body['id']}")


def _check_pins(phone: Any) -> None:
    """I6: a row that waiting work or a draft stands on is kept, whatever became of the phone's scopes."""
    if phone.store.get("fork_of"):
        return  # what is sent once more may stand on rows that left long ago
    # What was acknowledged once and is asked about again stands on nothing.
    waiting = phone.store.all("SELECT id, base FROM outbox WHERE state = 'waiting' AND xid IS NULL")
    for mutation_id, base in waiting:
        for name in json.loads(base):
            table, row_id = name.split("/")
            if phone.store.version_of((table, row_id)) is None:
                raise Violation(f"I6: {phone.name} dropped {name} under {mutation_id}")
    if phone.drafted is not None and not phone.store.get("wiped"):
        if phone.store.version_of(phone.drafted) is None:
            raise Violation(f"I6: {phone.name} dropped {phone.drafted} under a draft")
        if phone.store.one("SELECT 1 FROM draft WHERE id = 'd1'") is None:
            raise Violation(f"I1: {phone.name} lost a draft")


def check_photos(world: Any, phone: Any) -> None:
    """I9: a file leaves a phone only when the server has the same bytes, a week after the phone was told so."""
    for name in phone.files.deleted:
        photo_id, _, variant = name.rpartition(".")
        sha, taken_at = phone.photos.get(photo_id, ("", 0))
        if not sha or variant == "preview" or phone.store.get("revoked") in ("now", "wipe"):
            continue
        blob = world.server.blobs.blobs.get((phone.town, photo_id, "original"), b"")
        if hashlib.sha256(blob).hexdigest() != sha and photo_id not in world.server.blobs.lost:
            raise Violation(f"I9: {phone.name} deleted {photo_id}, which the server has not")
        if world.now - taken_at < RELEASED_AFTER_DAYS * DAY_MS and not phone.store.get("revoked"):
            raise Violation(f"I9: {phone.name} deleted {photo_id} too early")
    phone.files.deleted.clear()


def check_lease(world: Any, phone: Any) -> None:
    """Reading is locked 14 days after the server was last heard of, whatever the phone's clock says; never before."""
    if phone.store.is_send_only or phone.heard is None:
        return
    is_over = world.now - phone.heard >= 14 * DAY_MS
    if (phone.engine.lease.left_ms() == 0) != is_over:
        raise Violation(f"lease: {phone.name} is {'open' if is_over else 'locked'} after {world.now - phone.heard} ms")


def check_carried(phone: Any, exchange: Exchange) -> None:
    """I9: no photo goes before its record was acknowledged."""
    if exchange.upload is not None and exchange.upload[1] != "bundle":
        holder = phone.store.one(
            "SELECT outbox.state FROM photo JOIN outbox ON outbox.id = holder WHERE photo.id = ?", exchange.upload[:1]
        )
        if holder is None or holder[0] == "waiting":
            raise Violation(f"I9: {phone.name} sends {exchange.upload} before its record")


def check_sent(world: Any, phone: Any, path: str, media_type: str, body: bytes) -> None:
    """I5: no page of a scope that is not granted leaves the server."""
    if path.endswith("pull") and media_type == codec.PLAIN:
        told = {page["sid"] for page in json.loads(body)["pages"]}
        if not told <= world.server.grants[(phone.town, phone.staff)]:
            raise Violation(f"I5: {phone.name} was sent {sorted(told)}")


def check_views(world: Any, phone: Any) -> None:
    """I4: rows one by one and page by page show what the whole view shows, and the count says how many."""
    whole = phone.shown()
    if not whole:
        return
    for table in ("complaint", "business", "inspection"):
        wanted = sorted((row_id, row) for (name, row_id), row in whole.items() if name == table)
        paged, after = [], ""
        while page := phone.engine.view_rows(table, after=after, limit=2):
            paged += page
            after = page[-1][0]
        if paged != wanted or phone.engine.view_count(table) != len(wanted):
            raise Violation(f"I4: pages of {table} on {phone.name} show something else")
    key = world.chance.choice(sorted(whole))
    if phone.engine.view_row(*key) != whole[key]:
        raise Violation(f"I4: {key} alone on {phone.name} shows something else")
