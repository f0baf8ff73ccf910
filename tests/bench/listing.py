"""`list_100`: a page of 100 among all reports of a town, first, deep and filtered, against the same statement alone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from api.complaints.queries import LIST_COLUMNS, LIST_SQL
from api.complaints.reading import conditions_of
from api.complaints.schemas import ListQuery
from api.core import keys
from api.core.actor import Actor
from api.core.db import Database
from api.core.pagination import encode_cursor, query_scope
from api.identity import authentication
from api.identity.tokens import Claims
from tests.bench import blocks, people
from tests.bench.bare import Bare
from tests.bench.blocks import Side
from tests.bench.places import Urls
from tests.bench.real import Server, usual
from tests.bench.result import Result

OPERATIONS = 240
RATIO, STATEMENTS, LIMIT = 6.0, 4, 100
_DEPTH = 0.9
FIRST_PAGE = f"/v1/complaints?limit={LIMIT}"


@dataclass(frozen=True)
class Reader:
    """Somebody who reads lists, with the rights that the server would find."""

    claims: Claims
    token: str
    actor: Actor

    @classmethod
    async def of(cls, urls: Urls, role: str) -> "Reader":
        """Sign a member of staff in."""
        claims, token = await people.staff(urls, role)
        database = Database(urls.app, pool_size=1)
        try:
            async with database.transaction() as session:
                return cls(claims, token, await authentication.authenticate_bearer(session, claims))
        finally:
            await database.close()


@dataclass(frozen=True)
class Question:
    """One list: what is asked over HTTP, and the statement that answers it."""

    name: str
    reader: Reader
    query: dict[str, Any]
    after: tuple[datetime, UUID] | None = None

    @property
    def path(self) -> str:
        """Where it is asked; a cursor is sealed as the server would."""
        query = {**self.query, "limit": LIMIT}
        if self.after:
            wanted = ListQuery(**self.query).filter()
            fingerprint = {"actor": self.reader.actor.id, **wanted.model_dump(mode="json")}
            scope = query_scope(self.reader.claims.municipality_id, "complaints", fingerprint)
            query["cursor"] = encode_cursor(keys.derived_key("cursor"), scope, self.after)
        return f"/v1/complaints?{urlencode(query)}"

    @property
    def statement(self) -> tuple[str, dict[str, Any]]:
        """The same as SQL with its values."""
        conditions, values = conditions_of(self.reader.actor, ListQuery(**self.query).filter())
        if self.after:
            conditions.append("(c.filed_at, c.id) < (%(after_at)s, %(after_id)s)")
            values |= dict(zip(("after_at", "after_id"), self.after, strict=True))
        sql = LIST_SQL.format(columns=LIST_COLUMNS, conditions=" AND ".join(conditions))
        return sql, {**values, "limit": LIMIT + 1}


async def questions(urls: Urls) -> list[Question]:
    """Give the lists that are measured."""
    desk, officer = await Reader.of(urls, "service_desk"), await Reader.of(urls, "department_officer")
    with psycopg.connect(urls.admin) as connection:
        count = connection.execute("SELECT count(*) FROM complaint WHERE municipality_id = 1").fetchone()
        deep = connection.execute(
            """SELECT filed_at, id FROM complaint WHERE municipality_id = 1
                ORDER BY filed_at DESC, id DESC OFFSET %s LIMIT 1""",
            (int(count[0] * _DEPTH) if count else 0,),
        ).fetchone()
        rare = connection.execute(
            """SELECT category_id, neighbourhood_id FROM complaint
                WHERE municipality_id = 1 AND neighbourhood_id IS NOT NULL
                GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 OFFSET 20 LIMIT 1"""
        ).fetchone()
        box = connection.execute(
            """SELECT ST_X(p) - 0.004, ST_Y(p) - 0.003, ST_X(p) + 0.004, ST_Y(p) + 0.003 FROM (
                   SELECT ST_Centroid(ST_Collect(geom)) AS p FROM complaint WHERE municipality_id = 1) AS middle"""
        ).fetchone()
    assert deep is not None
    assert rare is not None
    assert box is not None
    return [
        Question("list_100", desk, {}),
        Question("list_100_deep", desk, {}, deep),
        Question("list_100_open", desk, {"status_group": "open"}),
        Question("list_100_late", desk, {"status_group": "late"}),
        Question("list_100_category", desk, {"category_id": rare[0], "neighbourhood_id": rare[1]}),
        Question("list_100_text", desk, {"text": "kaldırım çökmüş"}),
        Question("list_100_map", desk, {"bbox": ",".join(f"{side:.5f}" for side in box)}),
        Question("list_100_department", officer, {}),
        Question("list_100_department_deep", officer, {}, deep),
    ]


async def measure(urls: Urls, server: Server) -> list[Result]:
    """Compare every list with its statement."""
    bare = Bare(urls)
    results = [compare(question, server, bare) for question in await questions(urls)]
    bare.close()
    return results


def compare(question: Question, server: Server, bare: Bare, operations: int = OPERATIONS) -> Result:
    """Compare one list with its statement."""
    path, (sql, values) = question.path, question.statement
    statements: Counter[int] = Counter()
    size = 0

    def real_block(first: int, last: int) -> None:
        nonlocal size
        for _ in range(first, last):
            answer = server.ask("GET", path, question.reader.token)
            statements[answer.statements] += 1
            size = len(answer.body)

    def bare_block(first: int, last: int) -> None:
        bare.transactions(question.reader.claims, [(sql, values)] * (last - first))

    cost = blocks.compare(
        {"real": Side(real_block, server.cpu), "bare": Side(bare_block, bare.cpu)}, operations=operations, warm_up=10
    )
    return Result.of(question.name, operations, cost["real"], cost["bare"], limit=RATIO, statements=usual(statements),
                     statement_limit=STATEMENTS, bytes=size)  # fmt: skip
