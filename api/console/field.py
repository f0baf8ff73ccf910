"""The pages of field work: what waits for a decision, bundles, phones, declared emergencies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.businesses import service as businesses
from api.businesses.schemas import MatchIn
from api.console.faults import show_faults_in
from api.console.frames import reader_frame, words
from api.console.guard import form_of
from api.console.language import Catalogue
from api.console.pages import pages
from api.console.views import field as views
from api.console.views.wording import full_time
from api.core import clock
from api.core.actor import Actor
from api.core.errors import Invalid
from api.identity import service as identity
from api.identity.deps import database_of
from api.municipalities import service as municipalities
from api.municipalities.service import TownConfig
from api.sync import service as sync

HOME = "/console/field"
BUNDLES, DEVICES, DISASTER = f"{HOME}/bundles", f"{HOME}/devices", f"{HOME}/disaster"
# The page, its words and what opens it, in the order of the tabs.
TABS = (
    (HOME, "inbox", "sync_conflict.read"),
    (BUNDLES, "bundles", "sync_conflict.read"),
    (DEVICES, "devices", "device.revoke"),
    (DISASTER, "disaster", "disaster.declare"),
)
PAGE_SIZE = 30
_HOURS = "sync_conflict_escalation_hours"


@dataclass(frozen=True)
class Tab:
    """One of the pages beside each other."""

    url: str
    label: str
    is_here: bool
    number: int


async def show_inbox(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """What waits for somebody's word, the oldest first."""
    t, now = words(request), clock.now()
    page = await sync.list_conflicts(session, actor, request.query_params.get("cursor"), PAGE_SIZE)
    changes, matches = await sync.list_register_questions(session, actor)
    town = await _town(session, actor)
    names = await _names(session, actor, town, views.ids_in(page.items))
    hours = float(town.parameters.value(_HOURS, clock.today()))
    return await _page(
        request, session, actor, "field_inbox.html", HOME,
        conflicts=[views.conflict_view(t, item, names, now, hours) for item in page.items],
        changes=[views.change_view(t, change, now) for change in changes],
        matches=[views.match_view(t, match, now) for match in matches],
        may_resolve=actor.can("sync_conflict.resolve"),
        more_url=f"{HOME}?cursor={page.next_cursor}" if page.next_cursor else "",
    )  # fmt: skip


async def resolve(request: Request, session: AsyncSession, actor: Actor, conflict_id: UUID) -> Response:
    """Decide on a conflict."""
    typed = await _typed(request, HOME)
    wanted = _checked(lambda: sync.ResolveIn(decision=cast("Any", typed["decision"]), note=typed.get("note", "")))
    await sync.resolve_conflict(session, actor, conflict_id, wanted)
    return _done(HOME, wanted.decision)


async def review_change(request: Request, session: AsyncSession, actor: Actor, change_id: UUID) -> Response:
    """Decide on a value of the business register."""
    typed = await _typed(request, HOME)
    await businesses.review_change(session, actor, change_id, accept=typed.get("accept") == "true")
    return _done(HOME, "change")


async def decide_match(request: Request, session: AsyncSession, actor: Actor, match_id: UUID) -> Response:
    """Decide on a pair of look-alikes."""
    typed = await _typed(request, HOME)
    decision = _checked(lambda: MatchIn(decision=cast("Literal['merged', 'different']", typed["decision"])))
    await businesses.decide_match(session, actor, match_id, decision)
    return _done(HOME, "match")


