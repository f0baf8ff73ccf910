"""The pages of inspections: visits to come and done, one visit, planning, forms, record numbers."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.businesses import service as businesses
from api.businesses.schemas import BusinessFilter
from api.console.faults import show_faults_in
from api.console.frames import reader_frame
from api.console.guard import form_of
from api.console.pages import pages
from api.console.views import inspections as views
from api.core import clock
from api.core.actor import Actor
from api.core.errors import Invalid, TooLarge
from api.core.ids import uuid7
from api.core.pagination import BadCursor
from api.inspections import service as inspections
from api.inspections.schemas import (
    InspectionAmendIn,
    InspectionAssignIn,
    InspectionCancelIn,
    InspectionFilter,
    InspectionPlanIn,
)
from api.municipalities import service as municipalities

HOME = "/console/inspections"
PLAN, FORMS, NUMBERS = f"{HOME}/plan", f"{HOME}/forms", f"{HOME}/numbers"
# Address, word, permission.
TABS = (
    (HOME, "list", "inspection.read"),
    (PLAN, "plan", "inspection.plan"),
    (FORMS, "forms", "business.read"),
    (NUMBERS, "numbers", "inspection.read"),
)
PAGE_SIZE = 30
MOST_FOUND = 20
MOST_SHEET_BYTES = 2_000_000


async def show_list(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Show visits by group: what is due, what is late, what was done."""
    query = {name: text for name, text in request.query_params.items() if text and name != "done"}
    cursor = query.pop("cursor", None)
    try:
        chosen = InspectionFilter.model_validate({"group": "due", **query})
    except ValidationError:
        chosen, query = InspectionFilter(group="due"), {}
    try:
        page = await inspections.list_inspections(session, actor, chosen, cursor, PAGE_SIZE)
    except BadCursor:
        page = await inspections.list_inspections(session, actor, chosen, None, PAGE_SIZE)
    people = await inspections.list_inspectors(session, actor) if actor.can("inspection.plan") else []
    more = f"{HOME}?{urlencode({**query, 'cursor': page.next_cursor})}" if page.next_cursor else ""
    return await _page(
        request, session, actor, "inspections.html", HOME,
        make=lambda t: {
            "groups": views.group_links(t, HOME, query, chosen.group),
            "rows": [views.row_view(t, row, HOME) for row in page.items],
            "people": views.person_options(people),
            "assignee": str(chosen.assignee_id or ""),
            "group": chosen.group,
            "more_url": more,
        },
    )  # fmt: skip


async def show_inspection(request: Request, session: AsyncSession, actor: Actor, inspection_id: UUID) -> Response:
    """Show one visit with everything that hangs on it.

    Raises:
        NotFound: no such visit, or not for this reader.
    """
    visit = await inspections.read_inspection(session, actor, inspection_id)
    people = await inspections.list_inspectors(session, actor) if "assign" in visit.allowed_actions else []
    return await _page(
        request, session, actor, "inspection.html", HOME,
        make=lambda t: {
            **views.visit_view(t, visit),
            "url": f"{HOME}/{visit.id}",
            "people": views.person_options(people),
            "today": clock.today().isoformat(),
        },
    )  # fmt: skip


async def assign(request: Request, session: AsyncSession, actor: Actor, inspection_id: UUID) -> Response:
    """Give a planned visit to somebody, or move its day."""
    url = f"{HOME}/{inspection_id}"
    typed = await _typed(request, url)
    wanted = _checked(
        lambda: InspectionAssignIn(
            assignee_id=typed.get("assignee_id") or None,
            due_on=typed.get("due_on") or None,
        )
    )
    await inspections.assign_inspection(session, actor, inspection_id, wanted, _version(typed))
    return _done(url, "assigned")


async def cancel(request: Request, session: AsyncSession, actor: Actor, inspection_id: UUID) -> Response:
    """Call a planned visit off."""
    url = f"{HOME}/{inspection_id}"
    typed = await _typed(request, url)
    wanted = _checked(lambda: InspectionCancelIn(reason=typed["reason"]))
    await inspections.cancel_inspection(session, actor, inspection_id, wanted, _version(typed))
    return _done(url, "cancelled")


async def amend(request: Request, session: AsyncSession, actor: Actor, inspection_id: UUID) -> Response:
    """Append a correction to a submitted visit."""
    url = f"{HOME}/{inspection_id}"
    typed = await _typed(request, url)
    wanted = _checked(lambda: InspectionAmendIn(inspection_id=inspection_id, text=typed["text"]))
    await inspections.amend_inspection(session, actor, wanted)
    return _done(url, "amended")


