"""What stands around every page: municipality, reader, language, appearance, form token."""

from urllib.parse import urlencode

from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession

from api.console.guard import csrf_of
from api.console.language import Catalogue, catalogue, chosen_language
from api.console.pages import THEME_COOKIE, THEMES, Frame, Reader, Section, TownFace
from api.core.actor import Actor
from api.identity import service as identity
from api.municipalities import service as municipalities
from api.municipalities.service import TownConfig

HOME = "/console"
# What opens a section: its first page for whoever holds the permission.
_SECTIONS = (
    (HOME, "list", "nav.complaints", "complaint.read"),
    ("/console/businesses", "stall", "nav.businesses", "business.read"),
    ("/console/inspections", "enforcement", "nav.inspections", "inspection.read"),
    ("/console/inspections/forms", "enforcement", "nav.inspections", "inspection_form.edit"),
    ("/console/field", "app", "nav.field", "sync_conflict.read"),
    ("/console/field/devices", "app", "nav.field", "device.revoke"),
    ("/console/field/disaster", "app", "nav.field", "disaster.declare"),
)


def words(request: Request) -> Catalogue:
    """Give the words in the language this browser chose."""
    return catalogue(chosen_language(request.cookies))


def theme_choice(request: Request) -> str:
    """Give the appearance this browser chose; empty means the system's own."""
    choice = request.cookies.get(THEME_COOKIE, "")
    return choice if choice in THEMES else ""


def town_face(town: TownConfig) -> TownFace:
    """Show a municipality; the address of its colours changes with its configuration."""
    version = urlencode({"v": town.config_version})
    return TownFace(town.name, town.slug, f"/console/theme/{town.slug}.css?{version}")


def own_address(request: Request) -> str:
    """Give the address of this page without its host."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def safe_return(address: str) -> str:
    """Give an address to go back to; anything but a page of this console becomes the list."""
    is_ours = address == HOME or address.startswith((f"{HOME}/", f"{HOME}?"))
    return address if is_ours and "\\" not in address and address.isprintable() else HOME


def bare_frame(request: Request, town: TownFace | None = None, csrf: str = "") -> Frame:
    """Give the frame of a page without a reader: sign-in, faults, parts of pages."""
    return Frame(words(request), own_address(request), theme_choice(request), town, csrf=csrf)


async def reader_frame(request: Request, session: AsyncSession, actor: Actor) -> Frame:
    """Give the frame of a signed-in page; one statement."""
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    account = await identity.own_account(session, actor)
    return Frame(
        words(request),
        own_address(request),
        theme_choice(request),
        town_face(town),
        Reader(account.name or account.username or "", account.title or ""),
        csrf_of(request),
        _sections(request.url.path, actor),
    )


def _sections(path: str, actor: Actor) -> list[Section]:
    sections: dict[str, Section] = {}
    for url, icon, word, permission in _SECTIONS:
        if actor.can(permission) and word not in sections:
            sections[word] = Section(url, icon, word, word == _section_of(path))
    return list(sections.values()) if len(sections) > 1 else []


def _section_of(path: str) -> str:
    # Longest first: every address begins with that of the list of cases.
    beginnings = sorted(((url, word) for url, _, word, _ in _SECTIONS), key=lambda pair: -len(pair[0]))
    return next((word for url, word in beginnings if path.startswith(url)), "")


def is_partial(request: Request) -> bool:
    """Whether only a part of the page is asked for (htmx)."""
    return request.headers.get("hx-request") == "true"
