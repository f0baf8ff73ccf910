"""One case as the screen shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from api.complaints.schemas import ComplaintOut, EventOut, PhotoOut, ReporterOut
from api.console.icons import icon_name
from api.console.language import Catalogue
from api.console.views.actions import ActionView
from api.console.views.clocks import ClockView, clocks
from api.console.views.wording import Said, age, due, full_time, status

EVENT_ICONS = {
    "file": "chat", "route": "forward", "assign": "people", "take": "hand", "start": "play", "note": "note",
    "answer": "chat", "ask_citizen": "question", "reply": "chat", "close": "check", "reject": "reject",
    "forward": "leave", "withdraw": "back", "rate": "star", "reopen": "refresh",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A name and its value."""

    label: str
    value: str


@dataclass(frozen=True)
class PhotoView:
    """A photo; `phase` says whether it shows the report or the solution."""

    url: str
    thumbnail_url: str
    phase: str
    caption: str
    alt: str
    is_awaited: bool = False


@dataclass(frozen=True)
class EventView:
    """A line of the timeline; `is_public` lines are seen by the citizen."""

    title: str
    who: str
    at: Said
    text: str
    icon: str
    is_public: bool
    photos: Sequence[PhotoView]


@dataclass(frozen=True)
class ReporterView:
    """Who filed the case, masked or in clear."""

    name: str
    phone: str
    phone_link: str
    is_clear: bool
    may_reveal: bool
    reveal_url: str
    fault: str


@dataclass(frozen=True)
class CaseView:
    """Everything on the page of a case."""

    id: str
    url: str
    number: str
    version: int
    category: str
    icon: str
    status: Said
    due: Said | None
    is_emergency: bool
    reopened: str
    facts: Sequence[Fact]
    clocks: Sequence[ClockView]
    description: str
    answers: Sequence[Fact]
    photos: Sequence[PhotoView]
    rating: str
    lon: float | None
    lat: float | None
    neighbourhood: str
    address: str
    coordinates: str
    place_label: str
    reporter: ReporterView | None
    timeline: Sequence[EventView]
    actions: Sequence[ActionView]


def case_view(
    t: Catalogue,
    case: ComplaintOut,
    now: datetime,
    *,
    actions: Sequence[ActionView],
    may_reveal: bool,
    awaited: Mapping[UUID, bool] = MappingProxyType({}),
) -> CaseView:
    """Say a case in words; `awaited` are the photos still on their way, and whether there is a preview of each."""
    photos = {photo.id: _photo(t, photo, awaited.get(photo.id)) for photo in case.photos}
    neighbourhood = case.neighbourhood_name or t("row.no_neighbourhood")
    return CaseView(
        id=str(case.id),
        url=f"/console/complaints/{case.id}",
        number=case.number,
        version=case.version,
        category=case.category_name,
        icon=icon_name(case.category_icon),
        status=status(t, case.status),
        due=due(t, case.solution_due_at, now, is_open=case.is_open),
        is_emergency=case.is_emergency,
        reopened=t.count("case.reopened", case.reopen_count) if case.reopen_count else "",
        facts=_facts(t, case),
        clocks=clocks(t, case, now),
        description=case.description,
        answers=[Fact(str(answer["label"]), str(answer["value"])) for answer in case.answers],
        photos=list(photos.values()),
        rating=_rating(t, case),
        lon=case.lon,
        lat=case.lat,
        neighbourhood=neighbourhood,
        address=case.address_text,
        coordinates=f"{case.lat:.5f}, {case.lon:.5f}" if case.lon is not None and case.lat is not None else "",
        place_label=t("case.place_label", neighbourhood=neighbourhood),
        reporter=reporter_view(t, case.reporter, f"/console/complaints/{case.id}", may_reveal=may_reveal),
        timeline=[
            _event(t, event, now, [photos[photo_id] for photo_id in event.photo_ids if photo_id in photos])
            for event in reversed(case.timeline)
        ],
        actions=actions,
    )


def reporter_view(
    t: Catalogue, reporter: ReporterOut | None, case_url: str, *, may_reveal: bool, fault: str = ""
) -> ReporterView | None:
    """Say who filed a case; None for a report without a name."""
    if reporter is None:
        return None
    return ReporterView(
        name=reporter.name or t("person.no_name"),
        phone=reporter.phone,
        phone_link=f"tel:{reporter.phone}" if reporter.is_clear else "",
        is_clear=reporter.is_clear,
        may_reveal=may_reveal,
        reveal_url=f"{case_url}/reporter",
        fault=fault,
    )


def _facts(t: Catalogue, case: ComplaintOut) -> list[Fact]:
    return [
        Fact(t("fact.kind"), t(f"kind.{case.kind}")),
        Fact(t("row.department"), case.department_name or t("row.no_department")),
        Fact(t("row.assignee"), case.assignee_name or t("row.no_assignee")),
        Fact(t("row.neighbourhood"), case.neighbourhood_name or t("row.no_neighbourhood")),
        Fact(t("fact.filed_at"), full_time(t, case.filed_at)),
        Fact(t("fact.channel"), t(f"channel.{case.channel}") if t.has(f"channel.{case.channel}") else case.channel),
    ]


def _rating(t: Catalogue, case: ComplaintOut) -> str:
    if not case.rating:
        return ""
    told = t("case.rating_of", rating=case.rating)
    return f"{told} – {case.rating_comment}" if case.rating_comment else told


def _photo(t: Catalogue, photo: PhotoOut, has_preview: bool | None) -> PhotoView:
    caption = t(f"photo.{photo.phase}")
    alt = t("photo.alt", phase=caption)
    if has_preview is None:
        return PhotoView(photo.url, photo.thumbnail_url, photo.phase, caption, alt)
    # A phone has named it and will send it: nothing to open yet.
    return PhotoView("", photo.thumbnail_url if has_preview else "", photo.phase, t("photo.awaited"), alt, True)


def _event(t: Catalogue, event: EventOut, now: datetime, photos: Sequence[PhotoView]) -> EventView:
    return EventView(
        title=t(f"event.{event.action}"),
        who=event.actor_name or t(f"actor.{event.actor_kind}"),
        at=age(t, event.happened_at, now),
        text=event.text,
        icon=EVENT_ICONS[event.action],
        is_public=event.is_public,
        photos=photos,
    )
