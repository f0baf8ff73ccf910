"""The plans of a pull as the walled role: the indexes are used in spite of the wall, whatever the tables hold."""

import json

import psycopg
import pytest

from api.core.ids import uuid7
from api.sync import queries
from api.sync.cursors import NIL
from api.sync.tables import TABLES

MANY = 20_000
# Enough rows that reading a table from end to end is never the better plan.
FILL = """
    INSERT INTO business (municipality_id, id, class_code, title, activity, address_text, neighbourhood_id,
                          opening_hours, note, risk, search_text, status, source, registered_at, version)
    SELECT %(town)s, gen_random_uuid(), 'market', 'Dükkân ' || n, '', '',
           (SELECT id FROM neighbourhood WHERE municipality_id = %(town)s ORDER BY id OFFSET n %% 4 LIMIT 1),
           '', '', 50, 'dukkan', 'active', 'import', now(), 1 FROM generate_series(1, %(many)s) n;
    INSERT INTO complaint (municipality_id, id, number, kind, category_id, department_id, authority, status, is_open,
                           is_emergency, channel, description, search_text, answers, address_text, assignee_id,
                           filed_at, reopen_count, version)
    SELECT %(town)s, gen_random_uuid(), 'P-' || n, 'complaint',
           (SELECT id FROM complaint_category WHERE municipality_id = %(town)s LIMIT 1),
           (SELECT id FROM department WHERE municipality_id = %(town)s ORDER BY id OFFSET n %% 8 LIMIT 1), 'own',
           'assigned', n %% 10 = 0, false, 'counter', '', '', '{}', '',
           (SELECT id FROM staff_user WHERE municipality_id = %(town)s ORDER BY id OFFSET n %% 12 LIMIT 1),
           now(), 0, 1 FROM generate_series(1, %(many)s) n;
    INSERT INTO sync_pointer (municipality_id, scope, xid, tbl, row_id)
    SELECT %(town)s, 'team:' || n %% 4, n::text::xid8, 'complaint', gen_random_uuid()
      FROM generate_series(1, %(many)s) n;
    SET session_replication_role = replica;
    INSERT INTO finding (municipality_id, id, inspection_id, item_code, text, severity, law, photo_ids, status)
    SELECT %(town)s, gen_random_uuid(), gen_random_uuid(), 'm01', '', 'minor', '', '[]', 'open'
      FROM generate_series(1, %(many)s) n;
    ANALYZE business, complaint, sync_pointer, finding"""
INDEXES = {
    ("complaint", "user"): "ix_complaint_user",
    ("complaint", "team"): "ix_complaint_team",
    ("business", "area"): "ix_business_neighbourhood",
}


@pytest.fixture(scope="module")
def walled(module_db):
    """A connection of the walled role inside a town with many rows."""
    with psycopg.connect(module_db.admin, autocommit=True) as admin:
        (town,) = admin.execute("SELECT id FROM municipality WHERE slug = 'kadikoy'").fetchone()
        for statement in FILL.split(";"):
            admin.execute(statement, {"town": town, "many": MANY})
    with psycopg.connect(module_db.app) as connection:
        connection.execute("SELECT set_config('app.municipality_id', %s, false)", (str(town),))
        yield connection, town


def scans_of(walled, sql, values):
    """The nodes of the plan that read a table or an index."""
    connection, town = walled
    (plan,) = connection.execute(f"EXPLAIN (FORMAT JSON) {sql}", {"municipality_id": town, **values}).fetchone()
    found, nodes = [], [plan[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node["Node Type"].endswith("Scan") and "Relation Name" in node:
            found.append(node)
    return found


def key(walled, table):
    connection, town = walled
    return connection.execute(f"SELECT id FROM {table} WHERE municipality_id = %s LIMIT 1", (town,)).fetchone()[0]


def test_the_feed_is_read_from_the_cursor_to_the_horizon_by_its_index(walled):
    values = {"sids": ["team:1", "team:2"], "xids": ["3000", "10"], "tbls": ["", ""], "ids": [NIL, NIL], "limit": 500}
    scans = [scan for scan in scans_of(walled, queries.POINTERS_SQL, values) if scan["Relation Name"] == "sync_pointer"]
    assert len(scans) == 2
    for scan in scans:
        assert scan["Index Name"] == "sync_pointer_pkey", scan
        assert "xid" in scan["Index Cond"]
        assert "scope" in scan["Index Cond"]
    assert any("ROW(" in scan["Index Cond"] for scan in scans)


@pytest.mark.parametrize(("table", "kind"), sorted(INDEXES))
def test_a_page_of_a_snapshot_is_read_by_the_index_of_its_scope(walled, table, kind):
    holder = {"user": "staff_user", "team": "department", "area": "neighbourhood"}[kind]
    name = f"{table}_{kind}"
    values = {f"sids_{name}": ["s"], f"keys_{name}": [key(walled, holder)], f"after_{name}": [uuid7()], "limit": 100}
    scans = scans_of(walled, queries.snapshot_sql(TABLES[table], kind), values)
    (own,) = [scan for scan in scans if scan["Relation Name"] == table]
    assert own["Index Name"] == INDEXES[table, kind], json.dumps(own)
    assert TABLES[table].scopes[kind].column in own["Index Cond"]
    assert "id >" in own["Index Cond"]


def test_rows_that_were_pointed_at_are_read_by_their_keys(walled):
    arms = [queries.pointed_sql(TABLES[name]) for name in ("complaint", "business")]
    ids = [uuid7() for _ in range(50)]
    values = {"granted": ["ref"], "ids_complaint": ids, "ids_business": ids}
    scans = scans_of(walled, " UNION ALL ".join(f"({arm})" for arm in arms), values)
    by_table = {scan["Relation Name"]: scan for scan in scans}
    for table in ("complaint", "business"):
        assert by_table[table]["Node Type"] in ("Index Scan", "Bitmap Heap Scan"), by_table[table]


def test_every_table_has_a_page_and_a_row_and_a_sum_in_sql_that_postgresql_takes(walled):
    for table in TABLES.values():
        scans_of(walled, queries.pointed_sql(table), {"granted": [], f"ids_{table.name}": []})
        for kind in table.scopes:
            name = f"{table.name}_{kind}"
            values = {f"sids_{name}": [], f"keys_{name}": [], f"after_{name}": [], "limit": 1}
            scans_of(walled, queries.snapshot_sql(table, kind), values)
            scans_of(walled, queries.check_sql(table, kind), {f"sids_{kind}": [], f"keys_{kind}": []})


def test_the_findings_of_a_visit_are_looked_up_and_not_searched_for(walled):
    values = {"granted": ["team:1"], "ids_inspection": [NIL]}
    scans = scans_of(walled, queries.pointed_sql(TABLES["inspection"]), values)
    (scan,) = [scan for scan in scans if scan["Relation Name"] == "finding"]
    assert "inspection_id" in scan.get("Index Cond", scan.get("Recheck Cond", "")), scan
