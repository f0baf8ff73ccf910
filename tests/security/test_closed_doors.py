"""What operators see is closed to everybody else, and a failure shows nothing of the inside."""

import base64
import secrets

import httpx
import pytest

from api.app import create_app
from tests.factories.serving import served, settings_for

pytestmark = pytest.mark.anyio

INSIDE = ("psycopg", "sqlalchemy", "Traceback", 'File "', "SELECT", "complaint_category", "relation", "belediye_app")


@pytest.fixture(scope="module")
async def production(module_db, tmp_path_factory):
    """The server as a town hall runs it."""
    async with served(
        module_db, tmp_path_factory.mktemp("files"), environment="production", public_url="https://belediye.example.tr",
        netgsm_base_url="https://api.netgsm.com.tr",
    ) as running:  # fmt: skip
        yield running


@pytest.mark.parametrize(
    "path",
    ["/docs", "/redoc", "/openapi.json", "/v1/docs", "/v1/openapi.json", "/swagger", "/debug", "/admin", "/.env",
     "/.git/config", "/server-status", "/static/", "/static", "/console/../.env", "/api/settings.py"],
)  # fmt: skip
async def test_nothing_of_the_workshop_is_served_in_production(production, path):
    answer = await production.client.get(path)
    assert answer.status_code == 404, path


async def test_the_description_is_there_for_developers_only(server, production):
    assert (await server.client.get("/openapi.json")).status_code == 200
    assert (await production.client.get("/openapi.json")).status_code == 404


async def test_production_tells_browsers_to_stay_with_https(production):
    answer = await production.client.get("/v1/public/municipalities")
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("address", ["203.0.113.5", "10.0.0.5", "2001:db8::1", "unix"])
async def test_figures_are_for_the_machine_itself_whatever_a_header_says(server, address):
    transport = httpx.ASGITransport(app=server.app, raise_app_exceptions=False, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as outside:
        for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": "127.0.0.1"}, {"Host": "localhost"}):
            assert (await outside.get("/metrics", headers=headers)).status_code == 404
    assert (await server.client.get("/metrics")).status_code == 200


async def test_a_trusted_proxy_does_not_lend_its_own_address_to_strangers(module_db, tmp_path):
    app = create_app(settings_for(module_db, tmp_path, trusted_proxies=["127.0.0.0/8"]))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as proxy:
        answer = await proxy.get("/metrics", headers={"X-Forwarded-For": "203.0.113.5"})
        assert answer.status_code == 404
        forged = await proxy.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.5"})
        assert forged.status_code == 404


async def test_an_inner_failure_is_told_without_stack_statement_or_table(server, capsys):
    citizen = await server.citizen()
    server.execute("ALTER TABLE complaint RENAME TO complaint_away")
    try:
        answers = [
            await server.client.get("/v1/complaints", headers=citizen),
            await server.client.get("/v1/complaints", headers={**citizen, "Accept-Language": "en"}),
            await server.client.get("/v1/complaints/01900000-0000-7000-8000-000000000000", headers=citizen),
        ]
    finally:
        server.execute("ALTER TABLE complaint_away RENAME TO complaint")
    for answer in answers:
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) == {"type", "title", "status", "code"}
        assert [word for word in INSIDE if word in answer.text] == []
        assert answer.headers["x-request-id"], "what the operator finds it in the log by"


async def test_a_refusal_of_a_value_does_not_repeat_the_value(server):
    citizen = await server.citizen()
    answer = await server.client.get("/v1/complaints", params={"department_id": "10000000146"}, headers=citizen)
    assert answer.status_code == 422
    assert "10000000146" not in answer.text
    body = {"municipality": "kadikoy", "phone": "10000000146"}
    assert "10000000146" not in (await server.client.post("/v1/auth/code", json=body)).text


async def test_health_pages_tell_only_that_the_server_lives(server):
    assert (await server.client.get("/livez")).json() == {"status": "ok"}
    assert (await server.client.get("/readyz")).json() == {"status": "ok"}


async def test_an_unknown_address_and_a_guarded_one_look_alike_to_a_stranger(server):
    for path in ("/v1/nothing", "/nothing", "/console/nothing", "/v1/complaints/x/y/z"):
        answer = await server.client.get(path)
        assert answer.status_code == 404
        assert "starlette" not in answer.text.lower()
    assert base64.b64encode(secrets.token_bytes(2))
