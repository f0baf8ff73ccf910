"""How each route of the API is called so that it would succeed: one maker for each line of the policy table."""

from itertools import count
from typing import Any

import pyotp

from api.core import clock
from api.core.ids import uuid7
from api.identity import login_codes, queries
from api.identity.refresh import first_refresh_token
from geo.mercator import cell_of
from tests.architecture.access import (
    calls_businesses,
    calls_field_office,
    calls_fieldwork,
    calls_inspections,
    calls_offline_maps,
    calls_sync,
)
from tests.architecture.access.making import MAKERS, OUTLINE, Attempt, Call, case_act, maker, own_town, plain
from tests.architecture.access.people import AWAY, HOME
from tests.architecture.access.world import SIGNER
from tests.factories.images import photo_bytes
from tests.factories.people import new_phone
from tests.factories.towns import PASSWORD, TOTP_SECRET

__all__ = [
    "MAKERS",
    "Attempt",
    "Call",
    "calls_businesses",
    "calls_field_office",
    "calls_fieldwork",
    "calls_inspections",
    "calls_offline_maps",
    "calls_sync",
]

_numbers = count(1)

# --- signing in -------------------------------------------------------------------------------------------------

plain("GET /.well-known/jwks.json")
plain("POST /v1/auth/logout")


@maker("POST /v1/auth/code")
async def _ask_for_code(at: Attempt) -> Call:
    return Call(json={"municipality": HOME, "phone": new_phone()})


@maker("POST /v1/auth/code/verify")
async def _give_code(at: Attempt) -> Call:
    sent_in = at.world.towns[AWAY if at.target == "foreign in body" else HOME]
    login_id, phone, now = uuid7(), new_phone(), clock.now()
    values = {
        "municipality_id": sent_in.municipality_id,
        "id": login_id,
        "phone_index": sent_in.ring.blind_index("citizen.phone", phone),
        "code_hash": login_codes.code_hash(sent_in.municipality_id, login_id, "123456"),
        "created_at": now,
        "expires_at": now + login_codes.CODE_LIFETIME,
    }
    at.world.admin.execute(queries.INSERT_LOGIN_CODE, values)
    return Call(json={"municipality": HOME, "login_id": str(login_id), "phone": phone, "code": "123456"})


@maker("POST /v1/auth/staff")
async def _sign_in(at: Attempt) -> Call:
    slug = AWAY if at.target == "foreign in body" else HOME
    code = pyotp.TOTP(TOTP_SECRET).at(clock.now())
    return Call(json={"municipality": slug, "username": SIGNER, "password": PASSWORD, "totp_code": code})


@maker("POST /v1/auth/refresh")
async def _refresh(at: Attempt) -> Call:
    town = at.world.towns[HOME]
    async with at.world.server.database.transaction(town.municipality_id) as session:
        token = await first_refresh_token(session, town.municipality_id, town.citizen_device_id, "citizen_app")
    return Call(json={"refresh_token": token})


# --- one's own account ------------------------------------------------------------------------------------------

plain("GET /v1/me")
plain("PATCH /v1/me", language="tr")
plain("POST /v1/me/password", password=PASSWORD, new_password="derin-orman-yolu-58")
plain("GET /v1/me/devices")
plain("GET /v1/consents")
plain("GET /v1/inbox")


@maker("POST /v1/devices/{device_id}/revoke")
async def _revoke_device(at: Attempt) -> Call:
    own, citizen = at.person.device_id or uuid7(), at.world.towns[HOME].citizen_device_id
    named = {"-": own, "citizen": citizen}
    return Call({"device_id": named.get(at.target, at.things.device_id)})


@maker("POST /v1/consents")
async def _record_consent(at: Attempt) -> Call:
    town = at.other if at.target == "foreign in body" else at.own
    return Call(json={"consent_text_id": str(town.consent_text_id), "decision": "accepted"})


@maker("POST /v1/inbox/{message_id}/read")
async def _mark_read(at: Attempt) -> Call:
    return Call({"message_id": at.things.message_id})


# --- staff ------------------------------------------------------------------------------------------------------

plain("GET /v1/roles")
plain("GET /v1/substitutions")


@maker("GET /v1/staff")
async def _list_staff(at: Attempt) -> Call:
    wanted = {"department_id": str(at.other.parts["works"].department_id)} if "filter" in at.target else {}
    return Call(query={"limit": 100, **wanted})


@maker("POST /v1/staff")
async def _add_staff(at: Attempt) -> Call:
    town = at.other if at.target == "foreign in body" else at.own
    department = str(town.parts["works"].department_id)
    return Call(json={"username": f"yeni-{next(_numbers)}", "full_name": "Yeni Kişi", "department_id": department})


