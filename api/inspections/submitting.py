"""A visit as it was done on the spot: what it found, what follows, its number, all written at once and for good."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlmodel.ext.asyncio.session import AsyncSession

from api.businesses import service as businesses
from api.core import audit, clock, feed
from api.core.actor import Actor
from api.core.ids import uuid7
from api.core.sql import Row
from api.inspections import numbers
from api.inspections import submit_queries as queries
from api.inspections.errors import (
    ActionNotAllowed,
    BusinessUnknown,
    NumberInUse,
    NumberUnknown,
    PhotoUnknown,
    SubmittedOtherwise,
    VisitOfAnother,
    VisitUnknown,
)
from api.inspections.following import Following, look_back, results_of, risk_after, warn
from api.inspections.form_store import form_of
from api.inspections.places import default_days, department_of
from api.inspections.schemas import InspectionSubmitIn, MissingAnswer, SubmittedOut
from api.inspections.telling import tell_missing
from api.municipalities import service as municipalities
from mobile.forms import Evaluation, Form, evaluate
from mobile.wire.visit import RECHECK_FORM, Found, deadlines_of, findings_of, outcome_of, rechecks_of

# A phone works so long without contact; a clock that says more is wrong, and no term hangs on it.
LONGEST_OFFLINE = timedelta(days=30)
LONGEST_RAW = 200


@dataclass(frozen=True)
class _Visit:
    """What a submission is judged on: the visit as planned (or new), its form, its day, what was read of the rest."""

    body: InspectionSubmitIn
    looked: Row
    form: Form
    seen: Evaluation
    visited_on: date
    kind: str
    business_id: UUID | None
    department_id: UUID
    assignee_id: UUID | None
    complaint_id: UUID | None
    previous_id: UUID | None


async def submit_inspection(
    session: AsyncSession, actor: Actor, body: InspectionSubmitIn, *, authored: Mapping[str, Any] | None = None
) -> SubmittedOut:
    """Take a visit as it was done: of the planned visit with its id, or a new one; afterwards it cannot be changed.

    Answers are never refused: what is missing or unreadable is kept beside them and becomes a task. The same visit sent
    again gives the first answer again.

    Args:
        session: a transaction in the actor's municipality.
        actor: the inspector.
        body: the visit; its times by the phone's clock.
        authored: the phone's clocks when it was written down.

    Raises:
        Forbidden: without `inspection.submit` in the visit's department.
        FormUnknown, BusinessUnknown, VisitUnknown, PhotoUnknown: something that it names is not there.
        NumberUnknown, NumberInUse: the number is none of this phone's, or of another record.
        ActionNotAllowed, VisitOfAnother: the visit was called off, or planned for another business.
        SubmittedOtherwise: it was submitted before with other content.
    """
    looked = await queries.look(session, _look_values(actor, body))
    held = looked["held"]
    form = (await form_of(session, actor.municipality_id, body.form_id, body.form_version)).form
    seen = evaluate(form, body.answers, today=_local_day(body.ended_at), language="tr")
    if held is not None and held["status"] != "planned":
        return _submitted_before(actor, body, seen, held)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    visit = _visit(actor, town, body, looked, form, seen)
    if body.number is not None:
        _check_number(looked)
    elif not body.nobody_there:
        visit.body.number = await numbers.take_one(session, actor)
    following, found = Following(), findings_of(form, seen) if not body.nobody_there else ()
    deadlines = deadlines_of(found, form, visit.visited_on, default_days(town, visit.visited_on))
    calendar = town.calendar()
    rechecked = rechecks_of(seen) if not body.nobody_there else ()
    outcome = outcome_of(found, deadlines, rechecked, nobody_there=body.nobody_there)
    if visit.previous_id is not None:
        results = results_of(seen, rechecked) if not body.nobody_there else {}
        look_back(
            following, looked["open_before"] or (), looked["warning"], results,
            visited_on=visit.visited_on, previous_id=visit.previous_id, calendar=calendar,
        )  # fmt: skip
        if following.is_broken:
            outcome = "failed"
        # What an earlier visit found stays that visit's finding; it is not found twice.
        known = {finding["item_code"] for finding in looked["open_before"] or ()}
        kept = [at for at, one in enumerate(found) if one.code not in known]
        found, deadlines = tuple(found[at] for at in kept), [deadlines[at] for at in kept]
    warn(following, body.id, [deadline for deadline in deadlines if deadline is not None], calendar)
    missing = [] if body.nobody_there else _missing(seen, body.answers)
    finding_count = len(found) + sum(one.result != "cured" for one in rechecked)
    at = clock.now()
    values = _values(actor, visit, following, found, deadlines) | {
        "at": at, "outcome": outcome, "finding_count": finding_count,
        "missing": json.dumps([one.model_dump() for one in missing], ensure_ascii=False),
        "authored": json.dumps(authored, default=str) if authored else None,
        **audit.entry(
            actor, "inspection.submit", "inspection", body.id,
            {"outcome": outcome, "number": visit.body.number, "findings": finding_count, "form": body.form_id},
        ),
    }  # fmt: skip
    version = await _write(session, values)
    if visit.business_id is not None and outcome != "nobody_there":
        risk = risk_after(looked["business"]["risk"], seen.score, is_broken=following.is_broken)
        await businesses.record_inspected(
            session, actor.municipality_id, visit.business_id, _believable(body.ended_at), risk=risk
        )
    if missing:
        await tell_missing(session, actor, body.id, visit.department_id, visit.business_id, missing)
    return SubmittedOut(
        id=body.id,
        version=version,
        number=visit.body.number,
        outcome=outcome,
        finding_count=finding_count,
        missing=missing,
        recheck_due_on=sorted(recheck.due_on for recheck in following.rechecks),
        submitted_at=at,
    )


def _look_values(actor: Actor, body: InspectionSubmitIn) -> dict[str, Any]:
    year, value = numbers.parsed(body.number) if body.number else (None, None)
    return {
        "municipality_id": actor.municipality_id,
        "id": body.id,
        "business_id": body.business_id,
        "previous_id": body.previous_id,
        "complaint_id": body.complaint_id,
        "number": body.number,
        "number_series": numbers.FINDING_RECORD,
        "number_year": year,
        "number_value": value,
        "device_id": actor.device_id,
        "actor_id": actor.id,
        "recheck_form": RECHECK_FORM,
    }


def _visit(
    actor: Actor, town: municipalities.TownConfig, body: InspectionSubmitIn, looked: Row, form: Form, seen: Evaluation
) -> _Visit:
    held, business = looked["held"], looked["business"]
    if held is not None:
        if body.business_id is not None and str(body.business_id) != held["business_id"]:
            raise VisitOfAnother
        if held["assignee_id"] != str(actor.id):
            actor.demand("inspection.submit", UUID(held["department_id"]))
        department_id = UUID(held["department_id"])
    else:
        if body.business_id is not None and business is None:
            raise BusinessUnknown
        if (body.previous_id and looked["previous"] is None) or (
            body.complaint_id and not looked["is_complaint_known"]
        ):
            raise VisitUnknown
        of_class = UUID(business["department_id"]) if business and business["department_id"] else None
        department_id = department_of(actor, town, body.department_id, of_class)
    actor.demand("inspection.submit")
    # A merged business stays as an alias of the one it was merged into.
    alias = business and (business["merged_into_id"] or business["id"])
    held = held or {}
    return _Visit(
        body=body.model_copy(),
        looked=looked,
        form=form,
        seen=seen,
        visited_on=_local_day(_believable(body.ended_at)),
        kind=held.get("kind", body.kind),
        business_id=UUID(alias) if alias else None,
        department_id=department_id,
        assignee_id=_uuid(held.get("assignee_id")) or actor.id,
        complaint_id=_uuid(held.get("complaint_id")) if held else body.complaint_id,
        previous_id=_uuid(held.get("previous_id")) if held else body.previous_id,
    )


def _check_number(looked: Row) -> None:
    if looked["is_number_used"]:
        raise NumberInUse
    if looked["block_id"] is None:
        raise NumberUnknown


def _submitted_before(
    actor: Actor, body: InspectionSubmitIn, seen: Evaluation, held: Mapping[str, Any]
) -> SubmittedOut:
    if held["status"] == "cancelled":
        raise ActionNotAllowed(status=held["status"], action="submit")
    is_same = (
        held["submitted_by"] == str(actor.id)
        and (body.number is None or held["number"] == body.number)
        and (held["form_code"], held["form_version"]) == (body.form_id, body.form_version)
        and held["answers"] == seen.answers
        and datetime.fromisoformat(held["started_at"]) == body.started_at
        and datetime.fromisoformat(held["ended_at"]) == body.ended_at
        and (held["outcome"] == "nobody_there") == body.nobody_there
    )
    if not is_same:
        raise SubmittedOtherwise
    return SubmittedOut.model_validate(
        {**{name: held[name] for name in SubmittedOut.model_fields if name in held}, "recheck_due_on": []}
    )


def _values(
    actor: Actor, visit: _Visit, following: Following, found: Sequence[Found], deadlines: Sequence[date | None]
) -> dict[str, Any]:
    body, looked = visit.body, visit.looked
    place = body.place
    photos = {photo.id for photo in (*body.photos, *([body.signature] if body.signature else []))}
    changes_previous = bool(following.settled or looked["warning"])
    return {
        **_look_values(actor, body),
        "business_id": visit.business_id,
        "previous_id": visit.previous_id,
        "complaint_id": visit.complaint_id,
        "kind": visit.kind,
        "form_code": visit.form.form_id,
        "form_version": visit.form.version,
        "department_id": visit.department_id,
        "assignee_id": visit.assignee_id,
        "risk": looked["business"]["risk"] if looked["business"] else 50,
        "answers": json.dumps(visit.seen.answers, ensure_ascii=False),
        "started_at": body.started_at,
        "ended_at": body.ended_at,
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
        "accuracy_m": place.accuracy_m if place else None,
        "rechecks": json.dumps([_recheck(visit, one) for one in following.rechecks], default=str, ensure_ascii=False),
        "warnings": json.dumps(
            [
                {"id": uuid7(), "inspection_id": one.previous_id, "deadline_on": one.deadline_on, "recheck_id": one.id}
                for one in following.warnings
            ],
            default=str,
        ),
        "findings": json.dumps(
            [_finding(one, deadline) for one, deadline in zip(found, deadlines, strict=True)],
            default=str,
            ensure_ascii=False,
        ),
        "settled": json.dumps(following.settled),
        "warning_id": looked["warning"]["id"] if looked["warning"] else None,
        "warning_status": following.warning_status,
        "next_recheck_id": following.next_recheck_id,
        "changed_previous_id": visit.previous_id if changes_previous else None,
        "block_id": looked["block_id"],
        "photo_ids": sorted(photos),
        "signature_id": body.signature.id if body.signature else None,
        **_told(visit, following, changes_previous=changes_previous),
    }


def _recheck(visit: _Visit, recheck: Any) -> dict[str, Any]:
    version = visit.looked["recheck_version"]
    return {
        "id": recheck.id,
        "form_code": RECHECK_FORM if version else visit.form.form_id,
        "form_version": version or visit.form.version,
        "due_on": recheck.due_on,
        "previous_id": recheck.previous_id,
        "reason": f"Süre sonu {recheck.deadline_on:%d.%m.%Y}: aykırılıklar giderilmiş mi?",
    }


def _finding(one: Found, deadline: date | None) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "item_code": one.code,
        "text": f"{one.text} — {one.note}" if one.note else one.text,
        "severity": one.severity,
        "law": one.law,
        "photo_ids": list(one.photos),
        "deadline_on": deadline,
        "status": "cured_at_once" if one.is_cured_at_once else "open",
    }


def _told(visit: _Visit, following: Following, *, changes_previous: bool) -> dict[str, list[Any]]:
    """Name the scopes of every visit that changes; a planned visit keeps department and person when it is done."""
    here = [feed.user(visit.assignee_id), feed.team(visit.department_id)]
    told = [(scope, row_id) for row_id in (visit.body.id, *(one.id for one in following.rechecks)) for scope in here]
    previous = visit.looked["previous"]
    if changes_previous and previous and previous["is_in_field"]:
        scopes = (feed.user(_uuid(previous["assignee_id"])), feed.team(UUID(previous["department_id"])))
        told += [(scope, UUID(previous["id"])) for scope in scopes]
    told = [(scope, row_id) for scope, row_id in told if scope is not None]
    return {"told_scopes": [scope for scope, _ in told], "told_rows": [row_id for _, row_id in told]}


async def _write(session: AsyncSession, values: dict[str, Any]) -> int:
    try:
        row = await queries.submit(session, values)
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name == "uq_inspection_number":
            raise NumberInUse from None
        raise
    if row is None:
        raise ActionNotAllowed(action="submit")
    if row["audited"] != 1:
        raise RuntimeError("a submitted visit wrote no audit row")
    if row["photo_count"] != len(values["photo_ids"]):
        raise PhotoUnknown
    return int(row["version"])


def _missing(seen: Evaluation, answers: Mapping[str, Any]) -> list[MissingAnswer]:
    missing = []
    for error in seen.errors:
        raw = answers.get(error.path) if error.code == "type" else None
        told = None if raw is None else str(raw).replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_RAW]
        missing.append(MissingAnswer(path=error.path, code=error.code, message=error.message, raw=told))
    return missing


def _believable(ended_at: datetime) -> datetime:
    """Give the end of a visit, or now where the phone's clock says what cannot be."""
    now = clock.now()
    return ended_at if now - LONGEST_OFFLINE <= ended_at <= now else now


def _local_day(at: datetime) -> date:
    return at.astimezone(clock.ISTANBUL).date()


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
