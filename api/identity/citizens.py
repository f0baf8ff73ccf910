"""Citizens' accounts: found by phone, shown masked, revealed only with a trace."""

from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.crypto import Keyring
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.phones import mask_phone
from api.core.sql import fetch_one
from api.identity.devices import revoke_devices_of
from api.identity.models import Citizen
from api.identity.schemas import CitizenCard

KNOWN_OR_NEW = """
    INSERT INTO citizen (municipality_id, id, phone, phone_index, language, is_blocked, created_at, last_seen_at)
    VALUES (%(municipality_id)s, %(id)s, %(phone)s, %(phone_index)s, 'tr', false, %(now)s, %(now)s)
        ON CONFLICT (municipality_id, phone_index) DO UPDATE SET last_seen_at = excluded.last_seen_at
 RETURNING id, is_blocked"""


class KnownCitizen(NamedTuple):
    """The account of a phone number."""

    id: UUID
    is_blocked: bool
    is_new: bool


async def known_or_new_citizen(session: AsyncSession, municipality_id: int, phone: str) -> KnownCitizen:
    """Give the account of a verified phone (E.164), made if there was none; two at once get the same."""
    ring, new_id = await keys.keyring(session, municipality_id), uuid7()
    row = await fetch_one(
        session,
        KNOWN_OR_NEW,
        {
            "municipality_id": municipality_id,
            "id": new_id,
            "phone": ring.encrypt("citizen", "phone", new_id, phone),
            "phone_index": ring.blind_index("citizen.phone", phone),
            "now": clock.now(),
        },
    )
    if row is None:
        raise NotFound
    return KnownCitizen(row["id"], row["is_blocked"], is_new=row["id"] == new_id)


async def register_citizen(session: AsyncSession, actor: Actor, phone: str, name: str | None = None) -> UUID:
    """Give the account of a person who calls or comes to the service desk, made and named if needed.

    A name that the person has given already is not overwritten.

    Raises:
        Forbidden: without `citizen.register`.
    """
    actor.demand("citizen.register")
    known = await known_or_new_citizen(session, actor.municipality_id, phone)
    citizen = await _citizen(session, actor.municipality_id, known.id)
    is_named = name is not None and citizen.name is None
    if is_named and name is not None:
        ring = await keys.keyring(session, actor.municipality_id)
        citizen.name = ring.encrypt("citizen", "name", citizen.id, name)
        session.add(citizen)
        await session.flush()
    if known.is_new or is_named:
        await audit.record(session, actor, "citizen.register", "citizen", known.id, is_new=known.is_new)
    return known.id


async def citizen_phone(session: AsyncSession, municipality_id: int, citizen_id: UUID) -> str:
    """Give a citizen's number (E.164) to the system itself, to write an SMS; never for a person's eyes.

    Raises:
        NotFound: there is no such citizen.
    """
    citizen = await _citizen(session, municipality_id, citizen_id)
    ring = await keys.keyring(session, municipality_id)
    return ring.decrypt("citizen", "phone", citizen_id, citizen.phone)


async def citizen_cards(
    session: AsyncSession, municipality_id: int, citizen_ids: frozenset[UUID]
) -> dict[UUID, CitizenCard]:
    """Give citizens masked, for lists and pages of staff: one statement for all of them."""
    statement = select(Citizen).where(
        col(Citizen.municipality_id) == municipality_id, col(Citizen.id).in_(sorted(citizen_ids))
    )
    citizens = (await session.exec(statement)).all() if citizen_ids else []
    ring = await keys.keyring(session, municipality_id)
    return {citizen.id: _card(citizen, ring, is_masked=True) for citizen in citizens}


async def reveal_citizen(
    session: AsyncSession,
    actor: Actor,
    citizen_id: UUID,
    *,
    permission: str,
    department_id: UUID | None,
    about: tuple[str, UUID],
) -> CitizenCard:
    """Show a citizen's name and number in clear, for work on one record; who saw it, and for which, is kept.

    Args:
        session: a transaction in the actor's municipality.
        actor: who looks.
        citizen_id: whom.
        permission: the domain's permission for it (`complaint.read_person`).
        department_id: the record's department, in which the permission must hold.
        about: kind and id of the record.

    Raises:
        Forbidden: without the permission in that department.
        NotFound: there is no such citizen.
    """
    actor.demand(permission, department_id)
    citizen = await _citizen(session, actor.municipality_id, citizen_id)
    ring = await keys.keyring(session, actor.municipality_id)
    card = _card(citizen, ring, is_masked=False)
    await audit.record(
        session, actor, "citizen.reveal", "citizen", citizen_id, permission=permission, about=[about[0], str(about[1])]
    )
    return card


async def block_citizen(session: AsyncSession, actor: Actor, citizen_id: UUID, *, is_blocked: bool) -> None:
    """Close a citizen's account with all its devices, or open it again.

    Raises:
        Forbidden: without `citizen.block`.
        NotFound: there is no such citizen.
    """
    actor.demand("citizen.block")
    citizen = await _citizen(session, actor.municipality_id, citizen_id)
    citizen.is_blocked = is_blocked
    session.add(citizen)
    await session.flush()
    await audit.record(session, actor, "citizen.block", "citizen", citizen_id, is_blocked=is_blocked)
    if is_blocked:
        await revoke_devices_of(session, actor, "citizen", citizen_id, "holder_closed")


def mask_name(name: str) -> str:
    """Show the first letter of each word: `A*** Y***`; the length is not told."""
    return " ".join(f"{word[0]}***" for word in name.split())


def _card(citizen: Citizen, ring: Keyring, *, is_masked: bool) -> CitizenCard:
    phone = ring.decrypt("citizen", "phone", citizen.id, citizen.phone)
    name = ring.decrypt("citizen", "name", citizen.id, citizen.name) if citizen.name else None
    return CitizenCard(
        id=citizen.id,
        name=mask_name(name) if name and is_masked else name,
        phone=mask_phone(phone) if is_masked else phone,
        is_blocked=citizen.is_blocked,
        is_masked=is_masked,
    )


async def _citizen(session: AsyncSession, municipality_id: int, citizen_id: UUID) -> Citizen:
    citizen = await session.get(Citizen, (municipality_id, citizen_id))
    if citizen is None:
        raise NotFound
    return citizen
