"""The phone's real engine and the real server in seeded sessions: lines break, and all agree at the end.

Answers are lost, requests come twice, bytes are cut off, transactions stay open and are rolled back, the office works
on the same cases. Afterwards each phone holds, byte for byte, the rows of its scopes as the database says; nothing has
happened twice; and no word of one municipality was ever answered to a phone of the other.
"""

import contextlib
import json
import zlib
from random import Random

import pytest

from api.core import clock, feed
from api.core import ids as api_ids
from api.core.sql import run
from api.sync import queries
from api.sync.tables import TABLES
from mobile.sdk.exchange import Answer
from mobile.sdk.ids import uuid7
from mobile.wire.dictionary import DICTIONARY
from tests.api.sync.phones import Phone, horizon_passes
from tests.factories.towns import Town

pytestmark = pytest.mark.anyio

TOWNS = ("kadikoy", "akpinar")
ACTS = 60
REPORTERS = {"kadikoy": "+905321112233", "akpinar": "+905321112244"}
CANARY = {slug: f"kanarya-{slug}" for slug in TOWNS}


class Line(Phone):
    """A phone on a line that breaks."""

    is_broken = True

    async def exchange(self) -> bool:
        """Do the next exchange, badly; gives whether there was one."""
        exchange = self.engine.next_exchange()
        if exchange is None:
            return False
        fate = self.chance.random() if self.is_broken else 1.0
        if fate < 0.15:
            self.engine.receive(exchange, None)
        elif fate < 0.35:
            await self.send(exchange)
            self.engine.receive(exchange, None)
        elif fate < 0.45:
            answer = await self.send(exchange)
            cut = answer.body[: self.chance.randrange(len(answer.body))]
            self.engine.receive(exchange, Answer(answer.status, answer.media_type, cut))
        elif fate < 0.6:
            first, second = await self.send(exchange), await self.send(exchange)
            self.engine.receive(exchange, first)
            self.engine.receive(exchange, second)
        else:
            self.engine.receive(exchange, await self.send(exchange))
        return True

    def act(self, town: Town) -> None:
        """Write a command, as a person would choose one on what the phone shows."""
        view = self.engine.view()
        cases = sorted(row_id for table, row_id in view if table == "complaint")
        word = f"{CANARY[town.slug]} {self.chance.randrange(10**6)}"
        lon, lat = town.place(self.chance.randrange(4))
        choices = [
            ("message.post", {"id": self.id(), "department_id": self.department(town), "text": word}),
            ("task.create", {"id": self.id(), "title": word, "text": "", "department_id": self.department(town)}),
            ("business.register", {"id": self.id(), "class_code": "market", "title": word, "activity": "",
                                   "address_text": "", "place": {"lon": lon, "lat": lat, "accuracy_m": 4.0}}),
        ]  # fmt: skip
        forms = sorted((data["form_id"], data["version"]) for (table, _), data in view.items() if table == "form")
        now = clock.now().isoformat()
        choices += [("inspection.submit", {"id": self.id(), "business_id": None, "kind": "spot", "form_id": form_id,
                                           "form_version": version, "answers": {}, "started_at": now, "ended_at": now,
                                           "department_id": self.department(town), "number": None,
                                           "photos": [self.photo()]}) for form_id, version in forms[:2]]  # fmt: skip
        choices += [("task.finish", {"task_id": row_id, "text": word, "photos": [self.photo()]})
                    for table, row_id in view if table == "task"][:2]  # fmt: skip
        if cases:
            on = {"complaint_id": self.chance.choice(cases)}
            choices += [("complaint.take", on), ("complaint.start", on)]
            choices += [("complaint.note", {**on, "text": word, "photos": [self.photo()]})] * 3
            choices += [("complaint.close", {**on, "text": word, "photos": [self.photo()]})]
        self.engine.record(*self.chance.choice(choices))

    def id(self) -> str:
        """A new id."""
        return uuid7(self.engine.clock(), self.chance)

    def photo(self) -> dict:
        """A photo that was taken just now."""
        return {"id": self.id(), "sha256": f"{self.chance.getrandbits(256):064x}", "size": 20_000, "mime": "image/jpeg"}

    def department(self, town: Town) -> str:
        """Where its person works."""
        return str(town.staff["field_inspector"].department_id)


def granted_rows(server, town: Town, sids):
    """What the database holds of the scopes, read past everything that pull is made of but the tables' description."""
    rows, members = {}, set()
    for table in TABLES.values():
        for kind, member in table.scopes.items():
            for sid, key in queries.keys_of(sids, kind).items():
                condition = f"({member.condition})" + ("" if kind == "ref" else f" AND t.{member.column} = %s")
                for row in server.rows(
                    f"""SELECT t.id, {table.version} AS version, {table.data} AS data FROM {table.source}
                         WHERE t.municipality_id = %s AND {condition}""",
                    town.municipality_id, *(() if kind == "ref" else (key,)),
                ):  # fmt: skip
                    rows[table.name, str(row["id"])] = (row["version"], row["data"])
                    members.add((table.name, str(row["id"]), sid))
    return rows, members


