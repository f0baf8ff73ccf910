"""`pull`: 200 changed rows, to a phone that holds the rest; `first_sync`: everything, to a phone that holds nothing.

The first sync is read as a phone reads it, with one answer lost in the middle: it goes on from the cursors that it has.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from api.core.ids import uuid7
from api.identity.service import authenticate_bearer
from api.identity.tokens import Claims
from api.sync import service as sync
from api.sync.cursors import Cursor, Seals
from api.sync.schemas import PullIn
from mobile.wire import codec
from mobile.wire.limits import MOST_WANTED
from tests.bench import blocks, people
from tests.bench.bare import Bare
from tests.bench.blocks import Side
from tests.bench.field_town import ROLE
from tests.bench.places import Urls
from tests.bench.push import OF_REQUEST
from tests.bench.real import Server, usual
from tests.bench.rehearsal import Rehearsal, Statement
from tests.bench.result import Result

PATH = "/v1/sync/pull"
CHANGED, PULLS = 200, 240
RATIO, STATEMENTS = 4.0, 4
MOST_BYTES = 8_000_000
SAMPLED, ALL_PULLS = 8, 10_000
# What the office does to visits that a phone holds: the rows, and their pointers.
_CHANGE = """
    WITH changed AS (
        UPDATE inspection SET version = version + 1
         WHERE municipality_id = %(m)s AND id = ANY(ARRAY(
               SELECT id FROM inspection WHERE municipality_id = %(m)s AND is_in_field AND department_id = %(d)s
                ORDER BY md5(id::text) LIMIT %(n)s))
     RETURNING id)
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT %(m)s, 'team:' || %(d)s, 'inspection', id FROM changed"""
_DEPARTMENT = """SELECT department_id FROM inspection WHERE municipality_id = %s AND is_in_field
                  GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"""
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_COUNTS = """SELECT (SELECT count(*) FROM inspection WHERE municipality_id = %(m)s AND is_in_field),
                    (SELECT count(*) FROM business WHERE municipality_id = %(m)s AND status = 'active')"""


@dataclass
class Reader:
    """A phone's reading: its cursors, what it has, and every request that it made."""

    server: Server
    token: str
    device: str = field(default_factory=lambda: str(uuid7()))
    epoch: str | None = None
    cursors: dict[str, str | None] = field(default_factory=dict)
    bytes: int = 0
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: list[dict[str, Any]] = field(default_factory=list)
    statements: Counter[int] = field(default_factory=Counter)

    def message(self) -> dict[str, Any]:
        """Give the next request."""
        return {"device": self.device, "epoch": self.epoch, "app": "0.1.0", "scopes": self.cursors,
                "want": MOST_WANTED, "check": []}  # fmt: skip

    def pull(self, *, is_lost: bool = False) -> bool:
        """Ask once; gives whether there is more. An answer that is lost has been paid for all the same."""
        asked = self.message()
        answer = self.server.ask("POST", PATH, self.token, codec.encode(asked), codec.DEFLATED)
        self.bytes += len(answer.body)
        if is_lost:
            return True
        self.asked.append(asked)
        self.statements[answer.statements - OF_REQUEST] += 1
        told = codec.decode(codec.DEFLATED, answer.body)
        self.epoch = told["epoch"]
        pages = {page["sid"]: page for page in told["pages"]}
        self.cursors = {scope["sid"]: self.cursors.get(scope["sid"]) for scope in told["scopes"]}
        for sid, page in pages.items():
            self.cursors[sid] = page["cursor"]
            self.rows.update({(row[0], row[1]): 1 for row in page["rows"]})
        return len(pages) < len(told["scopes"]) or any(page["more"] for page in pages.values())

    def hold_everything(self, urls: Urls, claims: Claims) -> None:
        """Go on as a phone that has read every scope up to now, without reading it."""
        assert self.epoch is not None
        seals = Seals(claims.municipality_id, UUID(self.epoch), claims.holder_id)
        with psycopg.connect(urls.admin) as connection:
            (horizon,) = connection.execute(_HORIZON).fetchone() or (0,)
        now = Cursor("feed", horizon)
        self.cursors = {sid: seals.write(sid, now) for sid in self.cursors}

    def read_all(self, lost_at: int | None = None) -> None:
        """Read until there is no more."""
        for number in range(ALL_PULLS):
            if not self.pull(is_lost=number == lost_at):
                return
        raise RuntimeError("the phone never comes to the end")


