"""Fills an empty database with the demonstration: the country's lists, two towns, their staff and their reports."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg

import api
from api.core import audit, clock, keys
from api.core.actor import Actor, system_actor
from api.core.crypto import read_master_key
from api.core.db import Database
from api.core.storage import FolderStore
from api.demo.businesses import USUAL, load_businesses
from api.demo.inspections import load_inspections
from api.demo.load import Drawn, draw, load
from api.demo.people import dashed
from api.demo.pictures import draw_scene
from api.demo.setting import read_setting
from api.demo.stage import Secrets, Stage, Urls
from api.demo.towns import STEPS_A_TOWN, TOWNS, DemoTown, found_town
from api.files import service as files
from api.platform.reference import load_official_list

DEFAULT_SIZE = 20_000
SIZES = {"small": 2_000, "default": DEFAULT_SIZE, "large": 1_000_000}
SEED = 2026
_PHOTOS_A_TOWN = 20
# What a fill depends on besides its arguments: the schema, the seeds, the drawing itself.
_SOURCES = ("demo", "migrations/versions", "complaints/seed", "inspections/seed", "municipalities/seed")

Show = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Opens one line of progress (title, steps in all); what it gives is told how many steps were made."""


@dataclass(frozen=True)
class Order:
    """What is to be filled in: how many reports, and where real outlines and the official list lie."""

    size: int
    reference: Path
    geodata: Path | None = None

    def fingerprint(self, secrets: Secrets) -> str:
        """Say what a fill of this order depends on, in 32 hexadecimal digits."""
        digest = hashlib.sha256(f"{self.size}|{SEED}|{secrets.master_key}|".encode())
        home = Path(api.__file__).parent
        sources = [path for name in _SOURCES for path in (home / name).rglob("*") if path.suffix in (".py", ".json")]
        outlines = list(self.geodata.glob("*.*json")) if self.geodata else []
        for path in (*sorted(sources), *sorted(outlines)):
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:32]


def size_of(text: str) -> int:
    """Read a size: a number of reports, or `small` (2,000), `default` (20,000), `large` (1,000,000).

    Raises:
        ValueError: it is neither, or fewer than 100.
    """
    size = SIZES[text] if text in SIZES else int(text.replace("_", "").replace(".", ""))
    if size < 100:  # noqa: PLR2004 (fewer show nothing)
        raise ValueError(text)
    return size


def is_filled(urls: Urls, fingerprint: str) -> bool:
    """Say whether the database holds a whole fill of this fingerprint."""
    try:
        with psycopg.connect(urls.admin, connect_timeout=5) as connection:
            row = connection.execute(
                """SELECT count(DISTINCT municipality_id) FROM audit_record
                    WHERE action = 'demo.load' AND content::jsonb #>> '{details,fingerprint}' = %s""",
                (fingerprint,),
            ).fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return False
    return row is not None and row[0] == len(TOWNS)


async def fill(urls: Urls, stage: Stage, secrets: Secrets, order: Order, show: Show) -> None:
    """Fill the migrated, empty database; takes seconds for the default size and minutes for a million reports.

    Nobody else uses the event loop meanwhile, and a signal must be able to end it: nothing runs in threads.

    Raises:
        ReferenceFilesMissing: the official list is not in its folder.
        GeoError: a real outline is there, but cannot be accepted.
    """
    keys.install_master_key(read_master_key(secrets.master_key))
    keys.forget()
    fingerprint, until = order.fingerprint(secrets), clock.now()
    platform = Database(urls.platform, pool_size=2, statement_timeout_ms=120_000)
    try:
        with show("Resmî il, ilçe ve mahalle listesi", 1) as advance:
            await load_official_list(platform, order.reference)
            advance(1)
        ids = []
        for town in TOWNS:
            with show(f"{town.name}: harita, birimler, personel", STEPS_A_TOWN) as advance:
                ids.append(await found_town(platform, town, order.geodata, partial(advance, 1)))
        for town, municipality_id in zip(TOWNS, ids, strict=True):
            await _fill_town(urls, stage, platform, order, town, municipality_id, until, show)
        for municipality_id in ids:
            async with platform.transaction(municipality_id) as session:
                await audit.record(
                    session, system_actor(municipality_id), "demo.load", "municipality", str(municipality_id),
                    fingerprint=fingerprint, reports=order.size,
                )  # fmt: skip
    finally:
        await platform.close()


async def _fill_town(
    urls: Urls, stage: Stage, platform: Database, order: Order, town: DemoTown, municipality_id: int,
    until: datetime, show: Show,
) -> None:  # fmt: skip
    count = round(order.size * town.share)
    with show(f"{town.name}: {count:,} başvuru".replace(",", "."), count + _PHOTOS_A_TOWN) as advance:
        async with platform.transaction(municipality_id) as session:
            setting = await read_setting(session, municipality_id)
            ring = await keys.keyring(session, municipality_id)
        drawn = draw(setting, count, until, (SEED, municipality_id))
        photos = {}
        for row in drawn.with_photo(_PHOTOS_A_TOWN):
            photos[row] = [await _store_photo(platform, stage, drawn, row)]
            advance(1)
        load(urls.owner, drawn, ring, photos, advance)
    businesses = round(USUAL * town.share * min(1, order.size / DEFAULT_SIZE))
    with show(f"{town.name}: {businesses:,} işyeri".replace(",", "."), 1) as advance:
        load_businesses(urls.owner, setting, ring, businesses, until, (SEED, municipality_id))
        advance(1)
    with show(f"{town.name}: denetimler", 1) as advance:
        load_inspections(urls.owner, setting, until, (SEED, municipality_id))
        advance(1)


async def _store_photo(platform: Database, stage: Stage, drawn: Drawn, row: int) -> str:
    """Store a drawn photo as its citizen would have uploaded it; gives its id."""
    cases = drawn.cases
    code = cases.categories[cases.category[row]].code
    taken_at = datetime.fromtimestamp(int(cases.at[row]) / 1000, clock.ISTANBUL)
    place = (float(cases.lon[row]), float(cases.lat[row]))
    picture = draw_scene(code, row, taken_at=taken_at, place=place)
    citizen = UUID(dashed(drawn.citizens.ids[drawn.citizens.of_case[row]]))
    sender = Actor(
        "citizen", cases.setting.municipality_id, citizen, channel="citizen_app", grants={"file.upload": None}
    )
    async with platform.transaction(sender.municipality_id) as session:
        stored = await files.store_photo(session, FolderStore(stage.photos), sender, picture)
    return str(stored.id)


def forget_limits(urls: Urls) -> None:
    """Open the rate windows anew: whoever starts the demonstration often must not wait for its sign-in codes."""
    with psycopg.connect(urls.admin) as connection:
        connection.execute("TRUNCATE rate_count")
