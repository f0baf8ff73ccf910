"""The municipality of the three days: its work, the people who do it, and what the office decides meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pyotp
from psycopg.rows import dict_row

from api.core import clock, keys
from api.core.db import Database
from api.core.ids import uuid7
from api.core.sql import run
from api.core.tenancy import enter_municipality
from tests.factories.images import photo_bytes
from tests.factories.towns import MASTER_KEY, PASSWORD, TOTP_SECRET, Staff, Town, password_hash

TEAM = "technical_works"
CANARY = "kanarya-akpinar"
"""Stands in everything that is written down in the other municipality."""


def code_now() -> str:
    """What the authenticator app shows."""
    return pyotp.TOTP(TOTP_SECRET).at(clock.now())


def add_inspector(urls: Any, town: Town, username: str) -> Staff:
    """Give the team one more inspector."""
    keys.install_master_key(MASTER_KEY)
    staff = Staff(uuid7(), username, "field_inspector", town.departments[TEAM])

    async def add() -> None:
        database = Database(urls.platform, pool_size=1)
        try:
            async with database.transaction(town.municipality_id) as session:
                ring = await keys.keyring(session, town.municipality_id)
                await enter_municipality(session, town.municipality_id)
                secret = ring.encrypt("staff_user", "totp_secret", staff.id, TOTP_SECRET)
                await run(
                    session,
                    """INSERT INTO staff_user (municipality_id, id, username, full_name, title, registry_no,
                                               department_id, password_hash, must_change_password, totp_secret,
                                               totp_last_step, is_active, created_at)
                       VALUES (%s, %s, %s, %s, '', '', %s, %s, false, %s, 0, true, %s)""",
                    (town.municipality_id, staff.id, username, f"Deneme {username}", staff.department_id,
                     password_hash(), secret, clock.now()),
                )  # fmt: skip
                await run(
                    session,
                    """INSERT INTO role_assignment (municipality_id, id, staff_user_id, role, department_id, valid_from)
                       VALUES (%s, %s, %s, 'field_inspector', %s, '2024-01-01')""",
                    (town.municipality_id, uuid7(), staff.id, staff.department_id),
                )
        finally:
            await database.close()

    asyncio.run(add())
    return staff


def mark_the_other_town(urls: Any) -> None:
    """Have the other municipality hold work of its own, with a word that must be found nowhere else."""
    with psycopg.connect(urls.platform, row_factory=dict_row) as connection:
        connection.execute(
            """UPDATE complaint_category SET name = name || jsonb_build_object('tr', %s || ' ' || code)
                WHERE municipality_id = (SELECT id FROM municipality WHERE slug = 'akpinar')""",
            (CANARY,),
        )
        connection.execute(
            """UPDATE staff_user SET full_name = %s || ' ' || username
                WHERE municipality_id = (SELECT id FROM municipality WHERE slug = 'akpinar')""",
            (CANARY,),
        )


class Office:
    """A person of the office at the API."""

    def __init__(self, product: Any, username: str, municipality: str = "kadikoy") -> None:
        self.town: Town = product.town
        self.http: httpx.Client = product.stack.enter_context(product.http())
        body = {"municipality": municipality, "username": username, "password": PASSWORD, "totp_code": code_now()}
        told = self._answer(self.http.post("/v1/auth/staff", json=body))
        self.http.headers["Authorization"] = f"Bearer {told['tokens']['access_token']}"

    def post(self, path: str, **body: Any) -> Any:
        """Send something."""
        return self._answer(self.http.post(path, json=body))

    def get(self, path: str, **query: Any) -> Any:
        """Ask for something."""
        return self._answer(self.http.get(path, params=query))

    def patch(self, path: str, **body: Any) -> Any:
        """Change something."""
        return self._answer(self.http.patch(path, json=body))

    def upload(self) -> str:
        """Send a photo; gives its id."""
        return self._answer(self.http.post("/v1/files", files={"file": ("a.jpg", photo_bytes(), "image/jpeg")}))["id"]

    def open_business(self, number: int) -> str:
        """Write a business down; gives its id."""
        business_id, (lon, lat) = str(uuid7()), self.town.place(number % 4)
        self.post(
            "/v1/businesses", id=business_id, class_code="sanitary", title=f"Sınav İşyeri {number:02d}",
            activity="Fırın", address_text=f"Ihlamur Sokak {number}", phone="0216 330 00 00",
            place={"lon": lon + number * 1e-5, "lat": lat},
        )  # fmt: skip
        return business_id

    def plan_visit(self, business_id: str, assignee: Staff) -> str:
        """Plan an inspection; gives its id."""
        visit_id = str(uuid7())
        self.post(
            "/v1/inspections", id=visit_id, business_id=business_id, form_id="routine",
            due_on=(clock.today() + timedelta(days=1)).isoformat(), department_id=str(self.town.departments[TEAM]),
            assignee_id=str(assignee.id), reason="Yıllık denetim",
        )  # fmt: skip
        return visit_id

    def give_task(self, assignee: Staff, title: str) -> str:
        """Give somebody of the team a task; gives its id."""
        task_id = str(uuid7())
        department = str(self.town.departments[TEAM])
        self.post("/v1/field/tasks", id=task_id, title=title, department_id=department, assignee_id=str(assignee.id))
        return task_id

    @staticmethod
    def _answer(answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.text}"
        return answer.json() if answer.content else None


class Citizen:
    """Somebody who reports what is broken."""

    def __init__(self, product: Any, phone: str, municipality: str = "kadikoy") -> None:
        self.product, self.municipality = product, municipality
        self.http: httpx.Client = product.stack.enter_context(product.http())
        asked = self.http.post("/v1/auth/code", json={"municipality": municipality, "phone": phone}).json()
        code = product.phones.wait_for_message(phone, seconds=30)["text"].split(" ", 1)[0]
        body = {"municipality": municipality, "login_id": asked["login_id"], "phone": phone, "code": code}
        tokens = self.http.post("/v1/auth/code/verify", json=body).raise_for_status().json()
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        found = self.http.get(f"/v1/public/{municipality}/categories").raise_for_status().json()
        self.category = next(item["id"] for item in found if item["code"] == "FEN-01")

    def report(self, text: str, place: tuple[float, float]) -> str:
        """Report something; gives the case's id."""
        body = {
            "id": str(uuid7()), "category_id": self.category, "description": text,
            "place": {"lon": place[0], "lat": place[1]},
        }  # fmt: skip
        return str(self.http.post("/v1/complaints", json=body).raise_for_status().json()["id"])

    def reopen(self, complaint_id: str, text: str) -> None:
        """Say that it is not solved."""
        self.http.post(f"/v1/complaints/{complaint_id}/reopen", json={"text": text}).raise_for_status()
