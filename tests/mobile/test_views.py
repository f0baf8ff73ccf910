import json
import random
import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile.sdk import effects
from mobile.sdk.engine import Engine
from mobile.sdk.store import Store
from mobile.wire.dictionary import _KINDS


class Phone:
    def __init__(self):
        self.store = Store.create(sqlite3.connect(":memory:", isolation_level=None))
        self.engine = Engine(self.store, lambda: 1_795_000_000_000, random.Random(1))
        self.engine.set_user("me")

    def hold(self, table, row_id, data, *sids):
        with self.store.transaction():
            self.store.write_row((table, row_id), 1, data)
            for sid in sids or ("user:me",):
                self.store.run("INSERT OR REPLACE INTO membership VALUES (?, ?, ?, 1)", (table, row_id, sid))


@pytest.fixture
def phone():
    made = Phone()
    yield made
    made.store.connection.close()


COMPLAINT = {"status": "routed", "assignee_id": None, "department_id": "d1", "lines": []}
ROWS = {
    ("complaint", "c1"): COMPLAINT, ("task", "t1"): {"status": "open"},
    ("business", "b1"): {"name": "Fırın", "phone": "1"},
    ("inspection", "i1"): {"status": "planned", "business_id": "b1"},
    ("inspection", "i2"): {"status": "submitted", "answers": {"m1": "no"}},
}  # fmt: skip
BODIES = {
    "complaint.take": ({"complaint_id": "c1"}, ("complaint", "c1"), {"status": "assigned", "assignee_id": "me"}),
    "complaint.start": ({"complaint_id": "c1"}, ("complaint", "c1"), {"status": "in_progress", "assignee_id": "me"}),
    "complaint.note": ({"complaint_id": "c1", "text": "n"}, ("complaint", "c1"), {"lines": [{"id": "m", "text": "n"}]}),
    "complaint.answer": (
        {"complaint_id": "c1", "text": "a"}, ("complaint", "c1"), {"lines": [{"id": "m", "text": "a"}]}
    ),
    "complaint.close": ({"complaint_id": "c1", "text": ""}, ("complaint", "c1"), {"status": "solved", "lines": []}),
    "complaint.hand_over": (
        {"complaint_id": "c1", "staff_user_id": "s2", "text": ""}, ("complaint", "c1"),
        {"status": "assigned", "assignee_id": "s2"},
    ),
    "complaint.visit": (
        {"complaint_id": "c1", "started_at": "10", "ended_at": "11"}, ("complaint", "c1"), {"visited_at": "11"}
    ),
    "complaint.file": (
        {"id": "c2", "description": "Çukur", "address_text": "Moda Cad.", "place": {"lon": 29.0, "lat": 41.0}},
        ("complaint", "c2"), {"status": "routed", "address": "Moda Cad.", "lon": 29.0, "lat": 41.0},
    ),
    "inspection.submit": (
        {"id": "i1", "business_id": "b1", "answers": {"m1": "yes"}}, ("inspection", "i1"),
        {"status": "submitted", "answers": {"m1": "yes"}},
    ),
    "inspection.amend": (
        {"inspection_id": "i2", "text": "düzeltme"}, ("inspection", "i2"),
        {"amendments": [{"id": "m", "text": "düzeltme"}], "answers": {"m1": "no"}},
    ),
    "business.register": ({"id": "b2", "name": "Kasap"}, ("business", "b2"), {"name": "Kasap"}),
    "business.patch": (
        {"business_id": "b1", "changes": {"phone": {"base": "1", "value": "2"}}}, ("business", "b1"),
        {"phone": "2", "name": "Fırın"},
    ),
    "task.create": ({"id": "t2", "title": "Bak"}, ("task", "t2"), {"status": "open", "title": "Bak"}),
    "task.finish": ({"task_id": "t1", "text": "bitti"}, ("task", "t1"), {"status": "done", "done_text": "bitti"}),
    "message.post": ({"id": "n1", "text": "Merhaba"}, ("message", "n1"), {"text": "Merhaba", "author_id": "me"}),
}  # fmt: skip


