"""Telling the reporter: inbox and SMS for what matters, once, in their language, without personal data."""

import pytest

from api.complaints.messages import TEXTS, message
from api.complaints.service import tell_reporter
from api.complaints.workflow import TRANSITIONS

pytestmark = pytest.mark.anyio

PHONE = "+905321112233"


async def tell_everything(server):
    """Run every waiting notification as the worker would."""
    jobs = server.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'complaints.notify_reporter' ORDER BY id")
    events = {job["args"]["event_id"] for job in jobs}
    rows = server.rows("SELECT municipality_id, id, happened_at FROM complaint_event ORDER BY happened_at")
    for row in rows:
        if str(row["id"]) in events:
            async with server.database.transaction(row["municipality_id"]) as session:
                await tell_reporter(session, row["municipality_id"], row["id"], row["happened_at"])


async def test_the_reporter_reads_of_filing_answer_and_solution_in_inbox_and_sms_exactly_once(server):
    citizen, officer = await server.citizen(PHONE), await server.staff("department_officer")
    filed = await server.filed(citizen)
    url = f"/v1/complaints/{filed['id']}"
    await server.client.post(f"{url}/answers", json={"text": "Yarın geliyoruz."}, headers=officer)
    closing = {"text": "Çukur dolduruldu.", "photo_ids": [await server.photo(officer)]}
    await server.client.post(f"{url}/close", json=closing, headers=officer)
    await tell_everything(server)
    await tell_everything(server)
    texts = [text for text in await server.outbox("kadikoy", PHONE) if filed["number"] in text]
    assert len(texts) == 3
    assert all(text.startswith("Kadıköy Belediyesi: ") for text in texts)
    assert "Çukur dolduruldu." in texts[2]
    inbox = (await server.client.get("/v1/inbox", headers=citizen)).json()["items"]
    mine = [item for item in inbox if item["link_id"] == filed["id"]]
    assert [item["kind"] for item in mine] == ["complaint.close", "complaint.answer", "complaint.file"]


async def test_an_unnamed_report_tells_nobody(server):
    citizen = await server.citizen(PHONE)
    filed = await server.filed(citizen, is_anonymous=True)
    await tell_everything(server)
    assert not [text for text in await server.outbox("kadikoy", PHONE) if filed["number"] in text]


async def test_reports_are_refused_while_the_service_is_switched_off(server):
    town = server.town()
    citizen = await server.citizen(PHONE)
    switch = "UPDATE module SET is_on = %s WHERE municipality_id = %s AND code = 'complaints'"
    bump = "UPDATE municipality SET config_version = config_version + 1 WHERE id = %s"
    server.execute(switch, False, town.municipality_id)
    server.execute(bump, town.municipality_id)
    refused = await server.client.post("/v1/complaints", json=await server.report(), headers=citizen)
    server.execute(switch, True, town.municipality_id)
    server.execute(bump, town.municipality_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "module_off")
    assert (await server.filed(citizen))["number"]


def test_every_act_that_tells_the_reporter_has_its_words_in_both_languages():
    told = {action.value for action, row in TRANSITIONS.items() if row.tells_reporter}
    assert told <= set(TEXTS)
    for act, texts in TEXTS.items():
        assert set(texts) == {"tr", "en"}, act


def test_braces_in_what_an_officer_wrote_stay_as_they_are_and_a_long_answer_is_cut_in_the_sms_only():
    said = message("answer", "tr", town="Kadıköy", number="2026-000001", text="{number} " + "uzun " * 100)
    assert "{number} uzun" in said.body
    assert len(said.sms) < 260
    assert said.sms.endswith("…")
