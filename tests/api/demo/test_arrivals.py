from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from api.core.clock import ISTANBUL
from api.demo.arrivals import (
    CATEGORY_BY_RANK,
    DAYS,
    HOUR_OF_DAY,
    MONTH,
    WEEKDAY_FROM_MONDAY,
    category_shares,
    filing_moments,
)

UNTIL = datetime(2026, 3, 18, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def moments():
    at = filing_moments(60_000, UNTIL, np.random.default_rng(3))
    return [datetime.fromtimestamp(ms / 1000, ISTANBUL) for ms in at.tolist()]


def test_reports_come_in_the_last_two_years_and_never_in_the_future(moments):
    assert UNTIL - timedelta(days=DAYS) <= moments[0] <= moments[-1] < UNTIL
    assert moments == sorted(moments)


def test_the_newest_report_is_of_today(moments):
    assert UNTIL - moments[-1] < timedelta(hours=2)


@pytest.mark.parametrize(
    ("part", "fitted"),
    [
        (lambda at: at.hour, HOUR_OF_DAY),
        (lambda at: at.weekday(), WEEKDAY_FROM_MONDAY),
        (lambda at: at.month - 1, MONTH),
    ],
    ids=["hour", "weekday", "month"],
)
def test_reports_come_when_the_fitted_ones_came(moments, part, fitted):
    found = Counter(part(at) for at in moments)
    total = sum(fitted)
    for number, share in enumerate(fitted):
        assert found[number] / len(moments) == pytest.approx(share / total, abs=0.006)


def test_category_shares_keep_the_fitted_proportions():
    shares = category_shares(49)
    assert shares.sum() == pytest.approx(1)
    assert shares[0] / shares[10] == pytest.approx(CATEGORY_BY_RANK[0] / CATEGORY_BY_RANK[10])
    assert (np.diff(shares) <= 0).all()


def test_one_seed_gives_one_course_of_time():
    def course(seed):
        return filing_moments(500, UNTIL, np.random.default_rng(seed)).tolist()

    assert course(1) == course(1)
    assert course(1) != course(2)
