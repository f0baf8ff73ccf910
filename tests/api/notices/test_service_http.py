"""The inbox over HTTP: whose it is, page by page, and with how few statements."""

import psycopg
import pytest

from api.core.ids import uuid7
from api.notices import service

pytestmark = pytest.mark.anyio
PHONE, OTHER_PHONE = "+905321112233", "+905321112244"


async def put(server, citizen_id, title):
    municipality_id = server.town().municipality_id
    async with server.database.transaction(municipality_id) as session:
        await service.put_in_inbox(
            session, municipality_id, citizen_id, kind="complaint.close", title=title, body="Çözüldü.",
            link_kind="complaint", link_id=uuid7(),
        )  # fmt: skip


@pytest.fixture
async def reader(server):
    """A signed-in citizen with three messages."""
    headers = await server.citizen(PHONE)
    citizen_id = server.rows("SELECT id FROM citizen ORDER BY id LIMIT 1")[0]["id"]
    with psycopg.connect(server.urls.admin, autocommit=True) as connection:
        connection.execute("DELETE FROM inbox_message")
    for number in range(3):
        await put(server, citizen_id, f"{number}")
    return headers


async def test_a_citizen_reads_the_inbox_newest_first_and_page_by_page(server, reader):
    first = (await server.client.get("/v1/inbox?limit=2", headers=reader)).json()
    rest = (await server.client.get(f"/v1/inbox?limit=2&cursor={first['next_cursor']}", headers=reader)).json()
    assert [message["title"] for message in first["items"] + rest["items"]] == ["2", "1", "0"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_reading_costs_four_statements_at_most_however_full_the_inbox_is(server, reader, limit):
    answer = await server.client.get(f"/v1/inbox?limit={limit}", headers=reader)
    assert len(answer.json()["items"]) == min(limit, 3)
    assert int(answer.headers["x-statements"]) <= 4


async def test_a_message_is_marked_as_read(server, reader):
    message = (await server.client.get("/v1/inbox", headers=reader)).json()["items"][0]
    answer = await server.client.post(f"/v1/inbox/{message['id']}/read", headers=reader)
    assert answer.status_code == 200
    assert answer.json()["read_at"] is not None
    again = (await server.client.get("/v1/inbox", headers=reader)).json()["items"][0]
    assert again["read_at"] == answer.json()["read_at"]


async def test_the_inbox_of_another_citizen_is_out_of_reach(server, reader):
    stranger = await server.citizen(OTHER_PHONE)
    message = (await server.client.get("/v1/inbox", headers=reader)).json()["items"][0]
    assert (await server.client.get("/v1/inbox", headers=stranger)).json()["items"] == []
    assert (await server.client.post(f"/v1/inbox/{message['id']}/read", headers=stranger)).status_code == 404


async def test_staff_have_no_inbox_here_and_nobody_reads_without_signing_in(server, reader):
    clerk = await server.staff("service_desk")
    assert (await server.client.get("/v1/inbox", headers=clerk)).status_code == 403
    assert (await server.client.get("/v1/inbox")).status_code == 401


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=gecersiz", "cursor=%00"])
async def test_nonsense_is_refused(server, reader, query):
    assert (await server.client.get(f"/v1/inbox?{query}", headers=reader)).status_code == 422
