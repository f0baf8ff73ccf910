"""What goes over the wire about record numbers."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.core.wire import Wire

Series = Literal["finding_record"]


class NumbersIn(Wire):
    """Which series of numbers the phone needs."""

    series: Series = "finding_record"


class NumberBlockOut(BaseModel):
    """Numbers of a phone: `next` to `last` are free; a number is written `{prefix}-{year}-{number:06d}`."""

    id: UUID
    year: int
    first: int
    last: int
    next: int


class NumbersOut(BaseModel):
    """All numbers that the calling phone may use in the running year."""

    series: Series
    prefix: str
    blocks: list[NumberBlockOut]


class NumberRangeOut(BaseModel):
    """A range of numbers with one fate: `used`, `ready` on a phone, `returned` to be given again, or `open`.

    `open` numbers were passed over: a later number of the same phone was used. `note` says why, as far as it is known.
    """

    first: int
    last: int
    fate: Literal["used", "ready", "returned", "open"]
    holder: str | None
    note: str | None


class NumberUsageOut(BaseModel):
    """Where every number of a series and year went: the ranges have no gap between 1 and `last`."""

    series: Series
    prefix: str
    year: int
    last: int
    used: int
    ranges: list[NumberRangeOut]
