"""Visits to be made: planned, given, moved and called off, and how phones hear of it."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.core import clock
from api.core.actor import system_actor
from api.core.ids import uuid7
from api.inspections import service
from api.inspections.routine import spread
from tests.api.inspections.conftest import (
    OFFICER,
    actor_of,
    make_business,
    plan,
    planner,
    read,
    recheck_of,
    submitted,
    visit,
)

pytestmark = pytest.mark.anyio


def pointed(server, inspection_id):
    rows = server.rows("SELECT scope FROM sync_pointer WHERE row_id = %s", inspection_id)
    return Counter(row["scope"].split(":")[0] for row in rows)


async def act(server, inspection_id, what, body, **headers):
    return await server.client.post(
        f"/v1/inspections/{inspection_id}/{what}", json=body, headers={**await planner(server), **headers}
    )


async def test_a_visit_is_planned_with_the_form_and_department_of_the_businesses_class(server, business):
    planned = await plan(server, business)
    assert (planned["form_id"], planned["form_version"]) == ("routine", 1)
    assert planned["department_id"] == str(server.town().departments["enforcement"])
    assert pointed(server, planned["id"]) == {"team": 1}
    again = await server.client.post(
        "/v1/inspections", headers=await planner(server),
        json={"id": planned["id"], "business_id": business, "due_on": clock.today().isoformat()},
    )  # fmt: skip
    assert again.json() == planned
    assert len(server.rows("SELECT 1 FROM audit_record WHERE object_id = %s", planned["id"])) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"business_id": str(uuid7())}, "business_unknown"),
        ({"form_id": "olmayan"}, "form_unknown"),
        ({"department_id": str(uuid7())}, "reference_unknown"),
        ({"due_on": "2020-01-01"}, "day_not_plannable"),
        ({"due_on": "2090-01-01"}, "day_not_plannable"),
    ],
)
async def test_a_plan_that_cannot_be_kept_is_refused(server, business, change, code):
    body = {"id": str(uuid7()), "business_id": business, "due_on": clock.today().isoformat()}
    answer = await server.client.post("/v1/inspections", json=body | change, headers=await planner(server))
    assert answer.json()["code"] == code, answer.text


async def test_a_closed_business_is_not_planned(server):
    closed = make_business(server, status="closed")
    body = {"id": str(uuid7()), "business_id": closed, "due_on": clock.today().isoformat()}
    answer = await server.client.post("/v1/inspections", json=body, headers=await planner(server))
    assert answer.json()["code"] == "business_unknown"


async def test_a_visit_that_changes_hands_leaves_one_phone_and_comes_to_the_other(server, business):
    officer = str(server.town().staff[OFFICER].id)
    planned = await plan(server, business, assignee_id=officer)
    assert pointed(server, planned["id"]) == {"team": 1, "user": 1}
    head = str(server.town().staff["department_head"].id)
    moved = await act(server, planned["id"], "assign", {"assignee_id": head})
    assert moved.json()["version"] == 2
    scopes = {row["scope"] for row in server.rows("SELECT scope FROM sync_pointer WHERE row_id = %s", planned["id"])}
    assert {f"user:{officer}", f"user:{head}"} <= scopes
    stranger = str(server.town().staff["field_inspector"].id)
    refused = await act(server, planned["id"], "assign", {"assignee_id": stranger})
    assert refused.json()["code"] == "assignee_unknown"
    stale = await act(server, planned["id"], "assign", {"assignee_id": None}, **{"If-Match": '"1"'})
    assert stale.status_code == 412


async def test_a_recheck_that_is_called_off_ends_its_warning_and_leaves_the_phones(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    recheck = str(recheck_of(server, first["id"])["id"])
    done = await act(server, recheck, "cancel", {"reason": "İşyeri kapandı"})
    assert done.status_code == 200, done.text
    assert server.rows("SELECT status FROM cure_warning WHERE recheck_id = %s", recheck) == [{"status": "cancelled"}]
    row = server.rows("SELECT status, is_in_field, reason FROM inspection WHERE id = %s", recheck)[0]
    assert row == {"status": "cancelled", "is_in_field": False, "reason": "İşyeri kapandı"}
    again = await act(server, recheck, "cancel", {"reason": "Yine"})
    assert again.json()["code"] == "inspection_action_not_allowed"


async def test_a_complaint_about_a_business_leads_to_a_visit_that_names_it(server, business):
    citizen = await server.citizen()
    complaint = await server.filed(citizen, code="ZAB-01")
    head = await planner(server)
    body = {"id": str(uuid7()), "complaint_id": complaint["id"], "business_id": business}
    answer = await server.client.post("/v1/inspections/for-complaint", json=body, headers=head)
    assert answer.status_code == 201, answer.text
    seen = await read(server, body["id"], "department_head")
    assert (seen["kind"], seen["complaint_number"]) == ("complaint", complaint["number"])
    assert date.fromisoformat(seen["due_on"]) > clock.today()
    lines = await server.client.get(f"/v1/inspections/businesses/{business}/timeline", headers=head)
    assert {line["kind"] for line in lines.json()} == {"planned", "complaint"}
    unknown = await server.client.post(
        "/v1/inspections/for-complaint", json=body | {"complaint_id": str(uuid7())}, headers=head
    )
    assert unknown.json()["code"] == "reference_unknown"


async def plan_all(server):
    actor = system_actor(server.town().municipality_id)
    async with server.database.transaction(actor.municipality_id) as session:
        return await service.plan_routine(session, actor)


async def test_routine_visits_are_planned_once_most_risky_first_and_never_more_than_a_day_can_hold(server):
    town = server.town()
    server.execute("UPDATE business SET status = 'closed' WHERE municipality_id = %s", town.municipality_id)
    server.execute("UPDATE inspection SET status = 'cancelled' WHERE municipality_id = %s AND status = 'planned'",
                   town.municipality_id)  # fmt: skip
    seen_lately = make_business(server, last_inspected_at=clock.now() - timedelta(days=30))
    old = [make_business(server, last_inspected_at=clock.now() - timedelta(days=400 + at), risk=at) for at in range(45)]
    never = make_business(server, risk=99)
    assert await plan_all(server) == 46
    rows = server.rows("SELECT business_id, due_on, kind FROM inspection WHERE business_id = ANY(%s::uuid[])",
                       [*old, never, seen_lately])  # fmt: skip
    by_day = Counter(row["due_on"] for row in rows)
    assert max(by_day.values()) == 20
    assert all(day > clock.today() and day.weekday() < 5 for day in by_day)
    due = {str(row["business_id"]): row["due_on"] for row in rows}
    assert seen_lately not in due
    assert due[never] == min(by_day)
    assert due[old[44]] <= due[old[0]]
    assert await plan_all(server) == 0
    assert sum(await asyncio.gather(plan_all(server), plan_all(server))) == 0


async def test_a_year_after_the_visit_it_leaves_the_phones_with_a_pointer(server, business):
    done = await submitted(server, visit(business, {"m02": "yes"}))
    before = pointed(server, done["id"])
    server.execute(
        "UPDATE inspection SET submitted_at = %s WHERE id = %s", clock.now() - timedelta(days=366), done["id"]
    )
    actor = system_actor(server.town().municipality_id)
    async with server.database.transaction(actor.municipality_id) as session:
        assert await service.leave_field(session, actor) == 1
    assert pointed(server, done["id"]) == before + Counter(team=1, user=1)
    assert server.rows("SELECT is_in_field FROM inspection WHERE id = %s", done["id"]) == [{"is_in_field": False}]
    async with server.database.transaction(actor.municipality_id) as session:
        assert await service.leave_field(session, actor) == 0


async def test_whoever_may_not_plan_is_refused(server, business):
    body = {"id": str(uuid7()), "business_id": business, "due_on": clock.today().isoformat()}
    answer = await server.client.post("/v1/inspections", json=body, headers=await server.staff(OFFICER))
    assert answer.status_code == 403
    assert actor_of(server).can("inspection.submit")


DEPARTMENTS = [UUID(int=number) for number in range(3)]
SOME_DAYS = [date(2026, 3, 2) + timedelta(days=number) for number in range(6)]


@given(
    st.lists(st.sampled_from(DEPARTMENTS), max_size=40),
    st.lists(st.tuples(st.sampled_from(DEPARTMENTS), st.sampled_from(SOME_DAYS), st.integers(1, 5)), max_size=6),
    st.integers(1, 6),
)
def test_no_day_of_a_department_is_filled_beyond_its_measure_and_none_is_left_empty(departments, taken, per_day):
    chosen = spread(departments, SOME_DAYS, taken, per_day)
    held, planned = Counter(), Counter()
    for department, day, number in taken:
        held[department, day] += number
    for department, day in zip(departments, chosen, strict=True):
        if day is None:
            assert all(held[department, one] + planned[department, one] >= per_day for one in SOME_DAYS)
            continue
        earlier = [one for one in SOME_DAYS if one < day]
        assert all(held[department, one] + planned[department, one] >= per_day for one in earlier)
        planned[department, day] += 1
        assert held[department, day] + planned[department, day] <= max(per_day, held[department, day] + 1)
        assert held[department, day] < per_day
