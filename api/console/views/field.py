"""What came from the field, in words: what was seen, what stands now, what was sent, and why nothing came of it."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from api.console.language import Catalogue
from api.console.views.wording import Said, Tone, age
from api.core.errors import AppError
from api.sync.service import BundleOut, BusinessChangeOut, BusinessMatchOut, ConflictOut, FieldDeviceOut

# In the order in which people read them; ids, places and clocks of the phone say nothing to them.
_TOLD = (
    "number", "title", "description", "text", "activity", "address", "address_text", "phone", "opening_hours", "note",
    "class_code", "status", "outcome", "nobody_there", "is_interim", "due_on", "assignee_id", "department_id",
    "started_at", "ended_at",
)  # fmt: skip
_LONGEST = 400
_STATE_TONES = {
    "active": (Tone.DONE, "check"),
    "drain": (Tone.SOON, "clock"),
    "wipe": (Tone.LATE, "danger"),
    "gone": (Tone.QUIET, "leave"),
}
_BUNDLE_TONES = {
    "waiting": (Tone.WAITING, "clock"),
    "running": (Tone.NEW, "play"),
    "done": (Tone.DONE, "check"),
    "refused": (Tone.LATE, "alert"),
}
_MEGABYTE = 1_048_576


@dataclass(frozen=True)
class Names:
    """Names of people and departments by id."""

    staff: Mapping[UUID, str]
    departments: Mapping[UUID, str]

    def of(self, value: Any) -> str:
        """Give the name of an id as it stands in a record; empty for an unknown one."""
        try:
            known = UUID(str(value))
        except ValueError:
            return ""
        return self.staff.get(known) or self.departments.get(known) or ""


@dataclass(frozen=True)
class Fact:
    """A name and its value."""

    label: str
    value: str


@dataclass(frozen=True)
class ConflictView:
    """One thing to decide, with the three sides of it."""

    id: str
    title: str
    state: Said
    reason: str
    who: str
    department: str
    written: Said | None
    arrived: Said
    is_late: bool
    seen: str
    ours: list[Fact]
    theirs: list[Fact]
    record_url: str


@dataclass(frozen=True)
class QuestionView:
    """A value or a pair of the business register to decide on."""

    id: str
    title: str
    address: str
    label: str
    old: str
    new: str
    who: str
    at: Said
    is_flagged: bool = False


@dataclass(frozen=True)
class DeviceView:
    """One phone."""

    id: str
    name: str
    title: str
    department: str
    label: str
    app: str
    state: Said
    heard: Said
    waiting: str
    may_drain: bool
    may_wipe: bool


@dataclass(frozen=True)
class BundleView:
    """One bundle that was brought."""

    id: str
    title: str
    state: Said
    reason: str
    brought: str
    at: Said
    size: str
    counts: str
    share: int
    may_retry: bool


def conflict_view(t: Catalogue, item: ConflictOut, names: Names, now: datetime, late_hours: float) -> ConflictView:
    """Say one conflict in words."""
    waited = (now - item.received_at).total_seconds() / 3600
    seen = next(iter(item.base.values()), None)
    tone, icon = (Tone.SOON, "refresh") if item.state == "conflict" else (Tone.LATE, "alert")
    return ConflictView(
        id=str(item.id),
        title=t(f"field.kind.{item.kind}") if t.has(f"field.kind.{item.kind}") else item.kind,
        state=Said(t(f"field.state.{item.state}"), tone, icon),
        reason=_reason(t, item.code),
        who=item.staff_name,
        department=names.of(item.department_id) or t("field.service_desk"),
        written=age(t, item.authored_at, now) if item.authored_at else None,
        arrived=age(t, item.received_at, now),
        is_late=waited > late_hours,
        seen=t("field.seen", version=seen) if seen is not None else t("field.seen_nothing"),
        ours=facts(t, item.ours, names, is_record=True),
        theirs=facts(t, item.theirs, names),
        record_url=f"/console/complaints/{item.target_id}" if item.target_kind == "complaint" and item.ours else "",
    )


def facts(t: Catalogue, told: Mapping[str, Any] | None, names: Names, *, is_record: bool = False) -> list[Fact]:
    """Say what a record or a command tells, as far as people can read it."""
    told = told or {}
    found = [
        Fact(t(f"field.fact.{key}"), value)
        for key in _TOLD
        if (value := _value(t, key, told.get(key), names)) and not (is_record and key == "text" and "title" not in told)
    ]
    for name, change in _changes(told):
        label = t(f"field.fact.{name}") if t.has(f"field.fact.{name}") else name
        found.append(Fact(label, f"{_plain(change.get('base'))} → {_plain(change.get('value'))}"))
    if photos := told.get("photos"):
        found.append(Fact(t("field.fact.photos"), str(len(photos))))
    if answers := told.get("answers"):
        found.append(Fact(t("field.fact.answers"), str(len(answers))))
    lines = told.get("lines")
    if isinstance(lines, list) and lines and isinstance(lines[-1], dict):
        act = f"event.{lines[-1].get('action')}"
        found.append(Fact(t("field.fact.last_line"), t(act) if t.has(act) else _plain(lines[-1].get("text"))))
    return found


def change_view(t: Catalogue, change: BusinessChangeOut, now: datetime) -> QuestionView:
    """Say a proposed or flagged value of the register in words."""
    label = f"field.fact.{change.field}"
    return QuestionView(
        id=str(change.id),
        title=change.title,
        address=change.address,
        label=t(label) if t.has(label) else change.field,
        old=_plain(change.old),
        new=_plain(change.new),
        who=change.staff_name,
        at=age(t, change.changed_at, now),
        is_flagged=change.state == "overwrote",
    )


def match_view(t: Catalogue, match: BusinessMatchOut, now: datetime) -> QuestionView:
    """Say a pair of look-alikes in words."""
    return QuestionView(
        id=str(match.id),
        title=match.title,
        address=match.address,
        label=t("field.match_tax_no") if match.reason == "tax_no" else t("field.match_near"),
        old=match.other_title,
        new=match.other_address,
        who="",
        at=age(t, match.found_at, now),
    )


def device_view(t: Catalogue, device: FieldDeviceOut, names: Names, now: datetime) -> DeviceView:
    """Say a phone in words."""
    tone, icon = _STATE_TONES[device.state]
    waiting = [t.count("field.waiting", device.waiting)] if device.waiting else []
    waiting += [t.count("field.waiting_photos", device.waiting_photos)] if device.waiting_photos else []
    return DeviceView(
        id=str(device.id),
        name=device.name,
        title=device.title,
        department=names.of(device.department_id),
        label=device.label,
        app=device.app,
        state=Said(t(f"field.device.{device.state}"), tone, icon),
        heard=age(t, device.last_contact_at, now),
        waiting=", ".join(waiting) or t("field.waiting_nothing"),
        may_drain=device.state == "active",
        may_wipe=device.state in ("active", "drain"),
    )


def bundle_view(t: Catalogue, bundle: BundleOut, now: datetime) -> BundleView:
    """Say a bundle in words."""
    tone, icon = _BUNDLE_TONES[bundle.state]
    total = bundle.lines + bundle.pictures
    done = bundle.lines_done + bundle.pictures_done + bundle.pictures_refused
    counts = t(
        "field.bundle.counts", lines=bundle.lines, ok=bundle.ok, waiting=bundle.conflict + bundle.quarantined,
        pictures=bundle.pictures_done,
    )  # fmt: skip
    return BundleView(
        id=str(bundle.id),
        title=bundle.staff_name or t("field.bundle.unknown_author"),
        state=Said(t(f"field.bundle.{bundle.state}"), tone, icon),
        reason=_reason(t, bundle.code) if bundle.state == "refused" else "",
        brought=bundle.brought_by or t("field.bundle.operator"),
        at=age(t, bundle.received_at, now),
        size=_size(t, bundle.size),
        counts=counts if total else "",
        share=100 * done // total if total else 0,
        may_retry=bundle.state == "refused",
    )


def ids_in(items: Iterable[ConflictOut]) -> frozenset[UUID]:
    """Give the people that the records and commands of conflicts name."""
    found: set[UUID] = set()
    for item in items:
        for told in (item.ours or {}, item.theirs or {}):
            with contextlib.suppress(KeyError, ValueError):
                found.add(UUID(str(told["assignee_id"])))
    return frozenset(found)


def _reason(t: Catalogue, code: str | None) -> str:
    key = f"field.reason.{code}"
    if t.has(key):
        return t(key)
    turkish, english = _refusals().get(code or "", ("", ""))
    return (english if t.language == "en" else turkish) or t("field.reason_other", code=code or "-")


@cache
def _refusals() -> Mapping[str, tuple[str, str]]:
    """What every refusal of the house says, Turkish and English, by its code: domains word them themselves."""
    found: dict[str, tuple[str, str]] = {}
    kinds = [AppError]
    while kinds:
        kind = kinds.pop()
        found[kind.code] = (kind.tr, kind.en)
        kinds += kind.__subclasses__()
    return found


def _changes(told: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    changes = told.get("changes")
    if not isinstance(changes, dict):
        return []
    return [(str(name), change) for name, change in changes.items() if isinstance(change, dict)]


def _value(t: Catalogue, key: str, value: Any, names: Names) -> str:
    if value is None or value == "" or isinstance(value, dict | list):
        return ""
    if key.endswith("_id"):
        return names.of(value)
    if isinstance(value, bool):
        return t("field.yes") if value else t("field.no")
    if key in ("status", "outcome"):
        for named in (f"status.{value}", f"field.value.{value}"):
            if t.has(named):
                return t(named)
    return _plain(value)


def _size(t: Catalogue, number: int) -> str:
    if number < _MEGABYTE:
        return t("field.bundle.kilobytes", n=-(-number // 1024))
    megabytes = f"{number / _MEGABYTE:.1f}"
    return t("field.bundle.megabytes", n=megabytes if t.language == "en" else megabytes.replace(".", ","))


def _plain(value: Any) -> str:
    text = "–" if value in (None, "") else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
