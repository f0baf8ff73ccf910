"""Texts are followed, never changed; decisions are added, never changed."""

from uuid import UUID

import psycopg
import pytest

from api.core.ids import uuid7
from api.identity import service
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


@pytest.fixture
async def administrator(desk):
    return await desk("municipal_administrator").pick_up()


@pytest.fixture
async def signed_in(phone):
    return await phone.sign_in()


@pytest.fixture
def publish(administrator):
    async def publish(code, kind="consent"):
        body = {
            "code": code, "kind": kind, "title_tr": "Konum geçmişi", "title_en": "Location history",
            "body_tr": "Konumunuz …", "body_en": "Your location …",
        }  # fmt: skip
        answer = await administrator.http.post("/v1/consent-texts", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return publish


def code_of_test() -> str:
    letters = "abcdefghijklmnop"
    return "text_" + "".join(letters[int(digit, 16)] for digit in uuid7().hex[-16:])


async def decide(person, text, decision) -> tuple[int, str | None]:
    answer = await person.http.post("/v1/consents", json={"consent_text_id": text["id"], "decision": decision})
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else None


async def test_a_new_version_follows_and_anybody_reads_the_newest_before_signing_in(publish, app, town):
    code = code_of_test()
    first, second = await publish(code), await publish(code)
    assert (first["version"], second["version"]) == (1, 2)
    texts = (await harness.client(app).get(f"/v1/public/{town.slug}/consent-texts")).json()
    assert [text["id"] for text in texts if text["code"] == code] == [second["id"]]
    assert second["title"] == {"tr": "Konum geçmişi", "en": "Location history"}


async def test_texts_of_one_municipality_are_not_those_of_another(publish, app, other_town):
    code = code_of_test()
    await publish(code)
    texts = (await harness.client(app).get(f"/v1/public/{other_town.slug}/consent-texts")).json()
    assert code not in {text["code"] for text in texts}


async def test_the_newest_decision_counts_and_every_one_is_kept_with_its_channel(
    publish, signed_in, pool, town, module_db
):
    text = await publish(code_of_test())
    citizen_id = UUID((await signed_in.http.get("/v1/me")).json()["id"])

    async def has() -> bool:
        async with pool.transaction(town.municipality_id) as session:
            return await service.has_consented(session, town.municipality_id, citizen_id, text["code"])

    steps = []
    for decision in ("shown", "accepted", "withdrawn", "accepted"):
        assert await decide(signed_in, text, decision) == (204, None)
        steps.append(await has())
    assert steps == [False, True, False, True]
    kept = harness.rows(
        module_db, "SELECT decision, channel FROM consent WHERE citizen_id = %s ORDER BY given_at", citizen_id
    )
    assert [row["decision"] for row in kept] == ["shown", "accepted", "withdrawn", "accepted"]
    assert {row["channel"] for row in kept} == {"citizen_app"}
    mine = (await signed_in.http.get("/v1/consents")).json()
    assert [(row["code"], row["decision"]) for row in mine] == [(text["code"], "accepted")]


async def test_a_superseded_version_is_not_accepted_any_more_but_can_still_be_withdrawn(publish, signed_in):
    code = code_of_test()
    old = await publish(code)
    assert await decide(signed_in, old, "accepted") == (204, None)
    new = await publish(code)
    assert await decide(signed_in, old, "accepted") == (409, "stale_consent_text")
    assert await decide(signed_in, old, "withdrawn") == (204, None)
    assert await decide(signed_in, new, "withdrawn") == (400, "consent_not_asked")


async def test_a_notice_is_shown_and_asks_for_no_decision(publish, signed_in):
    notice = await publish(code_of_test(), kind="notice")
    assert await decide(signed_in, notice, "shown") == (204, None)
    for decision in ("accepted", "withdrawn"):
        assert await decide(signed_in, notice, decision) == (400, "consent_not_asked")


async def test_what_was_not_accepted_cannot_be_withdrawn(publish, signed_in):
    assert await decide(signed_in, await publish(code_of_test()), "withdrawn") == (400, "consent_not_asked")


async def test_an_unknown_text_and_an_unknown_decision_are_refused(publish, signed_in):
    assert await decide(signed_in, {"id": str(uuid7())}, "accepted") == (404, "not_found")
    assert (await decide(signed_in, await publish(code_of_test()), "perhaps"))[0] == 422


async def test_staff_do_not_consent_for_themselves_and_citizens_publish_nothing(administrator, signed_in, publish):
    text = await publish(code_of_test())
    assert (await decide(administrator, text, "accepted"))[0] == 403
    assert (await signed_in.http.post("/v1/consent-texts", json={})).status_code == 403


async def test_the_application_itself_cannot_change_a_text_or_a_decision(publish, signed_in, module_db, town):
    text = await publish(code_of_test())
    await decide(signed_in, text, "accepted")
    for statement in (
        "UPDATE consent_text SET version = 9",
        "DELETE FROM consent",
        "UPDATE consent SET decision = 'x'",
    ):
        with psycopg.connect(module_db.app) as connection:
            connection.execute("SELECT set_config('app.municipality_id', %s, true)", (str(town.municipality_id),))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
