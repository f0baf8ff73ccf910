from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from api.complaints import filing
from api.complaints.schemas import Place
from api.demo.arrivals import OPEN_SHARE, OVERDUE_SHARE, category_shares
from api.demo.cases import NONE
from api.demo.load import draw
from api.demo.practice import CHANNELS, RANKS
from api.demo.records import number_cases
from geo.demo.concentration import OPEN_311
from geo.demo.features import NeighbourhoodSeed
from geo.demo.hotspots import CELL_LEVEL
from geo.demo.outline import synthetic_outline
from geo.demo.town import generate_town
from geo.grid_bulk import cell_numbers
from tests.api.demo.conftest import SEED, UNTIL, staffless


def moment(ms):
    return None if ms == NONE else datetime.fromtimestamp(ms / 1000, UTC)


@pytest.fixture(scope="module")
def few(setting):
    return draw(setting, 300, UNTIL, SEED)


def test_subjects_come_in_the_fitted_shares(drawn):
    cases = drawn.cases
    found = np.bincount(cases.category, minlength=len(cases.categories)) / len(cases)
    assert [item.code for item in cases.categories] == list(RANKS[cases.setting.town.kind])
    assert found == pytest.approx(category_shares(len(cases.categories)), abs=0.008)


def test_snow_is_reported_in_winter_only(drawn):
    cases = drawn.cases
    snow = next(row for row, item in enumerate(cases.categories) if item.code == "FEN-07")
    months = {moment(ms).month for ms in cases.at[cases.category == snow].tolist()}
    assert months
    assert months <= {1, 2, 3, 4, 11, 12}


def test_reports_come_through_the_channels_of_turkish_town_halls(drawn):
    found = np.bincount(drawn.cases.channel, minlength=len(CHANNELS)) / len(drawn.cases)
    assert found == pytest.approx([channel.share for channel in CHANNELS], abs=0.01)
    assert sum(channel.share for channel in CHANNELS) == pytest.approx(1)


def test_the_fitted_share_is_still_open(drawn):
    assert drawn.timeline.is_open.mean() == pytest.approx(OPEN_SHARE, abs=0.015)


def test_the_fitted_share_is_overdue(drawn):
    timeline, cases = drawn.timeline, drawn.cases
    timed = cases.solution_due != NONE
    ended = np.full(len(cases), cases.until)
    for act in timeline.acts:
        if act.action in {"close", "reject", "forward", "withdraw"}:
            # The first end counts; a second one follows a second service time.
            ended[act.rows] = np.minimum(ended[act.rows], act.at)
    overdue = ended[timed] > cases.solution_due[timed]
    assert overdue.mean() == pytest.approx(OVERDUE_SHARE, abs=0.02)


