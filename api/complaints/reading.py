"""Lists, the map and the single case, each as far as its reader may see."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import queries, tiles
from api.complaints.answers import described
from api.complaints.configuration import configuration
from api.complaints.handling import may_read
from api.complaints.schemas import (
    CategoryOut,
    ComplaintFilter,
    ComplaintOut,
    ComplaintRow,
    EventOut,
    PhotoOut,
    ReporterOut,
)
from api.complaints.workflow import Status, actions_in
from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.pagination import Page, decode_cursor, encode_cursor, query_scope
from api.core.phones import mask_phone
from api.core.sql import Row
from api.core.text import fold
from api.municipalities import service as municipalities
from geo.mercator import MAX_LATITUDE

LIKE_SPECIAL = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


def conditions_of(actor: Actor, wanted: ComplaintFilter) -> tuple[list[str], dict[str, Any]]:
    """Give the SQL conditions and values of a filter within what the actor may see."""
    now = clock.now()
    conditions = ["c.municipality_id = %(municipality_id)s"]
    values: dict[str, Any] = {"municipality_id": actor.municipality_id, "now": now}
    if actor.kind == "citizen":
        conditions.append("c.citizen_id = %(reader)s")
        values["reader"] = actor.id
    else:
        scope = actor.scope("complaint.read")
        if scope is not None:
            conditions.append("(c.department_id = ANY(%(scope)s) OR c.assignee_id = %(reader)s)")
            values |= {"scope": list(scope), "reader": actor.id}
    conditions += _group_conditions(wanted.status_group)
    for column in ("status", "department_id", "category_id", "neighbourhood_id", "assignee_id"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append(f"c.{column} = %({column})s")
            values[column] = value
    if wanted.filed_from:
        conditions.append("c.filed_at >= %(filed_from)s")
        values["filed_from"] = datetime.combine(wanted.filed_from, time(), clock.ISTANBUL).astimezone(UTC)
    if wanted.filed_to:
        conditions.append("c.filed_at < %(filed_to)s")
        values["filed_to"] = datetime.combine(wanted.filed_to + timedelta(days=1), time(), clock.ISTANBUL)
    if wanted.bbox:
        conditions.append("c.geom_3857 && ST_Transform(ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4326), 3857)")
        west, south, east, north = wanted.bbox
        # The map ends before the poles; there PostGIS would have no metres to give.
        south, north = max(south, -MAX_LATITUDE), min(north, MAX_LATITUDE)
        values |= {"w": west, "s": south, "e": east, "n": north}
    if wanted.text and (words := fold(wanted.text).strip()):
        pattern = "%" + words.translate(LIKE_SPECIAL) + "%"
        conditions.append("(c.search_text LIKE %(pattern)s OR c.number = %(number)s)")
        values |= {"pattern": pattern, "number": words.upper()}
    return conditions, values


def _group_conditions(group: str) -> list[str]:
    return {
        "all": [],
        "new": ["c.is_open", "c.status IN ('new', 'routed')"],
        "open": ["c.is_open"],
        "late": ["c.is_open", "c.solution_due_at < %(now)s"],
        "solved": ["c.status = 'solved'"],
        "closed": ["NOT c.is_open"],
    }[group]


async def list_complaints(
    session: AsyncSession, actor: Actor, wanted: ComplaintFilter, cursor: str | None = None, limit: int = 50
) -> Page[ComplaintRow]:
    """One page of cases, newest first; one statement at any depth.

    Raises:
        BadCursor: the cursor was changed or belongs to another list.
    """
    conditions, values = conditions_of(actor, wanted)
    scope = query_scope(actor.municipality_id, "complaints", {"actor": actor.id, **wanted.model_dump(mode="json")})
    key = keys.derived_key("cursor")
    if cursor:
        after_at, after_id = decode_cursor(key, scope, cursor)
        conditions.append("(c.filed_at, c.id) < (%(after_at)s, %(after_id)s)")
        values |= {"after_at": after_at, "after_id": after_id}
    rows = await queries.page(session, conditions, {**values, "limit": limit + 1})
    has_more, rows = len(rows) > limit, rows[:limit]
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    config = await configuration(session, actor.municipality_id, actor.config_version)
    items = []
    for row in rows:
        category = config.categories[row["category_id"]]
        # Validating is quicker than model_construct: it happens in Rust.
        items.append(
            ComplaintRow.model_validate(
                {
                    **row,
                    # Citizens deal with the municipality, not with a person.
                    "assignee_name": row["assignee_name"] if actor.kind == "staff" else None,
                    "category_name": category.title(actor.language),
                    "category_icon": category.icon,
                    "department_name": town.department_name(row["department_id"]),
                    "neighbourhood_name": town.neighbourhood_name(row["neighbourhood_id"]),
                }
            )
        )
    last = (rows[-1]["filed_at"], rows[-1]["id"]) if has_more else None
    return Page[ComplaintRow](items=items, next_cursor=encode_cursor(key, scope, last) if last else None)


Phase = Literal["filed", "during", "closing"]
PHASES: dict[str, Phase] = {"file": "filed", "close": "closing"}


async def read_complaint(session: AsyncSession, actor: Actor, complaint_id: UUID) -> ComplaintOut:
    """A whole case; staff's reading is audited, the reporter is masked.

    Raises:
        NotFound: no such case, or not for this reader.
    """
    row = await _readable(session, actor, complaint_id)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    config = await configuration(session, actor.municipality_id, actor.config_version)
    category = config.categories[row["category_id"]]
    is_staff = actor.kind == "staff"
    events = await queries.timeline(
        session, actor.municipality_id, complaint_id, filed_at=row["filed_at"], internal=is_staff
    )
    photos = await queries.photos(session, actor.municipality_id, complaint_id)
    if is_staff:
        await audit.record(session, actor, "complaint.read", "complaint", complaint_id)
    return ComplaintOut.model_construct(
        **{name: row[name] for name in CASE_COLUMNS},
        status=Status(row["status"]),
        is_late=bool(row["is_open"] and row["solution_due_at"] and row["solution_due_at"] < clock.now()),
        category_name=category.title(actor.language),
        category_icon=category.icon,
        department_name=town.department_name(row["department_id"]),
        neighbourhood_name=town.neighbourhood_name(row["neighbourhood_id"]),
        assignee_id=row["assignee_id"] if is_staff else None,
        assignee_name=row["assignee_name"] if is_staff else None,
        answers=described(category.questions, row["answers"], actor.language),
        closing_photo_required=category.closing_photo_required,
        reporter=await _reporter(session, actor, row, is_clear=False) if is_staff else None,
        timeline=[_event(event, is_staff=is_staff) for event in events],
        photos=_photos(complaint_id, events, photos, is_staff=is_staff),
        allowed_actions=allowed_actions(actor, row),
    )


CASE_COLUMNS = (
    "id", "number", "version", "kind", "is_open", "is_emergency", "authority", "channel", "category_id",
    "department_id", "neighbourhood_id", "description", "address_text", "lon", "lat", "filed_at",
    "first_answer_due_at", "first_answered_at", "solution_due_at", "solved_at", "legal_due_at", "legal_answered_at",
    "reopen_until", "reopen_count", "rating", "rating_comment",
)  # fmt: skip


def allowed_actions(actor: Actor, case: Row) -> list[str]:
    """Acts this actor could do now, in the workflow's order."""
    by = "citizen" if actor.kind == "citizen" else "staff"
    allowed = [
        action.value
        for action in actions_in(Status(case["status"]), by)
        if actor.can(action.permission, case["department_id"])
    ]
    if "reopen" in allowed and (case["reopen_until"] is None or case["reopen_until"] < clock.now()):
        allowed.remove("reopen")
    if "take" in allowed and case["assignee_id"] is not None:
        allowed.remove("take")
    if "hand_over" in allowed and case["assignee_id"] not in (None, actor.id):
        allowed.remove("hand_over")
    if "ask_citizen" in allowed and case["citizen_id"] is None:
        allowed.remove("ask_citizen")
    return allowed


