"""How the routes of inspections are called."""

import io
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from openpyxl import Workbook

from api.core import clock
from api.core.ids import uuid7
from tests.architecture.access import calls_businesses
from tests.architecture.access.making import Attempt, Call, maker
from tests.architecture.access.people import AWAY, HOME
from tests.architecture.access.world import Place, secret_mark

_MOMENT = clock.now()
_VISIT = """
    INSERT INTO inspection (municipality_id, id, business_id, kind, status, form_code, form_version, department_id,
        due_on, risk, reason, planned_at, outcome, finding_count, answers, missing, started_at, ended_at, submitted_at,
        is_in_field, version)
    VALUES (%(mine)s, %(id)s, %(business)s, 'routine', %(status)s, 'routine', 1, %(department)s, %(today)s, 50,
        %(mark)s, %(moment)s, %(outcome)s, 0, %(answers)s::jsonb, '[]'::jsonb, %(moment)s, %(moment)s, %(submitted_at)s,
        true, 1)
    ON CONFLICT (municipality_id, id) DO UPDATE SET status = EXCLUDED.status, assignee_id = NULL,
        outcome = EXCLUDED.outcome, answers = EXCLUDED.answers, submitted_at = EXCLUDED.submitted_at,
        submitted_by = NULL, reason = EXCLUDED.reason, is_in_field = true, version = 1"""


def _part(at: Attempt) -> str:
    return "licensing" if at.target == "licensing" else "works"


def _visit(at: Attempt, town: Place, part: str, *, is_done: bool) -> UUID:
    """The marked visit of a department, planned or done, as it was when it was planted; each caller has their own."""
    visit_id = uuid5(NAMESPACE_URL, f"{town.slug} {part} visit {is_done} {at.person}")
    at.world.admin.execute(
        _VISIT,
        {
            "mine": town.municipality_id,
            "id": visit_id,
            "business": _business(at, town),
            "status": "submitted" if is_done else "planned",
            "department": town.parts[part].department_id,
            "today": clock.today(),
            "moment": _MOMENT,
            "mark": secret_mark(town.slug, part),
            "outcome": "passed" if is_done else None,
            "answers": "{}" if is_done else None,
            "submitted_at": _MOMENT if is_done else None,
        },
    )
    return visit_id


def _business(at: Attempt, town: Place) -> UUID:
    return calls_businesses._plant(at, town)


def _named(at: Attempt, *, is_done: bool) -> dict[str, Any]:
    return {"inspection_id": _visit(at, at.town, _part(at), is_done=is_done)}


@maker("GET /v1/inspections")
async def _list(at: Attempt) -> Call:
    for slug in (HOME, AWAY):
        _visit(at, at.world.towns[slug], "works", is_done=False)
    away = str(at.world.towns[AWAY].parts["works"].department_id)
    return Call(query={"department_id": away} if at.target == "foreign in filter" else {})


@maker("POST /v1/inspections")
async def _plan(at: Attempt) -> Call:
    town = at.world.towns[AWAY] if at.target == "foreign in body" else at.own
    body = {
        "id": str(uuid7()),
        "business_id": str(_business(at, town)),
        "due_on": clock.today().isoformat(),
        "department_id": str(at.things.department_id),
        "form_id": "routine",
    }
    return Call(json=body)


@maker("POST /v1/inspections/for-complaint")
async def _plan_for_complaint(at: Attempt) -> Call:
    named = at.world.towns[AWAY].parts["works"] if at.target == "foreign case in body" else at.things
    # The class of the marked business has no form of its own: what is planned is the usual one.
    business = _business(at, at.town)
    at.world.admin.execute(
        """UPDATE business_class SET form_code = 'routine', department_id = %s
            WHERE municipality_id = %s AND code = 'erisim_sinifi'""",
        (at.things.department_id, at.town.municipality_id),
    )
    return Call(json={"id": str(uuid7()), "complaint_id": str(named.case_id), "business_id": str(business)})


@maker("POST /v1/inspections/numbers")
async def _numbers(at: Attempt) -> Call:
    return Call(json={})


@maker("GET /v1/inspections/numbers")
async def _usage(at: Attempt) -> Call:
    return Call()


@maker("GET /v1/inspections/forms")
async def _forms(at: Attempt) -> Call:
    return Call()


def _form(code: str) -> dict[str, Any]:
    item = {"type": "text", "code": "a", "label": {"tr": "A"}}
    return {"form_id": code, "version": 1, "kind": "free", "title": {"tr": "Erişim"}, "items": [item]}


@maker("POST /v1/inspections/forms")
async def _publish(at: Attempt) -> Call:
    return Call(json={"document": _form(uuid7().hex)})


