"""The real application on a real database, driven over HTTP in this process; people sign in as they would."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pyotp
from psycopg.rows import dict_row

from api.app import create_app
from api.core import clock, keys
from api.core.db import Database
from api.core.ids import uuid7
from api.settings import Settings
from tests.factories.images import photo_bytes
from tests.factories.towns import MASTER_KEY, PASSWORD, TOTP_SECRET, Town, read_town

Headers = dict[str, str]


def settings_for(urls: Any, files_path: Any, **changes: Any) -> Settings:
    """Settings of a test server."""
    values = {
        "environment": "test",
        "database_url": urls.app,
        "platform_database_url": urls.platform,
        "master_key": base64.b64encode(MASTER_KEY).decode(),
        "files_path": files_path,
        "pool_size": 4,
        "log_level": "WARNING",
        # Tests ask more than people do; those of the limits set them.
        "pace_filing": "100000/hour",
        "pace_uploading": "100000/hour",
        "pace_searching": "100000/hour",
        "pace_sending_files": "100000/hour",
        **changes,
    }
    return Settings(**values)


@dataclass
class Served:
    """A running application with its people."""

    client: httpx.AsyncClient
    app: Any
    urls: Any
    towns: dict[str, Town]
    _signed_in: dict[tuple[str, str], Headers] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The application's own pool."""
        return self.app.state.database

    def town(self, slug: str = "kadikoy") -> Town:
        """A test municipality."""
        if slug not in self.towns:
            self.towns[slug] = read_town(self.urls, slug)
        return self.towns[slug]

    async def staff(self, role: str, slug: str = "kadikoy") -> Headers:
        """Sign a staff user of the role in; once for each server."""
        key = (slug, role)
        if key not in self._signed_in:
            body = {
                "municipality": slug,
                "username": role,
                "password": PASSWORD,
                "totp_code": pyotp.TOTP(TOTP_SECRET).at(clock.now()),
            }
            answer = await self.client.post("/v1/auth/staff", json=body)
            assert answer.status_code == 200, answer.text
            self._signed_in[key] = {"Authorization": f"Bearer {answer.json()['tokens']['access_token']}"}
        return self._signed_in[key]

    async def citizen(self, phone: str = "+905321112233", slug: str = "kadikoy") -> Headers:
        """Sign a citizen in by phone code; once for each server."""
        key = (slug, phone)
        if key not in self._signed_in:
            asked = await self.client.post("/v1/auth/code", json={"municipality": slug, "phone": phone})
            assert asked.status_code == 200, asked.text
            verified = await self.client.post(
                "/v1/auth/code/verify",
                json={
                    "municipality": slug,
                    "login_id": asked.json()["login_id"],
                    "phone": phone,
                    "code": (await self.newest_sms(slug, phone)).split(" ", 1)[0],
                },
            )
            assert verified.status_code == 200, verified.text
            self._signed_in[key] = {"Authorization": f"Bearer {verified.json()['access_token']}"}
        return self._signed_in[key]

    async def newest_sms(self, slug: str, phone: str) -> str:
        """Text of the newest SMS in the outbox to this number, opened with the municipality's keys."""
        texts = await self.outbox(slug, phone)
        assert texts, "no SMS is waiting"
        return texts[-1]

    async def outbox(self, slug: str, phone: str) -> list[str]:
        """Texts of all SMS to this number, oldest first."""
        municipality_id = self.town(slug).municipality_id
        async with self.database.transaction(municipality_id) as session:
            ring = await keys.keyring(session, municipality_id)
        rows = self.rows(
            "SELECT id, phone, body FROM sms_message WHERE municipality_id = %s AND body IS NOT NULL ORDER BY id",
            municipality_id,
        )
        return [
            ring.decrypt("sms_message", "body", row["id"], row["body"])
            for row in rows
            if ring.decrypt("sms_message", "phone", row["id"], row["phone"]) == phone
        ]

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Read the database as the superuser, past every wall."""
        with psycopg.connect(self.urls.admin, row_factory=dict_row) as connection:
            return connection.execute(sql, values).fetchall()

    def execute(self, sql: str, *values: Any) -> None:
        """Change the database as the superuser."""
        with psycopg.connect(self.urls.admin, autocommit=True) as connection:
            connection.execute(sql, values)

    async def category(self, code: str, slug: str = "kadikoy") -> dict[str, Any]:
        """A category as citizens see it."""
        answer = await self.client.get(f"/v1/public/{slug}/categories")
        assert answer.status_code == 200, answer.text
        return next(item for item in answer.json() if item["code"] == code)

    async def report(self, code: str = "FEN-01", slug: str = "kadikoy", neighbourhood: int = 0, **changes: Any) -> dict:
        """The body of a report that would be taken."""
        lon, lat = self.town(slug).place(neighbourhood)
        return {
            "id": str(uuid7()),
            "category_id": (await self.category(code, slug))["id"],
            "description": "Yolda derin bir çukur var, arabalar zarar görüyor.",
            "place": {"lon": lon, "lat": lat},
            **changes,
        }

    async def filed(self, headers: Headers, slug: str = "kadikoy", **changes: Any) -> dict[str, Any]:
        """File a report; gives the answer."""
        answer = await self.client.post("/v1/complaints", json=await self.report(slug=slug, **changes), headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def photo(self, headers: Headers) -> str:
        """Upload a small photo; gives its id."""
        answer = await self.client.post(
            "/v1/files", files={"file": ("foto.jpg", photo_bytes(), "image/jpeg")}, headers=headers
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


@asynccontextmanager
async def served(urls: Any, files_path: Any, **settings: Any) -> AsyncIterator[Served]:
    """Run the application on a database."""
    app = create_app(settings_for(urls, files_path, **settings))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        yield Served(client, app, urls, {})
