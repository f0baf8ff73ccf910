"""Everybody at every door: each route of the API, called by each role, on own, others' and the other town's objects."""

import pytest

from api.identity.roles import ROLES as PRODUCT_ROLES
from tests.architecture.access.application import unstarted_app
from tests.architecture.access.calls import MAKERS
from tests.architecture.access.matrix import routes_of
from tests.architecture.access.policy import EVERYBODY, POLICY, ROLES, UNAUDITED

pytestmark = pytest.mark.anyio


def test_every_route_stands_in_the_table_and_the_table_names_no_other():
    assert set(routes_of(unstarted_app().openapi())) == set(POLICY)


def test_every_route_has_somebody_who_calls_it_rightly():
    assert set(MAKERS) == set(POLICY)


def test_the_table_knows_every_role_and_lets_nobody_unknown_in():
    assert set(ROLES) == set(PRODUCT_ROLES)
    assert {name for targets in POLICY.values() for allowed in targets.values() for name in allowed} <= EVERYBODY


def test_nobody_is_let_in_to_what_is_foreign_but_to_public_pages_and_to_empty_answers():
    opened = {
        f"{route} [{target}]"
        for route, targets in POLICY.items()
        for target, allowed in targets.items()
        if "foreign" in target and allowed and "/public/" not in route
    }
    assert opened == {
        "GET /v1/staff [foreign in filter]",
        "GET /v1/complaints [foreign in filter]",
        "GET /v1/complaints/tiles/{z}/{x}/{y}.mvt [foreign]",
        "GET /v1/complaints/tiles/{z}/{x}/{y}.mvt [foreign in filter]",
        "GET /v1/businesses [foreign in filter]",
        "GET /v1/businesses/tiles/{z}/{x}/{y}.mvt [foreign]",
        "GET /v1/businesses/tiles/{z}/{x}/{y}.mvt [foreign in filter]",
        "GET /v1/inspections [foreign in filter]",
        "GET /v1/field/tasks [foreign in filter]",
    }


def test_a_route_that_names_an_object_is_tried_with_a_foreign_one():
    untried = [
        route
        for route, targets in POLICY.items()
        if "{" in route and "{code}" not in route and not any("foreign" in target for target in targets)
    ]
    # The days of the own calendar are set by date, not by an id that could be somebody else's.
    assert untried == ["PUT /v1/municipality/holidays/{day}"]


def test_unaudited_changes_are_few_and_have_a_reason():
    assert set(UNAUDITED) <= set(POLICY)
    assert len(UNAUDITED) <= 5
    assert all(reason for reason in UNAUDITED.values())


@pytest.mark.parametrize("route", POLICY)
async def test_everybody_is_let_in_or_refused_as_the_table_says(matrix, route):
    found = await matrix.run(route)
    assert found.faults == []
    assert found.cells >= len(POLICY[route]) * 4
    assert found.allowed or route not in POLICY