def on_colleague(route: str, **body: Any) -> None:
    """Register a route on a staff user."""

    async def make(at: Attempt) -> Call:
        department = at.other if at.target == "foreign in body" else at.own
        sent = {**body, **({"department_id": str(department.parts["works"].department_id)} if "role" in body else {})}
        return Call({"user_id": at.things.staff_id}, json=sent or None)

    maker(route)(make)


on_colleague("GET /v1/staff/{user_id}")
on_colleague("GET /v1/staff/{user_id}/devices")
on_colleague("POST /v1/staff/{user_id}/reset-sign-in", with_authenticator=False)
on_colleague("POST /v1/staff/{user_id}/roles", role="cashier")


@maker("PATCH /v1/staff/{user_id}")
async def _edit_staff(at: Attempt) -> Call:
    change: dict[str, Any] = {"title": "Memur"}
    if at.target == "foreign in body":
        change["department_id"] = str(at.other.parts["works"].department_id)
    return Call({"user_id": at.things.staff_id}, json=change)


@maker("DELETE /v1/staff/{user_id}/roles/{assignment_id}")
async def _end_role(at: Attempt) -> Call:
    holder = at.other if at.target == "foreign assignment" else at.town
    part = "licensing" if at.target == "licensing" else "works"
    return Call({"user_id": at.things.staff_id, "assignment_id": holder.parts[part].assignment_id})


@maker("POST /v1/substitutions")
async def _arrange(at: Attempt) -> Call:
    stands_in = at.other if at.target == "foreign in body" else at.own
    return Call(
        json={
            "absent_id": str(at.things.staff_id),
            "substitute_id": str(stands_in.officer_id),
            "valid_from": "2098-01-01",
            "valid_to": "2098-01-02",
        }
    )


@maker("POST /v1/substitutions/{substitution_id}/end")
async def _end_substitution(at: Attempt) -> Call:
    return Call({"substitution_id": at.things.substitution_id})


# --- cases ------------------------------------------------------------------------------------------------------


@maker("POST /v1/files")
async def _upload(at: Attempt) -> Call:
    return Call(files={"file": ("foto.jpg", photo_bytes(), "image/jpeg")})


def _report(at: Attempt) -> dict[str, Any]:
    category = at.other if at.target == "foreign in body" else at.own
    return {
        "id": str(uuid7()),
        "category_id": str(category.category_id),
        "description": "Kaldırım taşı oynuyor.",
        "place": dict(zip(("lon", "lat"), at.own.place, strict=True)),
        "photo_ids": at.photos(),
    }


@maker("POST /v1/complaints")
async def _file(at: Attempt) -> Call:
    return Call(json=_report(at))


@maker("POST /v1/complaints/counter")
async def _file_for_citizen(at: Attempt) -> Call:
    return Call(json={**_report(at), "channel": "counter", "phone": new_phone()})


@maker("GET /v1/complaints")
async def _list_cases(at: Attempt) -> Call:
    if "filter" not in at.target:
        return Call(query={"limit": 100})
    return Call(query={"department_id": str(at.other.parts["works"].department_id)})


@maker("GET /v1/complaints/tiles/{z}/{x}/{y}.mvt")
async def _tile(at: Attempt) -> Call:
    x, y = cell_of(*at.town.place, 18)
    query = {"category_id": str(at.other.category_id)} if "filter" in at.target else {"status_group": "open"}
    return Call({"z": 18, "x": x, "y": y}, query)


@maker("GET /v1/complaints/{complaint_id}")
async def _read(at: Attempt) -> Call:
    return Call({"complaint_id": at.things.case_id})


@maker("GET /v1/complaints/{complaint_id}/photos/{photo_id}/{variant}")
async def _read_photo(at: Attempt) -> Call:
    part = at.town.parts
    named = {
        "other's photo": at.world.towns[HOME].parts["licensing" if at.things is part["works"] else "works"].photo_id,
        "foreign photo": at.world.towns[AWAY].parts["works"].photo_id,
    }
    photo_id = named.get(at.target, at.things.photo_id)
    return Call({"complaint_id": at.things.case_id, "photo_id": photo_id, "variant": "public"})


@maker("POST /v1/complaints/{complaint_id}/route")
async def _route(at: Attempt) -> Call:
    town = at.other if at.target == "foreign in body" else at.own
    body = {"department_id": str(town.parts["works"].department_id)}
    return Call({"complaint_id": at.things.case_id}, json=body)