async def reveal_reporter(session: AsyncSession, actor: Actor, complaint_id: UUID, reason: str) -> ReporterOut:
    """Show the reporter in clear to staff with a purpose; who, when and why goes to the audit trail.

    Raises:
        NotFound: no such case, or it was filed without a name.
        Forbidden: the actor may not see persons.
    """
    row = await _readable(session, actor, complaint_id)
    actor.demand("complaint.read_person", row["department_id"])
    if row["citizen_id"] is None:
        raise NotFound
    await audit.record(session, actor, "complaint.read_person", "complaint", complaint_id, reason=reason)
    reporter = await _reporter(session, actor, row, is_clear=True)
    if reporter is None:
        raise NotFound
    return reporter


async def photo_of_case(session: AsyncSession, actor: Actor, complaint_id: UUID, photo_id: UUID) -> UUID:
    """Check that a photo belongs to a case this actor may read; a reporter sees only photos of public lines.

    Raises:
        NotFound: no such case or photo, or not for this reader.
    """
    row = await _readable(session, actor, complaint_id)
    is_staff = actor.kind == "staff"
    events = await queries.timeline(
        session, actor.municipality_id, complaint_id, filed_at=row["filed_at"], internal=is_staff
    )
    if str(photo_id) not in {photo for event in events for photo in (event["details"] or {}).get("photo_ids", [])}:
        raise NotFound
    return photo_id


