"""When reports come, what they are about and how they end, as fitted from real ones.

The numbers are fitted from 58,040 public 311 requests of Boston of the year 2015 (open data, published in
johnsliao/bostonservicemap); they are numbers only, no records. What differs in Turkey stands in `api.demo.practice`.
Crowding in space comes from the same fit: `geo.demo.concentration.OPEN_311`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from api.core.clock import ISTANBUL

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOUR_OF_DAY = (
    0.0044, 0.0039, 0.0029, 0.0024, 0.0023, 0.0028, 0.0103, 0.0422, 0.0888, 0.1, 0.1016, 0.0978,
    0.0795, 0.08, 0.0844, 0.0838, 0.0644, 0.0428, 0.0356, 0.025, 0.0172, 0.0132, 0.0095, 0.0051,
)  # fmt: skip
WEEKDAY_FROM_MONDAY = (0.169, 0.1999, 0.1836, 0.1767, 0.1534, 0.0667, 0.0507)
MONTH = (0.0685, 0.1032, 0.0671, 0.0863, 0.0808, 0.0869, 0.09, 0.0991, 0.1023, 0.0783, 0.0703, 0.0673)
# The most frequent category first; the source knows more categories than we do.
CATEGORY_BY_RANK = (
    0.08548, 0.08492, 0.08339, 0.07381, 0.05122, 0.04492, 0.04461, 0.04266, 0.03239, 0.02977, 0.02462, 0.02419,
    0.02338, 0.02281, 0.01925, 0.01842, 0.01811, 0.01794, 0.01547, 0.01489, 0.01482, 0.01344, 0.01254, 0.01072,
    0.00934, 0.0093, 0.00843, 0.00803, 0.00736, 0.00731, 0.00722, 0.00701, 0.00698, 0.00693, 0.0062, 0.00538,
    0.00536, 0.00494, 0.00477, 0.00443, 0.00439, 0.0041, 0.00379, 0.00362, 0.00355, 0.00327, 0.00302, 0.00295,
    0.00289, 0.0025, 0.00207, 0.00203, 0.00196, 0.0019, 0.00179, 0.00169, 0.00159, 0.00153, 0.00146, 0.00141,
)  # fmt: skip
OPEN_SHARE = 0.2141
OVERDUE_SHARE = 0.2751  # closed after its target, or open and past it

DAYS = 730
_DAYS_OF_MONTH = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HOUR_MS = 3_600_000


def filing_moments(n: int, until: datetime, rng: np.random.Generator) -> Ints:
    """Draw n moments of the two years before `until`, rising, in milliseconds since the epoch (UTC)."""
    begins, ends, weights = _hours(until)
    hour = rng.choice(len(begins), size=n, p=weights / weights.sum())
    at = begins[hour] + (rng.random(n) * (ends - begins)[hour]).astype(np.int64)
    return np.sort(at)


def category_shares(count: int) -> Floats:
    """Give the shares of `count` categories, the most frequent first; they sum to 1."""
    shares = np.array(CATEGORY_BY_RANK[:count])
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _hours(until: datetime) -> tuple[Ints, Ints, Floats]:
    """Beginning and end of every hour of the window, and how much of all reports it brings."""
    end = _ms(until)
    today = until.astimezone(ISTANBUL).date()
    days = [today - timedelta(days=back) for back in range(DAYS, -1, -1)]
    starts = np.array([_ms(datetime(day.year, day.month, day.day, tzinfo=ISTANBUL)) for day in days], dtype=np.int64)
    hours = (starts[:, None] + _HOUR_MS * np.arange(24)[None, :]).ravel()
    weights = (_day_weights(days)[:, None] * np.array(HOUR_OF_DAY)[None, :]).ravel()
    # The first and the last hour are not whole.
    begins = np.clip(hours, end - DAYS * 24 * _HOUR_MS, end)
    ends = np.clip(hours + _HOUR_MS, begins, end)
    return begins, ends, np.asarray(weights * (ends - begins), dtype=np.float64)


def _day_weights(days: Sequence[date]) -> Floats:
    return np.array(
        [WEEKDAY_FROM_MONDAY[day.weekday()] * MONTH[day.month - 1] / _DAYS_OF_MONTH[day.month - 1] for day in days]
    )


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
