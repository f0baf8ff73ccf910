"""Fills the templates: every page gets its words, its municipality, its reader and its form token from here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.console.assets import Assets
from api.console.language import Catalogue

THEMES = ("light", "dark")
THEME_COOKIE = "console_theme"
# No evaluated code, no scripts in answers, no copies of pages in the browser's storage; refusals are shown in place.
HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "includeIndicatorStyles": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "timeout": 60_000,
        "responseHandling": [{"code": "204", "swap": False}, {"code": "...", "swap": True}],
    }
)


@dataclass(frozen=True)
class TownFace:
    """The municipality as every page shows it."""

    name: str
    slug: str
    theme_url: str


@dataclass(frozen=True)
class Reader:
    """The signed-in person as every page shows them."""

    name: str
    title: str


@dataclass(frozen=True)
class Section:
    """A part of the console that this reader may open; `word` is its key in the catalogues."""

    url: str
    icon: str
    word: str
    is_here: bool


@dataclass(frozen=True)
class Frame:
    """What every page needs besides its own content."""

    t: Catalogue
    here: str
    theme_choice: str = ""
    town: TownFace | None = None
    user: Reader | None = None
    csrf: str = ""
    sections: Sequence[Section] = ()


class Pages:
    """The templates with the addresses of their style sheets and scripts."""

    def __init__(self, assets: Assets) -> None:
        """Take the files that the templates name."""
        self.assets = assets
        self.environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.globals.update(asset=assets.url, has_vendor=assets.has_vendor, htmx_config=HTMX_CONFIG)

    def html(self, template: str, frame: Frame, **content: Any) -> str:
        """Fill a template."""
        shared: Mapping[str, Any] = {
            "t": frame.t,
            "here": frame.here,
            "theme_choice": frame.theme_choice,
            "town": frame.town,
            "user": frame.user,
            "csrf": frame.csrf,
            "sections": frame.sections,
        }
        return self.environment.get_template(template).render(**shared, **content)

    def page(
        self,
        template: str,
        frame: Frame,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> HTMLResponse:
        """Answer with a filled template."""
        return HTMLResponse(
            self.html(template, frame, **content),
            status_code=status,
            headers={"Vary": "Cookie, HX-Request", **(headers or {})},
        )


@lru_cache(maxsize=1)
def pages() -> Pages:
    """The templates and files of this installation, read once."""
    return Pages(Assets())
