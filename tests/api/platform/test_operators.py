"""Operators of the installation."""

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import fetch_all
from api.identity.passwords import verify_password
from api.platform.errors import OperatorExists
from api.platform.operators import _keyring, create_operator

pytestmark = pytest.mark.anyio


async def test_an_operators_password_and_secret_are_told_once_and_stored_sealed(platform, real_db):
    made = await create_operator(platform, " Ayşe ", "Ayşe Yılmaz")
    with psycopg.connect(real_db.admin, row_factory=dict_row) as connection:
        row = connection.execute("SELECT * FROM platform_operator").fetchone()
    assert made.username == row["username"] == "ayse"
    assert (await verify_password(made.password, row["password_hash"]))[0]
    assert made.totp_secret.encode() not in bytes(row["totp_secret"])
    assert _keyring().decrypt("platform_operator", "totp_secret", row["id"], row["totp_secret"]) == made.totp_secret


async def test_a_user_name_is_given_once(platform):
    await create_operator(platform, "ayse", "Ayşe Yılmaz")
    with pytest.raises(OperatorExists):
        await create_operator(platform, "AYŞE", "Ayşe Demir")


async def test_the_app_role_cannot_read_operators(database, platform):
    await create_operator(platform, "ayse", "Ayşe Yılmaz")
    async with AsyncSession(database.engine) as session:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await fetch_all(session, "SELECT * FROM platform_operator")
