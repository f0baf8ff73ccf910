"""Bundles: work that comes by USB or on another phone, imported as if the phone that wrote it had pushed it.

The whole file is read once before anything of it takes effect: what is cut, changed, forged or sealed to another
municipality is refused as a whole. Then its lines go through the push as their author's, and its pictures are stored.
Every step is known by the ids of what it does, so a bundle may be imported again, before or after the phone's own push.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor, system_actor
from api.core.db import Database
from api.core.errors import AppError, Unavailable
from api.core.images import ImageRefused
from api.core.storage import BlobStore
from api.files import service as files
from api.identity import service as identity
from api.municipalities import service as municipalities
from api.sync import bundle_queries as queries
from api.sync.bundle_keys import NotForUs, open_content_key, private_key
from api.sync.inbox_queries import device_of_stream
from api.sync.push import FIELD, push
from api.sync.schemas import PushIn
from api.sync.spool import Spool
from mobile.wire.bundle import BrokenBundle, Bundle, Line, Picture, Unseal, read_bundle
from mobile.wire.limits import MOST_MUTATIONS

NOTED_EVERY = 50


class BundleRefused(Exception):
    """Nothing of the bundle is imported, or nothing more; the code says why and has its words on the page."""

    def __init__(self, code: str) -> None:
        """Take the reason: broken, foreign, unknown_phone, wiped_phone, server_too_old, or the push's own code."""
        super().__init__(code)
        self.code = code


@dataclass
class Outcome:
    """How far an import is; kept in the row of the upload."""

    state: str = "running"
    code: str | None = None
    staff_name: str = ""
    made_at: int | None = None
    lines: int = 0
    lines_done: int = 0
    ok: int = 0
    conflict: int = 0
    quarantined: int = 0
    pictures: int = 0
    pictures_done: int = 0
    pictures_refused: int = 0


@dataclass(frozen=True)
class Importing:
    """What an import works with."""

    database: Database
    spool: Spool
    store: BlobStore
    municipality_id: int
    upload_id: UUID

    async def note(self, outcome: Outcome) -> None:
        """Keep how far it is, for the page that shows it."""
        async with self.database.transaction(self.municipality_id) as session:
            await queries.keep_outcome(session, self.municipality_id, self.upload_id, asdict(outcome))


async def import_bundle(work: Importing) -> Outcome:
    """Import a bundle that lies in the spool; audited. A refusal is an outcome, not an error.

    Raises:
        Unavailable: the database was lost or busy; the job comes again.
    """
    async with work.database.transaction(work.municipality_id) as session:
        row = await queries.bundle(session, work.municipality_id, work.upload_id)
    if row is None or (row["outcome"] or {}).get("state") == "done":
        # A job may run twice, and by then the file is gone.
        return Outcome(**row["outcome"]) if row else Outcome("refused", "broken")
    outcome = Outcome()
    try:
        await _import(work, outcome)
    except BundleRefused as refusal:
        outcome.state, outcome.code = "refused", refusal.code
    else:
        outcome.state = "done"
    async with work.database.transaction(work.municipality_id) as session:
        await queries.keep_outcome(session, work.municipality_id, work.upload_id, asdict(outcome))
        await audit.record(
            session, system_actor(work.municipality_id), "sync_bundle.import", "blob_upload", work.upload_id,
            state=outcome.state, code=outcome.code, lines=outcome.lines_done, pictures=outcome.pictures_done,
        )  # fmt: skip
    if outcome.state == "done":
        await run_sync(work.spool.delete, work.upload_id)
    return outcome


async def _import(work: Importing, outcome: Outcome) -> None:
    async with work.database.transaction(work.municipality_id) as session:
        private = await private_key(session, work.municipality_id)

    def unseal(_: str, sealed: bytes) -> Any:
        return open_content_key(private, sealed)

    path = work.spool.path(work.upload_id)
    manifest = await run_sync(_look_through, path, unseal, outcome)
    author = await _author(work, manifest, outcome)
    await work.note(outcome)
    with path.open("rb") as file:
        records = (await run_sync(_opened, file, unseal)).records
        batch: list[Line] = []
        while (record := await run_sync(next, records, None)) is not None:
            if isinstance(record, Picture):
                await _send(work, author, manifest, batch, outcome)
                await _store(work, author, record, outcome)
            else:
                batch.append(record)
            if len(batch) == MOST_MUTATIONS:
                await _send(work, author, manifest, batch, outcome)
        await _send(work, author, manifest, batch, outcome)