async def _rehearsed(urls: Urls, claims: Claims, messages: list[dict[str, Any]]) -> list[list[list[Statement]]]:
    """Give the statements of each pull."""
    rehearsal = Rehearsal(urls)
    try:
        async with rehearsal.transaction() as session:
            actor = await authenticate_bearer(session, claims)
        # Once without being written down: the town's configuration is held from then on.
        await sync.pull(rehearsal, actor, PullIn.model_validate(messages[0]))
        rehearsal.taken()
        requests = []
        for message in messages:
            await sync.pull(rehearsal, actor, PullIn.model_validate(message))
            requests.append(rehearsal.taken())
        return requests
    finally:
        await rehearsal.close()


async def measure(urls: Urls, server: Server) -> list[Result]:
    """Compare the pull of 200 changed rows."""
    claims, token = await people.staff(urls, ROLE)
    reader = Reader(server, token)
    reader.pull()
    reader.hold_everything(urls, claims)
    with psycopg.connect(urls.admin) as connection:
        (department,) = connection.execute(_DEPARTMENT, (claims.municipality_id,)).fetchone() or (None,)
        connection.execute(_CHANGE, {"m": claims.municipality_id, "d": department, "n": CHANGED})
    message = reader.message()
    body = codec.encode(message)
    (statements,) = await _rehearsed(urls, claims, [message])
    sizes: set[int] = set()
    counted: Counter[int] = Counter()

    def real_block(first: int, last: int) -> None:
        for _ in range(first, last):
            answer = server.ask("POST", PATH, token, body, codec.DEFLATED)
            told = codec.decode(codec.DEFLATED, answer.body)
            assert sum(len(page["rows"]) for page in told["pages"]) == CHANGED
            counted[answer.statements - OF_REQUEST] += 1
            sizes.add(len(answer.body))

    bare = Bare(urls)

    def bare_block(first: int, last: int) -> None:
        for _ in range(first, last):
            bare.replay(claims, statements)

    cost = blocks.compare({"real": Side(real_block, server.cpu), "bare": Side(bare_block, bare.cpu)}, operations=PULLS)
    bare.close()
    return [Result.of("pull", PULLS, cost["real"], cost["bare"], limit=RATIO, statements=usual(counted),
                      statement_limit=STATEMENTS, bytes=max(sizes))]  # fmt: skip


async def measure_first(urls: Urls, server: Server) -> list[Result]:
    """Read everything once with an answer lost in the middle, and compare some of its requests."""
    claims, token = await people.staff(urls, ROLE)
    reader = Reader(server, token)
    reader.read_all(lost_at=20)
    with psycopg.connect(urls.admin) as connection:
        wanted = connection.execute(_COUNTS, {"m": claims.municipality_id}).fetchone()
    held = Counter(table for table, _ in reader.rows)
    assert (held["inspection"], held["business"]) == wanted, (held, wanted)
    sampled = reader.asked[:: max(1, len(reader.asked) // SAMPLED)]
    requests = await _rehearsed(urls, claims, sampled)
    bodies, bare = [codec.encode(message) for message in sampled], Bare(urls)

    def real_block(first: int, last: int) -> None:
        for number in range(first, last):
            server.ask("POST", PATH, token, bodies[number % len(bodies)], codec.DEFLATED)

    def bare_block(first: int, last: int) -> None:
        for number in range(first, last):
            bare.replay(claims, requests[number % len(requests)])

    cost = blocks.compare({"real": Side(real_block, server.cpu), "bare": Side(bare_block, bare.cpu)},
                          operations=2 * len(sampled), blocks=2, warm_up=2)  # fmt: skip
    bare.close()
    note = f"{sum(held.values()):,} rows in {len(reader.asked)} answers, one of them lost and asked for again"
    return [Result.of("first_sync", len(reader.asked), cost["real"], cost["bare"], limit=RATIO, bytes=reader.bytes,
                      byte_limit=MOST_BYTES, statements=usual(reader.statements), statement_limit=STATEMENTS,
                      note=note)]  # fmt: skip
