"""Pretend visits: consistent with the rules of real ones, numbered without a gap, with work for today."""

import time
from datetime import timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from api.core.clock import ISTANBUL
from api.demo.businesses import load_businesses
from api.demo.inspections import load_inspections
from tests.api.demo.conftest import SEED, UNTIL

SQL = {
    "visits": "SELECT * FROM inspection",
    "findings": "SELECT f.*, i.submitted_at FROM finding f JOIN inspection i ON i.id = f.inspection_id",
    "warnings": """SELECT w.*, r.status AS recheck_status, r.due_on AS recheck_due_on FROM cure_warning w
                     JOIN inspection r ON r.id = w.recheck_id""",
    "blocks": "SELECT * FROM number_block ORDER BY year, first",
    "counters": "SELECT * FROM number_counter WHERE series = 'finding_record'",
}


@pytest.fixture(scope="module")
def drawn(module_db, setting_and_ring):
    """What the database holds after a fill, and the seconds that the visits took."""
    setting, ring = setting_and_ring
    until = UNTIL
    load_businesses(module_db.owner, setting, ring, 400, until, SEED)
    began = time.process_time()
    load_inspections(module_db.owner, setting, until, SEED)
    took = time.process_time() - began
    with psycopg.connect(module_db.admin, row_factory=dict_row) as connection:
        rows = {name: connection.execute(sql).fetchall() for name, sql in SQL.items()}
    return rows, until, took


def test_it_takes_less_than_a_second_for_400_businesses(drawn):
    assert drawn[2] < 1.5


def test_there_is_work_for_today_some_that_is_late_and_some_to_come(drawn):
    rows, until, _ = drawn
    today = until.astimezone(ISTANBUL).date()
    planned = [row for row in rows["visits"] if row["status"] == "planned"]
    assert sum(row["due_on"] == today and row["assignee_id"] is not None for row in planned) >= 6
    assert any(row["due_on"] < today for row in planned)
    assert any(row["due_on"] > today for row in planned)
    assert {row["kind"] for row in rows["visits"]} >= {"routine", "recheck"}
    assert {row["outcome"] for row in rows["visits"]} >= {"passed", "warned", "failed"}


def test_every_record_has_a_number_and_no_number_is_left_out(drawn):
    rows = drawn[0]
    done = sorted((row for row in rows["visits"] if row["status"] == "submitted"), key=lambda row: row["submitted_at"])
    assert all(row["number"] and row["submitted_by"] for row in done)
    for counter in rows["counters"]:
        mine = [row["number"] for row in done if row["number"].split("-")[1] == str(counter["year"])]
        assert mine == [f"ZB-{counter['year']}-{number:06d}" for number in range(1, len(mine) + 1)]
        blocks = [block for block in rows["blocks"] if block["year"] == counter["year"]]
        assert [block["first"] for block in blocks] == list(range(1, counter["last"], 20))
        assert sum(block["next"] - block["first"] for block in blocks) == len(mine)


def test_warnings_and_their_rechecks_say_the_same(drawn):
    rows = drawn[0]
    for warning in rows["warnings"]:
        assert warning["recheck_due_on"] > warning["deadline_on"]
        assert (warning["recheck_status"] == "planned") == (warning["status"] == "running")
        mine = [row for row in rows["findings"] if row["inspection_id"] == warning["inspection_id"]
                and row["deadline_on"] == warning["deadline_on"]]  # fmt: skip
        assert mine
        assert {row["status"] for row in mine} == {"cured" if warning["status"] == "kept" else "open"}
    assert {warning["status"] for warning in rows["warnings"]} == {"running", "kept", "broken"}


def test_nothing_was_done_in_the_future_and_every_term_lies_after_its_visit(drawn):
    rows, until, _ = drawn
    assert all(row["submitted_at"] <= until for row in rows["visits"] if row["submitted_at"])
    for row in rows["findings"]:
        if row["deadline_on"]:
            day = row["submitted_at"].astimezone(ISTANBUL).date()
            assert timedelta(0) < row["deadline_on"] - day <= timedelta(days=30)
