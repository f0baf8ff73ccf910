"""The pages of the business register: list beside map, one record, and lists that are brought in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.businesses import service as businesses
from api.businesses.schemas import BusinessPatchIn, BusinessRow, MatchIn, OwnerIn, RevealIn
from api.console.board import MapView, map_view
from api.console.faults import show_faults_in
from api.console.frames import bare_frame, is_partial, reader_frame, words
from api.console.guard import csrf_of, form_of
from api.console.language import Catalogue
from api.console.pages import pages
from api.console.views import businesses as views
from api.core import clock
from api.core.actor import Actor
from api.core.errors import Invalid
from api.core.pagination import BadCursor, Page
from api.identity.deps import database_of
from api.inspections import service as inspections
from api.municipalities import service as municipalities

if TYPE_CHECKING:
    from api.core.storage import BlobStore

HOME = "/console/businesses"
ROWS, IMPORTS = f"{HOME}/rows", f"{HOME}/import"
PAGE_SIZE = 40
# The clear texts of refused values stand beside their fields.
_FIELD_OF_CODE = {"business_class_unknown": "class_code"}
_DONE = ("saved", "suggested", "same", "reviewed", "owner", "matched")


async def show_list(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Show the register, or only its list when htmx asks for another filter."""
    t, chosen = words(request), views.wanted(request.query_params)
    cursor = request.query_params.get("cursor")
    try:
        page = await businesses.list_businesses(session, actor, chosen.filter, cursor, PAGE_SIZE)
    except BadCursor:
        page = await businesses.list_businesses(session, actor, chosen.filter, None, PAGE_SIZE)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    content: dict[str, Any] = {"results": _results(t, chosen, page), "map": _map(map_view(town), chosen)}
    if is_partial(request):
        headers = {"HX-Replace-Url": chosen.url(HOME)}
        return pages().page("partials/business_results.html", bare_frame(request), headers=headers, **content)
    content["filters"] = views.filter_bar(t, chosen, town, await businesses.list_classes(session, actor))
    content["may_import"] = actor.can("business.import")
    return pages().page("businesses.html", await reader_frame(request, session, actor), **content)