def test_the_newest_reports_are_open_and_old_ones_mostly_closed(drawn):
    is_open = drawn.timeline.is_open[drawn.cases.is_own]
    tenth = len(is_open) // 10
    assert is_open[-tenth // 4 :].mean() > 0.7
    assert is_open[:tenth].mean() < 0.1


def test_every_case_has_the_deadlines_that_filing_gives(few):
    cases, town = few.cases, few.cases.setting.town
    for row in range(len(cases)):
        decision = cases.decisions[cases.decision[row]]
        if decision.authority != "own":
            assert (cases.first_due[row], cases.solution_due[row], cases.legal_due[row]) == (NONE, NONE, NONE)
            continue
        expected = filing.deadlines(
            town, cases.categories[cases.category[row]], decision.department_id, moment(int(cases.at[row])),
            has_name=not cases.is_unnamed[row],
        )  # fmt: skip
        found = filing.Deadlines(
            *(moment(int(column[row])) for column in (cases.first_due, cases.solution_due, cases.legal_due))
        )
        assert found == expected


def test_every_case_lies_where_filing_would_find_it(few):
    cases, town = few.cases, few.cases.setting.town
    assert (cases.street == NONE).sum() < 40
    for row in range(len(cases)):
        if cases.street[row] == NONE:
            assert cases.neighbourhood[row] == NONE
        else:
            place = Place(lon=cases.lon[row], lat=cases.lat[row])
            found = filing._locality(town, place).neighbourhood_id
            assert cases.neighbourhoods[cases.neighbourhood[row]] == found


def test_every_case_is_given_to_whom_filing_would_give_it(few):
    cases, setting = few.cases, few.cases.setting
    for row in range(len(cases)):
        place = None if cases.street[row] == NONE else Place(lon=cases.lon[row], lat=cases.lat[row])
        expected = filing._decision(
            setting.config, cases.categories[cases.category[row]], filing._locality(setting.town, place)
        )
        assert cases.decisions[cases.decision[row]] == expected


def test_numbers_run_from_one_in_every_year_without_gaps(drawn):
    numbers = number_cases(drawn.cases)
    assert len(set(numbers.texts)) == len(drawn.cases)
    by_year = Counter(text[:4] for text in numbers.texts)
    assert {int(year): count for year, count in by_year.items()} == dict(numbers.last_of_year)
    for year, count in by_year.items():
        own = [text for text in numbers.texts if text.startswith(year)]
        assert (own[0], own[-1]) == (f"{year}-000001", f"{year}-{count:06d}")


def test_the_same_seed_draws_the_same_cases(setting, few):
    again, other = draw(setting, 300, UNTIL, SEED), draw(setting, 300, UNTIL, (5, 2))
    assert same(few, again)
    assert not same(few, other)


def same(one, another):
    columns = ("at", "category", "channel", "street", "decision", "solution_due")
    return all(np.array_equal(getattr(one.cases, name), getattr(another.cases, name)) for name in columns) and (
        np.array_equal(one.timeline.status, another.timeline.status) and one.citizens.ids == another.citizens.ids
    )


def test_people_report_more_than_once_and_have_numbers_of_their_own(drawn):
    citizens = drawn.citizens
    reports = np.bincount(citizens.of_case[citizens.of_case != NONE])
    assert reports.min() == 1
    assert reports.max() > 10
    phones = {citizens.phone(row) for row in range(len(citizens.ids))}
    assert len(phones) == len(citizens.ids)
    assert all(phone.startswith("+90500") and len(phone) == len("+905321234567") for phone in phones)


def test_nobody_has_an_account_before_the_first_report_or_was_seen_after_the_last(drawn):
    citizens, at = drawn.citizens, drawn.cases.at
    named = citizens.of_case != NONE
    assert (citizens.created_at[citizens.of_case[named]] < at[named]).all()
    assert (citizens.last_seen_at[citizens.of_case[named]] >= at[named]).all()


def test_cases_of_departments_without_people_stay_as_they_were_filed(setting):
    drawn = draw(staffless(setting, "department_head"), 200, UNTIL, SEED)
    assert not sum(len(act.rows) for act in drawn.timeline.acts)
    assert (drawn.timeline.is_open == drawn.cases.is_own).all()


@pytest.mark.slow
def test_reports_crowd_as_the_fitted_ones_do(setting):
    seeds = [NeighbourhoodSeed(row, f"M{row}", 4_000 + 900 * row) for row in range(12)]
    generated = generate_town(synthetic_outline(29.06, 40.98, 25, seed=4), seeds, seed=4)
    cases = draw(replace(setting, map=generated, parks={}), 20_000, UNTIL, SEED).cases
    placed = ~np.isnan(cases.lon)
    cells = cell_numbers(cases.lon[placed], cases.lat[placed], CELL_LEVEL)
    counts = np.sort(np.unique(cells, axis=0, return_counts=True)[1])[::-1]
    for part, share in OPEN_311.shares:
        assert counts[: round(part * len(counts))].sum() / placed.sum() == pytest.approx(share, abs=0.06)
