"""Lists, the single visit and a business's history, each as far as its reader may see."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.pagination import Page, decode_cursor, encode_cursor, query_scope
from api.core.sql import Row
from api.inspections import plan_queries
from api.inspections import read_queries as queries
from api.inspections.form_store import form_of
from api.inspections.planning import may_read
from api.inspections.schemas import (
    AnswerLine,
    FindingOut,
    InspectionFilter,
    InspectionOut,
    InspectionRow,
    PhotoOut,
    TimelineLine,
)
from api.inspections.workflow import ACTIONS
from api.municipalities import service as municipalities
from mobile.forms import Form, evaluate
from mobile.forms.evaluation import Shown
from mobile.wire.record import said

# Group → condition, order, direction.
GROUPS: dict[str, tuple[str, str, str]] = {
    "all": ("true", "i.planned_at", "DESC"),
    "planned": ("i.status = 'planned'", "i.due_on", "ASC"),
    "due": ("i.status = 'planned' AND i.due_on <= %(soon)s", "i.due_on", "ASC"),
    "late": ("i.status = 'planned' AND i.due_on < %(today)s", "i.due_on", "ASC"),
    "done": ("i.status = 'submitted'", "i.submitted_at", "DESC"),
    "warned": ("i.status = 'submitted' AND i.outcome IN ('warned', 'failed')", "i.submitted_at", "DESC"),
    "cancelled": ("i.status = 'cancelled'", "i.planned_at", "DESC"),
}
DUE_WITHIN = timedelta(days=7)
MOST_LINES = 200
INSPECTING_ROLES = (
    "field_inspector", "enforcement_officer", "licence_officer", "department_officer", "department_head",
)  # fmt: skip


def conditions_of(actor: Actor, wanted: InspectionFilter) -> tuple[list[str], dict[str, Any]]:
    """Give the SQL conditions and values of a filter within what the actor may see."""
    today = clock.today()
    values: dict[str, Any] = {
        "municipality_id": actor.municipality_id, "today": today, "soon": today + DUE_WITHIN, "reader": actor.id,
    }  # fmt: skip
    conditions = ["i.municipality_id = %(municipality_id)s", GROUPS[wanted.group][0]]
    scope = actor.scope("inspection.read")
    if scope is not None:
        conditions.append("(i.department_id = ANY(%(scope)s) OR i.assignee_id = %(reader)s)")
        values["scope"] = list(scope)
    for column in ("kind", "outcome", "department_id", "assignee_id", "business_id", "complaint_id"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append(f"i.{column} = %({column})s")
            values[column] = value
    return conditions, values


async def list_inspections(
    session: AsyncSession, actor: Actor, wanted: InspectionFilter, cursor: str | None = None, limit: int = 50
) -> Page[InspectionRow]:
    """One page of visits: planned ones by their day, done ones newest first; one statement at any depth.

    Raises:
        Forbidden: without `inspection.read`. BadCursor: the cursor was changed or belongs to another list.
    """
    actor.demand("inspection.read")
    conditions, values = conditions_of(actor, wanted)
    _, order, direction = GROUPS[wanted.group]
    scope = query_scope(actor.municipality_id, "inspections", {"actor": actor.id, **wanted.model_dump(mode="json")})
    key = keys.derived_key("cursor")
    if cursor:
        after, after_id = decode_cursor(key, scope, cursor)
        conditions.append(f"({order}, i.id) {'<' if direction == 'DESC' else '>'} (%(after)s, %(after_id)s)")
        values |= {"after": after, "after_id": after_id}
    rows = await queries.page(session, conditions, order, direction, {**values, "limit": limit + 1})
    has_more, rows = len(rows) > limit, rows[:limit]
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    items = [InspectionRow.model_validate(_row(town, row, actor.language)) for row in rows]
    last = (rows[-1]["sort_key"], rows[-1]["id"]) if has_more else None
    return Page[InspectionRow](items=items, next_cursor=encode_cursor(key, scope, last) if last else None)


def _row(town: municipalities.TownConfig, row: Row, language: str) -> Row:
    titles = row.get("form_titles") or {}
    return {
        **row,
        "form_title": titles.get(language) or titles.get("tr") or row["form_id"],
        "department_name": town.department_name(row["department_id"]),
        "neighbourhood_name": town.neighbourhood_name(row["neighbourhood_id"]),
    }


async def readable(session: AsyncSession, actor: Actor, inspection_id: UUID) -> Row:
    """Give a visit that this actor may see.

    Raises:
        NotFound: no such visit, or not for this reader.
    """
    values = {"municipality_id": actor.municipality_id, "id": inspection_id, "today": clock.today()}
    row = await queries.one(session, values)
    if row is None or not may_read(actor, row):
        raise NotFound
    return row


async def read_inspection(session: AsyncSession, actor: Actor, inspection_id: UUID) -> InspectionOut:
    """A whole visit with its answers as people read them; the reading is audited, for answers may name persons.

    Raises:
        NotFound: no such visit, or not for this reader.
    """
    row = await readable(session, actor, inspection_id)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    form = (await form_of(session, actor.municipality_id, row["form_id"], row["form_version"])).form
    parts = await queries.parts(session, actor.municipality_id, inspection_id, row["previous_id"])
    of_this = str(inspection_id)
    await audit.record(session, actor, "inspection.read", "inspection", inspection_id)
    base = f"/v1/inspections/{inspection_id}/photos"
    return InspectionOut.model_validate(
        {
            **_row(town, {**row, "form_titles": form.title}, actor.language),
            "submitted_by": row["officer_name"],
            "answers": answer_lines(form, row["answers"], row["ended_at"], actor.language),
            "missing": row["missing"] or [],
            "findings": [_finding(one) for one in parts["findings"] if one["inspection_id"] == of_this],
            "open_before": [_finding(one) for one in parts["findings"] if one["inspection_id"] != of_this],
            "warnings": parts["warnings"],
            "amendments": parts["amendments"],
            "photos": [
                PhotoOut(**one, thumbnail_url=f"{base}/{one['id']}/thumbnail", url=f"{base}/{one['id']}/public")
                for one in parts["photos"]
            ],
            "allowed_actions": allowed_actions(actor, row),
        }
    )


def allowed_actions(actor: Actor, visit: Row) -> list[str]:
    """Acts that this actor could do now."""
    return [
        action
        for action, (permission, state) in ACTIONS.items()
        if visit["status"] == state and actor.can(permission, visit["department_id"])
    ]


def answer_lines(form: Form, answers: Any, ended_at: Any, language: str) -> list[AnswerLine]:
    """Give the answers of a submitted visit in the order of the form, headings between them; none before."""
    if answers is None:
        return []
    day = (ended_at or clock.now()).astimezone(clock.ISTANBUL).date()
    return [_line(shown, language) for shown in evaluate(form, answers, today=day, language=language).items]


def _line(shown: Shown, language: str) -> AnswerLine:
    item, value = shown.item, shown.value
    told = value if isinstance(value, dict) else {}
    verdict = (told.get("v") if told else value) if item.type == "check" else None
    photos = value if item.type == "photo" and isinstance(value, list) else told.get("photos", ())
    text = said(item, value, language)
    if item.type == "signature" and value:
        text = {"tr": "İmzadan imtina etti", "en": "Refused to sign"}[language] if told else "✓"
    return AnswerLine(
        path=shown.path,
        label=item.text("label", language),
        value=text,
        note=str(told.get("note", "")),
        depth=item.depth,
        is_heading=item.type in ("group", "repeat", "note"),
        verdict=verdict if verdict in ("yes", "no", "na") else None,
        photo_ids=_ids(photos),
    )


def _ids(raw: Sequence[str]) -> list[UUID]:
    """Give those of a form's photo names that are ids of ours."""
    ids = []
    for one in raw:
        try:
            ids.append(UUID(one))
        except ValueError:
            continue
    return ids


