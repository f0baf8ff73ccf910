"""What a person confides leaves no trace outside its sealed field: not in logs, figures, jobs, the trail or a dump."""

import base64
import io
import json
from dataclasses import dataclass, field

import anyio
import pyotp
import pytest

from api.core import clock, keys
from api.core.logs import configure_logging
from api.core.phones import mask_phone
from tests.factories.towns import PASSWORD, TOTP_SECRET

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PHONE, CALLER = "+905437776655", "+905439998877"
NAME = "Zümrüt Kanaryaoğlu"
NATIONAL_ID, CARD, PLATE = "10000000146", "4111111111111111", "34 KNR 777"
NEW_PASSWORD = "gizli-kanarya-yuvasi-9"


def spellings(phone: str) -> set[str]:
    """How a number may be written down."""
    digits = phone.removeprefix("+90")
    area, first, second, third = digits[:3], digits[3:6], digits[6:8], digits[8:]
    return {
        phone, digits, f"0{digits}", f"90{digits}", f"{area} {first} {second} {third}",
        f"0{area} {first} {second} {third}", f"{area}-{first}-{second}-{third}", f"({area}) {first} {second} {third}",
    }  # fmt: skip


@dataclass
class Traces:
    """Everything that a journey left behind, and the words that must not be in it."""

    confided: set[str] = field(default_factory=lambda: {*spellings(PHONE), *spellings(CALLER), NAME, NAME.split()[1]})
    typed: set[str] = field(
        default_factory=lambda: {NATIONAL_ID, CARD, "4111 1111 1111 1111", PLATE, PLATE.replace(" ", "")}
    )
    log: str = ""
    figures: str = ""
    jobs: str = ""
    trail: str = ""
    dump: str = ""


def found(text: str, words: set[str]) -> list[str]:
    """The words that stand in a text, plain or in one of the ways in which a dump shows bytes."""
    hits = []
    for word in sorted(words):
        raw = word.encode()
        shown = (word, raw.hex(), base64.b64encode(raw).decode().rstrip("="), json.dumps(word)[1:-1], word.upper())
        hits += [word for form in shown if form in text]
    return hits


@pytest.fixture(scope="module")
async def traces(server):
    """A citizen, a caller, the service desk and the administrator; good days and bad ones."""
    left, stream = Traces(), io.StringIO()
    configure_logging(json=True, level="DEBUG", stream=stream)
    try:
        await _journey(server, left)
    finally:
        configure_logging(json=True, level="WARNING")
    left.log = stream.getvalue()
    left.figures = (await server.client.get("/metrics")).text
    left.jobs = "\n".join(str(row) for row in server.rows("SELECT * FROM procrastinate_jobs")) + "\n".join(
        str(row) for row in server.rows("SELECT * FROM procrastinate_events")
    )
    left.trail = "\n".join(row["content"] for row in server.rows("SELECT content FROM audit_record"))
    dumped = await anyio.run_process(["pg_dump", "--no-owner", server.urls.admin])
    left.dump = dumped.stdout.decode()
    return left


async def _journey(server, left: Traces) -> None:
    client = server.client
    asked = await client.post("/v1/auth/code", json={"municipality": "kadikoy", "phone": "0543 777 66 55"})
    code = (await server.newest_sms("kadikoy", PHONE)).split(" ", 1)[0]
    given = {"municipality": "kadikoy", "login_id": asked.json()["login_id"], "phone": PHONE}
    wrong = await client.post("/v1/auth/code/verify", json={**given, "code": "000000"})
    right = await client.post("/v1/auth/code/verify", json={**given, "code": code})
    assert (wrong.status_code, right.status_code) == (401, 200)
    renewed = await client.post("/v1/auth/refresh", json={"refresh_token": right.json()["refresh_token"]})
    left.confided |= {right.json()["refresh_token"], right.json()["access_token"], renewed.json()["refresh_token"]}
    citizen = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
    assert (await client.patch("/v1/me", json={"name": NAME}, headers=citizen)).status_code == 200
    told = f"TC {NATIONAL_ID}, kart {CARD}, plaka {PLATE}"
    filed = await server.filed(citizen, description=told)
    case = f"/v1/complaints/{filed['id']}"

    desk = await server.staff("service_desk")
    by_phone = await server.report()
    counted = await client.post(
        "/v1/complaints/counter", json={**by_phone, "channel": "call_centre", "phone": CALLER, "description": told},
        headers=desk,
    )  # fmt: skip
    assert counted.status_code == 201, counted.text
    for path, body in (
        ("notes", {"text": told}), ("answers", {"text": told}), ("reporter", {"reason": "Geri aranacak"}),
        ("forward", {"authority_name": "Karayolları", "text": told}),
    ):  # fmt: skip
        assert (await client.post(f"{case}/{path}", json=body, headers=desk)).status_code == 200, path
    for query in (NATIONAL_ID, CARD, PLATE, PHONE, NAME):
        assert (await client.get("/v1/complaints", params={"text": query}, headers=desk)).status_code == 200
        assert (await client.get("/v1/staff", params={"search": query}, headers=desk)).status_code == 200
        for path in (f"/v1/complaints/{query}", f"/v1/staff/{query}", f"/v1/{query}"):
            assert (await client.get(path, headers=desk)).status_code in {404, 422}
        await client.post("/v1/auth/code", json={"municipality": "kadikoy", "phone": query})
        await client.post("/v1/complaints", content=f'{{"description": "{query}', headers=citizen)
    await _staff(server, left)
    await _bad_day(server, citizen, told)
    ring = await _ring(server)
    national_id = ring.encrypt("citizen", "national_id", _citizen_id(server), NATIONAL_ID)
    server.execute("UPDATE citizen SET national_id = %s WHERE id = %s", national_id, _citizen_id(server))
    me = (await client.get("/v1/me", headers=citizen)).json()
    assert (me["phone"], me["name"]) == (mask_phone(PHONE), NAME)
    assert (await client.post("/v1/auth/logout", headers=citizen)).status_code == 204


