"""A browser without scripts: it keeps cookies, finds the forms of a page and sends them."""

import re
from html import unescape
from html.parser import HTMLParser

import httpx
import pyotp

from api.core import clock
from api.core.actor import Actor
from api.core.ids import uuid7
from api.identity.console_cookies import ConsoleCookie
from api.identity.devices import open_device
from api.identity.staff_login import CONSOLE_LIFETIME
from tests.factories.serving import Served
from tests.factories.towns import PASSWORD, TOTP_SECRET

HTMX = {"HX-Request": "true"}


class _Forms(HTMLParser):
    """Collects the forms of a page: address, method, and the values that are filled in."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "method": given.get("method", "get"), "values": {}})
        is_sent = given.get("type") not in ("checkbox", "radio") or "checked" in given
        if tag == "input" and self.forms and given.get("name") and is_sent:
            self.forms[-1]["values"][given["name"]] = given.get("value", "")


def forms_of(html: str) -> dict[str, dict]:
    """The forms of a page by their address."""
    parser = _Forms()
    parser.feed(html)
    return {form["action"]: form for form in parser.forms}


def text_of(html: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


class Browser:
    """One person's browser at the console."""

    def __init__(self, server: Served) -> None:
        self.server = server
        transport = httpx.ASGITransport(app=server.app, raise_app_exceptions=False, client=("127.0.0.9", 40_000))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
        self.page = ""

    async def open(self, path: str, **headers: str) -> httpx.Response:
        """Open a page and remember its forms."""
        answer = await self.http.get(path, headers=headers)
        self.page = answer.text
        return answer

    def form(self, action: str) -> dict:
        """A form of the page that was opened last."""
        return forms_of(self.page)[action]

    async def send(self, action: str, values: dict | None = None, *, files=None, headers=None) -> httpx.Response:
        """Fill a form of the last page and send it; None as a value leaves the field out."""
        data = {**self.form(action)["values"], **(values or {})}
        data = {name: value for name, value in data.items() if value is not None}
        answer = await self.http.post(action, data=data, files=files, headers=headers)
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = answer.text
        return answer

    async def sign_in(self, role: str, slug: str = "kadikoy") -> "Browser":
        """Hold a session of the town's user of a role, without the cost of a password."""
        town = self.server.town(slug)
        holder = Actor(kind="staff", municipality_id=town.municipality_id, id=town.staff[role].id, channel="console")
        cookie = ConsoleCookie.new(town.municipality_id, uuid7())
        async with self.server.database.transaction(town.municipality_id) as session:
            await open_device(
                session,
                Actor(**{**_fields(holder), "device_id": cookie.device_id}),
                label="Deneme tarayıcısı",
                lifetime=CONSOLE_LIFETIME,
                secret_hash=cookie.secret_hash,
            )
        self.http.cookies.set("session", cookie.text, domain="127.0.0.1", path="/")
        return self


def _fields(actor: Actor) -> dict:
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


def credentials(role: str, **changes: str) -> dict[str, str]:
    """What a test user types to sign in."""
    code = pyotp.TOTP(TOTP_SECRET).at(clock.now())
    return {"username": role, "password": PASSWORD, "code": code, **changes}
