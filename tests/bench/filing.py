"""`file_report`: POST /v1/complaints against the one statement that filing is made of."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from api.complaints.queries import FILE_SQL
from api.complaints.workflow import Status
from api.core import audit, clock, feed, jobs
from api.core.actor import Actor
from api.core.ids import uuid7
from api.identity.tokens import Claims
from geo.grid import cells_of
from geo.mercator import to_metres
from geo.morton import morton
from tests.bench import blocks, people
from tests.bench.bare import Bare
from tests.bench.blocks import Side
from tests.bench.places import Urls
from tests.bench.real import Server, usual
from tests.bench.result import Result

OPERATIONS = 800
RATIO, STATEMENTS = 4.0, 12
# Reports like those that are there: places, subjects and words of cases that citizens sent.
_SAMPLES = """
    SELECT c.kind, c.category_id, k.code, c.department_id, c.neighbourhood_id, c.authority, c.is_emergency,
           c.description, c.search_text, c.address_text, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
      FROM complaint c
      JOIN complaint_category k ON k.municipality_id = c.municipality_id AND k.id = c.category_id
     WHERE c.municipality_id = %s AND c.channel = 'citizen_app' AND c.authority = 'own' AND c.geom IS NOT NULL
       AND k.is_active AND NOT k.photo_required
       AND NOT jsonb_path_exists(coalesce(k.questions, '[]'), '$[*] ? (@.required == true)')
     ORDER BY md5(c.id::text) LIMIT 400"""


@dataclass(frozen=True)
class Reports:
    """Reports to be filed by one citizen, as a request's body and as the statement's parameters."""

    claims: Claims
    samples: list[dict[str, Any]]

    @classmethod
    def of(cls, urls: Urls, claims: Claims) -> "Reports":
        """Take reports like those that the municipality has."""
        with psycopg.connect(urls.admin, row_factory=dict_row) as connection:
            samples = connection.execute(_SAMPLES, (claims.municipality_id,)).fetchall()
        return cls(claims, samples)

    def body(self, number: int) -> bytes:
        """Give the body of a request that files the report."""
        sample = self.samples[number % len(self.samples)]
        body = {
            "id": str(uuid7()),
            "kind": sample["kind"],
            "category_id": str(sample["category_id"]),
            "description": sample["description"],
            "address_text": sample["address_text"],
            "place": {"lon": sample["lon"], "lat": sample["lat"]},
        }
        return json.dumps(body).encode()

    def values(self, number: int) -> Mapping[str, Any]:
        """Give what the statement needs to file the report."""
        sample, now = self.samples[number % len(self.samples)], clock.now()
        complaint_id, event_id = uuid7(), uuid7()
        x, y = to_metres(sample["lon"], sample["lat"])
        cells = cells_of(sample["lon"], sample["lat"])
        actor = Actor(
            "citizen", self.claims.municipality_id, self.claims.holder_id, self.claims.device_id, "citizen_app"
        )
        no_photos: list[str] = []
        return {
            **{key: value for key, value in sample.items() if key != "code"},
            "id": complaint_id, "year": now.astimezone(clock.ISTANBUL).year, "status": Status.ROUTED, "is_open": True,
            "channel": actor.channel, "answers": "{}", "x": x, "y": y, "citizen_id": actor.id, "filed_by": None,
            "filed_at": now, "first_answer_due_at": now + timedelta(days=1),
            "solution_due_at": now + timedelta(days=5), "legal_due_at": now + timedelta(days=30),
            "event_id": event_id, "actor_kind": actor.kind, "actor_id": actor.id,
            "event_details": json.dumps({"photo_ids": no_photos, "authority_name": None}),
            "levels": [level for level, _, _ in cells], "cells": [morton(gx, gy) for _, gx, gy in cells],
            "photo_ids": no_photos, "uploader_id": actor.id,
            **feed.parameters("complaint", complaint_id, [feed.team(sample["department_id"])]),
            **audit.entry(actor, "complaint.file", "complaint", complaint_id, {"category": sample["code"]}),
            **jobs.job_parameters("complaints.notify_reporter", actor.municipality_id, event_id=event_id,
                                  happened_at=now),
        }  # fmt: skip


class RealFiling:
    """Files over HTTP; the bodies of a block are ready before its time runs."""

    def __init__(self, server: Server, reports: Reports, token: str) -> None:
        self._server, self._reports, self._token = server, reports, token
        self.statements: Counter[int] = Counter()
        self.bytes = 0

    def __call__(self, first: int, last: int) -> None:
        """File the reports of one block."""
        for number in range(first, last):
            answer = self._server.ask("POST", "/v1/complaints", self._token, self._reports.body(number))
            self.statements[answer.statements] += 1
            self.bytes = max(self.bytes, len(answer.body))


async def measure(urls: Urls, server: Server) -> list[Result]:
    """Compare both ways to file."""
    claims, token = await people.citizen(urls)
    reports, bare = Reports.of(urls, claims), Bare(urls)

    def bare_block(first: int, last: int) -> None:
        rows = bare.transactions(claims, [(FILE_SQL, reports.values(number)) for number in range(first, last)])
        assert all(row[0][2:] == (1, 1) for row in rows), "the bare side filed nothing"

    real_block = RealFiling(server, reports, token)
    cost = blocks.compare(
        {"real": Side(real_block, server.cpu), "bare": Side(bare_block, bare.cpu)}, operations=OPERATIONS
    )
    bare.close()
    return [
        Result.of("file_report", OPERATIONS, cost["real"], cost["bare"], limit=RATIO, bytes=real_block.bytes,
                  statements=usual(real_block.statements), statement_limit=STATEMENTS)
    ]  # fmt: skip