def test_every_kind_of_the_protocol_shows():
    assert set(BODIES) == set(_KINDS)


@pytest.mark.parametrize("kind", BODIES)
def test_a_command_shows_what_it_will_do_and_twice_is_once(kind):
    body, key, wanted = BODIES[kind]
    rows = json.loads(json.dumps([[*k, row] for k, row in ROWS.items()]))
    shown = {(table, row_id): row for table, row_id, row in rows}
    effects.lay_over(shown, kind, "m", body, "me")
    assert shown[key].items() >= wanted.items()
    once = json.dumps([[*k, row] for k, row in shown.items()])
    effects.lay_over(shown, kind, "m", body, "me")
    assert json.dumps([[*k, row] for k, row in shown.items()]) == once
    changed = {k for k in shown if shown[k] != ROWS.get(k)}
    assert changed <= set(effects.touched_by(kind, "m", body))


def test_what_the_server_shows_already_is_not_laid_over_again():
    rows = {("inspection", "i2"): {"status": "submitted", "answers": {"m1": "no"}, "number": "7"}}
    effects.lay_over(rows, "inspection.submit", "m", {"id": "i2", "answers": {"m1": "yes"}}, "me")
    assert rows == {("inspection", "i2"): {"status": "submitted", "answers": {"m1": "no"}, "number": "7"}}


@pytest.mark.parametrize("kind", [*BODIES, "unheard.of"])
@pytest.mark.parametrize("body", [{}, {"changes": None}, {"id": None, "complaint_id": 5}, {"text": ["x"]}])
def test_a_body_of_another_shape_breaks_no_screen(kind, body):
    rows = {("complaint", "5"): {"lines": None}}
    effects.lay_over(rows, kind, "m", body, "me")
    assert len(rows) <= 2


def test_a_submitted_inspection_keeps_the_planned_row_that_it_stands_on(phone):
    phone.hold("inspection", "i1", {"status": "planned"})
    phone.engine.record("inspection.submit", {"id": "i1", "answers": {}})
    assert phone.store.all("SELECT tbl, id FROM target") == [("inspection", "i1")]
    assert phone.engine.next_exchange().message["mutations"][0]["base"] == {"inspection/i1": 1}


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("complaint.close"), st.integers(0, 9)),
        st.tuples(st.just("complaint.note"), st.integers(0, 9)),
        st.tuples(st.just("complaint.file"), st.integers(0, 14)),
        st.tuples(st.just("inspection.submit"), st.integers(0, 9)),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(ACTS, st.sets(st.integers(0, 9)), st.integers(1, 4))
def test_pages_rows_and_counts_say_what_the_whole_view_says(acts, held, limit):
    phone = Phone()
    for number in held:
        phone.hold("complaint", f"c{number:02}", dict(COMPLAINT), "team:1" if number % 2 else "user:me")
    for kind, number in acts:
        name = f"c{number:02}"
        body = {"id": name} if kind in ("complaint.file", "inspection.submit") else {"complaint_id": name, "text": "…"}
        phone.engine.record(kind, body)
    whole = phone.engine.view()
    for table in ("complaint", "inspection"):
        wanted = sorted((key[1], row) for key, row in whole.items() if key[0] == table)
        paged, after = [], ""
        while True:
            page = phone.engine.view_rows(table, after=after, limit=limit)
            paged += page
            if len(page) < limit:
                break
            after = page[-1][0]
        assert paged == phone.engine.view_rows(table) == wanted
        assert phone.engine.view_count(table) == len(wanted)
        some = [row_id for row_id, _ in wanted[::2]] + ["nowhere"]
        assert phone.engine.view_rows(table, ids=some) == wanted[::2]
        assert phone.engine.view_rows(table, ids=[]) == []
        for number in range(15):
            assert phone.engine.view_row(table, f"c{number:02}") == whole.get((table, f"c{number:02}"))
    of_team = phone.engine.view_rows("complaint", sid="team:1")
    assert [row_id for row_id, _ in of_team] == [f"c{number:02}" for number in sorted(held) if number % 2]
    assert phone.engine.view_count("complaint", sid="team:1") == len(of_team)
    assert all(row == whole["complaint", row_id] for row_id, row in of_team)
    assert phone.engine.view_rows("complaint", sid="team:1", ids=["c01", "c02"]) == [
        (row_id, row) for row_id, row in of_team if row_id == "c01"
    ]
    phone.store.connection.close()


