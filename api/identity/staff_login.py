"""Sign-in of staff: user name, password and authenticator code, all in one go, refused with one text.

The first sign-in enrols the authenticator; a one-time password must be replaced. These verbs take the database and
not a session: counted tries and the trace of a refusal stay, and no connection is held while a password is hashed.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys, rate_limits
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import Unauthenticated
from api.core.ids import uuid7
from api.core.sql import fetch_one, run
from api.core.tenancy import enter_municipality
from api.core.text import fold
from api.identity import passwords, queries, totp
from api.identity.console_cookies import ConsoleCookie
from api.identity.devices import open_device
from api.identity.errors import BadCredentials, WeakPassword
from api.identity.models import StaffUser
from api.identity.refresh import DEVICE_LIFETIME, first_refresh_token, tokens_for
from api.identity.schemas import EnrolmentOut, StaffCredentials, StaffSignInIn, StaffSignInOut
from api.identity.tokens import Claims
from api.municipalities import service as municipalities
from api.municipalities.service import Municipality

ACCOUNT_ADDRESS_LIMIT = "10/15 minute"
# Against many addresses for one account, and many accounts from one address; a town hall has one address for all.
ACCOUNT_LIMIT = "100/hour"
ADDRESS_LIMIT = "600/15 minute"
CONSOLE_LIFETIME = timedelta(hours=12)
_NOBODY = "-"


@dataclass(frozen=True)
class ConsoleSignIn:
    """Where a console sign-in stands; `cookie` is there when it is done."""

    step: StaffSignInOut
    cookie: str | None = None


@dataclass(frozen=True)
class _Verified:
    """Credentials that fit: whose they are, and the authenticator step to be used up by the sign-in."""

    municipality_id: int
    staff_user_id: UUID
    step: int
    totp_secret: bytes
    is_enrolment: bool
    new_hash: str | None
    replaces_password: bool


async def sign_in_staff(database: Database, request: StaffSignInIn, address: str) -> StaffSignInOut:
    """Sign a field phone in.

    Raises:
        BadCredentials: anything but the one right combination.
        WeakPassword: the password chosen instead of the one-time one is too easy.
        TooManyRequests: ten tries in a quarter of an hour for this account from this address.
        NotFound: there is no such municipality.
    """
    verified = await _verify(database, request, address)
    if isinstance(verified, StaffSignInOut):
        return verified
    device_id, kind = uuid7(), "field_app"
    async with database.transaction(verified.municipality_id) as session:
        holder = await _sign_in(session, verified, device_id, kind)
        await open_device(session, holder, label=request.device_label, lifetime=DEVICE_LIFETIME[kind])
        refresh_token = await first_refresh_token(session, verified.municipality_id, device_id, kind)
    claims = Claims("staff", verified.staff_user_id, verified.municipality_id, device_id)
    return StaffSignInOut(state="signed_in", tokens=await tokens_for(database, claims, refresh_token))


async def open_console_session(
    database: Database, credentials: StaffCredentials, address: str, *, label: str, previous_cookie: str | None = None
) -> ConsoleSignIn:
    """Sign a browser in: a fresh session whose cookie nobody could know before; the browser's old one ends.

    Args:
        database: where the session is kept.
        credentials: as typed.
        address: the caller's, for the limits.
        label: what the browser calls itself, shown in the list of devices; at most 200 characters are kept.
        previous_cookie: what the browser sent along.

    Raises:
        BadCredentials, WeakPassword, TooManyRequests, NotFound: as `sign_in_staff`.
    """
    verified = await _verify(database, credentials, address)
    if isinstance(verified, StaffSignInOut):
        return ConsoleSignIn(verified)
    cookie = ConsoleCookie.new(verified.municipality_id, uuid7())
    async with database.transaction(verified.municipality_id) as session:
        holder = await _sign_in(session, verified, cookie.device_id, "console")
        await open_device(session, holder, label=label[:200], lifetime=CONSOLE_LIFETIME, secret_hash=cookie.secret_hash)
    if previous_cookie is not None:
        await _end_session(database, previous_cookie)
    return ConsoleSignIn(StaffSignInOut(state="signed_in"), cookie.text)


async def _verify(database: Database, credentials: StaffCredentials, address: str) -> _Verified | StaffSignInOut:
    account, group = (credentials.municipality, fold(credentials.username.strip())), rate_limits.address_group(address)
    await rate_limits.hit(database, ACCOUNT_ADDRESS_LIMIT, "staff sign-in", *account, group)
    await rate_limits.hit(database, ACCOUNT_LIMIT, "staff sign-in by account", *account)
    await rate_limits.hit(database, ADDRESS_LIMIT, "staff sign-in by address", group)
    municipality, user, secret = await _load(database, *account)
    fits, renewed = await passwords.verify_password(credentials.password, user.password_hash if user else None)
    if user is None or not fits or not user.is_active:
        raise await _refusal(database, municipality.id, user)
    is_enrolment = user.totp_last_step is None
    if is_enrolment and credentials.totp_code is None:
        return await _begin_enrolment(database, municipality, user)
    code = credentials.totp_code or ""
    step = totp.accepted_step(secret, code, clock.now(), user.totp_last_step) if secret else None
    if step is None or user.totp_secret is None:
        raise await _refusal(database, municipality.id, user)
    if user.must_change_password and credentials.new_password is None:
        return StaffSignInOut(state="choose_password", must_change_password=True)
    if credentials.new_password is not None:
        if credentials.new_password == credentials.password:
            raise WeakPassword
        passwords.demand_strong(credentials.new_password, user.username)
        renewed = await passwords.hash_password(credentials.new_password)
    await rate_limits.forgive(database, ACCOUNT_ADDRESS_LIMIT, "staff sign-in", *account, group)
    return _Verified(
        municipality_id=municipality.id,
        staff_user_id=user.id,
        step=step,
        totp_secret=bytes(user.totp_secret),
        is_enrolment=is_enrolment,
        new_hash=renewed,
        replaces_password=credentials.new_password is not None,
    )


async def _load(database: Database, slug: str, username: str) -> tuple[Municipality, StaffUser | None, str | None]:
    async with database.transaction() as session:
        municipality = await municipalities.public_municipality(session, slug)
        await enter_municipality(session, municipality.id)
        statement = select(StaffUser).where(
            col(StaffUser.municipality_id) == municipality.id, col(StaffUser.username) == username
        )
        user = (await session.exec(statement)).one_or_none()
        ring = await keys.keyring(session, municipality.id)
        sealed = user.totp_secret if user else None
        secret = ring.decrypt("staff_user", "totp_secret", user.id, sealed) if user and sealed else None
        return municipality, user, secret


async def _begin_enrolment(database: Database, municipality: Municipality, user: StaffUser) -> StaffSignInOut:
    # Asked again, the earlier secret is void: who saw it before the rightful user is left with nothing.
    secret = totp.new_secret()
    async with database.transaction(municipality.id) as session:
        ring = await keys.keyring(session, municipality.id)
        await run(
            session,
            queries.BEGIN_ENROLMENT,
            {
                "municipality_id": municipality.id,
                "id": user.id,
                "secret": ring.encrypt("staff_user", "totp_secret", user.id, secret),
            },
        )
        holder = Actor(kind="staff", municipality_id=municipality.id, id=user.id)
        await audit.record(session, holder, "staff.begin_enrolment", "staff_user", user.id)
    uri = totp.provisioning_uri(secret, user.username, municipality.name)
    return StaffSignInOut(
        state="enrol_totp",
        enrolment=EnrolmentOut(secret=secret, uri=uri, qr_svg=totp.qr_svg(uri)),
        must_change_password=user.must_change_password,
    )


async def _sign_in(session: AsyncSession, verified: _Verified, device_id: UUID, kind: str) -> Actor:
    row = {"municipality_id": verified.municipality_id, "id": verified.staff_user_id}
    accepted = {**row, "step": verified.step, "totp_secret": verified.totp_secret}
    if await run(session, queries.ACCEPT_TOTP_STEP, accepted) != 1:
        raise BadCredentials
    if verified.new_hash is not None:
        await run(
            session,
            queries.SET_HASH,
            {**row, "password_hash": verified.new_hash, "is_replaced": verified.replaces_password},
        )
    holder = Actor(
        kind="staff",
        municipality_id=verified.municipality_id,
        id=verified.staff_user_id,
        device_id=device_id,
        channel=kind,
    )
    if verified.is_enrolment:
        await audit.record(session, holder, "staff.enrol_totp", "staff_user", verified.staff_user_id)
    if verified.replaces_password:
        await audit.record(session, holder, "staff.change_password", "staff_user", verified.staff_user_id)
    await audit.record(session, holder, "staff.sign_in", "staff_user", verified.staff_user_id)
    return holder


async def _refusal(database: Database, municipality_id: int, user: StaffUser | None) -> BadCredentials:
    async with database.transaction(municipality_id) as session:
        nobody = Actor(kind="anonymous", municipality_id=municipality_id)
        await audit.record(session, nobody, "staff.refuse_sign_in", "staff_user", user.id if user else _NOBODY)
    return BadCredentials()


async def _end_session(database: Database, cookie: str) -> None:
    try:
        parsed = ConsoleCookie.parse(cookie)
    except Unauthenticated:
        return
    async with database.transaction(parsed.municipality_id) as session:
        ended = await fetch_one(
            session,
            queries.END_CONSOLE_SESSION,
            {
                "municipality_id": parsed.municipality_id,
                "id": parsed.device_id,
                "secret_hash": parsed.secret_hash,
                "now": clock.now(),
            },
        )
        if ended:
            holder = Actor(kind="staff", municipality_id=parsed.municipality_id, id=ended["holder_id"])
            await audit.record(session, holder, "device.revoke", "device", parsed.device_id, reason="replaced")
