"""Sign-in of citizens by a code sent to their phone; the first sign-in makes the account.

These verbs take the database and not a session: a spent try and a counted request stay, though the answer is a
refusal. Nothing here asks whether a number is known, so nothing can tell.
"""

import hmac

import structlog

from api.core import audit, clock, keys, rate_limits
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import TooManyRequests
from api.core.ids import uuid7
from api.core.metrics import LOGIN_CODES
from api.core.sql import fetch_one, run
from api.identity import login_codes, queries
from api.identity.citizens import known_or_new_citizen
from api.identity.devices import open_device
from api.identity.errors import BadLoginCode, CitizenBlocked, CodesPaused
from api.identity.refresh import DEVICE_LIFETIME, first_refresh_token, tokens_for
from api.identity.schemas import CodeRequestIn, CodeSentOut, CodeVerifyIn, TokensOut
from api.identity.tokens import Claims
from api.municipalities import service as municipalities
from api.municipalities.service import Municipality
from api.notices import service as notices

log = structlog.get_logger("belediye.identity")

_RESEND_AFTER = 60


async def start_citizen_login(database: Database, request: CodeRequestIn, address: str) -> CodeSentOut:
    """Send a sign-in code to a phone; the answer is the same for every number.

    Raises:
        NotFound: there is no such municipality.
        TooManyRequests: this number or this address asked too often.
        CodesPaused: the municipality or the installation has sent too many codes.
    """
    await rate_limits.hit(
        database, login_codes.ADDRESS_LIMIT, "login code by address", rate_limits.address_group(address)
    )
    municipality = await _municipality(database, request.municipality)
    await rate_limits.hit(database, login_codes.NUMBER_LIMIT, "login code by number", request.phone)
    await _demand_budget(database, municipality)
    login_id, code, now = uuid7(), login_codes.new_code(), clock.now()
    expires_at = now + login_codes.CODE_LIFETIME
    async with database.transaction(municipality.id) as session:
        ring = await keys.keyring(session, municipality.id)
        await run(
            session,
            queries.INSERT_LOGIN_CODE,
            {
                "municipality_id": municipality.id,
                "id": login_id,
                "phone_index": ring.blind_index("citizen.phone", request.phone),
                "code_hash": login_codes.code_hash(municipality.id, login_id, code),
                "created_at": now,
                "expires_at": expires_at,
            },
        )
        text = login_codes.sms_text(code, municipality.name, request.language)
        await notices.queue_sms(
            session, municipality.id, purpose="login_code", to=request.phone, body=text, expires_at=expires_at
        )
        nobody = Actor(kind="anonymous", municipality_id=municipality.id)
        await audit.record(session, nobody, "login_code.send", "login_code", login_id)
    LOGIN_CODES.labels("sent").inc()
    return CodeSentOut(
        login_id=login_id,
        expires_in=int(login_codes.CODE_LIFETIME.total_seconds()),
        resend_after=_RESEND_AFTER,
    )


async def finish_citizen_login(database: Database, request: CodeVerifyIn, address: str) -> TokensOut:
    """Take the code back, sign the citizen's device in, and make the account at the first time.

    Raises:
        BadLoginCode: wrong, expired, used, tried five times, or of another phone.
        CitizenBlocked: the code was right, but the municipality closed the account.
        TooManyRequests: this address tried too often.
    """
    await rate_limits.hit(
        database, login_codes.VERIFY_ADDRESS_LIMIT, "login code tries", rate_limits.address_group(address)
    )
    municipality = await _municipality(database, request.municipality)
    if not await _is_right(database, municipality.id, request):
        LOGIN_CODES.labels("refused").inc()
        raise BadLoginCode
    device_id = uuid7()
    async with database.transaction(municipality.id) as session:
        used = {"municipality_id": municipality.id, "id": request.login_id, "now": clock.now()}
        if await run(session, queries.USE_CODE, used) != 1:
            raise BadLoginCode
        citizen = await known_or_new_citizen(session, municipality.id, request.phone)
        if citizen.is_blocked:
            raise CitizenBlocked
        holder = Actor(
            kind="citizen",
            municipality_id=municipality.id,
            id=citizen.id,
            device_id=device_id,
            channel=request.device_kind,
        )
        lifetime = DEVICE_LIFETIME[request.device_kind]
        await open_device(session, holder, label=request.device_label, lifetime=lifetime)
        refresh_token = await first_refresh_token(session, municipality.id, device_id, request.device_kind)
        if citizen.is_new:
            await audit.record(session, holder, "citizen.register", "citizen", citizen.id)
        await audit.record(session, holder, "citizen.sign_in", "citizen", citizen.id)
    LOGIN_CODES.labels("accepted").inc()
    claims = Claims("citizen", citizen.id, municipality.id, device_id)
    return await tokens_for(database, claims, refresh_token, is_new_account=citizen.is_new)


async def _is_right(database: Database, municipality_id: int, request: CodeVerifyIn) -> bool:
    # Its own transaction: the try is spent, whatever follows.
    async with database.transaction(municipality_id) as session:
        ring = await keys.keyring(session, municipality_id)
        row = await fetch_one(
            session,
            queries.SPEND_TRY,
            {
                "municipality_id": municipality_id,
                "id": request.login_id,
                "most_tries": login_codes.MOST_TRIES,
                "now": clock.now(),
            },
        )
    if row is None:
        return False
    is_same_phone = hmac.compare_digest(bytes(row["phone_index"]), ring.blind_index("citizen.phone", request.phone))
    return login_codes.fits(row["code_hash"], municipality_id, request.login_id, request.code) and is_same_phone


async def _municipality(database: Database, slug: str) -> Municipality:
    async with database.transaction() as session:
        return await municipalities.public_municipality(session, slug)


async def _demand_budget(database: Database, municipality: Municipality) -> None:
    try:
        await rate_limits.hit(database, login_codes.TOWN_LIMIT, "login codes of town", municipality.id)
        await rate_limits.hit(database, login_codes.INSTALLATION_LIMIT, "login codes of installation")
    except TooManyRequests as refusal:
        LOGIN_CODES.labels("paused").inc()
        log.warning("login codes paused", municipality_id=municipality.id)
        raise CodesPaused(retry_after=int(refusal.details["retry_after"])) from None
