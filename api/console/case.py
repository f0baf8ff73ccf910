"""The page of one case, and the acts that its forms send."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from api.complaints import service as complaints
from api.complaints.schemas import ComplaintOut, RevealIn
from api.console.actions import ActionSpec
from api.console.board import map_view
from api.console.faults import show_faults_in
from api.console.frames import HOME, bare_frame, is_partial, reader_frame, safe_return, words
from api.console.guard import csrf_of, form_of
from api.console.language import Catalogue
from api.console.pages import Frame, pages
from api.console.views.actions import Attempt, action_views
from api.console.views.case import case_view, reporter_view
from api.console.views.filters import Option, department_options
from api.console.views.tasks import task_view, visits_line
from api.core import clock
from api.core.actor import Actor
from api.core.errors import Invalid
from api.core.images import ImageRefused
from api.fieldwork import service as fieldwork
from api.files import service as files
from api.identity import service as identity
from api.identity.deps import database_of
from api.identity.schemas import StaffQuery
from api.municipalities import service as municipalities

if TYPE_CHECKING:
    from api.core.storage import BlobStore

MOST_PHOTOS = 5
MOST_STAFF = 100
# Refusals of verbs that speak of one field of the form.
_FIELD_OF_CODE = {
    "photo_missing": "photos",
    "photo_unknown": "photos",
    "department_unknown": "department_id",
    "assignee_unknown": "staff_user_id",
}


def case_url(complaint_id: UUID) -> str:
    """Give the address of a case's page."""
    return f"/console/complaints/{complaint_id}"


async def show_case(
    request: Request, session: AsyncSession, actor: Actor, complaint_id: UUID, attempt: Attempt | None = None
) -> Response:
    """Show a case; after a form that came back with faults, with what was typed.

    Raises:
        NotFound: no such case, or not for this reader.
    """
    frame = await reader_frame(request, session, actor)
    case = await complaints.read_complaint(session, actor, complaint_id)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    options = await _options(session, actor, case)
    awaited = await files.awaited_among(session, actor.municipality_id, [photo.id for photo in case.photos])
    view = case_view(
        frame.t,
        case,
        clock.now(),
        awaited=awaited,
        actions=action_views(frame.t, case, options, attempt),
        may_reveal=actor.can("complaint.read_person", case.department_id),
    )
    told = frame.t("action.done") if "done" in request.query_params else ""
    return pages().page(
        "case.html",
        frame,
        status=422 if attempt else 200,
        case=view,
        tasks=[task_view(frame.t, task) for task in await fieldwork.tasks_of_case(session, actor, complaint_id)],
        visits=visits_line(frame.t, await fieldwork.visits_of_case(session, actor, complaint_id)),
        map=map_view(town),
        told=told,
        back_url=_list_address(request),
    )


async def act(request: Request, actor: Actor, complaint_id: UUID, spec: ActionSpec) -> Response:
    """Do one act: the form is checked, its photos taken in, the verb called in a transaction of its own.

    Raises:
        StaleVersion, Conflict, Forbidden, NotFound: what the verb refuses.
    """
    typed = await form_of(request)
    show_faults_in(request, f"action-{spec.name}-fault", case_url(complaint_id))
    t = words(request)
    body, faults = _checked(t, spec, typed)
    if not faults:
        try:
            await _do(request, actor, complaint_id, spec, typed, body)
        except ImageRefused as refusal:
            faults["photos"] = refusal.message_tr if t.language == "tr" else t("fault.photo")
        except Invalid as refusal:
            name = _FIELD_OF_CODE.get(refusal.code)
            if name is None:
                raise
            faults[name] = refusal.en if t.language == "en" else refusal.tr
        else:
            return _done(request, complaint_id, spec.name)
    return await _show_attempt(request, actor, complaint_id, Attempt(spec.name, _told(spec, typed), faults))


async def reveal(request: Request, session: AsyncSession, actor: Actor, complaint_id: UUID) -> Response:
    """Show the reporter in clear, with the reason that was typed.

    Raises:
        NotFound, Forbidden: what the service refuses.
    """
    t = words(request)
    typed = await form_of(request)
    url = case_url(complaint_id)
    show_faults_in(request, "reporter", url)
    try:
        wanted = RevealIn(reason=str(typed.get("reason", "")))
    except ValidationError:
        case = await complaints.read_complaint(session, actor, complaint_id)
        masked = reporter_view(t, case.reporter, url, may_reveal=True, fault=t("fault.required"))
        return _reporter(request, masked, status=422)
    clear = await complaints.reveal_reporter(session, actor, complaint_id, wanted.reason)
    return _reporter(request, reporter_view(t, clear, url, may_reveal=False))


