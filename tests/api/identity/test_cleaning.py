"""What sign-in leaves behind goes when it is good for nothing, and not before."""

import pytest

from api.core import clock, jobs
from api.core.jobs import JobContext
from api.identity import jobs as identity_jobs
from api.identity import service
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


async def clean(pool, town) -> dict:
    async with pool.transaction(town.municipality_id) as session:
        return await service.clean_up(session, town.municipality_id)


async def test_codes_tokens_and_devices_go_after_their_time_and_the_trail_says_so(phone, pool, town, module_db):
    with clock.frozen() as time:
        time.advance(days=3_000)
        await clean(pool, town)
        await phone.sign_in()
        await phone.refresh()
        assert await clean(pool, town) == {"login_codes": 0, "refresh_tokens": 0, "devices": 0}
        time.advance(days=2)
        assert await clean(pool, town) == {"login_codes": 1, "refresh_tokens": 0, "devices": 0}
        time.advance(days=40)
        assert await clean(pool, town) == {"login_codes": 0, "refresh_tokens": 1, "devices": 0}
        time.advance(days=600)
        assert await clean(pool, town) == {"login_codes": 0, "refresh_tokens": 1, "devices": 1}
    audited = harness.rows(module_db, "SELECT content FROM audit_record WHERE action = 'identity.clean_up'")
    assert len(audited) >= 3


async def test_a_sealed_child_is_forgotten_when_its_grace_is_over(phone, pool, town, module_db):
    with clock.frozen() as time:
        await phone.sign_in()
        await phone.refresh()
        sealed = "SELECT count(*) AS n FROM refresh_token WHERE child_sealed IS NOT NULL AND device_id = %s"
        await clean(pool, town)
        assert harness.rows(module_db, sealed, phone.tokens["device_id"])[0]["n"] == 1
        time.advance(seconds=11)
        await clean(pool, town)
        assert harness.rows(module_db, sealed, phone.tokens["device_id"])[0]["n"] == 0


async def test_a_field_phones_sealed_child_is_forgotten_when_it_has_arrived(desk, pool, town, module_db):
    phone = await desk("field_inspector").pick_up()
    sealed = "SELECT count(*) AS n FROM refresh_token WHERE child_sealed IS NOT NULL AND device_id = %s"
    with clock.frozen() as time:
        child = (await phone.refresh()).json()
        time.advance(hours=1)
        await clean(pool, town)
        assert harness.rows(module_db, sealed, phone.tokens["device_id"])[0]["n"] == 1
        # Its use is the proof; the one that it was exchanged for is on its way now.
        phone.tokens = child
        await phone.refresh()
        time.advance(seconds=11)
        await clean(pool, town)
        assert harness.rows(module_db, sealed, phone.tokens["device_id"])[0]["n"] == 1
        time.advance(days=15)
        await clean(pool, town)
        assert harness.rows(module_db, sealed, phone.tokens["device_id"])[0]["n"] == 0


async def test_cleaning_one_municipality_touches_no_other(phone, pool, other_town, module_db):
    with clock.frozen() as time:
        await phone.sign_in()
        time.advance(days=500)
        assert await clean(pool, other_town) == {"login_codes": 0, "refresh_tokens": 0, "devices": 0}
    device = harness.rows(module_db, "SELECT 1 FROM device WHERE id = %s", phone.tokens["device_id"])
    assert len(device) == 1


async def test_the_jobs_are_registered_under_their_names_and_do_their_work(phone, pool, town, module_db):
    assert {"identity.clean_up", "identity.clean_rate_counts", "identity.rotate_signing_key"} <= set(jobs.registered)
    context = JobContext(town.municipality_id, pool, {})
    with clock.frozen() as time:
        await phone.sign_in()
        before = harness.part_of_token(phone.tokens["access_token"], 0)["kid"]
        await identity_jobs.rotate_signing_key(context)
        time.advance(days=700)
        await identity_jobs.clean_up(context)
        await identity_jobs.clean_counts(context)
    assert not harness.rows(module_db, "SELECT 1 FROM rate_count WHERE expires_at < now() + interval '600 days'")
    assert not harness.rows(module_db, "SELECT 1 FROM signing_key WHERE kid = %s", before)
    assert not harness.rows(module_db, "SELECT 1 FROM device WHERE id = %s", phone.tokens["device_id"])