async def map_tile(session: AsyncSession, actor: Actor, wanted: ComplaintFilter, z: int, x: int, y: int) -> bytes:
    """One vector tile of the reports this actor may see; one statement."""
    plain = wanted.model_dump(exclude={"status_group"}, exclude_none=True) == {}
    if plain and wanted.status_group in ("all", "open") and actor.scope("complaint.read") is None:
        tile = await tiles.pyramid_tile(
            session, actor.municipality_id, z, x, y, only_open=wanted.status_group == "open"
        )
        if tile is not None:
            return tile
    conditions, values = conditions_of(actor, wanted)
    return await tiles.live_tile(session, z, x, y, conditions, values)


async def list_categories(session: AsyncSession, municipality_id: int, config_version: int) -> list[CategoryOut]:
    """The active category tree for people who file."""
    config = await configuration(session, municipality_id, config_version)
    return [
        CategoryOut(
            **{name: getattr(category, name) for name in CategoryOut.model_fields if name != "questions"},
            questions=list(category.questions),
        )
        for category in config.categories.values()
        if category.is_active
    ]


async def _readable(session: AsyncSession, actor: Actor, complaint_id: UUID) -> Row:
    row = await queries.case(session, actor.municipality_id, complaint_id)
    if row is None or not may_read(actor, row):
        raise NotFound
    return row


async def _reporter(session: AsyncSession, actor: Actor, row: Row, *, is_clear: bool) -> ReporterOut | None:
    if row["citizen_id"] is None:
        return None
    ring = await keys.keyring(session, actor.municipality_id)
    phone = ring.decrypt("citizen", "phone", row["citizen_id"], row["reporter_phone"])
    name = ring.decrypt("citizen", "name", row["citizen_id"], row["reporter_name"]) if row["reporter_name"] else None
    if is_clear:
        return ReporterOut(name=name, phone=phone, is_clear=True)
    return ReporterOut(name=_masked_name(name), phone=mask_phone(phone), is_clear=False)


def _masked_name(name: str | None) -> str | None:
    return " ".join(word[0] + "***" for word in name.split()) if name else None


def _event(event: Row, *, is_staff: bool) -> EventOut:
    return EventOut.model_construct(
        **{name: event[name] for name in ("id", "action", "is_public", "actor_kind")},
        from_status=Status(event["from_status"]) if event["from_status"] else None,
        to_status=Status(event["to_status"]),
        # Citizens deal with the municipality, not with a person.
        actor_name=event["actor_name"] if is_staff else None,
        text=event["text"],
        happened_at=event["happened_at"],
        photo_ids=[UUID(photo) for photo in (event["details"] or {}).get("photo_ids", [])],
    )


def _photos(complaint_id: UUID, events: Sequence[Row], photos: Sequence[Row], *, is_staff: bool) -> list[PhotoOut]:
    phase_of: dict[str, Phase] = {
        photo: PHASES.get(event["action"], "during")
        for event in events
        for photo in (event["details"] or {}).get("photo_ids", [])
    }
    base = f"/v1/complaints/{complaint_id}/photos"
    return [
        PhotoOut.model_construct(
            id=photo["id"],
            phase=phase_of[str(photo["id"])],
            thumbnail_url=f"{base}/{photo['id']}/thumbnail",
            url=f"{base}/{photo['id']}/public",
            width=photo["width"],
            height=photo["height"],
        )
        for photo in photos
        if str(photo["id"]) in phase_of
    ]