def _reporter(request: Request, person: object, status: int = 200) -> Response:
    frame = bare_frame(request, csrf=csrf_of(request))
    template = "partials/reporter.html" if is_partial(request) else "person.html"
    back = request.url.path.removesuffix("/reporter")
    return pages().page(template, frame, status=status, case={"reporter": person}, back_url=back)


async def _do(
    request: Request, actor: Actor, complaint_id: UUID, spec: ActionSpec, typed: FormData, body: Mapping[str, object]
) -> None:
    database = database_of(request)
    values = dict(body)
    photos = _photos(typed)
    if spec.has_files and photos:
        store: BlobStore = request.app.state.store
        stored = []
        for photo in photos:
            # Taking a photo in lets go of its transaction for a while: each has its own.
            async with database.transaction(actor.municipality_id) as session:
                stored.append((await files.store_photo(session, store, actor, await photo.read())).id)
        values["photo_ids"] = stored
    arguments: tuple[BaseModel, ...] = (spec.schema.model_validate(values),) if spec.schema else ()
    async with database.transaction(actor.municipality_id) as session:
        await spec.verb(session, actor, complaint_id, *arguments, expected_version=_version(typed))


async def _show_attempt(request: Request, actor: Actor, complaint_id: UUID, attempt: Attempt) -> Response:
    async with database_of(request).transaction(actor.municipality_id) as session:
        if not is_partial(request):
            return await show_case(request, session, actor, complaint_id, attempt)
        case = await complaints.read_complaint(session, actor, complaint_id)
        options = await _options(session, actor, case)
    t = words(request)
    views = action_views(t, case, options, attempt)
    action = next((view for view in views if view.name == attempt.name), None)
    if action is None:
        return _done(request, complaint_id, "")
    frame: Frame = bare_frame(request, csrf=csrf_of(request))
    return pages().page(
        "partials/action.html", frame, status=422, action=action, case={"version": _version(await form_of(request))}
    )


def _checked(t: Catalogue, spec: ActionSpec, typed: FormData) -> tuple[dict[str, object], dict[str, str]]:
    """Give the schema's values and the faults by field; photos are counted here and read later."""
    values: dict[str, object] = {}
    faults: dict[str, str] = {}
    for field in spec.fields:
        text = str(typed.get(field.name, "")).strip()
        if field.kind == "files":
            if len(_photos(typed)) > MOST_PHOTOS:
                faults[field.name] = t("fault.too_many_photos", n=MOST_PHOTOS)
        elif field.kind == "tick":
            values[field.name] = text == "true"
        elif not text and field.is_required:
            faults[field.name] = t("fault.choose" if field.kind == "choice" else "fault.required")
        elif len(text) > field.longest:
            faults[field.name] = t("fault.too_long", longest=field.longest)
        elif text:
            values[field.name] = text
    if spec.schema and not faults:
        try:
            spec.schema.model_validate(values)
        except ValidationError as error:
            faults |= {str(fault["loc"][0]): t("fault.invalid") for fault in error.errors()}
    return values, faults


def _told(spec: ActionSpec, typed: FormData) -> dict[str, str]:
    return {field.name: str(typed.get(field.name, "")) for field in spec.fields if field.kind != "files"}


def _photos(typed: FormData) -> list[UploadFile]:
    """The chosen files; a browser sends one nameless empty file when none was chosen."""
    return [part for part in typed.getlist("photos") if isinstance(part, UploadFile) and part.filename]


def _version(typed: FormData) -> int | None:
    text = str(typed.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("2147483647") else None


def _done(request: Request, complaint_id: UUID, name: str) -> Response:
    url = f"{case_url(complaint_id)}?done={name}"
    return Response(headers={"HX-Redirect": url}) if is_partial(request) else RedirectResponse(url, status_code=303)


async def _options(session: AsyncSession, actor: Actor, case: ComplaintOut) -> dict[str, Sequence[Option]]:
    options: dict[str, Sequence[Option]] = {}
    if "route" in case.allowed_actions:
        town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
        options["department_id"] = department_options(town, lambda department: department != case.department_id)
    if "assign" in case.allowed_actions and actor.can("staff.read"):
        wanted = StaffQuery(department_id=case.department_id, limit=MOST_STAFF)
        people = await identity.list_staff(session, actor, wanted)
        options["staff_user_id"] = [
            Option(str(person.id), f"{person.full_name} – {person.title}" if person.title else person.full_name)
            for person in people.items
            if person.is_active and person.id != case.assignee_id
        ]
    return options


def _list_address(request: Request) -> str:
    """Where "back to the list" leads: the list with the filter that the reader came from."""
    # No parser: it raises at what a browser never sends.
    host, _, rest = request.headers.get("referer", "").partition("://")[2].partition("/")
    path, _, query = f"/{rest}".partition("?")
    if host != request.headers.get("host") or path != HOME or not query:
        return HOME
    return safe_return(f"{HOME}?{query}")
