"""Today's list: what belongs to it, and its four orders."""

import time
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from field_app.i18n.texts import TEXTS
from field_app.screens.today.vm import TodayModel
from field_app.today import MOST_WALKED, ORDERS, Work, arranged, counted
from geo.visit_order import distance_m
from mobile.kit.i18n import language
from tests.field_app.world import COLLEAGUE, HERE, ME, put_rows, sample_rows, uid

DAY = date(2026, 11, 27)
WORK = st.builds(
    Work,
    kind=st.sampled_from(["complaint", "inspection", "task"]), id=st.uuids().map(str),
    title=st.just(""), detail=st.just(""),
    place=st.none() | st.tuples(st.floats(28.9, 29.2), st.floats(40.9, 41.1)),
    due_on=st.none() | st.dates(DAY - timedelta(days=30), DAY + timedelta(days=30)),
    risk=st.integers(0, 100), is_emergency=st.booleans(), is_mine=st.booleans(), status=st.just("routed"),
)  # fmt: skip


@given(st.lists(WORK, max_size=12, unique_by=lambda work: work.id), st.sampled_from(ORDERS), st.booleans())
def test_every_order_shows_all_work_once_and_emergencies_first(works, order, knows_place):
    shown = arranged(works, order, DAY, HERE if knows_place else None)
    assert sorted(work.id for work in shown) == sorted(work.id for work in works)
    urgent = [work.is_emergency for work in shown]
    assert urgent == sorted(urgent, reverse=True)


@given(st.lists(WORK, max_size=12, unique_by=lambda work: work.id))
def test_the_way_leads_through_what_presses_before_the_rest(works):
    shown = [work for work in arranged(works, "way", DAY, HERE) if not work.is_emergency]
    pressing = [work.due_on is not None and work.due_on <= DAY for work in shown]
    assert pressing == sorted(pressing, reverse=True)


@given(st.lists(WORK, max_size=12, unique_by=lambda work: work.id))
def test_near_deadline_and_risk_sort_by_what_they_say(works):
    near = [work for work in arranged(works, "near", DAY, HERE) if work.place and not work.is_emergency]
    assert [distance_m(HERE, work.place) for work in near] == sorted(distance_m(HERE, work.place) for work in near)
    due = [work.due_on or date.max for work in arranged(works, "due", DAY, HERE) if not work.is_emergency]
    assert due == sorted(due)
    risk = [work.risk for work in arranged(works, "risk", DAY, HERE) if not work.is_emergency]
    assert risk == sorted(risk, reverse=True)


def test_a_way_leads_to_the_nearest_of_a_whole_towns_work_and_the_rest_comes_by_distance():
    works = [
        Work("task", f"{at:03}", "", "", (29.0 + at % 20 / 100, 40.9 + at // 20 / 100), None, 0, False, True, "open")
        for at in range(400)
    ]  # fmt: skip
    shown = arranged(works, "way", DAY, HERE)
    assert {work.id for work in shown} == {work.id for work in works}
    rest = [distance_m(HERE, work.place) for work in shown[MOST_WALKED:]]
    assert rest == sorted(rest)
    assert max(distance_m(HERE, work.place) for work in shown[:MOST_WALKED]) <= rest[0]


def test_a_list_of_400_cases_is_read_and_ordered_within_a_tenth_of_a_second(unlocked):
    case = sample_rows()["complaint", uid(101)]
    lines = [{**case["lines"][0], "id": str(at), "text": "Yerinde bakıldı, tekrar gidilecek"} for at in range(10)]
    rows = {
        ("complaint", uid(9_000 + at)): {**case, "lon": 29 + at % 20 / 500, "lat": 41 + at / 9_000, "lines": lines}
        for at in range(400)
    }
    put_rows(unlocked, rows)
    language.add(TEXTS)
    model = TodayModel(unlocked.desk)
    taken = []
    for _ in range(5):
        began = time.thread_time()
        assert len(model.read(HERE).rows) == 416
        taken.append(time.thread_time() - began)
    assert min(taken) < 0.1


def test_the_desk_gives_cases_visits_and_tasks_of_person_and_team(unlocked):
    works = unlocked.desk.work("due", HERE)
    assert {work.kind for work in works} == {"complaint", "inspection", "task"}
    assert len(works) == 16
    assert works[0].is_emergency
    mine = unlocked.desk.work("due", HERE, only_mine=True)
    assert len(mine) == 9
    assert all(work.is_mine for work in mine)
    assert counted(works, DAY) == {"all": 16, "late": 4, "today": 3, "mine": 9}


def test_what_was_closed_here_is_off_the_list_before_the_server_knows(unlocked):
    before = {work.id for work in unlocked.desk.work("due", HERE)}
    unlocked.acts.close(uid(101), "Kaldırıldı")
    unlocked.acts.finish_task(uid(400), "")
    assert before - {work.id for work in unlocked.desk.work("due", HERE)} == {uid(101), uid(400)}


def test_a_case_that_was_taken_is_mine_at_once(unlocked):
    assert unlocked.desk.complaint(uid(100)).assignee_id is None
    unlocked.acts.take(uid(100))
    assert unlocked.desk.complaint(uid(100)).assignee_id == ME
    unlocked.acts.hand_over(uid(100), COLLEAGUE, "Vardiyam bitti")
    assert unlocked.desk.complaint(uid(100)).assignee_id == COLLEAGUE


def test_a_visit_far_ahead_is_not_todays_work(unlocked):
    rows = sample_rows()
    far = {**rows["inspection", uid(300)], "due_on": (DAY + timedelta(days=40)).isoformat()}
    put_rows(unlocked, {("inspection", uid(390)): far})
    assert uid(390) not in {work.id for work in unlocked.desk.work("due", HERE)}
