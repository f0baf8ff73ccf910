"""Telling a person something: into the SMS outbox and into the inbox, with the transaction of its cause."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from api.core import clock, keys
from api.core.actor import Actor, system_actor
from api.core.errors import Forbidden, NotFound
from api.core.ids import uuid7
from api.core.pagination import BadCursor
from api.core.phones import NumberRefused
from api.notices import service
from tests.api.notices.netgsm_setup import PHONE
from tests.api.notices.outbox_setup import phone
from tests.factories.bare_town import OTHER_TOWN, TOWN, make_citizen

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio
PHONES = (phone(index) for index in count())


async def test_number_and_text_lie_sealed_and_open_only_at_their_own_row(outbox):
    message_id = await outbox.queue(body="Kodunuz 482913")
    row = outbox.row(message_id)
    assert b"482913" not in row["body"]
    assert b"532111" not in row["phone"]
    async with outbox.database.transaction(TOWN) as session:
        ring = await keys.keyring(session, TOWN)
    assert ring.decrypt("sms_message", "phone", message_id, row["phone"]) == PHONE
    assert ring.decrypt("sms_message", "body", message_id, row["body"]) == "Kodunuz 482913"
    with pytest.raises(ValueError, match="açılamadı"):
        ring.decrypt("sms_message", "body", uuid7(), row["body"])


async def test_a_rolled_back_change_sends_nothing(outbox):
    async def change_and_fail():
        async with outbox.database.transaction(TOWN) as session:
            await service.queue_sms(session, TOWN, purpose="complaint", to=PHONE, body="x")
            await service.put_in_inbox(session, TOWN, uuid7(), kind="complaint.file", title="x", body="x")

    citizenless = pytest.raises(Exception, match="citizen")
    with citizenless:  # the foreign key of the inbox refuses the second act
        await change_and_fail()
    assert outbox.rows() == []
    assert outbox.jobs() == []


async def test_a_queued_sms_has_its_job_and_a_login_code_takes_the_urgent_lane(outbox):
    await outbox.queue()
    await outbox.queue(purpose="login_code")
    notice, code = outbox.jobs()
    assert (notice["task_name"], notice["queue_name"]) == ("notices.send_sms", "default")
    assert (code["task_name"], code["queue_name"]) == ("notices.send_sms", "urgent")
    assert code["args"] == {"municipality_id": TOWN, "login_codes_only": True}


async def test_a_login_code_is_worth_three_minutes_and_a_notice_a_day(outbox):
    with clock.frozen() as now:
        code, notice = await outbox.queue(purpose="login_code"), await outbox.queue()
        given = await outbox.queue(expires_at=now.now() + timedelta(hours=1))
        lives = [outbox.row(each)["expires_at"] - now.now() for each in (code, notice, given)]
    assert lives == [timedelta(minutes=3), timedelta(hours=24), timedelta(hours=1)]


@pytest.mark.parametrize("number", ["+902122223344", "05", "+4915112345678"])
async def test_only_a_turkish_mobile_number_can_be_written_to(outbox, number):
    with pytest.raises(NumberRefused):
        await outbox.queue(to=number)
    assert outbox.rows() == []


def citizen_actor(citizen_id, municipality_id=TOWN):
    return Actor(kind="citizen", municipality_id=municipality_id, id=citizen_id, grants={"inbox.read": None})


@pytest.fixture
async def reader(outbox):
    """A citizen with five messages over nearly half a year, the newest called 4."""
    citizen_id = await make_citizen(outbox.database, TOWN, next(PHONES))
    start = clock.now() - timedelta(days=160)
    async with outbox.database.transaction(TOWN) as session:
        for number in range(5):
            await service.put_in_inbox(
                session, TOWN, citizen_id, kind="complaint.close", title=f"{number}", body="Çözüldü.",
                link_kind="complaint", link_id=uuid7(), message_id=uuid7(), at=start + timedelta(days=40 * number),
            )  # fmt: skip
    return citizen_actor(citizen_id)


async def test_the_inbox_reads_page_by_page_newest_first_without_loss_or_repetition(outbox, reader):
    titles, cursor, pages = [], None, 0
    while cursor or not pages:
        async with outbox.database.transaction(TOWN) as session:
            page = await service.read_inbox(session, reader, cursor, 2)
        titles += [message.title for message in page.items]
        cursor, pages = page.next_cursor, pages + 1
    assert titles == ["4", "3", "2", "1", "0"]
    assert pages == 3


async def test_a_page_that_ends_with_the_last_message_has_no_cursor(outbox, reader):
    async with outbox.database.transaction(TOWN) as session:
        assert (await service.read_inbox(session, reader, None, 5)).next_cursor is None


async def test_a_cursor_of_another_citizen_opens_nothing(outbox, reader):
    other = citizen_actor(await make_citizen(outbox.database, TOWN, next(PHONES)))
    async with outbox.database.transaction(TOWN) as session:
        page = await service.read_inbox(session, reader, None, 2)
        with pytest.raises(BadCursor):
            await service.read_inbox(session, other, page.next_cursor, 2)
        assert (await service.read_inbox(session, other)).items == []


async def test_a_message_is_read_once_and_only_by_its_owner(outbox, reader):
    other = citizen_actor(await make_citizen(outbox.database, TOWN, next(PHONES)))
    async with outbox.database.transaction(TOWN) as session:
        message = (await service.read_inbox(session, reader)).items[0]
        with pytest.raises(NotFound):
            await service.mark_read(session, other, message.id)
        first = await service.mark_read(session, reader, message.id)
        again = await service.mark_read(session, reader, message.id)
    assert message.read_at is None
    assert first.read_at == again.read_at is not None


async def test_the_first_reading_of_a_message_is_in_the_audit_trail_once(outbox, reader):
    async with outbox.database.transaction(TOWN) as session:
        message = (await service.read_inbox(session, reader)).items[0]
        for _ in range(2):
            await service.mark_read(session, reader, message.id)
    found = outbox.execute("SELECT 1 FROM audit_record WHERE action = 'inbox.read' AND object_id = %s", str(message.id))
    assert found == 1


async def test_a_message_whose_id_does_not_tell_its_time_can_be_read_as_well(outbox, reader):
    for message_id in (uuid4(), uuid7()):
        async with outbox.database.transaction(TOWN) as session:
            await service.put_in_inbox(
                session, TOWN, reader.id, kind="complaint.answer", title="x", body="x",
                message_id=message_id, at=clock.now() - timedelta(days=300),
            )  # fmt: skip
            assert (await service.mark_read(session, reader, message_id)).read_at is not None


async def test_an_unknown_message_is_not_found(outbox, reader):
    async with outbox.database.transaction(TOWN) as session:
        with pytest.raises(NotFound):
            await service.mark_read(session, reader, uuid7())


async def test_an_inbox_of_another_municipality_is_empty_for_the_same_person(outbox, reader):
    async with outbox.database.transaction(OTHER_TOWN) as session:
        assert (await service.read_inbox(session, citizen_actor(reader.id, OTHER_TOWN))).items == []


async def test_only_citizens_have_an_inbox(outbox):
    clerk = Actor(kind="staff", municipality_id=TOWN, id=uuid7(), grants={"inbox.read": None})
    async with outbox.database.transaction(TOWN) as session:
        for actor in (clerk, system_actor(TOWN)):
            with pytest.raises(Forbidden):
                await service.read_inbox(session, actor)


async def test_a_notice_told_twice_lies_in_the_inbox_once(outbox, reader):
    event_id, at = uuid7(), clock.now()
    told = []
    for _ in range(2):
        async with outbox.database.transaction(TOWN) as session:
            told.append(
                await service.put_in_inbox(
                    session, TOWN, reader.id, kind="complaint.answer", title="5", body="x", message_id=event_id, at=at
                )
            )
    assert told == [True, False]
    async with outbox.database.transaction(TOWN) as session:
        assert [item.title for item in (await service.read_inbox(session, reader)).items][:2] == ["5", "4"]
