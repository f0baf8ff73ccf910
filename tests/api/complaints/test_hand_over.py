"""Cases given to a colleague, cases filed on the spot, and the feed by which phones hear of them."""

import pytest

from api.complaints import service
from api.complaints.schemas import HandingOverIn, OnSiteIn
from api.core.ids import uuid7
from api.identity.service import authenticate_bearer
from tests.factories.people import bearer, staff_claims

pytestmark = pytest.mark.anyio


async def new_colleague(server, department_id, role="field_inspector"):
    """Another person who works in the department."""
    town, staff_id = server.town(), uuid7()
    server.execute(
        """INSERT INTO staff_user (municipality_id, id, username, full_name, title, registry_no, department_id,
                                   password_hash, must_change_password, totp_last_step, is_active, created_at)
           VALUES (%s, %s, %s, 'Yeni Arkadaş', '', '', %s, '', false, 0, true, now())""",
        town.municipality_id, staff_id, f"k-{staff_id}", department_id,
    )  # fmt: skip
    server.execute(
        """INSERT INTO role_assignment (municipality_id, id, staff_user_id, role, department_id, valid_from)
           VALUES (%s, %s, %s, %s, %s, '2024-01-01')""",
        town.municipality_id, uuid7(), staff_id, role, department_id,
    )  # fmt: skip
    return staff_id


@pytest.fixture
async def works(server):
    return server.town().staff["field_inspector"].department_id


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


async def hand_over(server, case, headers, staff_user_id, text=""):
    return await server.client.post(
        f"/v1/complaints/{case['id']}/hand-over",
        json={"staff_user_id": str(staff_user_id), "text": text}, headers=headers,
    )  # fmt: skip


def pointed(server, case):
    """Scopes that were told of the case, by transaction, the newest last."""
    rows = server.rows(
        """SELECT array_agg(scope ORDER BY scope) AS scopes FROM sync_pointer WHERE row_id = %s AND tbl = 'complaint'
            GROUP BY xid ORDER BY xid""",
        case["id"],
    )
    return [row["scopes"] for row in rows]


async def test_a_case_goes_to_a_colleague_with_a_line_and_an_audit_row_and_only_its_own_people_are_told(
    server, case, works
):
    inspector = await server.staff("field_inspector")
    mine, colleague = server.town().staff["field_inspector"].id, await new_colleague(server, works)
    await server.client.post(f"/v1/complaints/{case['id']}/start", headers=inspector)
    answer = await hand_over(server, case, inspector, colleague, "Merdiven gerekiyor.")
    assert answer.status_code == 200, answer.text
    (row,) = server.rows("SELECT assignee_id, status, version FROM complaint WHERE id = %s", case["id"])
    assert (row["assignee_id"], row["status"], row["version"]) == (colleague, "assigned", 3)
    (line,) = server.rows(
        "SELECT text, is_public FROM complaint_event WHERE action = 'hand_over' AND complaint_id = %s", case["id"]
    )
    assert line == {"text": "Merdiven gerekiyor.", "is_public": False}
    audited = server.rows("SELECT action FROM audit_record WHERE object_id = %s ORDER BY sequence", case["id"])
    assert audited[-1]["action"] == "complaint.hand_over"
    team = f"team:{works}"
    assert pointed(server, case) == [
        [team], sorted([team, f"user:{mine}"]), sorted([team, f"user:{mine}", f"user:{colleague}"]),
    ]  # fmt: skip


async def test_a_case_that_nobody_has_is_handed_over_and_one_that_somebody_else_has_is_not(server, case, works):
    colleague = await new_colleague(server, works)
    inspector, officer = await server.staff("field_inspector"), await server.staff("department_officer")
    assert (await hand_over(server, case, inspector, colleague)).status_code == 200
    refused = await hand_over(server, case, officer, server.town().staff["field_inspector"].id)
    assert (refused.status_code, refused.json()["code"]) == (409, "complaint_already_assigned")


async def test_only_a_colleague_of_the_same_department_takes_over(server, case, works):
    inspector, staff = await server.staff("field_inspector"), server.town().staff
    elsewhere = await new_colleague(server, staff["licence_officer"].department_id)
    for wrong in (elsewhere, staff["field_inspector"].id, uuid7()):
        refused = await hand_over(server, case, inspector, wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "assignee_unknown"), wrong


async def test_a_case_that_ends_is_told_to_those_who_had_it_and_afterwards_to_nobody(server, case):
    officer = await server.staff("department_officer")
    await server.client.post(f"/v1/complaints/{case['id']}/take", headers=officer)
    photo = await server.photo(officer)
    closed = await server.client.post(
        f"/v1/complaints/{case['id']}/close", json={"text": "Onarıldı.", "photo_ids": [photo]}, headers=officer
    )
    assert closed.status_code == 200
    before = pointed(server, case)
    assert len(before[-1]) == 2
    await server.client.post(f"/v1/complaints/{case['id']}/notes", json={"text": "Garanti"}, headers=officer)
    assert pointed(server, case) == before


async def on_site(server, role="field_inspector"):
    claims = await staff_claims(server.database, server.town(), role)
    lon, lat = server.town().place(0)
    found = OnSiteIn(
        id=uuid7(), category_id=(await server.category("FEN-01"))["id"], description="Kapak kırık.",
        place={"lon": lon, "lat": lat},
    )  # fmt: skip
    async with server.database.transaction() as session:
        actor = await authenticate_bearer(session, claims)
        return actor, found, await service.file_on_site(session, actor, found)


async def test_what_is_seen_on_the_spot_is_filed_without_a_reporter_and_told_to_its_department(server):
    actor, found, filed = await on_site(server)
    (row,) = server.rows("SELECT citizen_id, filed_by, channel, department_id FROM complaint WHERE id = %s", found.id)
    assert (row["citizen_id"], row["filed_by"], row["channel"]) == (None, actor.id, "field")
    assert pointed(server, {"id": filed.id}) == [[f"team:{row['department_id']}"]]


async def test_who_may_not_file_on_the_spot_is_refused(server):
    with pytest.raises(Exception, match="forbidden"):
        await on_site(server, "mayor")


async def test_phones_see_the_last_ten_lines_and_no_reporter(server, case):
    (table,) = service.FIELD_TABLES
    headers = await bearer(server.database, await staff_claims(server.database, server.town(), "field_inspector"))
    for number in range(12):
        noted = await server.client.post(
            f"/v1/complaints/{case['id']}/notes", json={"text": f"Not {number}"}, headers=headers
        )
        assert noted.status_code == 200
    (row,) = server.rows(f"SELECT {table.version} AS version, {table.data} AS data FROM {table.source} WHERE t.id = %s",
                         case["id"])  # fmt: skip
    data = row["data"]
    assert [line["text"] for line in data["lines"]] == [f"Not {number}" for number in range(2, 12)]
    assert data["lines"][0]["by"] == str(server.town().staff["field_inspector"].id)
    assert row["version"] == 13
    assert not {"citizen_id", "phone", "name", "reporter", "answers"} & set(data)


async def test_handing_over_needs_words_that_are_not_too_long():
    with pytest.raises(ValueError, match="text"):
        HandingOverIn(staff_user_id=uuid7(), text="x" * 1001)