def test_a_row_that_left_the_scopes_is_not_shown_even_while_work_on_it_waits(phone):
    phone.hold("complaint", "c1", dict(COMPLAINT))
    phone.engine.record("complaint.note", {"complaint_id": "c1", "text": "…"})
    phone.store.run("DELETE FROM membership")
    assert phone.engine.view_row("complaint", "c1") is None
    assert phone.engine.view_rows("complaint") == []
    assert phone.engine.view_count("complaint") == 0


def test_the_mark_tells_of_every_change_here_and_in_another_process(tmp_path):
    connections = [sqlite3.connect(tmp_path / "a.db", isolation_level=None) for _ in range(2)]
    first, second = (Engine(Store.create(one), lambda: 1, random.Random(1)) for one in connections)
    mark = first.view_mark()
    assert first.view_mark() == mark
    second.record("complaint.file", {"id": "c1"})
    assert first.view_mark() != mark
    assert first.view_row("complaint", "c1")["status"] == "routed"
    mark = first.view_mark()
    first.record("complaint.file", {"id": "c2"})
    assert first.view_mark() != mark
    assert first.view_count("complaint") == 2
    for one in connections:
        one.close()


def test_a_screen_of_sixty_thousand_rows_and_two_hundred_waiting_commands_is_read_in_a_moment(phone):
    with phone.store.transaction():
        phone.store.connection.executemany(
            "INSERT INTO synced VALUES ('business', ?, 1, ?)",
            ((f"b{number:05}", '{"name": "İş yeri", "phone": "1"}') for number in range(60_000)),
        )
        phone.store.run("INSERT INTO membership SELECT tbl, id, 'area:1', 1 FROM synced")
    for number in range(200):
        change = {"phone": {"base": "1", "value": "2"}}
        phone.engine.record("business.patch", {"business_id": f"b{number:05}", "changes": change})
    phone.engine.view_row("business", "b00000")
    started = time.process_time()
    for at in range(20):
        assert phone.engine.view_row("business", f"b{at:05}")["phone"] == "2"
        assert len(phone.engine.view_rows("business", after=f"b{at * 1000:05}", limit=50)) == 50
    assert (time.process_time() - started) / 20 < 0.02


def test_lines_and_drafts_are_listed_the_newest_first(phone):
    first, second = (phone.engine.record("complaint.note", {"text": text}) for text in "ab")
    phone.store.run("UPDATE outbox SET state = 'conflict', code = 'action_not_allowed' WHERE id = ?", (first,))
    assert [line.id for line in phone.engine.lines()] == [second, first]
    assert [line.id for line in phone.engine.lines(("waiting",))] == [second]
    assert phone.engine.line(first).code == "action_not_allowed"
    assert phone.engine.line("nowhere") is None
    phone.engine.dismiss(first)
    assert [line.id for line in phone.engine.lines()] == [second]
    assert phone.engine.line(first).is_dismissed
    phone.engine.save_draft("d1", "inspection.submit", {"id": "i1"})
    phone.engine.save_draft("d2", "complaint.note", {"text": "…"})
    assert {draft.id for draft in phone.engine.drafts()} == {"d1", "d2"}
    assert [draft.body for draft in phone.engine.drafts("complaint.note")] == [{"text": "…"}]
