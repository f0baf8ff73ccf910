"""Forms by version: published, imported, accepted for ever; bad ones refused with every fault."""

import io

import pytest
from openpyxl import Workbook

from api.inspections import service
from api.inspections.schemas import InspectionSubmitIn
from api.inspections.seeding import seed
from mobile.forms import Form
from tests.api.inspections.conftest import actor_of, plan, submit, submitted, visit

pytestmark = pytest.mark.anyio


def check(code, **changes):
    return {"type": "check", "code": code, "label": {"tr": f"Soru {code}"}, "severity": "minor", **changes}


def form(form_id, version=1, items=None, **changes):
    return {
        "form_id": form_id, "version": version, "kind": "checklist", "title": {"tr": "Deneme formu"},
        "items": items or [check("a"), check("b")], **changes,
    }  # fmt: skip


async def publish(server, document, role="municipal_administrator"):
    return await server.client.post(
        "/v1/inspections/forms", json={"document": document}, headers=await server.staff(role)
    )


async def test_a_town_begins_with_the_forms_and_classes_of_the_seed(server):
    answer = await server.client.get("/v1/inspections/forms", headers=await server.staff("enforcement_officer"))
    current = {one["form_id"]: one for one in answer.json() if one["is_current"]}
    assert {"routine", "finding", "recheck"} <= set(current)
    assert current["routine"]["item_count"] == 49
    classes = await server.client.get("/v1/inspections/classes", headers=await server.staff("enforcement_officer"))
    assert {one["code"] for one in classes.json()} >= {one["code"] for one in seed("business_classes")}
    assert all(one["form_code"] in current for one in classes.json())


async def test_a_newer_version_is_offered_and_the_older_one_is_still_taken(server, business):
    assert (await publish(server, form("terazi"))).status_code == 201
    planned = await plan(server, business, form_id="terazi")
    second = await publish(server, form("terazi", 2, [check("c")]))
    assert second.status_code == 201
    assert (await plan(server, business, form_id="terazi"))["form_version"] == 2
    old = await submitted(server, visit(None, {"a": "no"}, id=planned["id"], form_id="terazi"))
    assert old["finding_count"] == 1
    new = await submitted(server, visit(business, {"c": "yes"}, form_id="terazi", form_version=2))
    assert new["outcome"] == "passed"


async def test_phones_are_given_current_forms_and_those_of_planned_visits_only(server, business):
    await publish(server, form("asansor"))
    planned = await plan(server, business, form_id="asansor")
    await publish(server, form("asansor", 2))
    town = server.town().municipality_id

    async def versions():
        async with server.database.transaction(town) as session:
            rows = await service.current_forms(session, town)
        return sorted(row["version"] for row in rows if row["form_id"] == "asansor")

    assert await versions() == [1, 2]
    await submitted(server, visit(None, {}, id=planned["id"], form_id="asansor"))
    assert await versions() == [2]


async def test_publishing_makes_the_towns_configuration_new(server):
    sql = "SELECT config_version FROM municipality WHERE id = %s"
    before = server.rows(sql, server.town().municipality_id)[0]["config_version"]
    await publish(server, form("yeni"))
    assert server.rows(sql, server.town().municipality_id)[0]["config_version"] == before + 1


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"form_id": "x"},
        form("x", items="hepsi"),
        form("x", items=[check("a"), check("a")]),
        form("x", items=[{"type": "check", "code": "a", "label": {"tr": "A"}}]),
        form("x", items=[check("a", relevant=["=", ["get", "yok"], 1])]),
        form("x", items=[check("a", relevant=["get", "b"]), check("b", relevant=["get", "a"])]),
        form("x", items=[check(f"c{number}") for number in range(501)]),
        form("x", title={"en": "No Turkish"}),
        form("x", kind="baskın"),
    ],
)
async def test_a_document_that_is_no_form_is_refused_with_its_faults(server, document):
    answer = await publish(server, document)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "form_not_valid"
    assert all(fault["tr"] and fault["en"] for fault in answer.json()["faults"])
    assert not server.rows("SELECT 1 FROM inspection_form WHERE code = 'x'")


async def test_a_version_that_is_not_the_next_one_is_refused(server):
    assert (await publish(server, form("sira", 2))).json()["next_version"] == 1
    assert (await publish(server, form("sira"))).status_code == 201
    answer = await publish(server, form("sira"))
    assert (answer.status_code, answer.json()["code"]) == (409, "form_version_taken")


