"""`push`: visits sent by phones, in batches and one by one, against the bare SQL of the same commands.

`push_one` is a request with a single visit; `slow_line` is the same from the phone's engine through a line of 50 kbit/s
and 800 ms there and back, on a connection that is open already.
"""

import statistics
import time
from collections import Counter
from random import Random
from typing import Any

import httpx

from api.identity.service import authenticate_bearer
from api.identity.tokens import Claims
from api.sync import service as sync
from api.sync.schemas import PushIn
from mobile.sdk.engine import Engine
from mobile.sdk.exchange import PUSH
from mobile.sdk.open_db import open_db
from mobile.sdk.store import Store
from mobile.sdk.transport import HttpTransport
from mobile.wire import codec
from tests.bench import blocks, people
from tests.bench.bare import Bare
from tests.bench.blocks import Cost, Side
from tests.bench.field_town import ROLE
from tests.bench.places import Urls
from tests.bench.real import Server, usual
from tests.bench.rehearsal import Rehearsal, Statement
from tests.bench.result import Result
from tests.bench.visits import Visits
from tests.sync_real.proxy import Lines, Weather

BATCH, OPERATIONS, WARM_UP = 20, 800, 40
ALONE = 200
RATIO = 4.0
# Setting the municipality, who it is: a request's own two.
OF_REQUEST = 2
SLOW = Weather(round_trip_s=0.8, bytes_per_s=50_000 / 8)
SLOW_VISITS, SLOW_MS = 9, 1_500.0
PATH = "/v1/sync/push"


class RealPushes:
    """Pushes over HTTP; the bodies of a block are ready before its time runs."""

    def __init__(self, server: Server, visits: Visits, token: str, batch: int) -> None:
        self._server, self._visits, self._token, self._batch = server, visits, token, batch
        self.statements: Counter[int] = Counter()
        self.bytes = 0

    def __call__(self, first: int, last: int) -> None:
        """Send the visits of one block."""
        for _ in range(first, last, self._batch):
            message = self._visits.push(self._batch)
            while message["mutations"]:
                body = codec.encode(message)
                answer = self._server.ask("POST", PATH, self._token, body, codec.DEFLATED)
                done = taken(message, codec.decode(codec.DEFLATED, answer.body))
                self.statements[(answer.statements - OF_REQUEST) // done] += 1
                self.bytes = max(self.bytes, len(body))


def taken(message: dict[str, Any], answer: dict[str, Any]) -> int:
    """Take what was answered out of a push: on a busy machine a batch may end early. Gives how many that were."""
    assert {result["state"] for result in answer["results"]} == {"ok"}, answer
    done = len(answer["results"])
    del message["mutations"][:done]
    return done


async def rehearsed(
    urls: Urls, claims: Claims, visits: Visits, batch: int, operations: int
) -> list[list[list[Statement]]]:
    """Give the statements of as many requests as are needed, as the product's own verb runs them."""
    rehearsal = Rehearsal(urls)
    try:
        async with rehearsal.transaction() as session:
            actor = await authenticate_bearer(session, claims)
        rehearsal.taken()
        requests = []
        for _ in range(0, operations, batch):
            message = visits.push(batch)
            while message["mutations"]:
                taken(message, await sync.push(rehearsal, actor, PushIn.model_validate(message)))
            requests.append(rehearsal.taken())
        return requests
    finally:
        await rehearsal.close()


async def measure(urls: Urls, server: Server) -> list[Result]:
    """Compare pushes in batches and alone, and time one over a slow line."""
    claims, token = await people.staff(urls, ROLE)
    batches, _ = await _compared(urls, server, claims, token, "push", BATCH, OPERATIONS, 0)
    alone, bare = await _compared(urls, server, claims, token, "push_one", 1, ALONE, 2)
    return [batches, alone, _over_slow_line(urls, server, claims, token, bare)]


async def _compared(
    urls: Urls, server: Server, claims: Claims, token: str, name: str, batch: int, operations: int, block: int
) -> tuple[Result, Cost]:
    real = RealPushes(server, Visits.of(urls, claims, block), token, batch)
    real(0, batch)  # the town's epoch and the phone's stream begin
    requests = await rehearsed(urls, claims, Visits.of(urls, claims, block + 1), batch, operations + WARM_UP + batch)
    bare, done = Bare(urls), iter(requests)

    def bare_block(first: int, last: int) -> None:
        for _ in range(first, last, batch):
            bare.replay(claims, next(done))

    cost = blocks.compare({"real": Side(real, server.cpu), "bare": Side(bare_block, bare.cpu)},
                          operations=operations, warm_up=WARM_UP)  # fmt: skip
    bare.close()
    note = f"{2_000 / cost['real'].cpu_ms:,.0f} a second on two cores of its own"
    result = Result.of(name, operations, cost["real"], cost["bare"], limit=RATIO if batch > 1 else None,
                       statements=usual(real.statements), bytes=real.bytes, note=note)  # fmt: skip
    return result, cost["bare"]


def _over_slow_line(urls: Urls, server: Server, claims: Claims, token: str, bare: Cost) -> Result:
    """A phone's engine sends one visit, from the moment of sending until the server's word is written down."""
    visits = Visits.of(urls, claims, 4)
    store = Store.create(open_db(":memory:", bytes(32)))  # type: ignore[arg-type]
    engine = Engine(store, lambda: time.time_ns() // 1_000_000, Random(1))
    seconds, sent = [], 0
    with Lines(lambda: ("127.0.0.1", server.port)).running() as lines:
        line = lines.open(Random(1))
        with httpx.Client(base_url=f"http://127.0.0.1:{line.port}", trust_env=False) as client:
            transport = HttpTransport(client, lambda: token)
            before = server.cpu()
            for number in range(SLOW_VISITS + 1):
                line.weather = SLOW if number else Weather()  # the first finds the way
                engine.record("inspection.submit", visits.body())
                visits.seq += 1
                exchange = engine.next_exchange()
                while exchange is not None and exchange.path != PUSH:
                    engine.receive(exchange, None)
                    store.put(next_try=0, pull_at=engine.clock() + 50_000)
                    exchange = engine.next_exchange()
                assert exchange is not None
                started = time.perf_counter()
                engine.receive(exchange, transport.send(exchange))
                seconds.append(time.perf_counter() - started)
                sent = max(sent, len(codec.encode(exchange.message)))
            used = sum(server.cpu()) - sum(before)
    assert engine.numbers()["sent"] == SLOW_VISITS + 1, engine.numbers()
    store.connection.close()
    wall_ms, cpu_ms = 1_000 * statistics.median(seconds[1:]), 1_000 * used / (SLOW_VISITS + 1)
    cost = Cost(cpu_ms, 0.0, cpu_ms, wall_ms)
    return Result.of("slow_line", SLOW_VISITS, cost, bare, bytes=sent, wall_limit_ms=SLOW_MS,
                     note=f"slowest {1_000 * max(seconds[1:]):,.0f} ms")  # fmt: skip
