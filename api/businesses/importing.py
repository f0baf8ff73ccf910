"""Takes a list of businesses into the register, 500 rows in each short transaction; again, it adds nothing."""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from io import TextIOBase
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.businesses import queries
from api.businesses.changing import sealed_owner
from api.businesses.fields import search_text
from api.businesses.import_faults import Fault
from api.businesses.import_file import Line, Sheet, open_sheet, refused
from api.businesses.import_places import read_gazetteer
from api.businesses.import_rows import ReadyRow, RowReader, class_codes
from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.crypto import Keyring
from api.core.db import Database
from api.core.ids import uuid7
from api.core.sql import fetch_one
from api.municipalities import service as municipalities
from geo.mercator import to_metres

AT_ONCE = 500
MOST_SHOWN = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Progress = Callable[[int], Awaitable[None]]
"""Told how many rows of the file were read so far."""


async def no_progress(_: int) -> None:
    """Tell nobody."""


@dataclass
class ImportReport:
    """What a list holds and what became of it; the first faults are kept, all of them stand in the faults file."""

    columns: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    encoding: str = ""
    rows: int = 0
    good: int = 0
    added: int = 0
    known: int = 0
    refused: int = 0
    by_coordinates: int = 0
    by_street: int = 0
    by_neighbourhood: int = 0
    faults: list[Fault] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


async def import_businesses(
    database: Database,
    actor: Actor,
    file: BinaryIO,
    *,
    default_class: str | None = None,
    write: bool = True,
    faults_to: TextIOBase | None = None,
    import_id: UUID | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Read a list and write its good rows; a bad one never keeps a good one out.

    A business that is known already (same licence, same tax number and title, or else same title, address and
    neighbourhood) is counted and left as it is: what was seen in the field since the list was made is fresher.

    Args:
        database: each batch has a transaction of its own.
        actor: who brings the list, with the municipality.
        file: CSV, seekable; encoding, separator and columns are found out.
        default_class: code of the class where the list has no such column.
        write: False only looks through it.
        faults_to: gets every refused row as it was, with what is wrong: to be corrected and brought again.
        import_id: by which the audit trail names the list.
        progress: told after each batch.

    Raises:
        Forbidden: without `business.import`.
        ImportRefused: the file as a whole cannot be read.
    """
    actor.demand("business.import")
    sheet = open_sheet(file)
    list_id = import_id or uuid7()
    reader, ring = await _reader(database, actor, default_class)
    if "class_code" not in sheet.fields.values() and default_class not in reader.classes.values():
        raise refused("no_class")
    report = ImportReport(
        columns={sheet.header[index]: name for index, name in sheet.fields.items()},
        unused=sheet.unused[:50],
        encoding=sheet.encoding,
    )
    faulty = _FaultFile(faults_to, sheet)
    async for batch in _batches(reader, sheet, report, faulty):
        if write:
            async with database.transaction(actor.municipality_id) as session:
                added = await _write(session, actor, ring, batch, list_id)
            report.added += added
            report.known += len(batch) - added
        await progress(report.rows)
    return report


async def _reader(database: Database, actor: Actor, default_class: str | None) -> tuple[RowReader, Keyring]:
    async with database.transaction(actor.municipality_id) as session:
        version = await municipalities.current_version(session, actor.municipality_id)
        gazetteer = await read_gazetteer(session, actor.municipality_id, version)
        classes = class_codes(
            (row["code"], row["name"].values()) for row in await queries.classes(session, actor.municipality_id)
        )
        return RowReader(gazetteer, classes, default_class), await keys.keyring(session, actor.municipality_id)


async def _batches(
    reader: RowReader, sheet: Sheet, report: ImportReport, faulty: "_FaultFile"
) -> AsyncIterator[list[ReadyRow]]:
    seen: set[int] = set()
    lines = sheet.lines()
    while piece := list(islice(lines, AT_ONCE)):
        yield list(_good(reader, piece, report, faulty, seen))


def _good(
    reader: RowReader, piece: Sequence[Line | Fault], report: ImportReport, faulty: "_FaultFile", seen: set[int]
) -> Iterator[ReadyRow]:
    for line in piece:
        report.rows += 1
        read = [line] if isinstance(line, Fault) else reader.read(line)
        if isinstance(read, ReadyRow):
            # The hash of a key and not the key itself: a million rows stay small in memory.
            key = hash(read.key)
            if key not in seen:
                seen.add(key)
                report.good += 1
                report.by_coordinates += read.place.precision == "coordinates"
                report.by_street += read.place.precision == "street"
                report.by_neighbourhood += read.place.precision == "neighbourhood"
                yield read
                continue
            read = [Fault(read.number, "title", "twice_in_file", read.texts["title"][:60])]
        report.refused += 1
        report.faults += read[: max(0, MOST_SHOWN - len(report.faults))]
        faulty.write(line, read)


class _FaultFile:
    """The refused rows as they came, with two columns more; opens in a spreadsheet without running anything."""

    def __init__(self, target: TextIOBase | None, sheet: Sheet) -> None:
        self._writer = csv.writer(target, delimiter=";") if target is not None else None
        self._width = len(sheet.header)
        self._put([*sheet.header, "Satır", "Sorun"])

    def write(self, line: Line | Fault, faults: Sequence[Fault]) -> None:
        raw = line.raw if isinstance(line, Line) else []
        told = "; ".join(f"{fault.column_name()}: {fault.text()}" for fault in faults)
        self._put([*raw, *[""] * (self._width - len(raw)), str(faults[0].row), told])

    def _put(self, cells: Sequence[str]) -> None:
        if self._writer is not None:
            self._writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])


async def _write(session: AsyncSession, actor: Actor, ring: Keyring, batch: Sequence[ReadyRow], list_id: UUID) -> int:
    """Write those of a batch that are not known yet, with their pointers and one audit row; gives their number."""
    if not batch:
        return 0
    rows = [_columns(ring, row) for row in batch]
    values = {
        "municipality_id": actor.municipality_id,
        "at": clock.now(),
        "registered_by": actor.id,
        **{name: [row[name] for row in rows] for name in rows[0]},
    }
    written = await fetch_one(session, queries.IMPORT_SQL, values)
    added = int(written["added"]) if written else 0
    if added:
        await audit.record(
            session, actor, "business.import", "business_import", list_id, added=added, from_row=batch[0].number
        )
    return added


def _columns(ring: Keyring, row: ReadyRow) -> dict[str, Any]:
    business_id: UUID = uuid7()
    texts = {name: row.texts.get(name, "") for name in ("title", "activity", "address_text", "opening_hours", "note")}
    sealed = sealed_owner(ring, business_id, row.texts.get("owner"), row.tax_no)
    x, y = to_metres(row.place.lon, row.place.lat)
    return {
        "ids": business_id,
        "match_ids": uuid7(),
        **texts,
        "class_code": row.class_code,
        "licence_no": row.texts.get("licence_no"),
        "phone": row.phone,
        "floor_area_m2": row.floor_area_m2,
        "neighbourhood_id": row.place.neighbourhood_id,
        "lon": row.place.lon,
        "lat": row.place.lat,
        "x": x,
        "y": y,
        **{name: sealed.get(name) for name in ("owner", "tax_no", "tax_no_index")},
        "search_text": search_text(texts),
    }
