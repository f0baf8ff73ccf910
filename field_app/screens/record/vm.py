"""The finding record of a visit as the phone knows it, from the same source as the office's PDF; no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from field_app import desk_inspections
from field_app.desk import Desk
from field_app.desk_inspections import Submitted
from field_app.rows import Inspection
from field_app.today import TURKEY
from mobile.forms import Form, evaluate
from mobile.wire.record import KINDS, OUTCOMES, Document, Facts, Photo, finding_record
from mobile.wire.visit import deadlines_of, findings_of, outcome_of, rechecks_of


@dataclass(frozen=True)
class State:
    """What the screen shows. `sent` is waiting, ok, conflict, quarantined, or empty for a colleague's visit."""

    document: Document | None
    number: str
    outcome: str
    business_id: str | None
    business: str
    sent: str
    photos: tuple[str, ...]
    """Ids of the photos that are on this phone."""


class RecordModel:
    """One submitted visit."""

    def __init__(self, desk: Desk, inspection_id: str) -> None:
        """Take the desk and the visit's id."""
        self._desk, self.inspection_id = desk, inspection_id

    def read(self) -> State | None:
        """Read the record; None where the phone knows nothing of the visit.

        Raises:
            ReadingLocked: the lease is over.
        """
        found = desk_inspections.submitted(self._desk, self.inspection_id)
        if found is None:
            return None
        visit = Inspection.read(found.id, found.data)
        business = self._desk.business(visit.business_id)
        form = desk_inspections.form_of(self._desk, visit.form_id, visit.form_version)
        document = outcome = None
        if form is not None:
            facts = self._facts(found, visit, form)
            document, outcome = finding_record(form, visit.answers, facts), facts.outcome
        photos = found.data.get("photos")
        return State(
            document=document,
            number=visit.number or "",
            outcome=visit.outcome or outcome or "passed",
            business_id=visit.business_id,
            business=business.title if business else "",
            sent=found.line.state if found.line else "",
            photos=tuple(str(one["id"]) for one in photos or () if isinstance(one, Mapping) and "id" in one),
        )

    def _facts(self, found: Submitted, visit: Inspection, form: Form) -> Facts:
        desk, data, profile = self._desk, found.data, self._desk.profile
        town, business = desk.town(), desk.business(visit.business_id)
        ended_at = _moment(data.get("ended_at")) or desk.now()
        days = desk_inspections.cure_days(desk)
        is_nobody = bool(data.get("nobody_there"))
        department = visit.department_id or (profile.departments[0] if profile.departments else "")
        is_mine = found.line is not None or visit.assignee_id == profile.staff_id
        place = data.get("place")
        place = place if isinstance(place, Mapping) else {}
        signature = data.get("signature")
        address = business.address if business else str(visit.answers.get("address") or "")
        return Facts(
            town=town.name or profile.town,
            department=town.departments.get(department, ""),
            kind=visit.kind if visit.kind in KINDS else "spot",
            outcome=visit.outcome if visit.outcome in OUTCOMES else _outcome(form, visit, ended_at, days, is_nobody),
            number=visit.number,
            business=business.title if business else "",
            activity=business.activity if business else "",
            address=address,
            started_at=_moment(data.get("started_at")) or ended_at,
            ended_at=ended_at,
            officer=profile.name if is_mine else desk.name_of(visit.assignee_id),
            officer_title=profile.title if is_mine else "",
            officer_registry_no=profile.registry_no if is_mine else "",
            device_id="",
            licence_no=business.licence_no if business else "",
            place=(float(place["lon"]), float(place["lat"])) if {"lon", "lat"} <= set(place) else None,
            accuracy_m=place.get("accuracy_m"),
            default_days=days,
            photos=[
                Photo(str(one["id"]), str(one.get("sha256", "")), _taken_at(one.get("taken_at")))
                for one in data.get("photos") or ()
                if isinstance(one, Mapping) and "id" in one
            ],
            amendments=[
                (_wall(line.at) or ended_at, profile.name, str(line.body.get("text", "")))
                for line in desk_inspections.amendments(desk, found.id)
            ],
            signature_id=str(signature["id"]) if isinstance(signature, Mapping) and "id" in signature else None,
        )


def _outcome(form: Form, visit: Inspection, ended_at: datetime, days: int | None, is_nobody: bool) -> str:
    visited_on = ended_at.astimezone(TURKEY).date()
    seen = evaluate(form, visit.answers, today=visited_on)
    found = findings_of(form, seen)
    terms = deadlines_of(found, form, visited_on, days)
    return outcome_of(found, terms, rechecks_of(seen), nobody_there=is_nobody)


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _taken_at(told: Any) -> datetime | None:
    return datetime.fromtimestamp(told / 1000, UTC) if isinstance(told, int) else _moment(told)


def _wall(at: Mapping[str, Any]) -> datetime | None:
    return _taken_at(at.get("wall"))
