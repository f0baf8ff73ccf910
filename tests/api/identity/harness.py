"""A server of this domain's routes and a few probes, spoken to over HTTP; and the phones and browsers that speak."""

import base64
import itertools
import json
import re
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import httpx
import psycopg
import pyotp
from fastapi import APIRouter, Depends, FastAPI
from psycopg.rows import dict_row

from api.core import clock, keys, problem
from api.core.actor import Actor
from api.core.db import Database
from api.core.deps import SessionDep
from api.core.ids import uuid7
from api.core.middleware import Edge
from api.core.sql import StatementCount, statement_count
from api.identity.deps import CitizenDep, Permitted, PermittedAlone, StaffDep, TownDep
from api.identity.devices import open_device
from api.identity.refresh import first_refresh_token, tokens_for
from api.identity.routes import router, well_known
from api.identity.tokens import Claims
from api.settings import Settings
from tests.factories.towns import MASTER_KEY, PASSWORD, TOTP_SECRET

probes = APIRouter(prefix="/probe")


def _told(actor: Actor) -> dict:
    return {
        "kind": actor.kind,
        "id": str(actor.id),
        "municipality_id": actor.municipality_id,
        "channel": actor.channel,
        "config_version": actor.config_version,
        "grants": {name: None if scope is None else sorted(map(str, scope)) for name, scope in actor.grants.items()},
    }


@probes.get("/close")
async def close(actor: Annotated[Actor, Depends(Permitted("complaint.close"))]) -> dict:
    return _told(actor)


@probes.get("/staff")
async def staff(actor: StaffDep) -> dict:
    return _told(actor)


@probes.post("/staff")
async def change_as_staff(actor: StaffDep) -> dict:
    return _told(actor)


@probes.get("/citizen")
async def citizen(actor: CitizenDep) -> dict:
    return _told(actor)


@probes.get("/alone")
async def alone(actor: Annotated[Actor, Depends(PermittedAlone("account.use"))]) -> dict:
    return _told(actor)


@probes.get("/public/{municipality_slug}")  # noqa: FAST003 (TownDep takes the name)
async def public(town: TownDep, session: SessionDep) -> dict:
    return {"id": town.id, "entered": session.info["municipality_id"]}


def build(database: Database, urls, *, trusted_proxies: tuple[str, ...] = ()) -> FastAPI:
    """Wire the domain's routes as the product does."""
    keys.install_master_key(MASTER_KEY)
    app = FastAPI(redirect_slashes=False)
    app.state.settings = Settings(
        environment="test",
        database_url=urls.app,
        platform_database_url=urls.platform,
        master_key=base64.b64encode(MASTER_KEY).decode(),
    )
    app.state.database = database
    problem.install(app)
    v1 = APIRouter(prefix="/v1")
    v1.include_router(router)
    v1.include_router(probes)
    app.include_router(v1)
    app.include_router(well_known)
    app.add_middleware(Edge, trusted_proxies=list(trusted_proxies), https=False)
    return app


_addresses = itertools.count(1)
_phones = itertools.count(1)


def new_address() -> str:
    """An address that no test has used, so that limits by address do not meet."""
    number = next(_addresses)
    return f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"


def new_phone() -> str:
    """A mobile number that no test has used."""
    return f"+90532{next(_phones):07d}"


