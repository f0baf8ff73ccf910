"""Finding a business among tens of thousands: their folded names and addresses in memory, made beside the screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from math import cos, inf, radians
from typing import Any

from field_app.rows import Business, Place
from geo.visit_order import distance_m
from mobile.kit.i18n.casing import fold
from mobile.sdk.engine import Engine


@dataclass(frozen=True, slots=True)
class Hit:
    """A business that was found; `metres` from where the phone is, None where that is not known."""

    id: str
    title: str
    address: str
    risk: int
    metres: float | None


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str
    whole: str
    business: tuple[str, str, str, int, Place | None]


class BusinessIndex:
    """All businesses of the phone as they were when it was made. Made and asked in any thread; it never changes."""

    def __init__(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take the rows of the table `business`."""
        self._entries = [_entry(Business.read(row_id, data)) for row_id, data in rows]

    @classmethod
    def read(cls, engine: Engine) -> "BusinessIndex":
        """Read all businesses: 50,000 take about a second, so in a thread with an engine of its own.

        Raises:
            ReadingLocked: the lease is over.
        """
        return cls(engine.view_rows("business"))

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._entries)

    def search(self, text: str, limit: int, near: Place | None = None) -> list[Hit]:
        """Find by the words of name, activity, address or licence number, in any order and spelling of Turkish letters.

        Names that begin with the text come first, then those that hold it, then the rest; among equals the nearest.
        Without a text the nearest are given.
        """
        words = fold(text).split()
        phrase = " ".join(words)
        narrowing = cos(radians(near[1])) if near else 1.0

        def order(entry: _Entry) -> tuple[int, float, str]:
            rank = 2
            if words and all(word in entry.title for word in words):
                rank = 0 if entry.title.startswith(phrase) else 1
            place = entry.business[4]
            if near is None or place is None:
                return rank, inf, entry.title
            # In degrees, squared: enough to compare what is a town apart, and a fifth of the time.
            east, north = (place[0] - near[0]) * narrowing, place[1] - near[1]
            return rank, east * east + north * north, entry.title

        found = (entry for entry in self._entries if all(word in entry.whole for word in words))
        return [_hit(entry, near) for entry in nsmallest(limit, found, order)]


def _entry(business: Business) -> _Entry:
    title = fold(business.title)
    rest = fold(f"{business.activity} {business.address} {business.licence_no}")
    place = business.place
    return _Entry(title, f"{title} {rest}", (business.id, business.title, business.address, business.risk, place))


def _hit(entry: _Entry, near: Place | None) -> Hit:
    place = entry.business[4]
    return Hit(*entry.business[:4], distance_m(near, place) if near and place else None)
