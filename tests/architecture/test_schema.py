"""The schema keeps the rules that let it be spread over many servers and keep municipalities apart."""

from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory

from api.core.health import SCHEMA_HEAD

CHECKOUT = Path(__file__).parents[2]

REFERENCE = {
    "municipality", "reference_province", "reference_district", "reference_neighbourhood", "national_parameter",
    "public_holiday", "platform_operator", "signing_key", "rate_count", "alembic_version", "spatial_ref_sys",
    "procrastinate_workers", "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_events",
}  # fmt: skip
TENANT_TABLES_SQL = """
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL(%s)"""


@pytest.fixture(scope="module")
def db(module_db):
    with psycopg.connect(module_db.admin) as connection:
        yield connection


def test_the_program_asks_for_the_newest_migration_and_their_numbers_are_in_order():
    revisions = [each.revision for each in ScriptDirectory(str(CHECKOUT / "api/migrations")).walk_revisions()]
    assert revisions[0] == SCHEMA_HEAD
    assert revisions == sorted(revisions, reverse=True)
    assert {len(revision) for revision in revisions} == {4}


@pytest.fixture(scope="module")
def tenant_tables(db):
    tables = db.execute(TENANT_TABLES_SQL, (list(REFERENCE),)).fetchall()
    assert len(tables) > 20
    return tables


def test_every_tenant_table_has_municipality_id_first_in_its_primary_key(db, tenant_tables):
    for oid, name in tenant_tables:
        first = db.execute(
            """SELECT a.attname, a.attnotnull FROM pg_index i
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = %s AND i.indisprimary""",
            (oid,),
        ).fetchone()
        assert first == ("municipality_id", True), name


def test_every_index_and_unique_key_of_a_tenant_table_is_led_by_municipality_id(db, tenant_tables):
    for oid, name in tenant_tables:
        for index, first in db.execute(
            """SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i
                 LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = %s""",
            (oid,),
        ).fetchall():
            assert first == "municipality_id", f"{name}: {index}"


def test_every_foreign_key_between_tenant_tables_carries_municipality_id_in_first_place(db, tenant_tables):
    oids = [oid for oid, _ in tenant_tables]
    rows = db.execute(
        """SELECT k.conname, a.attname, b.attname, k.confupdtype FROM pg_constraint k
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
             JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
            WHERE k.contype = 'f' AND k.conrelid = ANY(%s) AND k.confrelid = ANY(%s)""",
        (oids, oids),
    ).fetchall()
    assert rows
    for name, here, there, on_update in rows:
        assert (here, there) == ("municipality_id", "municipality_id"), name
        assert on_update == "a", name


def test_reference_tables_never_point_to_tenant_tables(db, tenant_tables):
    oids = [oid for oid, _ in tenant_tables]
    assert not db.execute(
        """SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = ANY(%s)
              AND NOT (conrelid = ANY(%s)) AND NOT (SELECT relispartition FROM pg_class WHERE oid = conrelid)""",
        (oids, oids),
    ).fetchall()


def test_every_tenant_table_is_walled_by_a_forced_row_policy(db, tenant_tables):
    for oid, name in tenant_tables:
        walls = db.execute(
            """SELECT c.relrowsecurity, c.relforcerowsecurity, count(p.oid), min(pg_get_expr(p.polqual, p.polrelid))
                 FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid WHERE c.oid = %s GROUP BY 1, 2""",
            (oid,),
        ).fetchone()
        assert walls[:3] == (True, True, 1), name
        assert "app.municipality_id" in walls[3], name


def test_tenant_tables_have_no_trigger_no_serial_and_no_identity(db, tenant_tables):
    for oid, name in tenant_tables:
        triggers = db.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s AND NOT tgisinternal", (oid,)
        ).fetchall()
        assert not triggers, name
        defaults = db.execute(
            """SELECT a.attname FROM pg_attribute a
                 LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = %s AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%%')""",
            (oid,),
        ).fetchall()
        assert not defaults, name


def test_the_app_role_reaches_partitions_only_through_their_parent(db):
    open_partitions = db.execute(
        """SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'
              AND has_table_privilege('belediye_app', oid, 'SELECT, INSERT, UPDATE, DELETE')"""
    ).fetchall()
    assert not open_partitions


def test_append_heavy_tables_are_partitioned_by_month(db):
    partitioned = {
        row[0] for row in db.execute("SELECT partrelid::regclass::text FROM pg_partitioned_table").fetchall()
    }
    assert partitioned >= {"audit_record", "complaint_event", "sms_message", "inbox_message"}


@pytest.mark.parametrize("table", ["audit_record", "complaint_event", "consent", "consent_text"])
def test_the_app_role_can_only_add_to_append_only_tables(db, table):
    for verb in ("UPDATE", "DELETE", "TRUNCATE"):
        assert not db.execute("SELECT has_table_privilege('belediye_app', %s, %s)", (table, verb)).fetchone()[0]


def test_the_app_role_reads_reference_tables_and_writes_none_but_its_own_counters(db):
    for table in REFERENCE - {"signing_key", "rate_count", "alembic_version", "spatial_ref_sys"}:
        if table.startswith("procrastinate_"):
            continue
        for verb in ("INSERT", "UPDATE", "DELETE"):
            assert not db.execute("SELECT has_table_privilege('belediye_app', %s, %s)", (table, verb)).fetchone()[0]


def test_views_run_with_the_rights_of_the_reader(db):
    views = db.execute(
        """SELECT c.relname, c.reloptions FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('v', 'm') AND n.nspname = 'public' AND c.relowner = 'belediye_owner'::regrole"""
    ).fetchall()
    for name, options in views:
        assert "security_invoker=true" in (options or []), name
