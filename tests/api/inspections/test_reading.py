"""Lists and histories, each as far as its reader may see."""

import json
from datetime import timedelta

import pytest

from api.core import clock
from api.core.sql import fetch_all
from api.inspections.field_rows import INSPECTION
from tests.api.inspections.conftest import OFFICER, make_business, plan, recheck_of, rechecking, submitted, visit

pytestmark = pytest.mark.anyio


async def listed(server, role=OFFICER, **query):
    answer = await server.client.get("/v1/inspections", params=query, headers=await server.staff(role))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_list_shows_each_visit_in_its_groups(server, business):
    planned = await plan(server, business)
    done = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    recheck = str(recheck_of(server, done["id"])["id"])
    groups = {}
    for group in ("all", "planned", "due", "late", "done", "warned", "cancelled"):
        page = await listed(server, group=group, business_id=business)
        groups[group] = {item["id"] for item in page["items"]}
    assert groups["all"] == {planned["id"], done["id"], recheck}
    assert groups["planned"] == {planned["id"], recheck}
    assert planned["id"] in groups["due"]
    assert groups["done"] == groups["warned"] == {done["id"]}
    assert groups["late"] == groups["cancelled"] == set()
    server.execute("UPDATE inspection SET due_on = %s WHERE id = %s", clock.today() - timedelta(days=1), planned["id"])
    late = await listed(server, group="late", business_id=business)
    assert [(item["id"], item["is_late"]) for item in late["items"]] == [(planned["id"], True)]


@pytest.mark.parametrize("group", ["all", "planned", "done"])
async def test_pages_follow_each_other_without_loss_or_repetition(server, group):
    place = make_business(server)
    for _ in range(5):
        if group == "planned":
            await plan(server, place)
        else:
            await submitted(server, visit(place, {"m02": "yes"}))
    seen, cursor = [], None
    while True:
        query = {"group": group, "business_id": place, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = await listed(server, **query)
        seen += [item["id"] for item in page["items"]]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


async def test_people_of_another_department_see_nothing_of_it(server, business):
    done = await submitted(server, visit(business, {"m02": "yes"}))
    assert done["id"] not in {item["id"] for item in (await listed(server, "field_inspector"))["items"]}
    assert done["id"] in {item["id"] for item in (await listed(server, "mayor", business_id=business))["items"]}
    headers = await server.staff("field_inspector")
    assert (await server.client.get(f"/v1/inspections/{done['id']}", headers=headers)).status_code == 404


async def test_a_businesses_history_tells_visits_warnings_and_changes_but_no_owner_newest_first(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    await submitted(server, rechecking(recheck_of(server, first["id"]), ("m05", "cured")))
    for field, new in (("owner", {"sealed": "AAAA"}), ("title", "Yeni ad"), ("tax_no", {"sealed": "AAAA"})):
        server.execute(
            """INSERT INTO business_change (municipality_id, id, business_id, field, new, state, changed_at)
               VALUES (%s, gen_random_uuid(), %s, %s, %s, 'applied', now())""",
            server.town().municipality_id, business, field, json.dumps(new),
        )  # fmt: skip
    answer = await server.client.get(
        f"/v1/inspections/businesses/{business}/timeline", headers=await server.staff(OFFICER)
    )
    lines = answer.json()
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)
    told = [(line["kind"], line["text"]) for line in lines if line["kind"] != "visit"]
    assert told == [("change", "title"), ("warning", "kept")]
    assert next(line["detail"] for line in lines if line["kind"] == "change") == "Yeni ad"
    assert [line["outcome"] for line in lines if line["kind"] == "visit"] == ["passed", "warned"]


async def on_phones(server, inspection_id):
    """A visit as phones are sent it."""
    town = server.town().municipality_id
    async with server.database.transaction(town) as session:
        rows = await fetch_all(
            session,
            f"""SELECT {INSPECTION.version} AS version, {INSPECTION.data} AS data FROM {INSPECTION.source}
                 WHERE t.municipality_id = %s AND t.id = %s""",
            (town, inspection_id),
        )
    return rows[0]


async def test_phones_see_what_a_recheck_has_to_look_at_and_the_first_visit_loses_it_when_cured(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}, "m04": "no"}))
    recheck = recheck_of(server, first["id"])
    sent = (await on_phones(server, recheck["id"]))["data"]
    assert [one["item_code"] for one in sent["open_findings"]] == ["m05"]
    assert "answers" not in sent
    before = await on_phones(server, first["id"])
    assert {one["item_code"] for one in before["data"]["open_findings"]} == {"m04", "m05"}
    assert before["data"]["answers"]["m04"] == "no"
    await submitted(server, rechecking(recheck, ("m05", "cured")))
    after = await on_phones(server, first["id"])
    assert [one["item_code"] for one in after["data"]["open_findings"]] == ["m04"]
    assert after["version"] > before["version"]