def _opened(file: Any, unseal: Unseal) -> Bundle:
    try:
        return read_bundle(file, unseal)
    except BrokenBundle as error:
        raise BundleRefused("foreign" if isinstance(error.__cause__, NotForUs) else "broken") from error


def _look_through(path: Path, unseal: Unseal, outcome: Outcome) -> dict[str, Any]:
    """Read everything once without doing anything; gives the manifest."""
    try:
        with path.open("rb") as file:
            bundle = _opened(file, unseal)
            outcome.lines, outcome.pictures = _counted(bundle.records)
            made_at = bundle.manifest.get("made_at")
            outcome.made_at = made_at if isinstance(made_at, int) else None
            return dict(bundle.manifest)
    except (BrokenBundle, FileNotFoundError) as error:
        raise BundleRefused("broken") from error


def _counted(records: Iterator[Line | Picture]) -> tuple[int, int]:
    lines = pictures = 0
    for record in records:
        lines, pictures = lines + isinstance(record, Line), pictures + isinstance(record, Picture)
    return lines, pictures


async def _author(work: Importing, manifest: dict[str, Any], outcome: Outcome) -> Actor:
    """Whose work it is: the holder of the phone whose stream the bundle goes on from. Who has left has no rights.

    The id of a stream is known to its phone and to the server alone.
    """
    try:
        stream_id = UUID(str(manifest.get("fork_of")))
    except ValueError:
        raise BundleRefused("unknown_phone") from None
    async with work.database.transaction(work.municipality_id) as session:
        device = await device_of_stream(session, work.municipality_id, stream_id)
        if device is None:
            raise BundleRefused("unknown_phone")
        if device["state"] == "wipe":
            raise BundleRefused("wiped_phone")
        outcome.staff_name = device["staff_name"]
        author = await identity.standing_staff(
            session, work.municipality_id, device["staff_user_id"], device_id=device["id"], channel=FIELD
        )
        if author is not None:
            return author
        version = await municipalities.current_version(session, work.municipality_id)
    return Actor(
        kind="staff",
        municipality_id=work.municipality_id,
        id=device["staff_user_id"],
        device_id=device["id"],
        channel=FIELD,
        config_version=version,
    )


async def _send(work: Importing, author: Actor, manifest: dict[str, Any], batch: list[Line], outcome: Outcome) -> None:
    """Push the lines that have come together, in the bundle's own stream, and forget them."""
    left = [line.mutation for line in batch]
    batch.clear()
    while left:
        answer = await _pushed(work, author, manifest, left)
        for result in answer["results"]:
            outcome.lines_done += 1
            setattr(outcome, result["state"], getattr(outcome, result["state"]) + 1)
        left = left[len(answer["results"]) :]
        await work.note(outcome)
        if left and answer["stopped"] != "time":
            if answer["stopped"] == "busy":
                raise Unavailable
            raise BundleRefused("server_too_old" if answer["stopped"] == "defer" else "broken")


async def _pushed(work: Importing, author: Actor, manifest: dict[str, Any], lines: list[Any]) -> dict[str, Any]:
    facts = {"device": manifest.get("device"), "fork_of": manifest.get("fork_of"), "app": manifest.get("app", "")}
    try:
        return await push(work.database, author, PushIn.model_validate({**facts, "mutations": lines}))
    except ValidationError as error:
        raise BundleRefused("broken") from error
    except Unavailable:
        raise
    except AppError as error:
        raise BundleRefused(error.code) from error


async def _store(work: Importing, author: Actor, picture: Picture, outcome: Outcome) -> None:
    """Store a picture that a line has named; others have nothing to belong to."""
    complete = files.complete_preview if picture.variant == "preview" else files.complete_original
    try:
        photo_id = _photo_id(picture)
        async with work.database.transaction(work.municipality_id) as session:
            await _demand_own(session, author, photo_id)
            await complete(session, work.store, author, photo_id, picture.data)
        outcome.pictures_done += 1
    except (ImageRefused, files.PhotoUnknown, files.PhotoMismatch):
        outcome.pictures_refused += 1
    if (outcome.pictures_done + outcome.pictures_refused) % NOTED_EVERY == 0:
        await work.note(outcome)


async def _demand_own(session: AsyncSession, author: Actor, photo_id: UUID) -> None:
    promised = await files.promised_photo(session, author.municipality_id, photo_id)
    if promised.uploaded_by != author.id:
        raise files.PhotoUnknown


def _photo_id(picture: Picture) -> UUID:
    try:
        return UUID(picture.id)
    except ValueError:
        raise files.PhotoUnknown from None
