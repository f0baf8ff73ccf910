"""Phones as the office sees them, taken back in two ways, and what a phone is told at its sign-in."""

import base64

import pytest

from api.core.keys import bundle_key
from tests.api.sync.phones import Wire
from tests.factories.people import staff_bearer

pytestmark = pytest.mark.anyio


async def listed(server, role="department_head", slug="kadikoy"):
    answer = await server.client.get("/v1/field/devices", headers=await server.staff(role, slug))
    assert answer.status_code == 200, answer.text
    return {device["id"]: device for device in answer.json()}


async def revoked(server, device_id, how, role="department_head", slug="kadikoy"):
    return await server.client.post(
        f"/v1/field/devices/{device_id}/revoke", json={"how": how}, headers=await server.staff(role, slug)
    )


def a_while_passes(server, phone, seconds):
    server.execute(
        "UPDATE field_device SET last_contact_at = last_contact_at - make_interval(secs => %s) WHERE id = %s",
        seconds, phone.claims.device_id,
    )  # fmt: skip


@pytest.fixture
async def phone(server):
    """A phone that has been heard of."""
    wire = await Wire.of(server)
    await wire.pulled()
    return wire


async def test_the_office_sees_who_has_which_phone(server, phone):
    device = (await listed(server))[str(phone.claims.device_id)]
    assert device["staff_user_id"] == str(server.town().staff["field_inspector"].id)
    assert (device["state"], device["app"], device["label"]) == ("active", "0.1.0", "Deneme cihazı")


async def test_the_office_sees_what_a_phone_still_holds_a_minute_later_at_most(server, phone):
    async def held():
        device = (await listed(server))[str(phone.claims.device_id)]
        return device["waiting"], device["waiting_photos"]

    def row_version():
        return server.rows("SELECT xmin FROM field_device WHERE id = %s", phone.claims.device_id)

    await phone.pulled(waiting=[12, 30])
    assert await held() == (0, 0)
    a_while_passes(server, phone, 61)
    await phone.pulled(waiting=[12, 30])
    assert await held() == (12, 30)
    a_while_passes(server, phone, 61)
    before = row_version()
    await phone.pulled(waiting=[12, 30])
    await phone.pulled()
    assert row_version() == before
    await phone.pulled(waiting=[0, 4])
    assert await held() == (0, 4)
    assert (await phone.pull(waiting=[-1, 0])).status_code == 422


async def test_an_older_phone_that_does_not_count_leaves_the_numbers_alone(server, phone):
    server.execute("UPDATE field_device SET waiting = 3 WHERE id = %s", phone.claims.device_id)
    a_while_passes(server, phone, 700)
    before = (await listed(server))[str(phone.claims.device_id)]
    await phone.pulled()
    after = (await listed(server))[str(phone.claims.device_id)]
    assert after["waiting"] == 3
    assert after["last_contact_at"] > before["last_contact_at"]


async def test_a_phone_that_is_taken_back_hears_of_it_and_is_gone_once_it_has_signed_out(server, phone):
    device_id = phone.claims.device_id
    answer = await revoked(server, device_id, "drain")
    assert (answer.status_code, answer.json()["state"]) == (200, "drain")
    assert (await phone.pulled())["device"]["state"] == "drain"
    assert (await revoked(server, device_id, "wipe")).json()["state"] == "wipe"
    assert (await revoked(server, device_id, "drain")).json()["state"] == "wipe"
    signed_out = await server.client.post("/v1/auth/logout", headers=phone.headers)
    assert signed_out.status_code in (200, 204)
    assert (await listed(server))[str(device_id)]["state"] == "gone"
    assert (await revoked(server, device_id, "wipe")).json()["code"] == "device_gone"
    trail = server.rows(
        """SELECT content FROM audit_record
            WHERE action = 'device.revoke' AND object_kind = 'field_device' AND object_id = %s""",
        str(device_id),
    )
    assert len(trail) == 2


async def test_phones_of_other_departments_and_towns_are_out_of_reach(server, phone):
    device_id = phone.claims.device_id
    other = await Wire.of(server, "licence_officer")
    await other.pulled()
    assert str(other.claims.device_id) not in await listed(server)
    assert (await revoked(server, other.claims.device_id, "wipe")).status_code == 404
    assert str(other.claims.device_id) in await listed(server, "municipal_administrator")
    assert await listed(server, "municipal_administrator", "akpinar") == {}
    assert (await revoked(server, device_id, "wipe", "municipal_administrator", "akpinar")).status_code == 404
    assert (await revoked(server, device_id, "burn")).status_code == 422
    inspector = await server.client.get("/v1/field/devices", headers=await server.staff("field_inspector"))
    assert inspector.status_code == 403


async def test_a_phone_is_told_what_it_needs_without_a_network(server):
    town = server.town()
    answer = await server.client.get("/v1/sync/profile", headers=await server.staff("field_inspector"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["staff"]["id"] == str(town.staff["field_inspector"].id)
    assert told["municipality"] == {"id": town.municipality_id, "slug": "kadikoy", "name": "Kadıköy Belediyesi"}
    assert "inspection.submit" in told["permissions"]
    assert str(town.staff["field_inspector"].department_id) in told["departments"]
    assert str(town.staff["licence_officer"].department_id) not in told["departments"]
    assert (told["lease_days"], told["number_series"]) == (14, ["finding_record"])
    assert (
        len(base64.b64decode(told["bundle_key"])) == len(base64.b64decode(told["policy_keys"][0]["public_key"])) == 32
    )


async def test_every_town_has_a_bundle_key_of_its_own_and_keeps_it(server):
    def key_of(answer):
        return answer.json()["bundle_kid"], answer.json()["bundle_key"]

    home = key_of(await server.client.get("/v1/sync/profile", headers=await server.staff("field_inspector")))
    again = await staff_bearer(server.database, server.town(), "department_officer")
    assert key_of(await server.client.get("/v1/sync/profile", headers=again)) == home
    away = await server.client.get("/v1/sync/profile", headers=await server.staff("field_inspector", "akpinar"))
    assert key_of(away) != home
    town = server.town()
    async with server.database.transaction(town.municipality_id) as session:
        private = await bundle_key(session, town.municipality_id)
    (row,) = server.rows(
        "SELECT wrapped FROM municipality_key WHERE municipality_id = %s AND purpose = 'bundle'", town.municipality_id
    )
    assert private not in bytes(row["wrapped"])


async def test_who_does_not_work_in_the_field_gets_no_profile(server):
    assert (await server.client.get("/v1/sync/profile", headers=await server.staff("cashier"))).status_code == 403
