"""The list of cases beside its map."""

from dataclasses import dataclass
from datetime import datetime
from math import log2
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from api.complaints import service as complaints
from api.complaints.schemas import ComplaintRow
from api.console.frames import HOME, bare_frame, is_partial, reader_frame, words
from api.console.language import Catalogue
from api.console.pages import pages
from api.console.views.filters import Wanted, filter_bar, wanted
from api.console.views.rows import RowView, row_view
from api.core import clock
from api.core.actor import Actor
from api.core.pagination import BadCursor, Page
from api.municipalities import service as municipalities
from api.municipalities.service import TownConfig
from geo.mercator import tile_size_m, to_lonlat, to_metres

PAGE_SIZE = 30
MOST_FRESH = 20
ROWS, FRESH = "/console/complaints/rows", "/console/complaints/fresh"
# Of a town without a map of its own.
_ZOOM = 12.2
# The map's side in points on a small desk; a tile is 512.
_MAP_POINTS, _TILE_POINTS = 640.0, 512.0
_KNOWN_PARTS = 2


@dataclass(frozen=True)
class MapView:
    """Where the map's tiles come from, and where it opens (degrees, zoom)."""

    base_url: str
    reports_url: str
    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True)
class Results:
    """A page of the list with the addresses that go on from it."""

    rows: list[RowView]
    shown: str
    fault: str
    is_narrowed: bool
    has_area: bool
    fresh_url: str
    without_bbox_url: str
    more_url: str
    more_page_url: str


@dataclass(frozen=True)
class Fresh:
    """How many cases came since the list was shown; no text means none."""

    text: str
    url: str


async def show_board(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Show the page, or only its list when htmx asks for another filter."""
    t = words(request)
    chosen = wanted(request.query_params, actor.id)
    cursor = request.query_params.get("cursor")
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    fault = ""
    if chosen.ignored:
        names = ", ".join(t(f"filter.name.{name}") for name in chosen.ignored)
        fault = t("board.ignored", names=names)
    try:
        page = await complaints.list_complaints(session, actor, chosen.filter, cursor, PAGE_SIZE)
    except BadCursor:
        fault = t("board.bad_cursor")
        page = await complaints.list_complaints(session, actor, chosen.filter, None, PAGE_SIZE)
    content: dict[str, Any] = {"results": _results(t, chosen, page, fault), "map": map_view(town, chosen)}
    if is_partial(request):
        headers = {"HX-Replace-Url": chosen.url(HOME)}
        return pages().page("partials/results.html", bare_frame(request), headers=headers, **content)
    categories = await complaints.list_categories(session, actor.municipality_id, actor.config_version)
    content["filters"] = filter_bar(t, chosen, town, categories)
    return pages().page("board.html", await reader_frame(request, session, actor), **content)


async def show_more(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Give the next rows of the list.

    Raises:
        BadCursor: the cursor is of another list.
    """
    chosen = wanted(request.query_params, actor.id)
    cursor = request.query_params.get("cursor")
    page = await complaints.list_complaints(session, actor, chosen.filter, cursor, PAGE_SIZE)
    results = _results(words(request), chosen, page, "")
    return pages().page("partials/rows.html", bare_frame(request), results=results)


async def show_fresh(request: Request, session: AsyncSession, actor: Actor) -> Response:
    """Say how many cases of this list came since it was shown; 204 without one."""
    t = words(request)
    chosen = wanted(request.query_params, actor.id)
    known = _known(request.query_params.get("known", ""))
    page = await complaints.list_complaints(session, actor, chosen.filter, None, MOST_FRESH)
    count = sum(1 for row in page.items if known is None or (row.filed_at, row.id) > known)
    if not count:
        return Response(status_code=204)
    text = t("fresh.many", n=count) if count == MOST_FRESH and page.next_cursor else t.count("fresh", count)
    return pages().page("partials/fresh.html", bare_frame(request), fresh=Fresh(text, chosen.url(HOME)))


def map_view(town: TownConfig, chosen: Wanted | None = None) -> MapView:
    """Say where a town's maps get their tiles; with a filter also those of the reports that meet it."""
    (lon, lat), zoom = town.center, _ZOOM
    if (box := town.neighbourhoods.bounds) is not None:
        (west, south), (east, north) = to_metres(box.west, box.south), to_metres(box.east, box.north)
        lon, lat = to_lonlat((west + east) / 2, (south + north) / 2)
        zoom = log2(tile_size_m(0) * _MAP_POINTS / _TILE_POINTS / max(east - west, north - south))
    query = f"?{chosen.service_query}" if chosen else ""
    return MapView(
        base_url=f"/v1/public/{town.slug}/tiles/base/{{z}}/{{x}}/{{y}}.mvt",
        reports_url=f"/v1/complaints/tiles/{{z}}/{{x}}/{{y}}.mvt{query}",
        lon=lon,
        lat=lat,
        zoom=round(zoom, 2),
    )


def _results(t: Catalogue, chosen: Wanted, page: Page[ComplaintRow], fault: str) -> Results:
    now = clock.now()
    newest = f"{page.items[0].filed_at.isoformat()}~{page.items[0].id}" if page.items else ""
    count = len(page.items)
    return Results(
        rows=[row_view(t, row, now) for row in page.items],
        shown=t("board.shown_more", n=count) if page.next_cursor else t.count("board.shown", count),
        fault=fault,
        is_narrowed=bool(set(chosen.told) - {"status_group"}),
        has_area="bbox" in chosen.told,
        fresh_url=chosen.url(FRESH, known=newest),
        without_bbox_url=chosen.url(HOME, bbox=None),
        more_url=chosen.url(ROWS, cursor=page.next_cursor) if page.next_cursor else "",
        more_page_url=chosen.url(HOME, cursor=page.next_cursor) if page.next_cursor else "",
    )


def _known(text: str) -> tuple[datetime, UUID] | None:
    parts = text.split("~")
    try:
        at, row_id = datetime.fromisoformat(parts[0]), UUID(parts[-1])
    except ValueError:
        return None
    return (at, row_id) if len(parts) == _KNOWN_PARTS and at.tzinfo else None
