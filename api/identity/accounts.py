"""The caller's own account: what it shows, and what its holder changes."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, keys, rate_limits
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import NotFound, Unauthenticated
from api.core.phones import mask_phone, mask_tckn
from api.identity import passwords
from api.identity.devices import revoke_devices_of
from api.identity.errors import WrongPassword
from api.identity.models import Citizen, StaffUser
from api.identity.schemas import MeEdit, MeOut, PasswordChangeIn

PASSWORD_LIMIT = "10/15 minute"  # noqa: S105 (how often, not what)


async def own_account(session: AsyncSession, actor: Actor) -> MeOut:
    """Show the caller's own account; number and identity number stay masked, for a phone lies around open."""
    permissions = sorted(actor.grants)
    if actor.kind == "staff":
        user = await _staff(session, actor)
        return MeOut(
            id=user.id,
            kind="staff",
            name=user.full_name,
            username=user.username,
            title=user.title,
            department_id=user.department_id,
            language=actor.language,
            permissions=permissions,
        )
    citizen = await _citizen(session, actor)
    ring = await keys.keyring(session, actor.municipality_id)
    phone = ring.decrypt("citizen", "phone", citizen.id, citizen.phone)
    name = ring.decrypt("citizen", "name", citizen.id, citizen.name) if citizen.name else None
    tckn = ring.decrypt("citizen", "national_id", citizen.id, citizen.national_id) if citizen.national_id else None
    return MeOut(
        id=citizen.id,
        kind="citizen",
        name=name,
        phone=mask_phone(phone),
        national_id=mask_tckn(tckn) if tckn else None,
        language=citizen.language,
        permissions=permissions,
    )


async def edit_own_account(session: AsyncSession, actor: Actor, edit: MeEdit) -> MeOut:
    """Change the citizen's own name or language.

    Raises:
        NotFound: the caller is no citizen; staff are named by their administrator.
    """
    citizen = await _citizen(session, actor)
    if edit.name is not None:
        ring = await keys.keyring(session, actor.municipality_id)
        citizen.name = ring.encrypt("citizen", "name", citizen.id, edit.name)
    if edit.language is not None:
        citizen.language = edit.language
    session.add(citizen)
    await session.flush()
    changed = sorted(name for name in edit.model_fields_set if getattr(edit, name) is not None)
    await audit.record(session, actor, "citizen.edit", "citizen", citizen.id, changed=changed)
    return await own_account(session, actor)


async def change_password(database: Database, actor: Actor, change: PasswordChangeIn) -> None:
    """Replace the staff user's own password; every other device of theirs is signed out.

    Takes the database: the slow hashing holds no connection, and a wrong try counts though it is refused.

    Raises:
        WrongPassword: the present password is wrong.
        TooManyRequests: it was wrong too often.
        WeakPassword: the new one is too easy.
        NotFound: the caller is no staff user.
    """
    await rate_limits.hit(database, PASSWORD_LIMIT, "own password", actor.id)
    async with database.transaction(actor.municipality_id) as session:
        user = await _staff(session, actor)
    fits, _ = await passwords.verify_password(change.password, user.password_hash)
    if not fits:
        raise WrongPassword
    passwords.demand_strong(change.new_password, user.username)
    renewed = await passwords.hash_password(change.new_password)
    async with database.transaction(actor.municipality_id) as session:
        user = await _staff(session, actor)
        user.password_hash, user.must_change_password = renewed, False
        session.add(user)
        await session.flush()
        await audit.record(session, actor, "staff.change_password", "staff_user", user.id)
        await revoke_devices_of(session, actor, "staff", user.id, "password_changed", kept=actor.device_id)


async def _staff(session: AsyncSession, actor: Actor) -> StaffUser:
    user = await session.get(StaffUser, (actor.municipality_id, _id(actor))) if actor.kind == "staff" else None
    if user is None:
        raise NotFound
    return user


async def _citizen(session: AsyncSession, actor: Actor) -> Citizen:
    citizen = await session.get(Citizen, (actor.municipality_id, _id(actor))) if actor.kind == "citizen" else None
    if citizen is None:
        raise NotFound
    return citizen


def _id(actor: Actor) -> UUID:
    if actor.id is None:
        raise Unauthenticated
    return actor.id
