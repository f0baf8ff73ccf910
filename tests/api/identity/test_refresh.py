"""A refresh token works once; a second use ends the device, a lost answer does not."""

import asyncio

import pytest

from api.core import clock
from api.identity import service
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


@pytest.fixture
async def signed_in(phone):
    return await phone.sign_in()


async def test_a_refresh_gives_a_new_pair_of_the_same_device(signed_in):
    fresh = (await signed_in.refresh()).json()
    assert fresh["refresh_token"] != signed_in.tokens["refresh_token"]
    assert fresh["device_id"] == signed_in.tokens["device_id"]
    assert (await signed_in.hold(fresh).http.get("/v1/me")).status_code == 200


async def test_a_token_used_again_ends_the_whole_family_and_tells_the_citizen(signed_in, module_db, town):
    with clock.frozen() as time:
        stolen = signed_in.tokens["refresh_token"]
        signed_in.hold((await signed_in.refresh()).json())
        signed_in.hold((await signed_in.refresh()).json())
        time.advance(seconds=11)
        assert (await signed_in.refresh(stolen)).status_code == 401
        assert (await signed_in.refresh()).status_code == 401
        assert (await signed_in.http.get("/v1/me")).status_code == 401
    device = harness.rows(module_db, "SELECT * FROM device WHERE id = %s", signed_in.tokens["device_id"])[0]
    assert device["revoked_reason"] == "refresh_reused"
    audited = harness.rows(
        module_db, "SELECT content FROM audit_record WHERE object_id = %s", signed_in.tokens["device_id"]
    )
    assert any("refresh_reused" in row["content"] for row in audited)
    inbox = harness.rows(module_db, "SELECT kind FROM inbox_message WHERE citizen_id = %s", device["holder_id"])
    assert [row["kind"] for row in inbox] == ["security"]


async def test_a_lost_answer_is_given_again_within_ten_seconds(signed_in):
    with clock.frozen() as time:
        first = (await signed_in.refresh()).json()
        time.advance(seconds=10)
        again = await signed_in.refresh()
        assert again.json()["refresh_token"] == first["refresh_token"]
        assert (await signed_in.hold(again.json()).refresh()).status_code == 200


async def test_within_the_grace_a_used_child_is_proof_that_the_answer_was_not_lost(signed_in):
    with clock.frozen():
        parent = signed_in.tokens["refresh_token"]
        signed_in.hold((await signed_in.refresh()).json())
        assert (await signed_in.refresh()).status_code == 200
        assert (await signed_in.refresh(parent)).status_code == 401
        assert (await signed_in.http.get("/v1/me")).status_code == 401


async def test_a_field_phone_that_lost_its_answer_goes_on_after_days_without_a_network(desk, pool, town):
    phone = await desk("field_inspector").pick_up()
    with clock.frozen() as time:
        parent, lost = phone.tokens["refresh_token"], (await phone.refresh()).json()
        time.advance(days=5)
        async with pool.transaction(town.municipality_id) as session:
            await service.clean_up(session, town.municipality_id)
        again = await phone.refresh()
        assert again.json()["refresh_token"] == lost["refresh_token"]
        phone.tokens = again.json()
        assert (await phone.refresh()).status_code == 200
        # The answer has come: whoever has the old token now is somebody else.
        phone.tokens = {**phone.tokens, "refresh_token": parent}
        assert (await phone.refresh()).status_code == 401
        assert (await phone.http.get("/v1/me")).status_code == 401


async def test_two_uses_at_the_same_moment_get_the_same_child(signed_in):
    answers = await asyncio.gather(*(signed_in.refresh() for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_signing_out_ends_access_and_refresh_at_once(signed_in):
    assert (await signed_in.http.post("/v1/auth/logout")).status_code == 204
    assert (await signed_in.http.get("/v1/me")).status_code == 401
    assert (await signed_in.refresh()).status_code == 401


async def test_a_refresh_token_dies_of_disuse_and_use_renews_it(signed_in):
    with clock.frozen() as time:
        time.advance(days=80)
        signed_in.hold((await signed_in.refresh()).json())
        time.advance(days=80)
        signed_in.hold((await signed_in.refresh()).json())
        time.advance(days=91)
        assert (await signed_in.refresh()).status_code == 401


async def test_a_device_has_to_sign_in_again_in_the_end_however_often_it_refreshes(signed_in):
    with clock.frozen() as time:
        for _ in range(5):
            time.advance(days=79)
            answer = await signed_in.refresh()
            assert answer.status_code == 200
            signed_in.hold(answer.json())
        time.advance(days=10)
        assert (await signed_in.refresh()).status_code == 401


@pytest.mark.parametrize(
    "token", ["x", "1.", ".x", "1.x", "0.x", "-1.x", "99999999999.x", "1x.y", "١.x", "a" * 121, "", "1.\x00"]
)
async def test_what_is_no_refresh_token_is_refused(app, token):
    answer = await harness.client(app).post("/v1/auth/refresh", json={"refresh_token": token})
    assert answer.status_code in (401, 422)


async def test_a_refresh_token_belongs_to_its_municipality(signed_in, other_town):
    secret = signed_in.tokens["refresh_token"].split(".", 1)[1]
    assert (await signed_in.refresh(f"{other_town.municipality_id}.{secret}")).status_code == 401
    assert (await signed_in.refresh()).status_code == 200


async def test_neither_token_nor_child_is_kept_in_clear(signed_in, module_db):
    fresh = (await signed_in.refresh()).json()
    kept = harness.rows(
        module_db, "SELECT token_hash, child_sealed FROM refresh_token WHERE device_id = %s", fresh["device_id"]
    )
    assert len(kept) == 2
    for row in kept:
        for token in (signed_in.tokens["refresh_token"], fresh["refresh_token"]):
            assert token.encode() not in bytes(row["token_hash"]) + bytes(row["child_sealed"] or b"")


async def test_one_sees_the_own_devices_and_ends_a_lost_one_and_nobody_elses(signed_in, app, module_db, town):
    with clock.frozen() as time:
        time.advance(minutes=2)
        lost = await harness.Phone(app, module_db, town, signed_in.number).sign_in()
        stranger = await harness.Phone(app, module_db, town).sign_in()
        seen = (await signed_in.http.get("/v1/me/devices")).json()
        assert {device["id"]: device["is_this"] for device in seen} == {
            signed_in.tokens["device_id"]: True,
            lost.tokens["device_id"]: False,
        }
        lost_device = f"/v1/devices/{lost.tokens['device_id']}/revoke"
        assert (await stranger.http.post(lost_device)).status_code == 404
        assert (await lost.http.get("/v1/me")).status_code == 200
        assert (await signed_in.http.post(lost_device)).status_code == 204
        assert (await signed_in.http.post(lost_device)).status_code == 204
        assert (await lost.http.get("/v1/me")).status_code == 401
        assert (await lost.refresh()).status_code == 401
        assert (await signed_in.http.get("/v1/me")).status_code == 200


async def test_a_closed_staff_account_cannot_refresh(desk, module_db):
    manager = await desk("manager").pick_up()
    harness.change(module_db, "UPDATE staff_user SET is_active = false WHERE username = 'manager'")
    assert (await manager.refresh()).status_code == 401
    harness.change(module_db, "UPDATE staff_user SET is_active = true WHERE username = 'manager'")
    assert (await manager.refresh()).status_code == 200
