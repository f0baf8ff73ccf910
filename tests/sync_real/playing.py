"""Sessions side by side under one storm, then held against the ledger."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.sync_real.ledger import demand_all
from tests.sync_real.product import Product
from tests.sync_real.proxy import Lines
from tests.sync_real.session import Session, chances, figures


def play(product: Product, maker: str, lines: Lines, seeds: list[int], folder: Path) -> Counter[str]:
    """Play sessions of these seeds at once; gives what was counted.

    Raises:
        AssertionError: one of them violates an invariant; its seed stands in the text.
    """
    sessions = [Session(product, seed, folder / str(seed)) for seed in seeds]
    counted: Counter[str] = Counter()
    with ThreadPoolExecutor(len(sessions)) as pool:
        # Founding a town locks what it has in common with others.
        for session in sessions:
            session.begin(maker, lines)
        try:
            with product.storm(chances(seeds[0])):
                _each(pool, sessions, Session.play)
            _each(pool, sessions, Session.come_to_rest)
        finally:
            _each(pool, sessions, Session.end)
        for ends in _each(pool, sessions, lambda session: asyncio.run(demand_all(session))):
            counted.update(ends)
    told = figures(sessions)
    counted.update({name: told[name] for name in ("phones", "commands", "requests", "bad requests", "kills")})
    counted["sessions"] = len(sessions)
    counted["rounds to rest at most"] = told["rounds to rest"]
    for session in sessions:
        shutil.rmtree(session.folder)
    return counted


def _each(pool: ThreadPoolExecutor, sessions: list[Session], what: Callable[[Session], Any]) -> list[Any]:
    running = [(session, pool.submit(what, session)) for session in sessions]
    results = []
    for session, future in running:
        try:
            results.append(future.result())
        except BaseException as error:
            raise AssertionError(f"session {session.seed}: {error!r}") from error
    return results
