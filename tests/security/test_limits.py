"""Whoever asks too often has to wait, and cannot pass for somebody else by what his headers say."""

import httpx
import pytest

from api.core.middleware import client_address
from tests.factories.images import photo_bytes
from tests.factories.people import new_phone
from tests.factories.serving import served
from tests.factories.towns import PASSWORD

pytestmark = pytest.mark.anyio

FORGED = (
    {"X-Forwarded-For": "{}"}, {"X-Forwarded-For": "127.0.0.1, {}"}, {"X-Real-IP": "{}"}, {"Forwarded": "for={}"},
    {"X-Client-IP": "{}"}, {"True-Client-IP": "{}"}, {"CF-Connecting-IP": "{}"}, {"X-Forwarded-Host": "{}"},
    {"X-Originating-IP": "{}"}, {"Via": "1.1 {}"},
)  # fmt: skip


def caller(server, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=server.app, raise_app_exceptions=False, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


def told_to_wait(answer: httpx.Response) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.json()["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["retry-after"]) <= 86_400
    assert answer.json()["retry_after"] == int(answer.headers["retry-after"])
    return True


@pytest.mark.parametrize("forged", FORGED, ids=lambda forged: next(iter(forged)))
async def test_a_caller_who_names_another_address_with_every_request_is_still_one_caller(server, forged):
    async with caller(server, f"10.9.{FORGED.index(forged)}.1") as client:
        answers = [
            await client.post(
                "/v1/auth/code",
                json={"municipality": "kadikoy", "phone": new_phone()},
                headers={name: value.format(f"203.0.113.{number}") for name, value in forged.items()},
            )
            for number in range(12)
        ]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert all(told_to_wait(answer) for answer in answers[10:])


async def test_trying_codes_is_limited_by_address_whatever_the_number(server):
    async with caller(server, "10.8.0.1") as client:
        answers = [
            await client.post(
                "/v1/auth/code/verify",
                json={
                    "municipality": "kadikoy", "login_id": "01900000-0000-7000-8000-000000000000",
                    "phone": new_phone(), "code": f"{number:06d}",
                },
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            )
            for number in range(32)
        ]  # fmt: skip
    assert [answer.status_code for answer in answers[:30]] == [401] * 30
    assert all(told_to_wait(answer) for answer in answers[30:])


@pytest.mark.parametrize("path", ["/v1/auth/staff"])
async def test_trying_passwords_is_limited_by_account_and_address(server, path):
    async with caller(server, "10.7.0.1") as client:
        statuses = []
        for number in range(11):
            body = {"municipality": "kadikoy", "username": "finance", "password": f"yanlis-{number}-{PASSWORD}"}
            answer = await client.post(path, json=body, headers={"X-Forwarded-For": f"203.0.113.{number}"})
            statuses.append(answer.status_code)
    assert statuses == [401] * 10 + [429]
    assert told_to_wait(answer)


SCOPE = {"client": ("10.0.0.7", 1), "headers": [(b"x-forwarded-for", b"198.51.100.1, 203.0.113.9")]}


@pytest.mark.parametrize(
    ("proxies", "address"),
    [
        ([], "10.0.0.7"),
        (["10.0.0.8/32"], "10.0.0.7"),
        (["192.168.0.0/16"], "10.0.0.7"),
        (["10.0.0.0/24"], "203.0.113.9"),
    ],
)
def test_only_a_proxy_of_our_own_is_believed_and_only_its_last_word(proxies, address):
    assert client_address(SCOPE, proxies) == address


@pytest.mark.slow
async def test_a_flood_of_reports_photos_or_searches_of_one_person_is_slowed_and_others_are_not(
    module_db, tmp_path_factory
):
    few = {"pace_filing": "2/hour", "pace_uploading": "2/hour", "pace_searching": "2/minute;3/hour"}
    async with served(module_db, tmp_path_factory.mktemp("paced"), **few) as server:
        flooder, neighbour = await server.citizen("+905320000701"), await server.citizen("+905320000702")
        photo = {"file": ("foto.jpg", photo_bytes(), "image/jpeg")}

        async def answers(headers, act):
            return [(await act(headers)).status_code for _ in range(3)]

        async def file(headers):
            return await server.client.post("/v1/complaints", json=await server.report(), headers=headers)

        async def upload(headers):
            return await server.client.post("/v1/files", files=photo, headers=headers)

        async def search(headers):
            return await server.client.get("/v1/complaints", params={"text": "çukur"}, headers=headers)

        for act, done in ((file, 201), (upload, 201), (search, 200)):
            assert await answers(flooder, act) == [done, done, 429]
            refused = await act({**flooder, "X-Forwarded-For": "203.0.113.9"})
            assert (refused.status_code, 0 < int(refused.headers["retry-after"]) <= 3600) == (429, True)
            assert (await act(neighbour)).status_code == done
        # Looking at a list without searching is not counted.
        assert (await server.client.get("/v1/complaints", headers=flooder)).status_code == 200


async def test_a_report_that_was_refused_for_its_content_does_not_count(module_db, tmp_path_factory):
    async with served(module_db, tmp_path_factory.mktemp("paced"), pace_filing="1/hour") as server:
        citizen = await server.citizen("+905320000703")
        wrong = {**await server.report(), "place": {"lon": 29.0, "lat": 36.1}}
        for _ in range(3):
            assert (await server.client.post("/v1/complaints", json=wrong, headers=citizen)).status_code == 422
        assert (
            await server.client.post("/v1/complaints", json=await server.report(), headers=citizen)
        ).status_code == 201
