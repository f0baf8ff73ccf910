"""The server does not start where its walls would not stand."""

import base64
from datetime import timedelta

import psycopg
import pytest
from pydantic import SecretStr

from api.core import clock
from api.core.db import Database
from api.core.startup import StartRefused, check_database, check_settings, master_key_bytes
from api.core.tenancy import enter_municipality
from tests.factories.serving import served, settings_for

pytestmark = pytest.mark.anyio

GOOD = base64.b64encode(bytes(range(7, 39))).decode()
SAFE = {
    "environment": "production", "public_url": "https://belediye.example.tr", "master_key": GOOD,
    "netgsm_base_url": "https://api.netgsm.com.tr",
}  # fmt: skip


class _Nowhere:
    app = platform = "postgresql://nobody@/nowhere"


def settings(**changes):
    return settings_for(_Nowhere, "/nonexistent", **{**SAFE, **changes})


def test_safe_settings_are_accepted():
    check_settings(settings())
    assert len(master_key_bytes(SecretStr(GOOD))) == 32


@pytest.mark.parametrize(
    "key",
    ["", "changeme", "secret", "x" * 44, "ğ" * 44, GOOD[:-2], GOOD + GOOD,
     base64.b64encode(b"\x00" * 32).decode(), base64.b64encode(b"ab" * 16).decode(),
     base64.b64encode(b"k" * 31).decode(), base64.b64encode(bytes(range(16))).decode()],
)  # fmt: skip
def test_a_weak_or_wrong_master_key_is_refused(key):
    with pytest.raises(StartRefused):
        check_settings(settings(master_key=key))


@pytest.mark.parametrize(
    "changes",
    [
        {"public_url": "http://belediye.example.tr"}, {"public_url": "https://127.0.0.1"},
        {"public_url": "https://localhost:8000"}, {"netgsm_base_url": "http://127.0.0.1:9000"},
        {"netgsm_base_url": "http://api.netgsm.com.tr"}, {"netgsm_base_url": "https://[::1]"},
    ],
)  # fmt: skip
def test_production_refuses_plain_http_and_simulators(changes):
    with pytest.raises(StartRefused):
        check_settings(settings(**changes))
    check_settings(settings(**changes, environment="demo"))


@pytest.mark.parametrize("role", ["admin", "platform", "owner"])
async def test_a_role_that_sees_through_the_walls_is_refused(real_db, role):
    pool = Database(getattr(real_db, role), pool_size=1)
    try:
        with pytest.raises(StartRefused, match="belediye_app"):
            await check_database(pool)
    finally:
        await pool.close()


async def test_an_app_role_that_was_given_bypass_is_refused(real_db):
    with psycopg.connect(real_db.admin, autocommit=True) as admin:
        admin.execute("CREATE ROLE belediye_test_bypass LOGIN BYPASSRLS IN ROLE belediye_app")
    pool = Database(real_db.of("belediye_test_bypass"), pool_size=1)
    try:
        with pytest.raises(StartRefused, match="belediye_app"):
            await check_database(pool)
    finally:
        await pool.close()
        with psycopg.connect(real_db.admin, autocommit=True) as admin:
            admin.execute("DROP ROLE belediye_test_bypass")


@pytest.mark.parametrize("function", ["geometry_overlaps", "geometry_within", "textlike"])
async def test_a_lost_leakproof_mark_is_refused_and_named(real_db, function):
    arguments = "text, text" if function == "textlike" else "geometry, geometry"
    with psycopg.connect(real_db.admin, autocommit=True) as admin:
        admin.execute(f"ALTER FUNCTION {function}({arguments}) NOT LEAKPROOF")
    pool = Database(real_db.app, pool_size=1)
    try:
        with pytest.raises(StartRefused, match=function):
            await check_database(pool)
    finally:
        await pool.close()


@pytest.mark.parametrize("minutes", [-2, 2])
async def test_a_clock_that_differs_from_the_databases_is_refused(database, minutes):
    with clock.frozen(clock.now() + timedelta(minutes=minutes)), pytest.raises(StartRefused, match="clock"):
        await check_database(database)


async def test_the_server_itself_asks_before_it_serves(real_db, tmp_path):
    with psycopg.connect(real_db.admin, autocommit=True) as admin:
        admin.execute("ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF")
    with pytest.raises(StartRefused):
        async with served(real_db, tmp_path):
            pytest.fail("it serves")


async def test_without_a_town_the_app_role_sees_no_row_and_writes_none(database):
    async with database.transaction() as session:
        raw = await (await session.connection()).exec_driver_sql("SELECT count(*) FROM staff_user")
        assert raw.scalar_one() == 0
    for town in (0, -1, "1", None, 1.0):
        async with database.transaction() as session:
            with pytest.raises(ValueError, match="municipality_id"):
                await enter_municipality(session, town)