async def test_only_who_edits_forms_publishes_them(server):
    assert (await publish(server, form("yasak"), "enforcement_officer")).status_code == 403


async def test_a_form_of_400_checks_is_published_and_its_answers_are_taken_quickly(server, business):
    items = [check(f"c{number}", law="5393 m.15", deadline_days=7) for number in range(400)]
    assert (await publish(server, form("uzun", items=items))).status_code == 201
    answers = {f"c{number}": {"v": "no", "note": "Uygun değil"} for number in range(400)}
    done = await submitted(server, visit(business, answers, form_id="uzun"))
    assert done["finding_count"] == 400
    assert len(done["recheck_due_on"]) == 1
    body = InspectionSubmitIn.model_validate(visit(business, answers, form_id="uzun"))
    assert len(body.answers) == 400
    assert len(server.rows("SELECT 1 FROM finding WHERE inspection_id = %s", done["id"])) == 400


def workbook(version="1", label="Tabela asılı mı?"):
    book = Workbook()
    survey, settings = book.active, book.create_sheet("settings")
    survey.title = "survey"
    survey.append(["type", "name", "label::Türkçe (tr)", "severity", "law", "deadline_days"])
    survey.append(["check", "tabela", label, "minor", "2464 m.12", 10])
    settings.append(["form_id", "version", "form_title", "kind"])
    settings.append(["tabela", version, "Tabela denetimi", "checklist"])
    told = io.BytesIO()
    book.save(told)
    return told.getvalue()


async def upload(server, data, role="municipal_administrator"):
    return await server.client.post(
        "/v1/inspections/forms/xlsform", files={"file": ("form.xlsx", data)}, headers=await server.staff(role)
    )


async def test_an_excel_form_becomes_the_next_version_whatever_number_it_says(server):
    first = await upload(server, workbook())
    assert first.status_code == 201, first.text
    assert (first.json()["form_id"], first.json()["version"]) == ("tabela", 1)
    second = await upload(server, workbook())
    assert second.json()["version"] == 2
    headers = await server.staff("enforcement_officer")
    shown = await server.client.get(f"/v1/inspections/forms/{second.json()['id']}", headers=headers)
    loaded = Form.load(shown.json()["document"])
    assert loaded.items["tabela"].raw["deadline_days"] == 10


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no workbook", b"x" * 2_000_001])
async def test_a_file_that_is_no_excel_form_is_refused_in_words(server, data):
    answer = await upload(server, data)
    assert answer.status_code in (413, 422), answer.text
    assert answer.json()["code"] in ("form_not_valid", "too_large")


async def test_the_rule_of_a_class_is_the_towns_own(server):
    headers = await server.staff("municipal_administrator")
    rule = {"name": {"tr": "Sıhhi işyeri"}, "visits_per_year": 3, "form_code": "routine",
            "department_id": str(server.town().departments["enforcement"])}  # fmt: skip
    changed = await server.client.put("/v1/inspections/classes/sanitary", json=rule, headers=headers)
    assert changed.status_code == 200, changed.text
    assert server.rows(
        "SELECT visits_per_year FROM business_class WHERE municipality_id = %s AND code = 'sanitary'",
        server.town().municipality_id,
    ) == [{"visits_per_year": 3}]  # fmt: skip
    nobody = str(server.town().staff["mayor"].id)
    wrong = (({"form_code": "yok"}, "form_unknown"), ({"department_id": nobody}, "reference_unknown"))
    for change, code in wrong:
        refused = await server.client.put("/v1/inspections/classes/sanitary", json=rule | change, headers=headers)
        assert refused.json()["code"] == code
    unknown = await server.client.put("/v1/inspections/classes/olmayan", json=rule, headers=headers)
    assert unknown.json()["code"] == "business_class_unknown"


async def test_forms_of_one_town_are_none_of_anothers(server):
    await publish(server, form("yalniz"))
    answer = await submit(server, visit(None, form_id="yalniz"), slug="akpinar")
    assert answer.json()["code"] == "form_unknown"
    actor = actor_of(server, slug="akpinar")
    async with server.database.transaction(actor.municipality_id) as session:
        forms = await service.list_forms(session, actor)
    assert "yalniz" not in {one.form_id for one in forms}
