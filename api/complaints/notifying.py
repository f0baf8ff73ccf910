"""Tells the reporter what happened to the case: inbox and SMS."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import queries
from api.complaints.configuration import configuration
from api.complaints.messages import message
from api.complaints.workflow import Status
from api.core import keys
from api.municipalities import service as municipalities
from api.notices import service as notices


async def tell_reporter(session: AsyncSession, municipality_id: int, event_id: UUID, happened_at: datetime) -> bool:
    """Put a timeline line into the reporter's inbox and the SMS outbox; once for each line, however often it is called.

    Gives False where there is nobody to tell.
    """
    event = await queries.event_for_notice(session, municipality_id, event_id, happened_at)
    if event is None:
        return False
    act = "forward" if event["action"] == "file" and event["status"] == Status.FORWARDED else event["action"]
    town = await municipalities.town_config(session, municipality_id, event["config_version"])
    config = await configuration(session, municipality_id, event["config_version"])
    language = event["language"]
    said = message(
        act,
        language,
        town=town.name,
        number=event["number"],
        category=config.categories[event["category_id"]].title(language),
        authority=(event["details"] or {}).get("authority_name") or "",
        text=event["text"],
    )
    is_first = await notices.put_in_inbox(
        session,
        municipality_id,
        event["citizen_id"],
        message_id=event_id,
        at=happened_at,
        kind=f"complaint.{act}",
        title=said.title,
        body=said.body,
        link_kind="complaint",
        link_id=event["complaint_id"],
    )
    if is_first:
        ring = await keys.keyring(session, municipality_id)
        phone = ring.decrypt("citizen", "phone", event["citizen_id"], event["phone"])
        await notices.queue_sms(session, municipality_id, purpose="complaint", to=phone, body=said.sms)
    return True