async def show_plan(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Show how a visit is planned: a business is looked for, then a day, a form and a person are chosen."""
    text = request.query_params.get("text", "").strip()[:100]
    chosen = request.query_params.get("business", "")
    found = []
    if text:
        found = (await businesses.list_businesses(session, actor, BusinessFilter(text=text), None, MOST_FOUND)).items
    business = await _business(session, actor, chosen)
    forms = [form for form in await inspections.list_forms(session, actor) if form.is_current]
    people = await inspections.list_inspectors(session, actor)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    return await _page(
        request, session, actor, "inspection_plan.html", PLAN,
        make=lambda t: {
            "text": text,
            "found": [views.business_link(row, PLAN) for row in found],
            "business": business,
            "forms": views.form_options(t, forms),
            "people": views.person_options(people),
            "today": clock.today().isoformat(),
            "day": town.calendar().add_working_days(clock.today(), 1).isoformat(),
        },
    )  # fmt: skip


async def plan(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Plan a visit."""
    typed = await _typed(request, PLAN)
    wanted = _checked(
        lambda: InspectionPlanIn(
            id=uuid7(),
            business_id=UUID(typed["business_id"]),
            due_on=date.fromisoformat(typed["due_on"]),
            form_id=typed.get("form_id") or None,
            assignee_id=UUID(typed["assignee_id"]) if typed.get("assignee_id") else None,
            reason=typed.get("reason", ""),
        )
    )
    planned = await inspections.plan_inspection(session, actor, wanted)
    return _done(f"{HOME}/{planned.id}", "planned")


async def show_forms(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Show every form with its versions."""
    forms = await inspections.list_forms(session, actor)
    return await _page(
        request, session, actor, "inspection_forms.html", FORMS,
        make=lambda t: {
            "forms": [views.form_view(t, form, FORMS) for form in forms],
            "may_edit": actor.can("inspection_form.edit"),
        },
    )  # fmt: skip


async def show_form(request: Request, session: AsyncSession, actor: Actor, form_id: UUID) -> Response:
    """Show a version of a form in words, as the phone asks it.

    Raises:
        NotFound: no such version.
    """
    form = await inspections.read_form(session, actor, form_id)
    return await _page(
        request, session, actor, "inspection_form.html", FORMS,
        make=lambda t: {"form": views.form_view(t, form, FORMS), "items": views.item_lines(t, form.document["items"])},
    )  # fmt: skip


async def upload_form(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Publish a form from an Excel file.

    Raises:
        FormNotValid: with what is wrong, where.
    """
    show_faults_in(request, "toast", FORMS)
    file = (await form_of(request)).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Invalid(tr="Bir Excel dosyası seçin.", en="Choose an Excel file.")
    data = await file.read(MOST_SHEET_BYTES + 1)
    if len(data) > MOST_SHEET_BYTES:
        raise TooLarge
    form = await inspections.import_xlsform(session, actor, data)
    return _done(f"{FORMS}/{form.id}", "published")


async def show_numbers(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Show where every record number of a year went."""
    year = request.query_params.get("year", "")
    chosen = int(year) if year.isascii() and year.isdigit() and len(year) == len("2026") else clock.today().year
    usage = await inspections.number_usage(session, actor, chosen)
    return await _page(
        request, session, actor, "inspection_numbers.html", NUMBERS,
        make=lambda t: {"usage": usage, "ranges": [views.range_view(t, usage, one) for one in usage.ranges],
                        "years": [chosen - 1, chosen, chosen + 1]},
    )  # fmt: skip


async def _business(session: AsyncSession, actor: Actor, chosen: str) -> dict[str, Any] | None:
    try:
        business_id = UUID(chosen)
    except ValueError:
        return None
    business = await businesses.read_business(session, actor, business_id)
    return {"id": business.id, "title": business.title, "address": business.address_text}


async def _page(
    request: Request, session: AsyncSession, actor: Actor, template: str, here: str, *, make: Callable[[Any], Any]
) -> Response:
    frame = await reader_frame(request, session, actor)
    t = frame.t
    tabs = [
        views.Tab(url, t(f"inspection.tab.{word}"), url == here)
        for url, word, permission in TABS
        if actor.can(permission)
    ]
    done = request.query_params.get("done", "")
    told = t(f"inspection.done.{done}") if t.has(f"inspection.done.{done}") else ""
    return pages().page(template, frame, tabs=tabs, told=told, **make(t))


async def _typed(request: Request, back_url: str) -> dict[str, str]:
    show_faults_in(request, "toast", back_url)
    return {name: value.strip() for name, value in (await form_of(request)).items() if isinstance(value, str)}


def _checked(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except (ValidationError, KeyError, ValueError) as error:
        raise Invalid from error


def _version(typed: dict[str, str]) -> int | None:
    text = typed.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("2147483647") else None


def _done(url: str, what: str) -> Response:
    return RedirectResponse(f"{url}?done={what}", status_code=303)
