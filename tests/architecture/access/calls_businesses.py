"""How the routes of the business register are called."""

from uuid import NAMESPACE_URL, UUID, uuid5

from api.core.ids import uuid7
from geo.mercator import cell_of
from tests.architecture.access.making import Attempt, Call, maker
from tests.architecture.access.people import AWAY
from tests.architecture.access.world import Place, secret_mark

_CLASS = "erisim_sinifi"


def planted(at: Attempt) -> UUID:
    """The marked business of the town whose objects the address names, as it was when it was planted."""
    return _plant(at, at.town)


def _plant(at: Attempt, town: Place) -> UUID:
    mark, mine, execute = secret_mark(town.slug), town.municipality_id, at.world.admin.execute
    class_id, business_id, other_id = (
        uuid5(NAMESPACE_URL, f"{town.slug} {name}") for name in ("class", "shop", "twin")
    )
    execute(
        """INSERT INTO business_class (municipality_id, id, code, name, visits_per_year, form_code, is_active)
           VALUES (%s, %s, %s, jsonb_build_object('tr', %s::text), 1, 'denetim', true) ON CONFLICT DO NOTHING""",
        (mine, class_id, _CLASS, mark),
    )
    lon, lat = town.place
    if business_id not in at.world.sealed:
        at.world.sealed[business_id] = town.ring.encrypt("business", "owner", business_id, mark)
    owner = at.world.sealed[business_id]
    for row_id in (business_id, other_id):
        execute(
            """INSERT INTO business (municipality_id, id, class_code, title, owner, activity, address_text,
                    neighbourhood_id, geom, geom_3857, opening_hours, note, risk, search_text, status, source,
                    registered_at, version)
               SELECT %(mine)s, %(id)s, %(code)s, %(mark)s, %(owner)s, '', '', %(area)s, point,
                      ST_Transform(point, 3857), '', '', 50, %(mark)s, 'active', 'office', now(), 1
                 FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS point) AS place
               ON CONFLICT (municipality_id, id)
               DO UPDATE SET status = 'active', merged_into_id = NULL, title = %(mark)s, owner = %(owner)s""",
            {"mine": mine, "id": row_id, "code": _CLASS, "mark": mark, "owner": owner, "area": town.neighbourhood_id,
             "lon": lon, "lat": lat},
        )  # fmt: skip
    execute(
        """INSERT INTO business_change (municipality_id, id, business_id, field, old, new, state, changed_at)
           VALUES (%s, %s, %s, 'title', NULL, to_jsonb(%s::text), 'suggested', now())
           ON CONFLICT DO NOTHING""",
        (mine, change_of(town), business_id, f"{mark} yeni"),
    )
    execute(
        """INSERT INTO business_match (municipality_id, id, business_id, other_id, reason, found_at)
           VALUES (%s, %s, %s, %s, 'tax_no', now())
           ON CONFLICT DO NOTHING""",
        (mine, match_of(town), business_id, other_id),
    )
    return business_id


def change_of(town: Place) -> UUID:
    """The open proposal of the marked business."""
    return uuid5(NAMESPACE_URL, f"{town.slug} change")


def match_of(town: Place) -> UUID:
    """The open pair of the marked business."""
    return uuid5(NAMESPACE_URL, f"{town.slug} match")


def _query(at: Attempt) -> dict[str, str]:
    if at.target != "foreign in filter":
        return {}
    return {"neighbourhood_id": str(at.world.towns[AWAY].neighbourhood_id)}


@maker("GET /v1/businesses")
async def _list(at: Attempt) -> Call:
    planted(at)
    _plant(at, at.world.towns[AWAY])
    return Call(query=_query(at))


@maker("GET /v1/businesses/classes")
async def _classes(at: Attempt) -> Call:
    planted(at)
    return Call()


@maker("GET /v1/businesses/tiles/{z}/{x}/{y}.mvt")
async def _tile(at: Attempt) -> Call:
    named = at.world.towns[AWAY] if at.target == "foreign" else at.own
    _plant(at, named)
    x, y = cell_of(*named.place, 16)
    return Call({"z": 16, "x": x, "y": y}, query=_query(at))


@maker("POST /v1/businesses")
async def _register(at: Attempt) -> Call:
    planted(at)
    lon, lat = at.world.towns[AWAY].place if at.target == "foreign place in body" else at.own.place
    body = {"id": str(uuid7()), "class_code": _CLASS, "title": "Erişim Büfe", "place": {"lon": lon, "lat": lat}}
    return Call(json=body)


@maker("GET /v1/businesses/{business_id}")
async def _read(at: Attempt) -> Call:
    return Call({"business_id": planted(at)})


@maker("PATCH /v1/businesses/{business_id}")
async def _patch(at: Attempt) -> Call:
    return Call({"business_id": planted(at)}, json={"changes": {"note": {"base": None, "value": at.person.name}}})


@maker("PUT /v1/businesses/{business_id}/owner")
async def _set_owner(at: Attempt) -> Call:
    return Call({"business_id": planted(at)}, json={"owner": f"Sahip {at.person.name}"})


@maker("POST /v1/businesses/{business_id}/owner")
async def _reveal(at: Attempt) -> Call:
    return Call({"business_id": planted(at)}, json={"reason": "erişim denemesi"})


@maker("POST /v1/businesses/changes/{change_id}/review")
async def _review(at: Attempt) -> Call:
    planted(at)
    return Call({"change_id": change_of(at.town)}, json={"accept": False})


@maker("POST /v1/businesses/matches/{match_id}/decision")
async def _decide(at: Attempt) -> Call:
    planted(at)
    return Call({"match_id": match_of(at.town)}, json={"decision": "different"})
