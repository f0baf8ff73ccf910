"""Limits hold across processes, count what is refused, forget what is over, and keep nobody's number."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.core import clock, rate_limits
from api.core.db import Database
from api.core.errors import TooManyRequests
from api.core.ids import uuid7
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


@pytest.fixture
def key():
    return uuid7().hex


async def passes(database, limit, *key_parts) -> bool:
    try:
        await rate_limits.hit(database, limit, "rule of a test", *key_parts)
    except TooManyRequests:
        return False
    return True


async def test_a_limit_is_exact_also_for_many_at_once_and_for_two_processes(pool, module_db, key):
    other = Database(module_db.app, pool_size=4)
    results = await asyncio.gather(*(passes(database, "7/hour", key) for database in (pool, other) for _ in range(10)))
    await other.close()
    assert sum(results) == 7


async def test_a_window_begins_with_its_first_use_and_refused_uses_do_not_prolong_it(pool, key):
    with clock.frozen() as time:
        assert await passes(pool, "1/minute", key)
        time.advance(seconds=59)
        assert not await passes(pool, "1/minute", key)
        time.advance(seconds=1)
        assert await passes(pool, "1/minute", key)


async def test_the_refusal_says_when_to_come_back(pool, key):
    with clock.frozen() as time:
        await rate_limits.hit(pool, "1/hour", "rule", key)
        time.advance(minutes=50)
        with pytest.raises(TooManyRequests) as refusal:
            await rate_limits.hit(pool, "1/hour", "rule", key)
    assert refusal.value.headers["Retry-After"] == "600"
    assert refusal.value.details["retry_after"] == 600


async def test_a_use_counts_although_the_request_around_it_fails(pool, key):
    async def failing_request():
        async with pool.transaction():
            await rate_limits.hit(pool, "1/hour", "rule of a test", key)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing_request()
    assert not await passes(pool, "1/hour", key)


async def test_other_parts_and_other_rules_have_their_own_count(pool, key):
    assert await passes(pool, "1/hour", key, "a")
    assert await passes(pool, "1/hour", key, "b")
    assert await passes(pool, "1/hour", f"{key}a")
    await rate_limits.hit(pool, "1/hour", "another rule", key, "a")
    assert not await passes(pool, "1/hour", key, "a")


async def test_the_narrowest_of_several_limits_refuses_first_and_spares_the_others(pool, key):
    with clock.frozen() as time:
        limit = "1/minute;3/hour"
        results = []
        for seconds in (0, 1, 60, 60, 60):
            time.advance(seconds=seconds)
            results.append(await passes(pool, limit, key))
    assert results == [True, False, True, True, False]


async def test_forgiving_begins_anew(pool, key):
    assert await passes(pool, "1/hour", key)
    await rate_limits.forgive(pool, "1/hour", "rule of a test", key)
    assert await passes(pool, "1/hour", key)


async def test_stored_keys_hold_no_phone_and_no_address(pool, module_db):
    await passes(pool, "9/hour", "+905321112233", "203.0.113.7")
    kept = " ".join(row["key"] for row in harness.rows(module_db, "SELECT key FROM rate_count"))
    assert "rule of a test" in kept
    assert "5321112233" not in kept
    assert "203.0.113.7" not in kept


async def test_cleaning_deletes_ended_windows_only(pool, module_db, key):
    with clock.frozen() as time:
        await passes(pool, "1/minute", key)
        await passes(pool, "1/day", key)
        time.advance(minutes=2)
        async with pool.transaction() as session:
            assert await rate_limits.clean_rate_counts(session) >= 1
        assert await passes(pool, "1/minute", key)
        assert not await passes(pool, "1/day", key)


async def test_the_storage_answers_and_forgets_everything_when_told(pool, key):
    storage = rate_limits.PostgresStorage(pool)
    assert await storage.check()
    assert await storage.incr(key, 60, 3) == 3
    assert await storage.get(key) == 3
    await storage.reset()
    assert await storage.get(key) == 0


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_customer_counts_as_one(address, group):
    assert rate_limits.address_group(address) == group


@given(st.ip_addresses(v=6), st.integers(min_value=0, max_value=2**64 - 1))
def test_no_address_of_a_network_escapes_its_count(address, host):
    neighbour = type(address)((int(address) >> 64 << 64) | host)
    if not (address.ipv4_mapped or neighbour.ipv4_mapped):
        assert rate_limits.address_group(str(address)) == rate_limits.address_group(str(neighbour))
