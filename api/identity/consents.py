"""Information and consent texts (Law 6698 m.5, m.10): versions are only followed, decisions only added."""

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.sql import fetch_all
from api.identity import queries
from api.identity.errors import NotAskedConsent, StaleConsentText
from api.identity.models import Consent, ConsentText
from api.identity.schemas import ConsentIn, ConsentOut, ConsentTextIn, ConsentTextOut

SHOWN, ACCEPTED, WITHDRAWN = "shown", "accepted", "withdrawn"


async def current_texts(session: AsyncSession, municipality_id: int) -> list[ConsentTextOut]:
    """Give the newest version of each text of a municipality, by code."""
    rows = await fetch_all(session, queries.CURRENT_TEXTS, {"municipality_id": municipality_id, "now": clock.now()})
    return [ConsentTextOut(**row) for row in rows]


async def publish_text(session: AsyncSession, actor: Actor, new: ConsentTextIn) -> ConsentTextOut:
    """Publish a text, or the next version of it; earlier versions stay as they were shown.

    Raises:
        Forbidden: without `consent.edit`.
        Conflict: somebody published a version of the same text at the same moment (`already_exists`).
    """
    actor.demand("consent.edit")
    newest = select(func.max(ConsentText.version)).where(
        col(ConsentText.municipality_id) == actor.municipality_id, col(ConsentText.code) == new.code
    )
    version = ((await session.exec(newest)).one() or 0) + 1
    text = ConsentText(
        municipality_id=actor.municipality_id,
        id=uuid7(),
        code=new.code,
        version=version,
        kind=new.kind,
        title={"tr": new.title_tr, "en": new.title_en},
        body={"tr": new.body_tr, "en": new.body_en},
        valid_from=clock.now(),
    )
    session.add(text)
    await session.flush()
    await audit.record(session, actor, "consent.publish", "consent_text", text.id, code=new.code, version=version)
    return ConsentTextOut.model_validate(text)


async def record_consent(session: AsyncSession, actor: Actor, decision: ConsentIn) -> None:
    """Write down that a text was shown to the citizen, or accepted or withdrawn by them, and through which channel.

    Raises:
        Forbidden: the actor is no citizen with `consent.give`.
        NotFound: there is no such text.
        StaleConsentText: only the newest version can be shown or accepted.
        NotAskedConsent: a notice asks for no decision; nothing accepted can be withdrawn.
    """
    actor.demand("consent.give")
    if actor.kind != "citizen" or actor.id is None:
        actor.refuse("consent.give")
    text = await session.get(ConsentText, (actor.municipality_id, decision.consent_text_id))
    if text is None:
        raise NotFound
    if text.kind == "notice" and decision.decision != SHOWN:
        raise NotAskedConsent
    if decision.decision == WITHDRAWN:
        await _demand_accepted(session, actor, text.code)
    elif text.id not in {current.id for current in await current_texts(session, actor.municipality_id)}:
        raise StaleConsentText
    consent = Consent(
        municipality_id=actor.municipality_id,
        id=uuid7(),
        citizen_id=actor.id,
        consent_text_id=text.id,
        decision=decision.decision,
        channel=actor.channel,
        given_at=clock.now(),
    )
    session.add(consent)
    await session.flush()
    await audit.record(
        session, actor, "consent.give", "consent_text", text.id, decision=decision.decision, code=text.code
    )


async def own_consents(session: AsyncSession, actor: Actor) -> list[ConsentOut]:
    """Give the citizen's newest decision on each text."""
    return [ConsentOut(**row) for row in await _decisions(session, actor.municipality_id, actor.id)]


async def has_consented(session: AsyncSession, municipality_id: int, citizen_id: UUID, code: str) -> bool:
    """Whether the citizen's newest decision on a text is that they accept; ask before doing what it allows."""
    rows = await _decisions(session, municipality_id, citizen_id)
    return any(row["code"] == code and row["decision"] == ACCEPTED for row in rows)


async def _decisions(session: AsyncSession, municipality_id: int, citizen_id: UUID | None) -> list[dict[str, object]]:
    return await fetch_all(session, queries.DECISIONS, {"municipality_id": municipality_id, "citizen_id": citizen_id})


async def _demand_accepted(session: AsyncSession, actor: Actor, code: str) -> None:
    if actor.id is None or not await has_consented(session, actor.municipality_id, actor.id, code):
        raise NotAskedConsent