async def show_more(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Give the next rows of the list.

    Raises:
        BadCursor: the cursor is of another list.
    """
    chosen = views.wanted(request.query_params)
    page = await businesses.list_businesses(
        session, actor, chosen.filter, request.query_params.get("cursor"), PAGE_SIZE
    )
    results = _results(words(request), chosen, page)
    return pages().page("partials/business_rows.html", bare_frame(request), results=results)


async def show_business(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    business_id: UUID,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    """Show a record; after a form that came back with faults, with what was typed.

    Raises:
        NotFound: no such record.
    """
    frame = await reader_frame(request, session, actor)
    t, now, url = frame.t, clock.now(), f"{HOME}/{business_id}"
    business = await businesses.read_business(session, actor, business_id)
    classes = await businesses.list_classes(session, actor)
    names = {option.value: option.label for option in views.class_options(t, classes)}
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    lines = []
    if actor.can("inspection.read"):
        lines = await inspections.business_timeline(session, actor, business_id)
    done = request.query_params.get("done", "")
    return pages().page(
        "business.html",
        frame,
        status=422 if faults else 200,
        business=business,
        url=url,
        icon=views.class_icon(business.class_code),
        standing=views.status(t, business.status),
        merged_url=f"{HOME}/{business.merged_into_id}" if business.merged_into_id else "",
        fields=views.form_fields(t, business, classes, typed or {}, faults or {}) if business.may_edit else [],
        is_open=bool(faults),
        owner=views.owner_view(t, business.owner, url, may_reveal=business.may_reveal),
        changes=[views.change_view(t, change, names, now) for change in business.changes],
        matches=[views.match_view(t, match) for match in business.matches],
        # The history of the record stands by itself.
        timeline=[views.line_view(t, line, now) for line in lines if line.kind != "change"],
        map=map_view(town),
        told=t(f"business.told.{done}") if done in _DONE else "",
    )


async def edit_business(request: Request, actor: Actor, business_id: UUID) -> Response:
    """Change the fields that differ from what the page had shown, in a transaction of its own.

    Raises:
        StaleVersion, Forbidden, NotFound: what the verb refuses.
    """
    t, url = words(request), f"{HOME}/{business_id}"
    typed = {name: str(value) for name, value in (await form_of(request)).items() if isinstance(value, str)}
    show_faults_in(request, "edit-fault", url)
    changes, faults = _changes(t, typed)
    if not faults:
        if not changes:
            return _done(url, "same")
        patch = BusinessPatchIn.model_validate({"business_id": business_id, "changes": changes})
        try:
            async with database_of(request).transaction(actor.municipality_id) as session:
                told = await businesses.patch_business(
                    session, actor, patch, expected_version=_version(typed.get("version", ""))
                )
        except Invalid as refusal:
            field = _FIELD_OF_CODE.get(refusal.code) or str(refusal.details.get("field", ""))
            if field not in changes:
                raise
            faults[field] = t("fault.invalid")
        else:
            return _done(url, "suggested" if "suggested" in told.outcomes.values() else "saved")
    async with database_of(request).transaction(actor.municipality_id) as session:
        return await show_business(request, session, actor, business_id, typed, faults)


async def reveal_owner(request: Request, session: AsyncSession, actor: Actor, business_id: UUID) -> Response:
    """Show the owner in clear, with the reason that was typed.

    Raises:
        NotFound, Forbidden: what the service refuses.
    """
    t, url = words(request), f"{HOME}/{business_id}"
    show_faults_in(request, "owner", url)
    try:
        wanted = RevealIn(reason=str((await form_of(request)).get("reason", "")))
    except ValidationError:
        business = await businesses.read_business(session, actor, business_id)
        masked = views.owner_view(t, business.owner, url, may_reveal=True, fault=t("fault.required"))
        return _owner(request, masked, status=422)
    clear = await businesses.reveal_owner(session, actor, business_id, wanted.reason)
    return _owner(request, views.owner_view(t, clear, url, may_reveal=False))


async def set_owner(request: Request, session: AsyncSession, actor: Actor, business_id: UUID) -> Response:
    """Write down who is behind a business.

    Raises:
        Invalid: the tax number is none. Forbidden, NotFound, StaleVersion: what the service refuses.
    """
    typed, url = await form_of(request), f"{HOME}/{business_id}"
    show_faults_in(request, "edit-fault", url)
    values = {name: text for name in ("owner", "tax_no") if (text := str(typed.get(name, "")).strip())}
    try:
        owner = OwnerIn.model_validate(values)
    except ValidationError as error:
        tr = str(error.errors()[0]["msg"])
        raise Invalid(tr=tr, en=words(request)("fault.invalid")) from None
    await businesses.set_owner(session, actor, business_id, owner, _version(str(typed.get("version", ""))))
    return _done(url, "owner")


async def review_change(
    request: Request, session: AsyncSession, actor: Actor, business_id: UUID, change_id: UUID
) -> Response:
    """Decide on a line of the history.

    Raises:
        NotFound, Forbidden, Conflict: what the service refuses.
    """
    url = f"{HOME}/{business_id}"
    show_faults_in(request, "toast", url)
    accept = (await form_of(request)).get("accept") == "true"
    await businesses.review_change(session, actor, change_id, accept=accept)
    return _done(url, "reviewed")


async def decide_match(
    request: Request, session: AsyncSession, actor: Actor, business_id: UUID, match_id: UUID
) -> Response:
    """Say whether two records are of one business.

    Raises:
        NotFound, Forbidden, Conflict: what the service refuses.
    """
    url = f"{HOME}/{business_id}"
    show_faults_in(request, "toast", url)
    is_merged = (await form_of(request)).get("decision") == "merged"
    await businesses.decide_match(session, actor, match_id, MatchIn(decision="merged" if is_merged else "different"))
    return _done(url, "matched")


async def show_imports(request: Request, session: AsyncSession, actor: Actor, fault: str = "") -> Response:
    """Show the form that takes a list in, and the lists of the last days."""
    frame = await reader_frame(request, session, actor)
    now = clock.now()
    sent = await businesses.list_imports(session, actor)
    return pages().page(
        "business_import.html",
        frame,
        status=422 if fault else 200,
        fault=fault,
        columns=[frame.t(f"business.column.{name}") for name in businesses.COLUMNS],
        classes=views.class_options(frame.t, await businesses.list_classes(session, actor)),
        cards=[views.import_card(frame.t, item, now) for item in sent],
    )


async def send_list(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Take a list in."""
    typed = await form_of(request)
    file = typed.get("list")
    if not isinstance(file, UploadFile) or not file.filename:
        return await show_imports(request, session, actor, words(request)("business.import.choose"))
    store = cast("BlobStore", request.app.state.store)
    default_class = str(typed.get("default_class", "")) or None
    await businesses.start_import(session, store, actor, file.filename, await file.read(), default_class)
    return RedirectResponse(IMPORTS, status_code=303)


async def show_import(request: Request, session: AsyncSession, actor: Actor, import_id: UUID) -> Response:
    """Show how far one list has come; the page asks for it while something goes on."""
    sent = await businesses.read_import(session, actor, import_id)
    if not is_partial(request):
        return RedirectResponse(IMPORTS, status_code=303)
    frame = bare_frame(request, csrf=csrf_of(request))
    card = views.import_card(frame.t, sent, clock.now())
    return pages().page("partials/business_import_card.html", frame, card=card)


async def confirm_import(request: Request, session: AsyncSession, actor: Actor, import_id: UUID) -> Response:
    """Have the good rows of a list written."""
    show_faults_in(request, "toast", IMPORTS)
    await businesses.confirm_import(session, actor, import_id)
    return RedirectResponse(IMPORTS, status_code=303)


async def faults_file(request: Request, session: AsyncSession, actor: Actor, import_id: UUID) -> Response:
    """Give the refused rows, to be corrected."""
    store = cast("BlobStore", request.app.state.store)
    data = await businesses.faults_file(session, store, actor, import_id)
    headers = {"Content-Disposition": f'attachment; filename="alinmayan-satirlar-{import_id}.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def _results(t: Catalogue, chosen: views.Wanted, page: Page[BusinessRow]) -> dict[str, Any]:
    now, cursor = clock.now(), page.next_cursor
    count = len(page.items)
    return {
        "rows": [views.row_view(t, row, now) for row in page.items],
        "shown": t("business.shown_more", n=count) if cursor else t.count("business.shown", count),
        "is_narrowed": bool(chosen.told),
        "without_bbox_url": chosen.url(HOME, bbox=None) if "bbox" in chosen.told else "",
        "more_url": chosen.url(ROWS, cursor=cursor) if cursor else "",
        "more_page_url": chosen.url(HOME, cursor=cursor) if cursor else "",
    }


def _map(base: MapView, chosen: views.Wanted) -> dict[str, Any]:
    query = f"?{chosen.service_query}" if chosen.service_query else ""
    tiles = f"/v1/businesses/tiles/{{z}}/{{x}}/{{y}}.mvt{query}"
    return {"base_url": base.base_url, "tiles_url": tiles, "lon": base.lon, "lat": base.lat, "zoom": base.zoom}


def _changes(t: Catalogue, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What differs from what the page had shown, and faults by field."""
    changes: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, _, longest in views.FORM:
        base, value = (_plain(typed.get(key, "")) for key in (f"base_{name}", name))
        if name not in typed or base == value:
            continue
        if len(value) > longest:
            faults[name] = t("fault.too_long", longest=longest)
        elif name == "floor_area_m2" and value and not (value.isascii() and value.isdigit()):
            faults[name] = t("fault.invalid")
        elif not value and name in ("title", "class_code", "status"):
            faults[name] = t("fault.required")
        else:
            changes[name] = {"base": _read(name, base), "value": _read(name, value)}
    return changes, faults


def _plain(text: str) -> str:
    # A browser sends line feeds as CR LF.
    return text.replace("\r\n", "\n").strip()


def _read(name: str, text: str) -> Any:
    if name == "floor_area_m2" and text.isascii() and text.isdigit():
        return int(text)
    return text or None


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("2147483647") else None


def _done(url: str, name: str) -> Response:
    return RedirectResponse(f"{url}?done={name}", status_code=303)


def _owner(request: Request, owner: views.OwnerView | None, status: int = 200) -> Response:
    frame = bare_frame(request, csrf=csrf_of(request))
    template = "partials/business_owner.html" if is_partial(request) else "business_owner.html"
    back = request.url.path.removesuffix("/owner")
    return pages().page(template, frame, status=status, owner=owner, back_url=back)