async def office(server, chance: Random, slug: str, filed: list) -> None:
    """Somebody in the office does something with a case."""
    headers, url = await server.staff("department_head", slug), f"/v1/complaints/{chance.choice(filed)['id']}"
    what, body = chance.choice(
        [("take", None), ("notes", {"text": f"{CANARY[slug]} büro"}), ("reject", {"text": f"{CANARY[slug]} ret"}),
         ("start", None)]
    )  # fmt: skip
    answer = await server.client.post(f"{url}/{what}", json=body, headers=headers)
    assert answer.status_code in (200, 409), answer.text


async def play(server, chance: Random, phones: list[tuple[str, Line]]) -> None:
    """A day: commands, exchanges that go wrong, the office, transactions that stay open."""
    filed = {}
    for slug in TOWNS:
        citizen = await server.citizen(REPORTERS[slug], slug)
        description = f"{CANARY[slug]} çukur"
        filed[slug] = [
            await server.filed(citizen, slug, description=description, neighbourhood=number % 4) for number in range(5)
        ]
        server.execute(
            """INSERT INTO business_class (municipality_id, id, code, name, visits_per_year, form_code, is_active)
               VALUES (%s, %s, 'market', '{"tr": "Market"}', 1, 'genel', true) ON CONFLICT DO NOTHING""",
            server.town(slug).municipality_id, api_ids.uuid7(),
        )  # fmt: skip
    async with contextlib.AsyncExitStack() as slow_ones:
        for _ in range(ACTS):
            slug, phone = chance.choice(phones)
            phone.act(server.town(slug))
            if chance.random() < 0.3:
                await office(server, chance, slug, filed[slug])
            if chance.random() < 0.15:
                await slow_ones.aclose()
                await slow_ones.enter_async_context(slow_message(server, slug, is_kept=chance.random() < 0.7))
            for _ in range(chance.randrange(4)):
                phone.offset += 900_000
                await phone.exchange()


@contextlib.asynccontextmanager
async def slow_message(server, slug: str, *, is_kept: bool):
    """A message whose transaction began before others that end before it, and is rolled back now and then."""
    town = server.town(slug)
    author, message_id = town.staff["field_inspector"], api_ids.uuid7()
    async with server.database.transaction(town.municipality_id) as session:
        await run(
            session,
            """INSERT INTO team_message (municipality_id, id, department_id, author_id, text, sent_at, is_in_field)
               VALUES (%s, %s, %s, %s, %s, now(), true)""",
            (town.municipality_id, message_id, author.department_id, author.id, f"{CANARY[slug]} yavaş"),
        )
        await feed.point(session, town.municipality_id, "message", message_id, [feed.team(author.department_id)])
        yield
        if not is_kept:
            await session.rollback()


async def come_to_rest(server, phones: list[tuple[str, Line]]) -> None:
    """The lines hold again; what one phone sends, the others hear of in the next round."""
    for _ in range(3):
        for _, phone in phones:
            phone.is_broken = False
            await phone.sync()
    await horizon_passes(server)


def demand_that_nothing_was_lost_or_done_twice(server, phone: Line) -> int:
    """Every command has the result that the server stored, and its effect once or never; gives their number."""
    outbox = phone.store.all("SELECT id, state, kind, body FROM outbox")
    for mutation_id, state, kind, body in outbox:
        (known,) = server.rows("SELECT state FROM sync_mutation WHERE id = %s", mutation_id)
        assert known["state"] == state
        if kind == "complaint.note":
            happened = server.rows("SELECT 1 FROM complaint_event WHERE text = %s", json.loads(body)["text"])
            assert len(happened) == (state == "ok")
    return len(outbox)


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_a_day_of_broken_lines_phones_and_server_agree_in_every_byte(server, seed):
    crew = [("kadikoy", "field_inspector"), ("kadikoy", "department_officer"), ("akpinar", "field_inspector")]
    phones = [
        (slug, await Line.of(server, role, slug, seed=seed * 100 + number)) for number, (slug, role) in enumerate(crew)
    ]
    await play(server, Random(seed), phones)
    await come_to_rest(server, phones)
    sent = 0
    for slug, phone in phones:
        assert phone.engine.numbers()["waiting"] == 0
        sids = [sid for (sid,) in phone.store.all("SELECT sid FROM scope WHERE is_complete = 1")]
        rows, members = granted_rows(server, server.town(slug), sids)
        assert phone.held() == rows
        assert set(phone.store.all("SELECT tbl, id, sid FROM membership")) == members
        assert phone.engine.view() == {key: data for key, (_, data) in rows.items()}
        sent += demand_that_nothing_was_lost_or_done_twice(server, phone)
        seen = b"".join(map(_plain, phone.seen))
        assert CANARY[slug].encode() in seen
        assert not any(CANARY[other].encode() in seen for other in TOWNS if other != slug)
    assert sent >= ACTS


def _plain(answer: bytes) -> bytes:
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj(zlib.MAX_WBITS, DICTIONARY).decompress(answer)
    return answer