@maker("POST /v1/complaints/{complaint_id}/assign")
async def _assign(at: Attempt) -> Call:
    town = at.other if at.target == "foreign in body" else at.own
    part = "licensing" if at.target == "licensing" else "works"
    return Call({"complaint_id": at.things.case_id}, json={"staff_user_id": str(town.parts[part].staff_id)})


@maker("POST /v1/complaints/{complaint_id}/hand-over")
async def _hand_over(at: Attempt) -> Call:
    town = at.other if at.target == "foreign in body" else at.own
    part = "licensing" if at.target == "licensing" else "works"
    return Call({"complaint_id": at.things.case_id}, json={"staff_user_id": str(town.parts[part].staff_id)})


case_act("reporter", reason="Adres sorulacak")
case_act("take")
case_act("start")
case_act("notes", text="Malzeme istendi.", photo_ids=[])
case_act("answers", text="İlgileniyoruz.", photo_ids=[])
case_act("questions", text="Hangi kapının önünde?")
case_act("replies", text="On iki numaranın önünde.", photo_ids=[])
case_act("close", text="Onarıldı.", photo_ids=[])
case_act("reject", text="Özel mülk içinde.")
case_act("forward", authority_name="Karayolları", text="Karayollarının sorumluluğunda.")
case_act("withdraw")
case_act("rating", rating=4)
case_act("reopen", text="Yine bozuldu.")

# --- the town's own set-up --------------------------------------------------------------------------------------

plain(
    "POST /v1/consent-texts",
    code="location_history", kind="notice", title_tr="Konum", title_en="Place", body_tr="Metin", body_en="Text",
)  # fmt: skip
plain("GET /v1/municipality/departments")
plain("GET /v1/municipality/service-areas")
plain("GET /v1/municipality/parameters")
plain("GET /v1/municipality/modules")
plain("GET /v1/municipality/appearance")
plain("POST /v1/municipality/service-areas", name="Yeni bölge", purpose="team", outline=OUTLINE)
own_town("PATCH /v1/municipality/service-areas/{area_id}", "area_id", position=2)
own_town("PATCH /v1/municipality/neighbourhoods/{neighbourhood_id}", "neighbourhood_id", population=10)
own_town("PUT /v1/municipality/holidays/{day}", "day", name="Kurtuluş günü")
own_town("DELETE /v1/municipality/holidays/{day}", "day")


@maker("GET /v1/municipality/holidays")
async def _holidays(at: Attempt) -> Call:
    return Call(query={"year": 2027})


@maker("PUT /v1/municipality/parameters/{code}")
async def _set_parameter(at: Attempt) -> Call:
    body = {"value": "48", "valid_from": "2026-01-01", "legal_reference": "Meclis kararı 2026/1"}
    return Call({"code": "data_breach_notice_hours"}, json=body)


@maker("PUT /v1/municipality/modules/{code}")
async def _switch_module(at: Attempt) -> Call:
    return Call({"code": "complaints"}, json={"is_on": True})


@maker("PUT /v1/municipality/appearance")
async def _edit_appearance(at: Attempt) -> Call:
    hours = {"mon": ["08:30", "12:00", "13:00", "17:30"]}
    theme = {"primary": "#1b4b8f", "accent": "#e07a1f"}
    return Call(json={"theme": theme, "texts": {}, "contact": {}, "working_hours": hours})


@maker("POST /v1/municipality/departments")
async def _add_department(at: Attempt) -> Call:
    town = at.other if at.target == "foreign in body" else at.own
    parent = str(town.parts["works"].department_id)
    return Call(json={"code": f"yeni_{next(_numbers)}", "name": "Yeni birim", "parent_id": parent})


@maker("PATCH /v1/municipality/departments/{department_id}")
async def _edit_department(at: Attempt) -> Call:
    change: dict[str, Any] = {"phone": "0216 000 00 00"}
    if at.target == "foreign in body":
        change = {"parent_id": str(at.other.parts["works"].department_id)}
    return Call({"department_id": at.things.department_id}, json=change)


# --- what anybody may read --------------------------------------------------------------------------------------

plain("GET /v1/public/municipalities")


def public(route: str) -> None:
    """Register a public route of a town."""

    async def make(at: Attempt) -> Call:
        town = at.world.towns[AWAY if at.target == "foreign" else HOME]
        x, y = cell_of(*town.place, 15)
        return Call({"municipality_slug": town.slug, "z": 15, "x": x, "y": y})

    maker(f"GET /v1/public/{{municipality_slug}}/{route}")(make)


for _route_name in ("categories", "config", "consent-texts", "neighbourhoods", "tiles/base/{z}/{x}/{y}.mvt"):
    public(_route_name)
