"""Filing a report: check, find the place's neighbourhood and the responsible department, write it all at once."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import field, queries, routing
from api.complaints.answers import checked
from api.complaints.configuration import Category, Configuration, configuration
from api.complaints.errors import (
    AnonymousNotAllowed,
    ComplaintsOff,
    IdInUse,
    PhotoMissing,
    PhotoUnknown,
    PlaceMissing,
    PlaceOutside,
)
from api.complaints.schemas import ComplaintIn, CounterComplaintIn, FiledOut, OnSiteIn, Place
from api.complaints.workflow import OPEN, Status
from api.core import audit, clock, feed, jobs
from api.core.actor import Actor
from api.core.ids import uuid7
from api.core.tenancy import enter_municipality
from api.core.text import clean, fold
from api.identity import service as identity
from api.municipalities import service as municipalities
from geo.grid import cells_of
from geo.mercator import to_metres
from geo.morton import morton

LONGEST_ADDRESS = 300


@dataclass(frozen=True)
class Locality:
    """What is known of a place in this municipality."""

    neighbourhood_id: UUID | None
    neighbourhood_name: str | None
    area_ids: frozenset[UUID]


@dataclass(frozen=True)
class Deadlines:
    """The three clocks of a case (UTC); None where the clock does not run."""

    first_answer: datetime | None
    solution: datetime | None
    legal: datetime | None


async def file_complaint(
    session: AsyncSession,
    actor: Actor,
    report: ComplaintIn,
    *,
    citizen_id: UUID | None = None,
    channel: str | None = None,
) -> FiledOut:
    """File a report; the same id filed again by the same person gives the first answer again.

    Args:
        session: a transaction in the actor's municipality.
        actor: the citizen, or staff who write it down for somebody.
        report: as it came; its place in WGS 84 degrees.
        citizen_id: the reporter where staff file; a citizen always files for themselves.
        channel: of a report that staff file.

    Raises:
        CategoryUnknown, PlaceMissing, PlaceOutside, PhotoMissing, PhotoUnknown, AnswerInvalid, AnonymousNotAllowed:
            the report cannot be taken as it is.
        IdInUse: the id belongs to another report.
    """
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    config = await configuration(session, actor.municipality_id, actor.config_version)
    if not town.is_on("complaints"):
        raise ComplaintsOff
    category = config.usable(report.category_id)
    answers = _acceptable(category, report)
    locality = _locality(town, report.place)
    decision = _decision(config, category, locality)
    reporter_id = None if report.is_anonymous else (actor.id if actor.kind == "citizen" else citizen_id)
    filed_at = clock.now()
    if decision.authority == "own":
        status = Status.ROUTED if decision.department_id else Status.NEW
    else:
        status = Status.FORWARDED
    authority_name = None if decision.authority == "own" else _authority_name(town, category, decision)
    due = deadlines(town, category, decision.department_id, filed_at, has_name=reporter_id is not None)
    event_id = uuid7()
    x, y = to_metres(report.place.lon, report.place.lat) if report.place else (None, None)
    cells = cells_of(report.place.lon, report.place.lat) if report.place else ()
    row = await _write(
        session,
        actor,
        report,
        {
            "id": report.id,
            "year": filed_at.astimezone(clock.ISTANBUL).year,
            "kind": report.kind,
            "category_id": category.id,
            "department_id": decision.department_id,
            "neighbourhood_id": locality.neighbourhood_id,
            "authority": decision.authority,
            "status": status,
            "is_open": status in OPEN,
            "is_emergency": category.is_emergency,
            "channel": channel or actor.channel,
            "description": report.description,
            "search_text": fold(f"{report.description} {report.address_text}"),
            "answers": json.dumps(answers, ensure_ascii=False),
            "address_text": clean(report.address_text, LONGEST_ADDRESS),
            "lon": report.place.lon if report.place else None,
            "lat": report.place.lat if report.place else None,
            "x": x,
            "y": y,
            "citizen_id": reporter_id,
            "filed_by": actor.id if actor.kind == "staff" else None,
            "filed_at": filed_at,
            "first_answer_due_at": due.first_answer if status in OPEN else None,
            "solution_due_at": due.solution if status in OPEN else None,
            "legal_due_at": due.legal if status in OPEN else None,
            "event_id": event_id,
            "actor_kind": _sender(actor, report).kind,
            "actor_id": _sender(actor, report).id,
            "event_details": json.dumps(
                {"photo_ids": [str(photo) for photo in report.photo_ids], "authority_name": authority_name},
                ensure_ascii=False,
            ),
            "levels": [level for level, _, _ in cells],
            "cells": [morton(gx, gy) for _, gx, gy in cells],
            "photo_ids": report.photo_ids,
            "uploader_id": actor.id,
            **feed.parameters(
                field.TABLE,
                report.id,
                field.scopes_of(
                    {"is_open": status in OPEN, "department_id": decision.department_id, "assignee_id": None}
                ),
            ),
            **audit.entry(
                _sender(actor, report), "complaint.file", "complaint", report.id, {"category": category.code}
            ),
            **jobs.job_parameters(
                "complaints.notify_reporter", actor.municipality_id, event_id=event_id, happened_at=filed_at
            ),
        },
    )
    if isinstance(row, FiledOut):
        return row
    return FiledOut(
        id=report.id,
        number=row["number"],
        status=status,
        department_name=town.department_name(decision.department_id),
        neighbourhood_name=locality.neighbourhood_name,
        authority_name=authority_name,
        first_answer_due_at=due.first_answer if status in OPEN else None,
        solution_due_at=due.solution if status in OPEN else None,
        filed_at=filed_at,
    )


async def file_for_citizen(session: AsyncSession, actor: Actor, report: CounterComplaintIn) -> FiledOut:
    """Write down a report that came by counter, telephone or letter; the caller's phone makes or finds the citizen."""
    citizen_id = None
    if report.phone and not report.is_anonymous:
        citizen_id = await identity.register_citizen(session, actor, report.phone)
    plain = ComplaintIn.model_validate(report.model_dump(exclude={"channel", "phone"}))
    return await file_complaint(session, actor, plain, citizen_id=citizen_id, channel=report.channel)


