"""`python -m tests.bench [--json] [NAME …]`: what the server costs over the bare SQL of the same work."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable

from rich.console import Console

from api.core import keys
from api.core.logs import configure_logging
from tests.bench import (
    data,
    field_town,
    filing,
    inspection_bytes,
    listing,
    places,
    pull,
    push,
    reconnect,
    table,
    tenants,
    tiles,
)
from tests.bench.real import running
from tests.bench.result import Result
from tests.factories.towns import MASTER_KEY

LARGE_ROWS = {"file_report": filing.measure, "list_100": listing.measure, "tile": tiles.measure}
FIELD_ROWS = {
    "push": push.measure, "pull": pull.measure, "first_sync": pull.measure_first,
    "inspection_bytes": inspection_bytes.measure, "reconnect": reconnect.measure,
}  # fmt: skip
NAMES = (*LARGE_ROWS, *FIELD_ROWS, "tenants")
BUSINESSES, VISITS = 50_000, 10_000


def main() -> None:
    """Prepare what is missing, measure the rows asked for (all without names) and write them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    names = [name for name in NAMES if name in arguments.names or not arguments.names]
    configure_logging(json=True, level="WARNING")
    keys.install_master_key(MASTER_KEY)
    console = Console(stderr=True)
    server = places.server()
    server.start()
    places.drop_leftovers()
    try:
        with console.status("") as status:
            results = asyncio.run(_measure(names, status.update))
    finally:
        if not places.is_in_use():
            server.stop()
    if arguments.json:
        table.write_json(results)
    else:
        table.write_table(results, Console(width=None if sys.stdout.isatty() else 140))


async def _measure(names: list[str], tell: Callable[[str], None]) -> list[Result]:
    results = []
    if set(names) & set(LARGE_ROWS):
        size = int(os.environ.get("BENCH_SIZE", "1000000"))
        source = await asyncio.to_thread(data.large_town, size, tell)
        with places.clone(source) as urls, running(urls) as server:
            for name in names:
                if name in LARGE_ROWS:
                    tell(f"{name} ölçülüyor ({size:,} bildirim)")
                    results += await LARGE_ROWS[name](urls, server)
    if set(names) & set(FIELD_ROWS):
        source = await asyncio.to_thread(field_town.field_town, BUSINESSES, VISITS, tell)
        with places.clone(source) as urls, running(urls) as server:
            for name in (name for name in names if name in FIELD_ROWS):
                tell(f"{name} ölçülüyor ({BUSINESSES:,} işyeri)")
                results += await FIELD_ROWS[name](urls, server)
    if "tenants" in names:
        results += await tenants.measure(tell)
    return results


if __name__ == "__main__":
    main()
