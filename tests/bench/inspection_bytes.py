"""`inspection_bytes`: what a real visit without photos weighs on the wire, deflated with the dictionary and without.

The CPU is that of writing and reading it; the bare side writes and reads the same as plain JSON.
"""

import json
import statistics
import time
import zlib
from collections.abc import Callable
from typing import Any

from mobile.wire import codec
from tests.bench import blocks, people
from tests.bench.blocks import Side
from tests.bench.field_town import ROLE
from tests.bench.places import Urls
from tests.bench.real import Server
from tests.bench.result import Result
from tests.bench.visits import Visits

VISITS, OPERATIONS = 200, 2_000
MOST_PLAIN, MOST_WITH_DICTIONARY = 600, 450
TOGETHER = 20


async def measure(urls: Urls, server: Server) -> list[Result]:
    """Weigh visits of the town, alone and twenty in one push."""
    claims, _ = await people.staff(urls, ROLE)
    visits = Visits.of(urls, claims, 9)
    mutations = [visits.mutation() for _ in range(VISITS)]
    # The envelope is a whole push without its commands.
    envelope = len(codec.encode(visits.push(0, epoch="019a3f5e-11aa-7c00-8f1e-0a1b2c3d4e5f")))
    pushes = [{**visits.push(0), "mutations": mutations[at : at + TOGETHER]} for at in range(0, VISITS, TOGETHER)]
    sizes = {
        "inspection_bytes": ([len(codec.encode(one)) for one in mutations], MOST_WITH_DICTIONARY),
        "inspection_bytes_without_dictionary": ([len(_deflated(one)) for one in mutations], MOST_PLAIN),
        "inspection_bytes_of_20": ([len(codec.encode(one)) // TOGETHER for one in pushes], MOST_WITH_DICTIONARY),
    }
    cost = blocks.compare(
        {"coded": _side(mutations, _coded), "json": _side(mutations, lambda one: json.loads(_plain(one)))},
        operations=OPERATIONS,
    )
    return [
        Result.of(name, len(found), cost["coded"], cost["json"], bytes=round(statistics.median(found)), byte_limit=most,
                  note=f"largest {max(found)}; plain JSON {len(_plain(mutations[0]))}; envelope {envelope}")
        for name, (found, most) in sizes.items()
    ]  # fmt: skip


def _plain(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _deflated(message: Any) -> bytes:
    return zlib.compress(_plain(message), 9)


def _coded(message: Any) -> Any:
    return codec.decode(codec.DEFLATED, codec.encode(message))


def _side(mutations: list[Any], do: Callable[[Any], Any]) -> Side:
    def block(first: int, last: int) -> None:
        for number in range(first, last):
            do(mutations[number % len(mutations)])

    return Side(block, lambda: (time.process_time(), 0.0))