async def file_on_site(session: AsyncSession, actor: Actor, found: OnSiteIn) -> FiledOut:
    """File what somebody of the municipality saw on the spot; it goes the same way as a citizen's report.

    Raises:
        Those of `file_complaint`.
    """
    actor.demand("complaint.file_on_site")
    return await file_complaint(session, actor, ComplaintIn(**found.model_dump()), channel="field")


def _sender(actor: Actor, report: ComplaintIn) -> Actor:
    """The actor as it is written down: an unnamed report keeps no trace of who sent it."""
    if report.is_anonymous and actor.kind == "citizen":
        return replace(actor, kind="anonymous", id=None, device_id=None)
    return actor


async def _write(session: AsyncSession, actor: Actor, report: ComplaintIn, values: dict[str, Any]) -> Any:
    try:
        row = await queries.insert_complaint(session, values)
    except psycopg.errors.UniqueViolation:
        # Sent twice: nothing of this attempt stays, not even its number; answer as the first time.
        await session.rollback()
        await enter_municipality(session, actor.municipality_id)
        return await _filed_before(session, actor, report)
    if row is None or row["audited"] != 1 or row["jobs"] != 1:
        raise RuntimeError("filing wrote no audit row or no job")
    if row["photo_count"] != len(set(report.photo_ids)):
        raise PhotoUnknown
    return row


async def _filed_before(session: AsyncSession, actor: Actor, report: ComplaintIn) -> FiledOut:
    row = await queries.filed_before(session, actor.municipality_id, report.id)
    sender = None if report.is_anonymous else actor.id
    if (
        row is None
        or row["filed_by_actor"] != sender
        or row["description"] != report.description
        or row["category_id"] != report.category_id
    ):
        raise IdInUse
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    return FiledOut(
        id=row["id"],
        number=row["number"],
        status=Status(row["status"]),
        department_name=town.department_name(row["department_id"]),
        neighbourhood_name=town.neighbourhood_name(row["neighbourhood_id"]),
        authority_name=(row["details"] or {}).get("authority_name"),
        first_answer_due_at=row["first_answer_due_at"],
        solution_due_at=row["solution_due_at"],
        filed_at=row["filed_at"],
    )


def _acceptable(category: Category, report: ComplaintIn) -> dict[str, Any]:
    if report.is_anonymous and not category.anonymous_allowed:
        raise AnonymousNotAllowed
    if category.place_required and report.place is None:
        raise PlaceMissing
    if category.photo_required and not report.photo_ids:
        raise PhotoMissing
    return checked(category.questions, report.answers)


def _locality(town: municipalities.TownConfig, place: Place | None) -> Locality:
    if place is None:
        return Locality(None, None, frozenset())
    neighbourhood_id = town.neighbourhood_at(place.lon, place.lat)
    if neighbourhood_id is None:
        raise PlaceOutside
    return Locality(
        neighbourhood_id, town.neighbourhood_name(neighbourhood_id), town.service_areas_at(place.lon, place.lat)
    )


def _decision(config: Configuration, category: Category, locality: Locality) -> routing.Decision:
    return routing.decide(
        config.rules,
        category_line=config.line(category),
        area_ids=locality.area_ids,
        neighbourhood_id=locality.neighbourhood_id,
        default=config.default(category),
    )


def _authority_name(town: municipalities.TownConfig, category: Category, decision: routing.Decision) -> str:
    if decision.authority == "metropolitan":
        return town.parent_name or "Büyükşehir Belediyesi"
    return category.external_name or "sorumlu kurum"


def deadlines(
    town: municipalities.TownConfig,
    category: Category,
    department_id: UUID | None,
    start: datetime,
    *,
    has_name: bool,
) -> Deadlines:
    """Give the three clocks of a case.

    Service hours run in the department's working time, an emergency's round the clock; the legal term in calendar
    days (3071 m.7), for reporters who gave their name.
    """
    calendar = town.calendar(department_id, round_the_clock=category.is_emergency)
    return Deadlines(
        first_answer=_after(calendar, start, category.first_answer_hours),
        solution=_after(calendar, start, category.solution_hours),
        legal=start + timedelta(days=town.petition_days(start)) if has_name else None,
    )


def _after(calendar: municipalities.WorkingCalendar, start: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else calendar.add_working_hours(start, hours)
