"""The audit trail tells of every change to itself, and the app cannot make one."""

import asyncio
import hashlib

import psycopg
import pytest
from psycopg import sql

from api.core import audit
from api.core.actor import system_actor
from api.core.audit import ChainFault
from api.core.db import Database
from tests.factories.bare_town import OTHER_TOWN, TOWN, make_town

pytestmark = pytest.mark.anyio
LENGTH = 12
FORGE = "UPDATE audit_record SET content = replace(content, 'bitti', 'silindi')"
CUT = "DELETE FROM audit_record"
SET_HEAD_BACK = """UPDATE audit_head h SET sequence = 9,
    hash = (SELECT hash FROM audit_record r WHERE r.municipality_id = h.municipality_id AND r.sequence = 9)"""


@pytest.fixture
async def chained(real_db):
    """A municipality with twelve audit rows, and the app's pool on its database."""
    await make_town(real_db)
    database = Database(real_db.app, pool_size=2)
    for number in range(LENGTH):
        async with database.transaction(TOWN) as session:
            await audit.record(session, system_actor(TOWN), "complaint.close", "complaint", f"{number}", note="bitti")
    yield database
    await database.close()


async def faults(database, municipality_id=TOWN, page=5):
    async with database.transaction(municipality_id) as session:
        return [fault async for fault in audit.verify_chain(session, municipality_id, page)]


def tamper(urls, statement, where):
    """Change the municipality's rows as a superuser, whom no grant stops."""
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        assert connection.execute(f"{statement} WHERE municipality_id = {TOWN} AND {where}").rowcount > 0


async def test_an_untouched_chain_has_no_fault(chained):
    assert await faults(chained) == []


async def test_an_edited_row_is_named(chained, real_db):
    tamper(real_db, FORGE, "sequence = 4")
    assert await faults(chained) == [ChainFault(4, "changed")]


async def test_an_edited_column_is_named_although_the_hashed_content_is_whole(chained, real_db):
    tamper(real_db, "UPDATE audit_record SET action = 'complaint.reject'", "sequence = 7")
    assert await faults(chained) == [ChainFault(7, "columns differ from content")]


async def test_a_row_edited_together_with_its_hash_breaks_the_next_link(chained, real_db):
    with psycopg.connect(real_db.admin, autocommit=True) as connection:
        content, hash_before = connection.execute(
            """SELECT a.content, b.hash FROM audit_record a JOIN audit_record b USING (municipality_id)
                WHERE municipality_id = %s AND a.sequence = 5 AND b.sequence = 4""",
            (TOWN,),
        ).fetchone()
        forged = content.replace("bitti", "silindi")
        connection.execute(
            "UPDATE audit_record SET content = %s, hash = %s WHERE municipality_id = %s AND sequence = 5",
            (forged, hashlib.sha256(hash_before + forged.encode()).digest(), TOWN),
        )
    assert await faults(chained) == [ChainFault(6, "changed")]


async def test_a_deleted_row_is_named(chained, real_db):
    tamper(real_db, CUT, "sequence = 3")
    assert await faults(chained) == [ChainFault(3, "missing"), ChainFault(4, "changed")]


async def test_a_deleted_first_row_is_named(chained, real_db):
    tamper(real_db, CUT, "sequence = 1")
    assert (await faults(chained))[0] == ChainFault(1, "missing")


async def test_two_rows_that_changed_places_are_named(chained, real_db):
    tamper(real_db, "UPDATE audit_record SET sequence = 17 - sequence + 1000", "sequence IN (8, 9)")
    tamper(real_db, "UPDATE audit_record SET sequence = sequence - 1000", "sequence > 1000")
    assert await faults(chained) == [ChainFault(number, "changed") for number in (8, 9, 10)]


async def test_a_cut_tail_is_named_against_the_head(chained, real_db):
    tamper(real_db, CUT, "sequence > 9")
    assert await faults(chained) == [ChainFault(10, "tail is missing")]


async def test_a_cut_tail_with_a_matching_head_shows_against_a_head_written_down_before(chained, real_db):
    async with chained.transaction(TOWN) as session:
        written_down = await audit.head(session, TOWN)
    tamper(real_db, CUT, "sequence > 9")
    tamper(real_db, SET_HEAD_BACK, "true")
    assert await faults(chained) == []
    async with chained.transaction(TOWN) as session:
        assert await audit.contradiction(session, TOWN, written_down) == ChainFault(LENGTH, "missing")


