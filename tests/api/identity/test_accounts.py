"""A person's own account, and citizens as staff see them: masked, and revealed only with a trace."""

import asyncio
from uuid import UUID

import pytest

from api.core.actor import Actor
from api.core.errors import Forbidden, NotFound
from api.core.ids import uuid7
from api.identity import service
from api.identity.citizens import mask_name
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


@pytest.fixture
async def signed_in(phone):
    return await phone.sign_in()


def acting(town, role_grants, kind="staff") -> Actor:
    return Actor(kind=kind, municipality_id=town.municipality_id, id=uuid7(), channel="console", grants=role_grants)


async def own_id(phone) -> str:
    return (await phone.http.get("/v1/me")).json()["id"]


async def test_a_citizen_names_himself_and_only_the_sealed_name_is_kept(signed_in, module_db):
    answer = await signed_in.http.patch("/v1/me", json={"name": "  Ayşe\u202e Yılmaz ", "language": "en"})
    assert (answer.json()["name"], answer.json()["language"]) == ("Ayşe Yılmaz", "en")
    assert (await signed_in.http.get("/v1/me")).json()["name"] == "Ayşe Yılmaz"
    kept = harness.rows(module_db, "SELECT name, c::text AS c FROM citizen c WHERE id = %s", await own_id(signed_in))[0]
    assert "Yılmaz".encode() not in bytes(kept["name"])
    audited = harness.rows(module_db, "SELECT content FROM audit_record WHERE action = 'citizen.edit'")
    assert audited
    assert "Yılmaz" not in str(audited)


@pytest.mark.parametrize(
    "body", [{"phone": "+905321112233"}, {"is_blocked": False}, {"id": "x"}, {"name": "a\x00b"}, {"name": ""}]
)
async def test_a_citizen_changes_nothing_but_name_and_language(signed_in, body):
    assert (await signed_in.http.patch("/v1/me", json=body)).status_code == 422


async def test_staff_do_not_rename_themselves(desk):
    assert (await (await desk("mayor").pick_up()).http.patch("/v1/me", json={"name": "Kral"})).status_code == 403


async def test_an_identity_number_is_shown_masked_to_its_owner(signed_in, pool, module_db, town):
    citizen_id = await own_id(signed_in)
    async with pool.transaction(town.municipality_id) as session:
        ring = await harness.keys.keyring(session, town.municipality_id)
    sealed = ring.encrypt("citizen", "national_id", citizen_id, "10000000146")
    harness.change(module_db, "UPDATE citizen SET national_id = %s WHERE id = %s", sealed, citizen_id)
    assert (await signed_in.http.get("/v1/me")).json()["national_id"] == "10*******46"


async def test_staff_see_a_citizen_masked_until_revealed_and_the_reading_is_kept(signed_in, pool, module_db, town):
    await signed_in.http.patch("/v1/me", json={"name": "Ayşe Yılmaz"})
    citizen_id, complaint_id, department = UUID(await own_id(signed_in)), uuid7(), uuid7()
    officer = acting(town, {"complaint.read_person": frozenset({department})})
    async with pool.transaction(town.municipality_id) as session:
        masked = (await service.citizen_cards(session, town.municipality_id, frozenset({citizen_id})))[citizen_id]
        shown = await service.reveal_citizen(
            session, officer, citizen_id,
            permission="complaint.read_person", department_id=department, about=("complaint", complaint_id),
        )  # fmt: skip
    assert (masked.name, masked.phone, masked.is_masked) == (
        "A*** Y***",
        f"+90 532 *** ** {signed_in.number[-2:]}",
        True,
    )
    assert (shown.name, shown.phone, shown.is_masked) == ("Ayşe Yılmaz", signed_in.number, False)
    audited = harness.rows(module_db, "SELECT * FROM audit_record WHERE action = 'citizen.reveal'")
    assert [(row["object_id"], row["actor_id"]) for row in audited] == [(str(citizen_id), officer.id)]
    assert str(complaint_id) in audited[0]["content"]
    assert signed_in.number not in audited[0]["content"]