async def _staff(server, left: Traces) -> None:
    """A new colleague with a one-time password; a name typed where a password belongs, and the other way round."""
    client, administrator = server.client, await server.staff("municipal_administrator")
    added = await client.post(
        "/v1/staff", json={"username": "kanarya", "full_name": "Yeni Kişi"}, headers=administrator
    )
    once = added.json()["one_time_password"]
    code = pyotp.TOTP(TOTP_SECRET).at(clock.now())
    for username, password, second in (
        ("kanarya", once, None), (once, "kanarya", None), (NATIONAL_ID, NEW_PASSWORD, None), (PHONE, PHONE, code),
        ("auditor", NEW_PASSWORD, code),
    ):  # fmt: skip
        body = {"municipality": "kadikoy", "username": username, "password": password, "totp_code": second}
        answer = await client.post("/v1/auth/staff", json=body)
        assert answer.status_code in {200, 401, 422}, answer.text
        if answer.status_code == 200:
            left.confided.add(answer.json()["enrolment"]["secret"])
    desk = await server.staff("finance")
    changed = {"password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await client.post("/v1/me/password", json=changed, headers=desk)).status_code == 204
    left.confided |= {once, NEW_PASSWORD, PASSWORD, TOTP_SECRET, desk["Authorization"].split()[1]}


async def _bad_day(server, citizen, told: str) -> None:
    """The database fails under requests that carry everything."""
    report = await server.report(description=f"{told} {PHONE} {NAME}")
    for table, path, body in (
        ("complaint_event", "/v1/complaints", report),
        ("sms_message", "/v1/auth/code", {"municipality": "kadikoy", "phone": "+905437776622"}),
    ):
        server.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        try:
            answer = await server.client.post(path, json=body, headers=citizen)
        finally:
            server.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
        assert answer.status_code == 500


async def _ring(server):
    municipality_id = server.town().municipality_id
    async with server.database.transaction(municipality_id) as session:
        return await keys.keyring(session, municipality_id)


def _citizen_id(server):
    return server.rows("SELECT holder_id FROM device WHERE holder_kind = 'citizen' LIMIT 1")[0]["holder_id"]


async def test_the_journey_left_logs_figures_jobs_a_trail_and_a_dump(traces):
    lines = [json.loads(line) for line in traces.log.splitlines()]
    assert len([line for line in lines if line["event"] == "request"]) > 30
    assert [line for line in lines if line["level"] == "error"], "the bad day is written down"
    assert "belediye_request_seconds" in traces.figures
    assert "notices.send_sms" in traces.jobs
    assert "complaint.read_person" in traces.trail
    assert "COPY public.citizen" in traces.dump


async def test_the_search_for_traces_finds_what_is_there(traces):
    assert found("… 0543 777 66 55 …", traces.confided)
    assert found(f"\\x{PHONE.encode().hex()}", traces.confided)
    assert set(found(traces.dump, {CARD})) == {CARD}, (
        "a description is what the citizen wrote; only sealed fields are sealed"
    )


@pytest.mark.parametrize("place", ["log", "figures", "jobs", "trail"])
async def test_nothing_confided_or_typed_is_in(traces, place):
    assert found(getattr(traces, place), traces.confided | traces.typed) == []


async def test_nothing_confided_is_in_a_dump(traces):
    assert found(traces.dump, traces.confided) == []


async def test_a_sealed_identity_number_is_not_in_the_rows_of_citizens(traces):
    citizens = traces.dump.split("COPY public.citizen ", 1)[1].split("\n\\.\n", 1)[0]
    assert citizens.count("\n") >= 2
    assert found(citizens, {NATIONAL_ID}) == []
