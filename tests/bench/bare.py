"""The bare side of every comparison: the same statements in a plain psycopg loop, prepared, as the same walled role."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import psycopg

from api.core import clock
from api.identity.queries import CITIZEN_ACTOR, STAFF_ACTOR
from api.identity.tokens import Claims
from tests.bench.cpu import BackendCpu
from tests.bench.places import Urls

_APPLICATION = "bench-bare"
_ENTER = "SELECT set_config('app.municipality_id', %s, true)"


class Bare:
    """One connection that does what a request asks of the database, and the CPU of loop and backend."""

    def __init__(self, urls: Urls) -> None:
        self._connection = psycopg.connect(
            urls.app, application_name=_APPLICATION, prepare_threshold=0, options="-c jit=off"
        )
        self._raw = psycopg.RawCursor(self._connection)
        self._backend = BackendCpu(urls.admin, urls.name, _APPLICATION)
        self._loop_seconds = 0.0

    def transactions(self, claims: Claims, works: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        """Run each statement in a transaction of its own behind the wall, after the authentication; gives all rows."""
        who = {
            "municipality_id": claims.municipality_id, "device_id": claims.device_id, "holder_id": claims.holder_id,
            "now": clock.now(), "today": clock.today(),
        }  # fmt: skip
        actor = CITIZEN_ACTOR if claims.audience == "citizen" else STAFF_ACTOR
        inside = (str(claims.municipality_id),)
        execute, commit, answers = self._connection.execute, self._connection.commit, []
        started = time.process_time()
        for sql, values in works:
            execute(_ENTER, inside)
            execute(actor, who).fetchone()
            answers.append(execute(sql, values).fetchall())
            commit()
        self._loop_seconds += time.process_time() - started
        return answers

    def replay(self, claims: Claims, works: Sequence[Sequence[tuple[str, Any, bool]]]) -> None:
        """Run one request's recorded transactions, each of several statements, after its authentication."""
        who = {
            "municipality_id": claims.municipality_id, "device_id": claims.device_id, "holder_id": claims.holder_id,
            "now": clock.now(), "today": clock.today(),
        }  # fmt: skip
        execute, commit = self._connection.execute, self._connection.commit
        started = time.process_time()
        execute(_ENTER, (str(claims.municipality_id),))
        execute(STAFF_ACTOR, who).fetchone()
        commit()
        for statements in works:
            for sql, values, is_raw in statements:
                cursor = self._raw.execute(sql, values) if is_raw else execute(sql, values)
                if cursor.description:
                    cursor.fetchall()
            commit()
        self._loop_seconds += time.process_time() - started

    def cpu(self) -> tuple[float, float]:
        """Give the CPU seconds of the loop and of its backend."""
        return self._loop_seconds, self._backend.seconds()

    def close(self) -> None:
        """Close both connections."""
        with suppress(psycopg.OperationalError):
            self._connection.close()
        self._backend.close()
