"""Two walls stand between towns, the filter of every statement and the row policies; each of them holds alone."""

import re

import pytest

from api.core import keys
from tests.architecture.access.matrix import Findings
from tests.architecture.access.policy import POLICY
from tests.architecture.access.walls import filters_off, row_policies_off, tenant_tables, without_filter

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ACROSS = [
    route
    for route, targets in POLICY.items()
    if "/public/" not in route and (route.startswith("GET ") or any("foreign" in target for target in targets))
]


async def cross(matrix, routes=ACROSS) -> dict[str, Findings]:
    """Call all cells that cross between the towns, with nothing held in memory from before."""
    matrix.world.renew_configuration()
    keys.forget()
    return {route: await matrix.run_across(route) for route in routes}


def faults_of(found: dict[str, Findings]) -> list[str]:
    return [fault for findings in found.values() for fault in findings.faults]


@pytest.mark.parametrize(
    ("sql", "unfiltered"),
    [
        ("WHERE municipality_id = %s AND id = %s", "WHERE (%s::text IS NOT NULL) AND id = %s"),
        ("WHERE c.municipality_id = %(m)s", "WHERE (%(m)s::text IS NOT NULL)"),
        ("WHERE device.municipality_id = %(pk_1)s::INTEGER AND x", "WHERE (%(pk_1)s::text IS NOT NULL) AND x"),
        ("ON a.municipality_id = b.municipality_id", "ON a.municipality_id = b.municipality_id"),
        ("INSERT INTO t (municipality_id) VALUES (%s)", "INSERT INTO t (municipality_id) VALUES (%s)"),
    ],
)
def test_taking_the_filter_away_leaves_the_rest_of_a_statement(sql, unfiltered):
    assert without_filter(sql) == unfiltered


async def test_without_row_policies_the_filters_hold_alone(matrix):
    with row_policies_off(matrix.world.admin):
        found = await cross(matrix)
    assert faults_of(found) == []
    assert sum(findings.cells for findings in found.values()) > 400


async def test_without_filters_the_row_policies_hold_alone_and_no_statement_was_without_one(matrix):
    with filters_off() as statements:
        found = await cross(matrix)
    assert faults_of(found) == []
    assert len(statements.filtered) > 40
    names = re.compile(rf"\b(FROM|JOIN|UPDATE|INTO)\s+({'|'.join(tenant_tables(matrix.world.admin))})\b")
    assert [sql for sql in statements.others if names.search(sql) and "municipality_id" not in sql] == []


async def test_without_both_walls_the_other_town_is_seen(matrix):
    """The two tests above would notice: what they take away is what keeps the towns apart."""
    reading = [route for route in ACROSS if route.startswith("GET ")]
    with row_policies_off(matrix.world.admin), filters_off():
        leaks = {route for route, findings in (await cross(matrix, reading)).items() if findings.faults}
    assert leaks >= {
        "GET /v1/complaints",
        "GET /v1/complaints/tiles/{z}/{x}/{y}.mvt",
        "GET /v1/staff",
        "GET /v1/municipality/service-areas",
        "GET /v1/municipality/holidays",
    }