@maker("POST /v1/inspections/forms/xlsform")
async def _import(at: Attempt) -> Call:
    book = Workbook()
    survey, settings = book.active, book.create_sheet("settings")
    survey.title = "survey"
    survey.append(["type", "name", "label::Türkçe (tr)"])
    survey.append(["text", "a", "A"])
    settings.append(["form_id", "version", "form_title", "kind"])
    settings.append([uuid7().hex, "1", "Erişim", "free"])
    told = io.BytesIO()
    book.save(told)
    return Call(files={"file": ("form.xlsx", told.getvalue())})


@maker("GET /v1/inspections/forms/{form_id}")
async def _read_form(at: Attempt) -> Call:
    row = at.world.admin.execute(
        "SELECT id FROM inspection_form WHERE municipality_id = %s AND code = 'routine'", (at.town.municipality_id,)
    ).fetchone()
    assert row is not None
    return Call({"form_id": row[0]})


@maker("GET /v1/inspections/classes")
async def _classes(at: Attempt) -> Call:
    return Call()


@maker("PUT /v1/inspections/classes/{code}")
async def _edit_class(at: Attempt) -> Call:
    away = at.world.towns[AWAY].parts["works"].department_id
    department = {"department_id": str(away)} if at.target == "foreign in body" else {}
    rule = {"name": {"tr": "Sıhhi işyeri"}, "visits_per_year": 1, "form_code": "routine", **department}
    return Call({"code": "sanitary"}, json=rule)


@maker("GET /v1/inspections/businesses/{business_id}/timeline")
async def _timeline(at: Attempt) -> Call:
    _visit(at, at.town, "works", is_done=True)
    return Call({"business_id": _business(at, at.town)})


@maker("GET /v1/inspections/{inspection_id}")
async def _read(at: Attempt) -> Call:
    return Call(_named(at, is_done=True))


@maker("POST /v1/inspections/{inspection_id}/submit")
async def _submit(at: Attempt) -> Call:
    now, visit_id = clock.now().isoformat(), _visit(at, at.town, _part(at), is_done=False)
    body = {"id": str(visit_id), "form_id": "routine", "form_version": 1, "started_at": now, "ended_at": now}
    if at.person.slug != at.town.slug:
        # An id means nothing in another town: there it is a new visit, of a business that is none of it.
        body["business_id"] = str(_business(at, at.town))
    return Call({"inspection_id": visit_id}, json={**body, "photos": [{"id": photo} for photo in at.photos()]})


@maker("POST /v1/inspections/{inspection_id}/amendments")
async def _amend(at: Attempt) -> Call:
    photos = [{"id": photo} for photo in at.photos()]
    return Call(_named(at, is_done=True), json={"text": "düzeltme", "photos": photos})


@maker("POST /v1/inspections/{inspection_id}/assign")
async def _assign(at: Attempt) -> Call:
    away = at.world.towns[AWAY].officer_id
    return Call(_named(at, is_done=False), json={"assignee_id": str(away) if at.target == "foreign in body" else None})


@maker("POST /v1/inspections/{inspection_id}/cancel")
async def _cancel(at: Attempt) -> Call:
    return Call(_named(at, is_done=False), json={"reason": "erişim denemesi"})


@maker("GET /v1/inspections/{inspection_id}/record.pdf")
async def _record(at: Attempt) -> Call:
    return Call(_named(at, is_done=True))


@maker("GET /v1/inspections/{inspection_id}/photos/{photo_id}/{variant}")
async def _photo(at: Attempt) -> Call:
    visit_id, photo_id = _visit(at, at.town, _part(at), is_done=True), at.things.spare_photo_id
    if at.target == "other's photo":
        return Call({"inspection_id": visit_id, "photo_id": at.town.parts["licensing"].photo_id, "variant": "public"})
    # A copy of its own, so that the spare photo stays spare for the other routes.
    copy_id, mine = uuid7(), at.town.municipality_id
    store = at.world.server.app.state.store
    await store.put(f"m{mine}/{copy_id}/public", await store.get(f"m{mine}/{photo_id}/public"))
    at.world.admin.execute(
        """INSERT INTO stored_file SELECT (f2).* FROM (
               SELECT jsonb_populate_record(NULL::stored_file, to_jsonb(f)
                   || jsonb_build_object('id', %s::uuid, 'attached_kind', 'inspection', 'attached_id', %s::uuid)) AS f2
                 FROM stored_file f WHERE f.municipality_id = %s AND f.id = %s) AS copied""",
        (copy_id, visit_id, mine, photo_id),
    )
    return Call({"inspection_id": visit_id, "photo_id": copy_id, "variant": "public"})