async def test_a_rewritten_chain_shows_against_a_head_written_down_before(chained, real_db):
    async with chained.transaction(TOWN) as session:
        written_down = await audit.head(session, TOWN)
        assert await audit.contradiction(session, TOWN, written_down) is None
    rewrite_from(real_db, sequence=6)
    assert await faults(chained) == []
    async with chained.transaction(TOWN) as session:
        assert await audit.contradiction(session, TOWN, written_down) == ChainFault(LENGTH, "changed")


def rewrite_from(urls, sequence):
    """Forge every row from here on, hashes and head included."""
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT sequence, content, hash FROM audit_record WHERE municipality_id = %s ORDER BY sequence", (TOWN,)
        ).fetchall()
        link = rows[sequence - 2][2]
        for number, content, _ in rows[sequence - 1 :]:
            forged = content.replace("bitti", "olmadı")
            link = hashlib.sha256(link + forged.encode()).digest()
            connection.execute(
                "UPDATE audit_record SET content = %s, hash = %s WHERE municipality_id = %s AND sequence = %s",
                (forged, link, TOWN, number),
            )
        connection.execute("UPDATE audit_head SET hash = %s WHERE municipality_id = %s", (link, TOWN))


async def test_rows_past_the_head_are_named(chained, real_db):
    tamper(real_db, SET_HEAD_BACK, "true")
    assert await faults(chained) == [ChainFault(9, "head differs")]


async def test_a_chain_that_grows_while_it_is_checked_has_no_fault(chained):
    async def append():
        async with chained.transaction(TOWN) as session:
            await audit.record(session, system_actor(TOWN), "complaint.close", "complaint", "1")

    async with chained.transaction(TOWN) as session:
        walk = audit.verify_chain(session, TOWN, page=1)
        step = asyncio.ensure_future(anext(walk, None))
        for _ in range(5):
            await append()
        assert await step is None


async def test_the_last_rows_alone_can_be_checked(chained, real_db):
    tamper(real_db, FORGE, "sequence = 4")
    async with chained.transaction(TOWN) as session:
        assert [fault async for fault in audit.verify_chain(session, TOWN, last=8)] == []
        assert [fault async for fault in audit.verify_chain(session, TOWN, last=9)] == [ChainFault(4, "changed")]


async def test_every_municipality_has_a_chain_of_its_own(chained, real_db):
    await make_town(real_db, OTHER_TOWN)
    async with chained.transaction(OTHER_TOWN) as session:
        await audit.record(session, system_actor(OTHER_TOWN), "complaint.close", "complaint", "1")
    assert await faults(chained, OTHER_TOWN) == []
    async with chained.transaction(OTHER_TOWN) as session:
        assert (await audit.head(session, OTHER_TOWN)).sequence == 1


async def test_a_rolled_back_change_leaves_no_audit_row_and_no_gap(chained):
    async def change_and_fail():
        async with chained.transaction(TOWN) as session:
            await audit.record(session, system_actor(TOWN), "complaint.close", "complaint", "x")
            raise LookupError

    with pytest.raises(LookupError):
        await change_and_fail()
    assert await faults(chained) == []
    async with chained.transaction(TOWN) as session:
        assert (await audit.head(session, TOWN)).sequence == LENGTH


async def test_a_municipality_without_a_chain_changes_nothing(database):
    with pytest.raises(RuntimeError, match="no audit chain"):
        async with database.transaction(TOWN) as session:
            await audit.record(session, system_actor(TOWN), "complaint.close", "complaint", "1")


@pytest.mark.parametrize("role", ["app", "platform"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET action = 'x'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
        "ALTER TABLE audit_record DISABLE ROW LEVEL SECURITY",
        "DROP TABLE audit_record",
    ],
)
async def test_neither_app_nor_platform_can_change_the_audit_trail(chained, real_db, role, statement):
    with psycopg.connect(getattr(real_db, role), autocommit=True) as connection:
        connection.execute("SELECT set_config('app.municipality_id', %s, false)", (str(TOWN),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL(statement))
    assert await faults(chained) == []


async def test_the_app_reaches_no_month_partition_of_the_trail_directly(chained, real_db):
    with psycopg.connect(real_db.app, autocommit=True) as connection:
        with psycopg.connect(real_db.admin) as admin:
            partitions = [
                name
                for (name,) in admin.execute(
                    "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_record'::regclass"
                ).fetchall()
            ]
        assert partitions
        for partition in partitions:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(partition)))
