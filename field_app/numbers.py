"""Numbers of finding records: this phone's own blocks, so that a record is numbered on the spot without a network.

The server gives them (`POST /v1/inspections/numbers`); they are kept in the phone's database, and the next one is taken
in the very transaction that writes the record into the outbox: a kill can neither lose a number nor use it twice.
"""

import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from field_app.account import Account, Offline, Refused, SignedOut
from field_app.today import TURKEY
from mobile.sdk.store import Store

LEAST = 10
"""With fewer than this left, more are asked for as soon as there is a network; the server fills up from here."""
_SLOT = "record_numbers"
_SERIES = "finding_record"


def ask_for_numbers(account: Account) -> Mapping[str, Any]:
    """Ask the server for this phone's numbers; in a thread. Give the answer to `NumberBook.take_in`.

    Raises:
        Offline, SignedOut, Refused: there are none to be had now.
    """
    answer: Mapping[str, Any] = account.ask("POST", "/v1/inspections/numbers", json={"series": _SERIES})
    return answer


def fill_up(account: Account, store: Store, now: int) -> None:
    """Ask for more where few numbers are left, if the phone's user inspects at all; without an answer nothing happens.

    Args:
        account: who asks.
        store: the phone's database; not within a transaction.
        now: milliseconds since 1970.
    """
    book, year = NumberBook(store), datetime.fromtimestamp(now / 1000, TURKEY).year
    if "inspection.submit" in account.profile.permissions and book.left(year) < LEAST:
        with contextlib.suppress(Offline, SignedOut, Refused):
            book.take_in(ask_for_numbers(account))


class NumberBook:
    """The numbers that this phone may use."""

    def __init__(self, store: Store) -> None:
        """Take the phone's database."""
        self._store = store

    def left(self, year: int) -> int:
        """Say how many numbers of a year are left."""
        return sum(block["last"] - block["next"] + 1 for block in self._blocks() if block["year"] == year)

    def take_in(self, answer: Mapping[str, Any]) -> None:
        """Keep what the server gave; numbers that were used here meanwhile stay used."""
        blocks = [
            {name: block[name] for name in ("id", "year", "last", "next")} | {"prefix": str(answer["prefix"])}
            for block in answer["blocks"]
        ]
        with self._store.transaction():
            used = {block["id"]: block["next"] for block in self._blocks()}
            for block, told in zip(blocks, answer["blocks"], strict=True):
                written = self._written(f"{block['prefix']}-{block['year']}-", int(told["first"]), int(told["last"]))
                # The server knows only of what has reached it, a rescued database only of the records in it.
                block["next"] = max(int(block["next"]), int(used.get(block["id"], 0)), written + 1)
            self._keep(blocks)

    def take(self, year: int) -> str | None:
        """Take the next number of a year, the lowest first; None when none is left. Only within a transaction."""
        blocks = self._blocks()
        free = [block for block in blocks if block["year"] == year and block["next"] <= block["last"]]
        if not free:
            return None
        block = min(free, key=lambda one: int(one["next"]))
        number, block["next"] = block["next"], block["next"] + 1
        self._keep(blocks)
        return f"{block['prefix']}-{year}-{number:06d}"

    def _written(self, start: str, first: int, last: int) -> int:
        """Give the highest number of a block that stands in a record of this phone; 0 for none."""
        records = self._store.all("SELECT body FROM outbox WHERE kind = 'inspection.submit'")
        numbers = (str(json.loads(body).get("number") or "") for (body,) in records)
        found = (int(number.removeprefix(start)) for number in numbers if number.startswith(start))
        return max((number for number in found if first <= number <= last), default=0)

    def _blocks(self) -> list[dict[str, Any]]:
        held: list[dict[str, Any]] = json.loads(self._store.get(_SLOT, "[]"))
        return held

    def _keep(self, blocks: list[dict[str, Any]]) -> None:
        self._store.put(**{_SLOT: json.dumps(blocks)})
