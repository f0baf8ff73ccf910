"""Offline maps: which packages a municipality has, and the drawing of those whose source has changed."""

import hashlib
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock, jobs
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.jobs import JobContext
from api.core.sql import Row
from api.municipalities import service as municipalities
from api.offline_maps import queries
from api.offline_maps.drawing import DrawingFailed, draw_package
from api.offline_maps.schemas import MapPackageOut

FIRST_ZOOM, LAST_ZOOM = 10, 16
CHECKED_EVERY = timedelta(days=1)
# A map that cannot be drawn is not tried at every phone's question.
TRIED_AGAIN_AFTER = timedelta(hours=1)
ATTRIBUTION = "Belediye altlık haritası"


async def list_packages(session: AsyncSession, actor: Actor) -> list[MapPackageOut]:
    """Give the packages of the actor's municipality; those that nobody asked for before are put in hand now.

    A package that was not compared with its source for CHECKED_EVERY is compared again, and drawn if it differs.
    """
    rows = await queries.packages(session, actor.municipality_id)
    if not rows:
        areas = await queries.areas(session, actor.municipality_id)
        town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
        zooms = {"first_zoom": FIRST_ZOOM, "last_zoom": LAST_ZOOM}
        new = [{**area, **zooms, "id": uuid7(), "name": area["name"] or town.name} for area in areas]
        await queries.add_packages(session, actor.municipality_id, new)
        rows = await queries.packages(session, actor.municipality_id)
    if any(map(_is_due, rows)):
        await _put_in_hand(session, actor.municipality_id)
    return [_shown(row) for row in rows]


async def package_file(session: AsyncSession, actor: Actor, package_id: UUID) -> Row:
    """Give what is needed to send a package's file: its key, size and hash.

    Raises:
        NotFound: there is no such package, or nothing was drawn yet.
    """
    row = await queries.package(session, actor.municipality_id, package_id)
    if row is None or row["version"] == 0:
        raise NotFound
    return {**row, "key": file_key(actor.municipality_id, package_id, row["version"])}


async def draw_next(context: JobContext) -> None:
    """Draw the next package that is due, if its source has changed, and put the one after it in hand.

    Raises:
        DrawingFailed: the drawing process failed; the package says so and waits for TRIED_AGAIN_AFTER.
    """
    async with context.transaction() as session:
        due = [row["id"] for row in await queries.packages(session, context.municipality_id) if _is_due(row)]
        if len(due) > 1:
            await _put_in_hand(session, context.municipality_id)
    if due:
        await _draw(context, due[0])


async def _put_in_hand(session: AsyncSession, municipality_id: int) -> None:
    # One after the other: a municipality with many districts leaves room for everybody else's jobs.
    await jobs.enqueue(session, "offline_maps.draw_next", municipality_id, lock=f"maps {municipality_id}")


async def _draw(context: JobContext, package_id: UUID) -> None:
    """Draw one package; the old file is served until the new one is complete."""
    store = context.outside["store"]
    async with context.transaction() as session:
        package = await queries.package(session, context.municipality_id, package_id)
        if package is None:
            return
        box = {**package, "municipality_id": context.municipality_id}
        source = await queries.source_hash(session, box)
        if package["version"] and source == bytes(package["source_hash"]):
            await queries.keep_check(session, context.municipality_id, package_id, clock.now())
            return
        shapes = await queries.shapes(session, box)
    version = package["version"] + 1
    try:
        drawing = await draw_package(package, shapes, _metadata(package, version))
    except DrawingFailed as failure:
        async with context.transaction() as session:
            again = clock.now() - CHECKED_EVERY + TRIED_AGAIN_AFTER
            await queries.keep_check(session, context.municipality_id, package_id, again, failure.said)
        raise
    await store.put(file_key(context.municipality_id, package_id, version), drawing.data)
    async with context.transaction() as session:
        await queries.keep_drawing(
            session, context.municipality_id, package_id,
            {
                "version": version, "source_hash": source, "sha256": hashlib.sha256(drawing.data).digest(),
                "size": len(drawing.data), "tile_count": drawing.tile_count, "at": clock.now(),
            },
        )  # fmt: skip
    # A phone in the middle of the version before the last starts anew; that of the last is still there.
    if version > 2:  # noqa: PLR2004 (this one and the one before)
        await store.delete(file_key(context.municipality_id, package_id, version - 2))


def file_key(municipality_id: int, package_id: UUID, version: int) -> str:
    """Give the blob key of one version's file."""
    return f"{municipality_id}/map/{package_id}/{version}"


def _is_due(package: Row) -> bool:
    return package["checked_at"] is None or package["checked_at"] < clock.now() - CHECKED_EVERY


def _metadata(package: Row, version: int) -> dict[str, str]:
    return {
        "name": package["name"],
        "format": "png",
        "type": "baselayer",
        "version": str(version),
        "attribution": ATTRIBUTION,
        "bounds": ",".join(f"{package[side]:.6f}" for side in ("west", "south", "east", "north")),
        "minzoom": str(package["first_zoom"]),
        "maxzoom": str(package["last_zoom"]),
    }


def _shown(row: Row) -> MapPackageOut:
    return MapPackageOut(**row, bounds=(row["west"], row["south"], row["east"], row["north"]))
