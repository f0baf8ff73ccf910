"""Visits like those that the town has, as commands of a phone: the same bodies, new ids and numbers from its block."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
from psycopg.rows import dict_row

from api.core import clock
from api.core.ids import uuid7
from api.identity.tokens import Claims
from mobile.wire import codec
from tests.bench.places import Urls

_SAMPLES = """
    SELECT i.business_id, i.form_code, i.form_version, i.answers, b.version, ST_X(b.geom) AS lon, ST_Y(b.geom) AS lat
      FROM inspection i JOIN business b ON b.municipality_id = i.municipality_id AND b.id = i.business_id
     WHERE i.municipality_id = %s AND i.status = 'submitted' AND i.kind = 'routine'
       AND ST_X(b.geom) IS NOT NULL
     ORDER BY md5(i.id::text) LIMIT 400"""
_BLOCK = """
    INSERT INTO number_block (municipality_id, id, series, year, device_id, staff_user_id, first, last, next, given_at)
    VALUES (%s, %s, 'finding_record', %s, %s, %s, %s, %s, %s, now())"""
NUMBERS_EACH = 5_000


@dataclass
class Visits:
    """One phone's outbox: a stream of submitted visits."""

    claims: Claims
    samples: list[dict[str, Any]]
    first_number: int
    stream: str
    seq: int = 0

    @classmethod
    def of(cls, urls: Urls, claims: Claims, block: int = 0) -> "Visits":
        """Take visits like those that the municipality has, and a block of numbers for the phone."""
        first, year = 100_000 + block * NUMBERS_EACH, clock.today().year
        with psycopg.connect(urls.admin, row_factory=dict_row) as connection:
            samples = connection.execute(_SAMPLES, (claims.municipality_id,)).fetchall()
            connection.execute(
                _BLOCK,
                (claims.municipality_id, uuid7(), year, claims.device_id, claims.holder_id, first,
                 first + NUMBERS_EACH - 1, first),
            )  # fmt: skip
        return cls(claims, samples, first, str(uuid7()))

    def body(self) -> dict[str, Any]:
        """Give the next visit as the form screen writes it."""
        sample, now = self.samples[self.seq % len(self.samples)], clock.now().replace(microsecond=0)
        chance = Random(self.seq)
        return {
            "id": str(uuid7()), "business_id": str(sample["business_id"]), "kind": "spot",
            "form_id": sample["form_code"], "form_version": sample["form_version"], "answers": sample["answers"],
            "started_at": _told(now - timedelta(minutes=chance.randrange(12, 45))), "ended_at": _told(now),
            "place": {"lon": round(sample["lon"], 6), "lat": round(sample["lat"], 6), "accuracy_m": 6.0},
            "number": f"ZB-{now.year}-{self.first_number + self.seq:06d}", "photos": [],
        }  # fmt: skip

    def mutation(self) -> dict[str, Any]:
        """Give the next command, as the engine writes it."""
        sample, body = self.samples[self.seq % len(self.samples)], self.body()
        self.seq += 1
        wall = int(clock.now().timestamp() * 1000)
        return {
            "id": str(uuid7()), "seq": self.seq, "kind": "inspection.submit", "kv": 1,
            "at": {"wall": wall, "mono": 88_120_331 + self.seq, "boot": "b7"},
            "base": {f"business/{sample['business_id']}": sample["version"]}, "body": body,
            "sha": codec.sha_of("inspection.submit", 1, body),
        }  # fmt: skip

    def push(self, count: int, epoch: str | None = None) -> dict[str, Any]:
        """Give the next push of so many commands."""
        return {
            "device": self.stream, "fork_of": None, "epoch": epoch, "app": "0.1.0",
            "mutations": [self.mutation() for _ in range(count)],
        }  # fmt: skip


def _told(at: Any) -> str:
    return at.isoformat().replace("+00:00", "Z")