async def test_nobody_reveals_a_citizen_outside_the_own_departments(signed_in, pool, town):
    citizen_id = UUID(await own_id(signed_in))
    officer = acting(town, {"complaint.read_person": frozenset({uuid7()})})
    async with pool.transaction(town.municipality_id) as session:
        with pytest.raises(Forbidden):
            await service.reveal_citizen(
                session, officer, citizen_id,
                permission="complaint.read_person", department_id=uuid7(), about=("complaint", uuid7()),
            )  # fmt: skip


async def test_the_desk_finds_a_caller_by_number_and_does_not_rename_who_named_himself(signed_in, pool, town):
    await signed_in.http.patch("/v1/me", json={"name": "Ayşe Yılmaz"})
    clerk = acting(town, {"citizen.register": None})
    async with pool.transaction(town.municipality_id) as session:
        found = await service.register_citizen(session, clerk, signed_in.number, "Başka Ad")
        new = await service.register_citizen(session, clerk, harness.new_phone(), "Mehmet Öz")
        cards = await service.citizen_cards(session, town.municipality_id, frozenset({found, new}))
    assert str(found) == await own_id(signed_in)
    assert (await signed_in.http.get("/v1/me")).json()["name"] == "Ayşe Yılmaz"
    assert cards[new].name == "M*** Ö***"


async def test_only_who_may_register_registers(pool, town):
    async with pool.transaction(town.municipality_id) as session:
        with pytest.raises(Forbidden):
            await service.register_citizen(session, acting(town, {}), harness.new_phone())


async def test_two_first_sign_ins_of_one_number_at_once_make_one_account(pool, town):
    number = harness.new_phone()

    async def make():
        async with pool.transaction(town.municipality_id) as session:
            return await service.known_or_new_citizen(session, town.municipality_id, number)

    made = await asyncio.gather(*(make() for _ in range(5)))
    assert len({citizen.id for citizen in made}) == 1
    assert sum(citizen.is_new for citizen in made) == 1


async def test_the_system_reads_a_number_to_write_an_sms(signed_in, pool, town):
    citizen_id = UUID(await own_id(signed_in))
    async with pool.transaction(town.municipality_id) as session:
        assert await service.citizen_phone(session, town.municipality_id, citizen_id) == signed_in.number
        with pytest.raises(NotFound):
            await service.citizen_phone(session, town.municipality_id, uuid7())


async def test_an_account_is_closed_with_its_devices_and_opened_again(signed_in, pool, town, module_db):
    citizen_id = UUID(await own_id(signed_in))
    administrator = acting(town, {"citizen.block": None})
    async with pool.transaction(town.municipality_id) as session:
        await service.block_citizen(session, administrator, citizen_id, is_blocked=True)
    assert (await signed_in.http.get("/v1/me")).status_code == 401
    async with pool.transaction(town.municipality_id) as session:
        await service.block_citizen(session, administrator, citizen_id, is_blocked=False)
    assert (await signed_in.http.get("/v1/me")).status_code == 401
    audited = harness.rows(module_db, "SELECT action FROM audit_record WHERE object_id = %s", str(citizen_id))
    assert [row["action"] for row in audited].count("citizen.block") == 2


async def test_names_of_staff_come_in_one_statement(pool, town):
    wanted = frozenset(user.id for user in town.staff.values())
    async with pool.transaction(town.municipality_id) as session:
        with harness.counted() as count:
            names = await service.staff_names(session, town.municipality_id, wanted)
        assert await service.staff_names(session, town.municipality_id, frozenset()) == {}
    assert (set(names), count.value) == (set(wanted), 1)
    assert names[town.staff["mayor"].id] == "Deneme mayor"


@pytest.mark.parametrize(("name", "masked"), [("Ayşe", "A***"), ("İbrahim  Ö", "İ*** Ö***"), ("", "")])
def test_a_masked_name_tells_no_length(name, masked):
    assert mask_name(name) == masked