def _finding(row: Row) -> FindingOut:
    return FindingOut.model_validate({**row, "photo_ids": _ids(row["photo_ids"] or ())})


async def photo_of_inspection(session: AsyncSession, actor: Actor, inspection_id: UUID, photo_id: UUID) -> UUID:
    """Check that a photo belongs to a visit this actor may read.

    Raises:
        NotFound: no such visit or photo, or not for this reader.
    """
    await readable(session, actor, inspection_id)
    photos = (await queries.parts(session, actor.municipality_id, inspection_id, None))["photos"]
    if str(photo_id) not in {photo["id"] for photo in photos}:
        raise NotFound
    return photo_id


async def business_timeline(session: AsyncSession, actor: Actor, business_id: UUID) -> list[TimelineLine]:
    """What happened to a business, newest first: visits that the reader may see, warnings, changes, complaints.

    Raises:
        Forbidden: without `inspection.read` or `business.read`. NotFound: no such business.
    """
    actor.demand("inspection.read")
    actor.demand("business.read")
    if await plan_queries.business(session, actor.municipality_id, business_id) is None:
        raise NotFound
    scope = actor.scope("inspection.read")
    rows = await queries.timeline(
        session,
        {
            "municipality_id": actor.municipality_id,
            "id": business_id,
            "scope": None if scope is None else list(scope),
            "reader": actor.id,
            "may_read_complaints": "complaint.read" in actor.grants,
            "limit": MOST_LINES,
        },
    )
    return [TimelineLine.model_validate(row) for row in rows]


async def list_inspectors(session: AsyncSession, actor: Actor) -> list[Row]:
    """People to whom visits can be given: `[{"id", "full_name", "title", "department_id"}]`."""
    actor.demand("inspection.plan")
    values = {"municipality_id": actor.municipality_id, "roles": list(INSPECTING_ROLES), "today": clock.today()}
    return await queries.people(session, values)