def client(app: FastAPI, address: str | None = None, **headers: str) -> httpx.AsyncClient:
    """A caller from an address of its own."""
    transport = httpx.ASGITransport(app, client=(address or new_address(), 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


def rows(urls, sql: str, *params):
    """Read as the superuser, whom no wall stops."""
    with psycopg.connect(urls.admin, row_factory=dict_row) as connection:
        return connection.execute(sql, params).fetchall()


def change(urls, sql: str, *params) -> None:
    """Change as the superuser; at least one row."""
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        assert connection.execute(sql, params).rowcount > 0


async def newest_sms(database: Database, urls, municipality_id: int, phone: str) -> str:
    """The text of the newest SMS to a phone, opened with the municipality's keys."""
    async with database.transaction(municipality_id) as session:
        ring = await keys.keyring(session, municipality_id)
    found = rows(urls, "SELECT * FROM sms_message WHERE municipality_id = %s ORDER BY created_at DESC", municipality_id)
    for row in found:
        if ring.decrypt("sms_message", "phone", row["id"], row["phone"]) == phone:
            return ring.decrypt("sms_message", "body", row["id"], row["body"])
    raise AssertionError(f"no SMS to {phone}")


class Phone:
    """A citizen's phone with the app."""

    def __init__(self, app: FastAPI, urls, town, number: str | None = None) -> None:
        self.app, self.urls, self.town = app, urls, town
        self.database: Database = app.state.database
        self.number = number or new_phone()
        self.http = client(app)
        self.tokens: dict = {}

    async def ask(self, **extra) -> httpx.Response:
        body = {"municipality": self.town.slug, "phone": self.number, **extra}
        return await self.http.post("/v1/auth/code", json=body)

    async def code(self) -> str:
        text = await newest_sms(self.database, self.urls, self.town.municipality_id, self.number)
        return re.search(r"\d{6}", text).group()

    async def give(self, login_id: str, code: str, **extra) -> httpx.Response:
        body = {"municipality": self.town.slug, "login_id": login_id, "phone": self.number, "code": code, **extra}
        return await self.http.post("/v1/auth/code/verify", json=body)

    async def sign_in(self) -> "Phone":
        asked = await self.ask()
        assert asked.status_code == 200, asked.text
        given = await self.give(asked.json()["login_id"], await self.code())
        assert given.status_code == 200, given.text
        return self.hold(given.json())

    def hold(self, tokens: dict) -> "Phone":
        self.tokens = tokens
        self.http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        return self

    async def refresh(self, token: str | None = None) -> httpx.Response:
        return await self.http.post("/v1/auth/refresh", json={"refresh_token": token or self.tokens["refresh_token"]})


class Desk:
    """A member of staff with a field phone, or at a browser's API."""

    def __init__(self, app: FastAPI, town, username: str, password: str = PASSWORD, secret: str = TOTP_SECRET) -> None:
        self.app, self.town = app, town
        self.username, self.password, self.secret = username, password, secret
        self.http = client(app)
        self.tokens: dict = {}

    def totp(self, step: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(int(clock.now().timestamp()) // 30 + step)

    def credentials(self, **extra) -> dict:
        return {
            "municipality": self.town.slug,
            "username": self.username,
            "password": self.password,
            "totp_code": self.totp(),
        } | extra

    async def try_sign_in(self, **extra) -> httpx.Response:
        return await self.http.post("/v1/auth/staff", json=self.credentials(**extra))

    async def sign_in(self, **extra) -> "Desk":
        answer = await self.try_sign_in(**extra)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "signed_in", answer.text
        self.tokens = answer.json()["tokens"]
        self.http.headers["authorization"] = f"Bearer {self.tokens['access_token']}"
        return self

    async def pick_up(self) -> "Desk":
        """Hold a phone on which this user is signed in already: no password is hashed."""
        user = next(user for user in self.town.staff.values() if user.username == self.username)
        database: Database = self.app.state.database
        claims = Claims("staff", user.id, self.town.municipality_id, uuid7())
        holder = Actor("staff", claims.municipality_id, user.id, claims.device_id, channel="field_app")
        async with database.transaction(claims.municipality_id) as session:
            await open_device(session, holder, label="Telefon", lifetime=timedelta(days=180))
            token = await first_refresh_token(session, claims.municipality_id, claims.device_id, "field_app")
        self.tokens = (await tokens_for(database, claims, token)).model_dump(mode="json")
        self.http.headers["authorization"] = f"Bearer {self.tokens['access_token']}"
        return self

    async def refresh(self) -> httpx.Response:
        return await self.http.post("/v1/auth/refresh", json={"refresh_token": self.tokens["refresh_token"]})


def part_of_token(token: str, part: int) -> dict:
    """Read a token's header (0) or payload (1) without verifying."""
    text = token.split(".")[part]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@contextmanager
def counted():
    """Count the statements of a block."""
    counter = StatementCount()
    token = statement_count.set(counter)
    try:
        yield counter
    finally:
        statement_count.reset(token)


def pretend_uses(urls, rule: str, count: int) -> None:
    """Let every running window of a rate limit look as if it had been used so often."""
    change(urls, "UPDATE rate_count SET count = %s WHERE key LIKE %s", count, f"%/{rule}/%")
