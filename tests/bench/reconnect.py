"""`reconnect`: many phones come back at once after an outage, each with three days of visits.

The server runs as in a town hall, with two processes. So many phones speak at the same time as the phones' spread of
tries lets through (a phone that fails comes again by itself). The CPU is that of one command; the bare side is the
same commands of one phone replayed. Told besides: how the phones' ends are spread, errors, and the server's memory.
"""

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from mobile.wire import codec
from tests.bench import blocks, people
from tests.bench.bare import Bare
from tests.bench.blocks import Cost, Side
from tests.bench.cpu import BackendCpu, cpu_seconds
from tests.bench.field_town import ROLE
from tests.bench.places import Urls
from tests.bench.push import rehearsed, taken
from tests.bench.result import Result
from tests.bench.visits import Visits
from tests.journeys.programs import Program, environment_for, wait_until
from tests.journeys.running import address_in

DEVICES = int(os.environ.get("BENCH_DEVICES", "500"))
BACKLOG, BATCH, AT_ONCE = 75, 25, 24
WITHIN_S, WANTED_DEVICES = 300.0, 500
REHEARSED = 100
SERVER = "import typer; from api.cli.serve import serve; typer.run(serve)"


async def measure(urls: Urls, _server: Any) -> list[Result]:
    """Let all phones come back and send what they have."""
    claims = [await people.staff(urls, ROLE) for _ in range(DEVICES)]
    outboxes = [Visits.of(urls, one, 20 + number) for number, (one, _) in enumerate(claims)]
    spare, _ = await people.staff(urls, ROLE)
    with tempfile.TemporaryDirectory(prefix="belediye-bench-") as folder:
        environment = environment_for(urls, Path(folder) / "files", BELEDIYE_LOG_LEVEL="WARNING")
        with Program(SERVER, ["--port", "0", "--workers", "2"], environment, Path(folder) / "log") as server:
            url = address_in(server)
            wait_until(lambda: len(_members(server)) == 2, 120, "the server is not whole")
            wait_until(lambda: _is_ready(url), 60, "the server is not ready")
            backends = BackendCpu(urls.admin, urls.name, "belediye")
            before = _cpu(server), backends.seconds()
            ends, errors, memory, seconds = _come_back(server, url, outboxes, [token for _, token in claims])
            used = _cpu(server) - before[0], backends.seconds() - before[1]
            backends.close()
    bare = await _bare(urls, spare)
    commands = DEVICES * BACKLOG
    each = [1_000 * value / commands for value in used]
    cost = Cost(each[0], each[1], sum(each), 1_000 * seconds / commands)
    ends.sort()
    note = (
        f"{DEVICES} phones, {commands:,} commands in {seconds:.0f} s ({commands / seconds:.0f} a second, with "
        f"{sum(used) / seconds:.1f} cores); phones done at 10 % {ends[len(ends) // 10]:.0f} s, half "
        f"{ends[len(ends) // 2]:.0f} s, last {ends[-1]:.0f} s; errors {errors}; memory of a process at most "
        f"{memory / 1e6:.0f} MB; 500 phones on two cores of their own: "
        f"{WANTED_DEVICES * BACKLOG * sum(each) / 2_000:.0f} s of {WITHIN_S:.0f}"
    )
    return [Result.of("reconnect", commands, cost, bare, limit=4.0, note=note)]


def _come_back(
    server: Program, url: str, outboxes: list[Visits], tokens: list[str]
) -> tuple[list[float], int, int, float]:
    """Give when each phone was done, the number of answers that were none, the most memory, and the seconds."""
    errors: list[int] = []
    memory = [0]
    started = time.monotonic()

    def come_back(number: int) -> float:
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            for _ in range(0, BACKLOG, BATCH):
                body = outboxes[number].push(BATCH)
                while body["mutations"]:
                    answer = _post(client, tokens[number], body)
                    if answer is None:
                        errors.append(number)
                        time.sleep(0.5)
                        continue
                    taken(body, answer)
                memory[0] = max(memory[0], *map(_resident, _members(server)))
        return time.monotonic() - started

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = list(pool.map(come_back, range(len(outboxes))))
    return ends, len(errors), memory[0], time.monotonic() - started


def _post(client: httpx.Client, token: str, body: dict[str, Any]) -> dict[str, Any] | None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": codec.DEFLATED}
    try:
        answer = client.post("/v1/sync/push", content=codec.encode(body), headers=headers)
    except httpx.HTTPError:
        return None
    return codec.decode(codec.DEFLATED, answer.content) if answer.status_code == 200 else None


async def _bare(urls: Urls, claims: Any) -> Cost:
    requests = await rehearsed(urls, claims, Visits.of(urls, claims, 19), BATCH, REHEARSED + BATCH)
    bare, done = Bare(urls), iter(requests)

    def block(first: int, last: int) -> None:
        for _ in range(first, last, BATCH):
            bare.replay(claims, next(done))

    cost = blocks.compare({"bare": Side(block, bare.cpu)}, operations=REHEARSED, blocks=4, warm_up=BATCH)
    bare.close()
    return cost["bare"]


def _members(server: Program) -> list[int]:
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _cpu(server: Program) -> float:
    return sum(map(cpu_seconds, [server.process.pid, *_members(server)]))


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False, timeout=10).status_code == 200
    except httpx.HTTPError:
        return False
