"""What holds on every page: the policy headers, the permission of every route, the token of every form."""

import re
from uuid import uuid4

import pytest

from api.console.guard import ConsolePermitted
from api.console.routes import PUBLIC_ROUTES, router
from api.core.ids import uuid7
from api.identity.console_cookies import csrf_token
from tests.console.browser import HTMX, Browser

pytestmark = pytest.mark.anyio

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ROUTES = [(method, route) for route in router.routes for method in sorted(route.methods)]
FORMS = [route for method, route in ROUTES if method == "POST" and (method, route.path) not in PUBLIC_ROUTES]
FORMS_OF_CASES = [route for route in FORMS if "complaint_id" in route.path]
by_path = pytest.mark.parametrize("route", FORMS, ids=lambda route: route.path)


def permissions_of(route) -> list:
    return [
        dependency.call.permission
        for dependency in route.dependant.dependencies
        if isinstance(dependency.call, ConsolePermitted)
    ]


def test_every_route_names_one_permission_or_is_public_on_purpose():
    for method, route in ROUTES:
        is_public = (method, route.path) in PUBLIC_ROUTES
        assert len(permissions_of(route)) == (0 if is_public else 1), route.path
    assert {(method, route.path) for method, route in ROUTES} >= PUBLIC_ROUTES


def test_every_act_asks_for_its_own_permission():
    acts = [route for route in FORMS if "complaint_id" in route.path and not route.path.endswith("/reporter")]
    assert len(acts) == 10
    for route in acts:
        name = route.path.removesuffix("/files").rsplit("/", 1)[1]
        assert permissions_of(route) == [f"complaint.{name}"]


@pytest.fixture
async def filed(server):
    return await server.filed(await server.citizen())


@pytest.fixture
async def officer(server, browser) -> Browser:
    return await browser.sign_in("department_head")


PAGES = [
    "/console", "/console?status_group=x", "/console/complaints/{id}", "/console/complaints/rows",
    "/console/complaints/fresh", "/console/complaints/00000000-0000-7000-8000-000000000000", "/console/complaints/x",
    "/console/sign-in", "/console/sign-in?municipality=nowhere",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_carries_the_exact_policy(officer, filed, path):
    answer = await officer.open(path.format(id=filed["id"]))
    assert answer.status_code in {200, 404}
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers, "only where there is https"
    assert "Cookie" in answer.headers["vary"]


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_holds_a_script_or_a_style_of_its_own(officer, filed, path):
    html = (await officer.open(path.format(id=filed["id"]))).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)


def address(route, complaint_id: str) -> str:
    return route.path.format(complaint_id=complaint_id)


async def state_of(server, complaint_id: str):
    return server.rows("SELECT status, version FROM complaint WHERE id = %s", complaint_id)


@by_path
@pytest.mark.parametrize("token", [None, "", "x", "another session"])
async def test_a_form_without_the_session_s_token_is_refused_and_changes_nothing(server, officer, filed, route, token):
    before = await state_of(server, filed["id"])
    data = {"text": "Deneme", "reason": "Deneme", "version": "1"}
    if token is not None:
        data["csrf"] = csrf_token("1.0.other") if token == "another session" else token
    answer = await officer.http.post(address(route, filed["id"]), data=data)
    assert answer.status_code == 403
    assert "Form doğrulanamadı" in answer.text
    assert await state_of(server, filed["id"]) == before
    assert (await officer.open("/console")).status_code == 200, "still signed in"


@by_path
async def test_a_form_without_a_session_is_not_even_read(server, browser, filed, route):
    answer = await browser.http.post(address(route, filed["id"]), data={"csrf": csrf_token("")})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")


async def test_the_token_may_come_in_the_header_as_well(officer, filed):
    await officer.open(f"/console/complaints/{filed['id']}")
    take = f"/console/complaints/{filed['id']}/take"
    token = officer.form(take)["values"]["csrf"]
    answer = await officer.http.post(take, data={"version": "1"}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 303


@pytest.mark.parametrize("route", FORMS_OF_CASES, ids=lambda route: route.path)
async def test_a_case_of_another_municipality_is_not_there(server, browser, route):
    foreign = await server.filed(await server.citizen("+905321110000", slug="akpinar"), slug="akpinar", code="TEM-01")
    await browser.sign_in("department_head")
    await browser.open("/console")
    token = browser.form("/console/sign-out")["values"]["csrf"]
    data = {"csrf": token, "text": "Deneme", "reason": "Deneme", "authority_name": "Kurum",
            "department_id": str(uuid4()), "staff_user_id": str(uuid4())}  # fmt: skip
    answer = await browser.http.post(address(route, foreign["id"]), data=data)
    assert answer.status_code == 404
    assert (await browser.open(f"/console/complaints/{foreign['id']}")).status_code == 404


@pytest.mark.parametrize("role", ["cashier", "finance", "municipal_administrator"])
async def test_staff_who_may_see_no_cases_are_told_so(browser, role):
    await browser.sign_in(role)
    answer = await browser.open("/console")
    assert answer.status_code == 403
    assert "Bu işlem için yetkiniz yok." in answer.text


async def test_a_part_of_a_page_is_refused_in_the_page_s_own_place(officer):
    answer = await officer.open(f"/console/complaints/{uuid7()}", **HTMX)
    assert answer.status_code == 404
    assert answer.headers["hx-retarget"] == "#toast"
    assert "<html" not in answer.text


async def test_a_failure_of_the_server_shows_a_page_and_nothing_internal(server, officer, filed):
    server.execute("ALTER TABLE complaint_event RENAME TO complaint_event_away")
    try:
        answer = await officer.open(f"/console/complaints/{filed['id']}")
    finally:
        server.execute("ALTER TABLE complaint_event_away RENAME TO complaint_event")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert "Beklenmeyen bir hata oluştu" in answer.text
    assert "complaint_event" not in answer.text
    assert "Traceback" not in answer.text


async def test_an_over_large_form_is_refused(officer, filed):
    await officer.open(f"/console/complaints/{filed['id']}")
    answer = await officer.send(f"/console/complaints/{filed['id']}/answer", {"text": "x" * 300_000})
    assert answer.status_code == 413
