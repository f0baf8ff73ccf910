"""`tenants`: what a small town pays for 1,399 others in the same database, against being alone."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

from api.municipalities.config_cache import MOST_HELD
from tests.bench import blocks, data, filing, listing, people, places, tiles
from tests.bench.blocks import Block, Side
from tests.bench.places import Urls
from tests.bench.real import Server, running, usual
from tests.bench.result import Result

TOWNS, REPORTS = 1_400, 300
OPERATIONS = 400
TILE_ZOOM = 12
RATIO = 1.2
# More than the towns whose configuration a process holds, so that each is read anew when its turn comes.
VISITED = MOST_HELD + 50


async def measure(tell: Callable[[str], None]) -> list[Result]:
    """Compare filing, listing and the map of one town in both databases; the sum has the limit."""
    towns = int(os.environ.get("BENCH_TOWNS", TOWNS))
    alone = await asyncio.to_thread(data.small_town_alone, REPORTS, tell)
    among = await asyncio.to_thread(data.small_town_among, towns, REPORTS, tell)
    with ExitStack() as stack:
        sides = {}
        for name, source in (("among", among), ("alone", alone)):
            urls = stack.enter_context(places.clone(source))
            server = stack.enter_context(running(urls))
            sides[name] = (server, await _works(urls, server))
        results = []
        for work in ("file_report", "list_100", "tile"):
            tell(f"{work} ölçülüyor ({towns:,} belediye)")
            cost = blocks.compare(
                {name: Side(works[work], server.cpu) for name, (server, works) in sides.items()}, operations=OPERATIONS
            )
            results.append(Result.of(f"tenants_{work}", OPERATIONS, cost["among"], cost["alone"]))
        whole = Result.sum_of("tenants", results, limit=RATIO)
        return [whole, *results, *await _unheld(*sides["among"], towns)]


async def _unheld(server: Server, works: dict[str, Block], towns: int) -> list[Result]:
    """What a list costs when the process does not hold the town's configuration, against one that it holds."""
    if towns <= VISITED:
        return []
    tokens = [(await people.staff(server.urls, "service_desk", town))[1] for town in range(2, 2 + VISITED)]
    statements: Counter[int] = Counter()

    def in_turn(first: int, last: int) -> None:
        for number in range(first, last):
            answer = server.ask("GET", listing.FIRST_PAGE, tokens[number % VISITED])
            statements[answer.statements] += 1

    cost = blocks.compare(
        {"unheld": Side(in_turn, server.cpu), "held": Side(works["list_100"], server.cpu)}, operations=2 * VISITED
    )
    return [
        Result.of("tenants_list_100_unheld", 2 * VISITED, cost["unheld"], cost["held"], statements=usual(statements))
    ]


async def _works(urls: Urls, server: Server) -> dict[str, Block]:
    claims, token = await people.citizen(urls)
    _, desk = await people.staff(urls, "service_desk")
    tile = next(tile for tile in await tiles.fullest(urls) if tile.z == TILE_ZOOM)

    def ask(path: str, token: str) -> Block:
        def block(first: int, last: int) -> None:
            for _ in range(first, last):
                server.ask("GET", path, token)

        return block

    return {
        "file_report": filing.RealFiling(server, filing.Reports.of(urls, claims), token),
        "list_100": ask(listing.FIRST_PAGE, desk),
        "tile": ask(tile.path, tile.reader.token),
    }