async def show_bundles(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Bundles that were brought, with what became of them."""
    t, now = words(request), clock.now()
    bundles = [views.bundle_view(t, bundle, now) for bundle in await sync.list_bundles(session, actor)]
    return await _page(
        request, session, actor, "field_bundles.html", BUNDLES, bundles=bundles,
        may_bring=actor.can("sync_conflict.resolve"),
    )  # fmt: skip


async def bring_bundle(request: Request, actor: Actor) -> Response:
    """Take in a bundle's file; holds no transaction while it is read."""
    show_faults_in(request, "toast", BUNDLES)
    file = (await form_of(request)).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        t = words(request)
        raise Invalid(code="file_missing", tr=t("field.bundle.choose"), en=t("field.bundle.choose"))
    state = request.app.state
    await sync.bring_bundle(database_of(request), state.spool, state.store, actor, file.file)
    return _done(BUNDLES, "bundle")


async def retry_bundle(request: Request, session: AsyncSession, actor: Actor, upload_id: UUID) -> Response:
    """Try a refused bundle again."""
    await _typed(request, BUNDLES)
    await sync.retry_bundle(session, actor, upload_id)
    return _done(BUNDLES, "retry")


async def show_devices(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Phones that work in the field."""
    t, now = words(request), clock.now()
    found = await sync.list_field_devices(session, actor)
    names = await _names(session, actor, await _town(session, actor), frozenset())
    devices = [views.device_view(t, device, names, now) for device in found]
    return await _page(request, session, actor, "field_devices.html", DEVICES, devices=devices)


async def revoke_device(request: Request, session: AsyncSession, actor: Actor, device_id: UUID) -> Response:
    """Take a phone back."""
    typed = await _typed(request, DEVICES)
    how = "wipe" if typed.get("how") == "wipe" else "drain"
    await sync.revoke_field_device(session, actor, device_id, cast("Literal['drain', 'wipe']", how))
    return _done(DEVICES, how)


async def show_disaster(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """The declared emergency, and those before it."""
    t = words(request)
    policies = [
        {
            **row,
            "declared": full_time(t, row["declared_at"]),
            "ended": full_time(t, row["ended_at"]) if row["ended_at"] else "",
            "first_day": _day(t, row["valid_from"]),
            "last_day": _day(t, row["valid_to"]),
        }
        for row in await sync.list_disasters(session, actor)
    ]
    return await _page(
        request, session, actor, "field_disaster.html", DISASTER,
        running=next((policy for policy in policies if policy["is_running"]), None),
        earlier=[policy for policy in policies if not policy["is_running"]],
        today=clock.today().isoformat(),
    )  # fmt: skip


async def declare_disaster(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Declare an emergency."""
    typed = await _typed(request, DISASTER)
    wanted = _checked(
        lambda: sync.DisasterIn(
            reason=typed["reason"], valid_to=date.fromisoformat(typed["valid_to"]), days=int(typed["days"])
        )
    )
    await sync.declare_disaster(session, actor, wanted)
    return _done(DISASTER, "declared")


async def end_disaster(request: Request, session: AsyncSession, actor: Actor, policy_id: UUID) -> Response:
    """End an emergency before its last day."""
    await _typed(request, DISASTER)
    await sync.end_disaster(session, actor, policy_id)
    return _done(DISASTER, "ended")


async def _page(
    request: Request, session: AsyncSession, actor: Actor, template: str, here: str, **content: Any
) -> Response:
    frame = await reader_frame(request, session, actor)
    t, waiting = frame.t, await sync.count_conflicts(session, actor)
    tabs = [
        Tab(url, t(f"field.tab.{name}"), url == here, waiting if url == HOME else 0)
        for url, name, permission in TABS
        if actor.can(permission)
    ]
    done = request.query_params.get("done", "")
    told = t(f"field.done.{done}") if t.has(f"field.done.{done}") else ""
    return pages().page(template, frame, tabs=tabs, told=told, **content)


async def _town(session: AsyncSession, actor: Actor) -> TownConfig:
    return await municipalities.town_config(session, actor.municipality_id, actor.config_version)


async def _names(session: AsyncSession, actor: Actor, town: TownConfig, people: frozenset[UUID]) -> views.Names:
    staff = await identity.staff_names(session, actor.municipality_id, people)
    return views.Names(staff, {department.id: department.name for department in town.departments.values()})


async def _typed(request: Request, back_url: str) -> dict[str, str]:
    show_faults_in(request, "toast", back_url)
    return {name: value.strip() for name, value in (await form_of(request)).items() if isinstance(value, str)}


def _checked(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except (ValidationError, KeyError, ValueError) as error:
        raise Invalid from error


def _done(url: str, what: str) -> Response:
    return RedirectResponse(f"{url}?done={what}", status_code=303)


def _day(t: Catalogue, day: date) -> str:
    return f"{day.day} {t(f'month.{day.month}')} {day.year}"
