"""The real application on a real port, and Debian's Chromium to look at it."""

import asyncio
import base64
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from playwright.sync_api import BrowserContext, Page

from api.app import create_app
from api.core.actor import Actor
from api.core.db import Database
from api.core.ids import uuid7
from api.identity.console_cookies import ConsoleCookie
from api.identity.devices import open_device
from api.identity.staff_login import CONSOLE_LIFETIME
from tests.factories.people import citizen_bearer
from tests.factories.serving import settings_for
from tests.factories.towns import Town, read_town

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]  # fmt: skip
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}


class Served:
    """A running server with one town's people."""

    def __init__(self, url: str, urls: Any, town: Town) -> None:
        self.url, self.urls, self.town = url, urls, town
        self.http = httpx.Client(base_url=url, timeout=30)
        self.citizen = self._ask(lambda database: citizen_bearer(database, town))
        answer = self.http.get(f"/v1/public/{town.slug}/categories")
        self.categories = {item["code"]: item["id"] for item in answer.json()}

    def _ask(self, work: Any) -> Any:
        # Playwright keeps a running loop in this thread.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._with_database(work)).result()

    async def _with_database(self, work: Any) -> Any:
        database = Database(self.urls.app, pool_size=1)
        try:
            return await work(database)
        finally:
            await database.close()

    def file(self, code: str = "FEN-01", *, east: float = 0.0, north: float = 0.0, **changes: Any) -> dict:
        """File a report, some degrees from the middle of the first neighbourhood."""
        lon, lat = self.town.place(0)
        body = {
            "id": str(uuid7()),
            "category_id": self.categories[code],
            "description": "Yolda derin bir çukur var.",
            "place": {"lon": lon + east, "lat": lat + north},
            **changes,
        }
        answer = self.http.post("/v1/complaints", json=body, headers=self.citizen)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def cookie(self, role: str) -> str:
        """The cookie of a new session of the town's user of a role."""
        return self._ask(lambda database: self._open_session(database, role))

    async def _open_session(self, database: Database, role: str) -> str:
        town = self.town
        cookie = ConsoleCookie.new(town.municipality_id, uuid7())
        holder = Actor(
            kind="staff", municipality_id=town.municipality_id, id=town.staff[role].id, device_id=cookie.device_id,
            channel="console",
        )  # fmt: skip
        async with database.transaction(town.municipality_id) as session:
            await open_device(
                session, holder, label="Chromium", lifetime=CONSOLE_LIFETIME, secret_hash=cookie.secret_hash
            )
        return cookie.text


@contextlib.contextmanager
def served(urls: Any, files_path: Path, slug: str) -> Iterator[Served]:
    """Run the application on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(settings_for(urls, files_path))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        assert thread.is_alive(), "the server ended"
        time.sleep(0.05)
    running = Served(f"http://127.0.0.1:{port}", urls, read_town(urls, slug))
    try:
        yield running
    finally:
        running.http.close()
        server.should_exit = True
        thread.join(10)


class Watched:
    """A page that remembers what its browser complained about."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def _note(self, kind: str, text: str) -> None:
        # What the software renderer says about its own speed is no fault of a page.
        if kind in ("error", "warning") and "GPU stall" not in text and "status of 4" not in text:
            self.complaints.append(f"{kind}: {text}")

    def open(self, path: str) -> Page:
        """Open an address of the server."""
        # A map that changes its colours loads its page anew and may overtake the first call.
        answer = self.page.goto(self.url + path) or self.page.goto(self.url + path)
        assert answer is not None
        assert answer.ok, f"{answer.status} {answer.text()[:2000]}"
        return self.page

    def with_map(self, path: str = "/console") -> Page:
        """Open the list and wait for its map."""
        page = self.open(path)
        page.wait_for_selector("#map[data-ready]", state="attached", timeout=30_000)
        return page

    def axe(self) -> list[str]:
        """What the accessibility engine finds wrong with the page; it is let past the policy by the debugger."""
        session = self.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        found = self.page.evaluate(
            """async (rules) => (await axe.run(document, {runOnly: rules})).violations.map(
                (v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary).join(" | "))""",
            RULES,
        )
        return list(found)


def wait_until(page: Page, expression: str) -> None:
    """Wait until a script's value is true; the page's own policy forbids the usual way."""
    deadline = time.monotonic() + 15
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def colours_of(picture: bytes, page: Page) -> set[tuple[int, int, int]]:
    """The colours in a PNG that fill a good part of it, rounded."""
    data = base64.b64encode(picture).decode()
    pixels = page.evaluate(
        """async (data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
            const canvas = new OffscreenCanvas(image.width, image.height);
            const drawing = canvas.getContext("2d");
            drawing.drawImage(image, 0, 0);
            const counts = {};
            const all = drawing.getImageData(0, 0, image.width, image.height).data;
            for (let at = 0; at < all.length; at += 4) {
                const key = [all[at] >> 4, all[at + 1] >> 4, all[at + 2] >> 4].join();
                counts[key] = (counts[key] ?? 0) + 1;
            }
            return Object.entries(counts).filter(([, n]) => n > 60).map(([key]) => key.split(",").map(Number));
        }""",
        data,
    )
    return {tuple(pixel) for pixel in pixels}
