"""New records, and records that turn out to be of one business."""

from math import cos, radians
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.businesses import queries
from api.businesses.changing import demand_keeper, sealed_owner
from api.businesses.errors import AlreadyDecided, ClassUnknown, IdInUse, NotActive, PlaceOutside
from api.businesses.fields import search_text
from api.businesses.schemas import BusinessRegisterIn, MatchIn, RegisteredOut
from api.core import audit, clock, feed, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.sql import Row, fetch_one, run
from api.core.text import fold
from api.municipalities import service as municipalities
from geo.mercator import to_metres

TABLE = "business"


async def register_business(session: AsyncSession, actor: Actor, new: BusinessRegisterIn) -> RegisteredOut:
    """Write down a business found in the field or at the desk; the same id sent again by the same person is no fault.

    Records with the same tax number, or near it with a similar title, are noted as possible duplicates: both stay
    until a person decides.

    Raises:
        Forbidden: without `business.edit`.
        ClassUnknown, PlaceOutside: the record cannot be taken as it is.
        IdInUse: the id belongs to another record.
    """
    actor.demand("business.edit")
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    neighbourhood_id = town.neighbourhood_at(new.place.lon, new.place.lat)
    if neighbourhood_id is None:
        raise PlaceOutside
    values = await _values(session, actor, new, neighbourhood_id)
    told = RegisteredOut(
        id=new.id, version=1, neighbourhood_name=town.neighbourhood_name(neighbourhood_id), match_count=0
    )
    if not await queries.insert(session, values):
        return await _registered_before(session, actor, new, told)
    told.match_count = await queries.find_matches(session, values)
    await feed.point(session, actor.municipality_id, TABLE, new.id, [feed.area(neighbourhood_id)])
    await audit.record(
        session, actor, "business.edit", "business", new.id,
        registered=True, source=values["source"], matches=told.match_count,
    )  # fmt: skip
    return told


async def _values(
    session: AsyncSession, actor: Actor, new: BusinessRegisterIn, neighbourhood_id: UUID
) -> dict[str, Any]:
    x, y = to_metres(new.place.lon, new.place.lat)
    ring = await keys.keyring(session, actor.municipality_id)
    return {
        "municipality_id": actor.municipality_id,
        **new.model_dump(exclude={"place", "owner", "tax_no"}),
        "owner": None,
        "tax_no": None,
        "tax_no_index": None,
        **sealed_owner(ring, new.id, new.owner, new.tax_no),
        "neighbourhood_id": neighbourhood_id,
        "lon": new.place.lon,
        "lat": new.place.lat,
        "x": x,
        "y": y,
        "search_text": search_text(new.model_dump()),
        "source": "field" if actor.channel == "field_app" else "office",
        "at": clock.now(),
        "registered_by": actor.id,
        "folded": fold(new.title),
        # A metre of the map is shorter than one on the ground, by the latitude.
        "near": queries.NEAR_M / cos(radians(new.place.lat)),
        "match_ids": [uuid7() for _ in range(queries.MOST_MATCHES)],
    }


async def _registered_before(
    session: AsyncSession, actor: Actor, new: BusinessRegisterIn, told: RegisteredOut
) -> RegisteredOut:
    row = await queries.one(session, actor.municipality_id, new.id)
    if row is None:
        raise ClassUnknown
    if row["registered_by"] != actor.id:
        raise IdInUse
    told.version = row["version"]
    return told


async def decide_match(session: AsyncSession, actor: Actor, match_id: UUID, decision: MatchIn) -> None:
    """Say whether two records are of one business; merging keeps the newer one as an alias of the other.

    Raises:
        Forbidden: the actor does not keep the register.
        NotFound: there is no such pair.
        AlreadyDecided: somebody was quicker. NotActive: one of the two is an alias already.
    """
    demand_keeper(actor)
    match = await fetch_one(session, queries.LOCK_MATCH_SQL, (actor.municipality_id, match_id))
    if match is None:
        raise NotFound
    if match["decided_at"] is not None:
        raise AlreadyDecided
    if decision.decision == "merged":
        await _merge(session, actor, match)
    await run(
        session,
        queries.DECIDE_MATCH_SQL,
        {
            "municipality_id": actor.municipality_id,
            "id": match_id,
            "actor_id": actor.id,
            "at": clock.now(),
            "decision": decision.decision,
        },
    )
    await audit.record(
        session, actor, "business.edit", "business", match["business_id"],
        match=str(match["other_id"]), decision=decision.decision,
    )  # fmt: skip


async def _merge(session: AsyncSession, actor: Actor, match: Row) -> None:
    rows = {
        # In one order, so that two who merge the same records do not wait for each other.
        row_id: await queries.lock(session, actor.municipality_id, row_id)
        for row_id in sorted((match["business_id"], match["other_id"]))
    }
    alias, kept = rows[match["business_id"]], rows[match["other_id"]]
    if alias is None or kept is None:
        raise NotFound
    if "merged" in (alias["status"], kept["status"]):
        raise NotActive
    await queries.update(
        session, actor.municipality_id, alias["id"], {"status": "merged", "merged_into_id": kept["id"]}
    )
    await queries.write_changes(
        session,
        {
            "municipality_id": actor.municipality_id,
            "business_id": alias["id"],
            "mutation_id": None,
            "changed_by": actor.id,
            "at": clock.now(),
        },
        [
            {"id": uuid7(), "field": "status", "old": alias["status"], "new": "merged", "base": None,
             "state": "applied"},
            {"id": uuid7(), "field": "merged_into_id", "old": None, "new": kept["id"], "base": None,
             "state": "applied"},
        ],
    )  # fmt: skip
    scopes = [feed.area(alias["neighbourhood_id"]), feed.area(kept["neighbourhood_id"])]
    for row in (alias, kept):
        await feed.point(session, actor.municipality_id, TABLE, row["id"], scopes)
