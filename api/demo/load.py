"""Loads the pretend reports of one town: drawn with a fixed seed, written by COPY, consistent as if they were filed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import psycopg

from api.core.crypto import Keyring
from api.demo.cases import NONE, Cases, draw_cases
from api.demo.copying import timestamps
from api.demo.crew import Crew
from api.demo.endings import draw_endings
from api.demo.indexes import indexes_off
from api.demo.lives import live
from api.demo.map_cells import count_cells
from api.demo.people import Citizens, citizen_values, draw_citizens
from api.demo.practice import CHANNELS
from api.demo.records import COMPLAINT, EVENT, Scribe
from api.demo.setting import Setting
from api.demo.timeline import Timeline
from api.demo.writer import Writer

# From so many rows on it is quicker to build the indexes afterwards.
MANY = 5_000
_AT_ONCE = 2_500
_CITIZEN = """citizen (municipality_id, id, phone, phone_index, name, language, is_blocked, created_at, last_seen_at)"""


@dataclass(frozen=True)
class Drawn:
    """Everything that will be loaded into one town."""

    cases: Cases
    timeline: Timeline
    crew: Crew
    citizens: Citizens
    seed: Sequence[int]

    def with_photo(self, count: int) -> list[int]:
        """Rows of the newest cases that a citizen sent from a place by phone: those get photos."""
        by_phone = np.array([channel.code == "citizen_app" for channel in CHANNELS], dtype=bool)[self.cases.channel]
        rows = np.flatnonzero(by_phone & (self.citizens.of_case != NONE) & (self.cases.street != NONE))
        newest: list[int] = rows[-count:].tolist() if count else []
        return newest


def draw(setting: Setting, count: int, until: datetime, seed: Sequence[int]) -> Drawn:
    """Draw the cases of a town; the same setting, count, moment and seed give the same."""
    chance = [np.random.default_rng([*seed, stream]) for stream in range(4)]
    cases = draw_cases(setting, count, until, chance[0])
    crew = Crew.of(cases)
    timeline = live(cases, draw_endings(cases, chance[1]), crew, chance[2])
    return Drawn(cases, timeline, crew, draw_citizens(cases, chance[3]), seed)


def load(
    owner_url: str,
    drawn: Drawn,
    ring: Keyring,
    photos: Mapping[int, Sequence[str]],
    advance: Callable[[int], None],
    *,
    many: int = MANY,
) -> None:
    """Write what was drawn, in one transaction of the owner role, whom no row policy keeps from COPY.

    Args:
        owner_url: of the database; the town has no cases yet.
        drawn: the cases.
        ring: the municipality's keys.
        photos: ids of photos that are stored already, by the row of their case.
        advance: told after each piece how many cases it held.
        many: from so many cases on the indexes are built afterwards.
    """
    town, cases = drawn.cases.setting.municipality_id, drawn.cases
    scribe = Scribe(cases, drawn.timeline, drawn.crew, drawn.citizens, np.random.default_rng([*drawn.seed, 9]), photos)
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET LOCAL TimeZone = 'UTC'")
        with indexes_off(connection) if len(cases) >= many else nullcontext(), Writer(connection) as writer:
            writer.copy(_CITIZEN, _citizen_lines(town, drawn.citizens, ring))
            for first in range(0, len(cases), _AT_ONCE):
                last = min(first + _AT_ONCE, len(cases))
                writer.copy(COMPLAINT, scribe.complaint_lines(first, last))
                writer.copy(EVENT, scribe.event_lines(first, last))
                advance(last - first)
        for year, number in scribe.numbers.last_of_year.items():
            connection.execute(
                "INSERT INTO number_counter (municipality_id, series, year, last) VALUES (%s, 'complaint', %s, %s)",
                (town, year, number),
            )
        count_cells(connection, town)
        for row, files in photos.items():
            connection.execute(
                """UPDATE stored_file SET attached_kind = 'complaint', attached_id = %s, uploaded_at = %s
                    WHERE municipality_id = %s AND id = ANY(%s::uuid[])""",
                (scribe.ids[row], timestamps(cases.at[row : row + 1])[0], town, list(files)),
            )
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for table in ("citizen", "complaint", "complaint_map_cell"):
            connection.execute(f"ANALYZE {table}")
        # Dozens of months, each sampled for itself: a rough picture does.
        connection.execute("SET default_statistics_target = 10")
        connection.execute("ANALYZE complaint_event")


def _citizen_lines(town: int, citizens: Citizens, ring: Keyring) -> Iterable[str]:
    created, seen = timestamps(citizens.created_at), timestamps(citizens.last_seen_at)
    for row, identifier in enumerate(citizens.ids):
        phone, phone_index, name = citizen_values(citizens, ring, row)
        yield (
            f"{town}\t{identifier}\t{phone}\t{phone_index}\t{name}\t{citizens.language(row)}\tf\t"
            f"{created[row]}\t{seen[row]}\n"
        )
