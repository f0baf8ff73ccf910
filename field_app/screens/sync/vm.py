"""What the sync screen tells, in plain words; no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from field_app.desk import Desk
from field_app.phone import Unlocked
from field_app.syncing import SyncState
from mobile.kit.i18n import formats, t
from mobile.sdk.lease import DAY_MS, ReadingLocked
from mobile.sdk.own_work import Line

ICONS: Mapping[str, str] = {
    "complaint.take": "account", "complaint.start": "play", "complaint.close": "check-circle",
    "complaint.answer": "message-text", "complaint.note": "note-text", "complaint.hand_over": "account-group",
    "complaint.visit": "timer", "complaint.file": "plus-circle", "inspection.submit": "clipboard-check",
    "inspection.amend": "pencil", "business.register": "store", "business.patch": "store", "task.create": "toolbox",
    "task.finish": "toolbox", "message.post": "message",
}  # fmt: skip
_TONES = {"waiting": "warning", "ok": "success", "conflict": "danger", "quarantined": "danger"}


@dataclass(frozen=True)
class State:
    """The sync screen.

    Attributes:
        headline: one sentence that is true now.
        numbers: waiting, sent, attention, waiting_photos.
        last_contact: when the server was last heard, in words.
        lease: how long reading stays open, in words; empty while there is plenty of time.
    """

    headline: str
    tone: str
    icon: str
    numbers: Mapping[str, int]
    last_contact: str
    lease: str
    attention: tuple[dict[str, Any], ...]
    waiting: tuple[dict[str, Any], ...]
    sent: tuple[dict[str, Any], ...]


def read(unlocked: Unlocked, sync: SyncState) -> State:
    """Give the present state."""
    engine, desk = unlocked.engine, unlocked.desk
    numbers = engine.numbers()
    heard = engine.store.get("last_contact")
    now = desk.now()
    last = formats.ago(datetime.fromtimestamp(int(heard) / 1000, UTC), now) if heard else t("sync.never")
    headline, tone, icon = _headline(numbers, sync)
    left_days = unlocked.lease.left_ms() / DAY_MS
    lease = t("sync.lease", count=int(left_days)) if left_days < 5 else ""  # noqa: PLR2004 (a working week)

    def lines(*states: str) -> tuple[dict[str, Any], ...]:
        return tuple(line_of(desk, line) for line in engine.lines(states, limit=100))

    return State(
        headline, tone, icon, numbers, last, lease,
        lines("conflict", "quarantined"), lines("waiting"), lines("ok"),
    )  # fmt: skip


def _headline(numbers: Mapping[str, int], sync: SyncState) -> tuple[str, str, str]:
    if sync.ending == "signed_out":
        return t("sync.signed_out"), "danger", "account"
    waiting, photos = numbers["waiting"], numbers["waiting_photos"]
    if sync.is_running and (waiting or photos or sync.exchanges):
        return t("sync.running"), "info", "sync"
    if waiting or photos:
        parts = [t("sync.records", count=waiting)] if waiting else []
        parts += [t("sync.photos", count=photos)] if photos else []
        key = "sync.waiting_offline" if sync.ending == "offline" else "sync.waiting"
        return t(key, what=t("sync.and").join(parts)), "warning", "cloud-upload"
    if sync.ending == "offline":
        return t("sync.offline_clean"), "neutral", "cloud-off"
    return t("sync.clean"), "success", "cloud-check"


def line_of(desk: Desk, line: Line) -> dict[str, Any]:
    """Write a command as a row: what, about what, when, and what became of it."""
    wall = line.at.get("wall")
    when = formats.ago(datetime.fromtimestamp(int(wall) / 1000, UTC), desk.now()) if wall else ""
    return {
        "key": line.id,
        "title": t(f"kind.{line.kind}") if line.kind in ICONS else line.kind,
        "detail": " · ".join(part for part in (about(desk, line), when) if part),
        "icon": ICONS.get(line.kind, "text-box"),
        "tone": _TONES[line.state],
        "note": t(f"state.{line.state}"),
        "has_arrow": line.state in ("conflict", "quarantined"),
    }


def about(desk: Desk, line: Line) -> str:
    """Say what a command is about: the number of its case, the name of its business, its first words."""
    body = line.body
    try:
        if body.get("complaint_id"):
            case = desk.complaint(str(body["complaint_id"]))
            return case.number if case else ""
        if body.get("business_id"):
            business = desk.business(str(body["business_id"]))
            return business.title if business else ""
    except ReadingLocked:
        return ""
    return str(body.get("title") or body.get("description") or body.get("text") or "")[:40]
