import json
import random
import sqlite3

import pytest

from mobile.sdk.engine import PULL_EVERY_MS, Engine
from mobile.sdk.exchange import PULL, PUSH, Answer
from mobile.sdk.retry import LONGEST_PAUSE_MS
from mobile.sdk.store import Store
from mobile.wire import codec
from mobile.wire.limits import MOST_MUTATIONS


class Phone:
    """An engine on a database file, with a clock that the test sets."""

    def __init__(self, path=":memory:"):
        self.now = 1_795_000_000_000
        connection = sqlite3.connect(path, isolation_level=None)
        self.engine = Engine(Store.create(connection), lambda: self.now, random.Random(7))
        self.store = self.engine.store

    def note(self, text="…"):
        return self.engine.record("complaint.note", {"complaint_id": "c1", "text": text})

    def close(self):
        self.store.connection.close()


@pytest.fixture
def phone(tmp_path):
    made = Phone(tmp_path / "phone.db")
    yield made
    made.close()


def ours(**message):
    return Answer(200, codec.DEFLATED, codec.encode({"epoch": "e1", "now": 0, **message}))


def news(**more):
    told = {"device": {"last_seq": 0, "horizon": "1", "state": "active"}, "scopes": [], "pages": [], "checks": []}
    return ours(**{**told, **more})


def page(rows, cursor="c", **more):
    return {"sid": "user:x", "rows": rows, "leaves": [], "cursor": cursor, "more": False, "start": True, "end": True,
            **more}  # fmt: skip


SCOPE = [{"sid": "user:x", "title": "Ayşe", "priority": 0}]


def test_what_was_recorded_is_there_after_the_process_has_died(tmp_path):
    phone = Phone(tmp_path / "a.db")
    mutation_id = phone.note("Yerinde görüldü")
    phone.close()
    again = Phone(tmp_path / "a.db")
    exchange = again.engine.next_exchange()
    assert (exchange.path, exchange.ids) == (PUSH, (mutation_id,))
    assert exchange.message["mutations"][0]["body"]["text"] == "Yerinde görüldü"
    again.close()


def test_a_pull_says_how_much_the_phone_still_holds(phone):
    phone.note()
    phone.note()
    assert phone.engine.next_exchange().path == PUSH
    exchange = phone.engine.next_exchange()
    assert (exchange.path, exchange.message["waiting"]) == (PULL, [2, 0])


def test_nothing_but_the_servers_own_word_takes_work_out_of_the_outbox(phone):
    mutation_id = phone.note()
    result = {"id": mutation_id, "state": "ok", "rows": [], "xid": "5"}
    coded = codec.encode({"epoch": "e1", "results": [result]})
    for answer in (
        None,
        Answer(200, "text/html", b"<html>Please log in</html>"),
        Answer(200, "application/json", json.dumps({"epoch": "e1", "results": [result]}).encode()),
        Answer(200, codec.DEFLATED, coded[:-1]),
        Answer(503, codec.DEFLATED, coded),
        Answer(200, codec.DEFLATED, codec.encode({"results": [result]})),
        Answer(503, "application/problem+json", b'{"code": "unavailable"}'),
        Answer(502, "application/problem+json", b"<html>"),
    ):
        phone.now += LONGEST_PAUSE_MS
        exchange = phone.engine.next_exchange()
        while exchange.path != PUSH:
            exchange = phone.engine.next_exchange()
        phone.engine.receive(exchange, answer)
        assert phone.engine.numbers() == {"waiting": 1, "sent": 0, "attention": 0, "waiting_photos": 0}
    phone.now += LONGEST_PAUSE_MS
    exchange = phone.engine.next_exchange()
    while exchange.path != PUSH:
        exchange = phone.engine.next_exchange()
    phone.engine.receive(exchange, ours(results=[result], stopped=None))
    assert phone.engine.numbers() == {"waiting": 0, "sent": 1, "attention": 0, "waiting_photos": 0}


def test_a_failure_is_tried_again_later_and_later_without_any_new_work(phone):
    phone.note()
    waits = []
    for _ in range(12):
        while (exchange := phone.engine.next_exchange()) is None:
            phone.now += 1_000
        before = phone.now
        phone.engine.receive(exchange, None)
        while phone.engine.next_exchange() is None:
            phone.now += 1_000
        waits.append(phone.now - before)
    assert waits[0] <= 6_000
    assert LONGEST_PAUSE_MS / 2 <= waits[-1] <= LONGEST_PAUSE_MS + 1_000


def test_a_clock_that_was_set_back_by_a_year_does_not_stop_the_phone(phone):
    phone.note()
    phone.engine.receive(phone.engine.next_exchange(), None)
    phone.now -= 365 * 86_400_000
    assert phone.engine.next_exchange() is not None


def test_news_come_while_work_is_refused(phone):
    phone.note()
    paths = set()
    for _ in range(4):
        phone.now += LONGEST_PAUSE_MS
        exchange = phone.engine.next_exchange()
        paths.add(exchange.path)
        answer = Answer(503, "application/problem+json", b'{"code": "busy"}') if exchange.path == PUSH else news()
        phone.engine.receive(exchange, answer)
    assert paths == {PUSH, PULL}


def test_work_shows_at_once_and_stays_until_the_servers_rows_show_it(phone):
    phone.engine.receive(
        phone.engine.next_exchange(),
        news(scopes=SCOPE, pages=[page([["complaint", "c1", 3, {"status": "assigned", "lines": []}]])]),
    )
    closing = phone.engine.record("complaint.close", {"complaint_id": "c1", "text": "Onarıldı"})
    assert phone.engine.view()[("complaint", "c1")]["status"] == "solved"
    exchange = phone.engine.next_exchange()
    assert exchange.message["mutations"][0]["base"] == {"complaint/c1": 3}
    row = ["complaint", "c1", 4, {"status": "solved", "lines": [{"id": closing, "text": "Onarıldı"}], "by": "x"}]
    result = {"id": closing, "state": "ok", "rows": [row], "xid": "9"}
    phone.engine.receive(exchange, ours(results=[result], stopped=None))
    assert phone.engine.view()[("complaint", "c1")] == row[3]


def test_a_refused_act_falls_back_to_what_the_office_has_and_asks_for_attention(phone):
    phone.engine.receive(
        phone.engine.next_exchange(),
        news(scopes=SCOPE, pages=[page([["complaint", "c1", 3, {"status": "assigned", "lines": []}]])]),
    )
    closing = phone.engine.record("complaint.close", {"complaint_id": "c1", "text": ""})
    result = {"id": closing, "state": "conflict", "code": "action_not_allowed", "rows": [], "xid": "9"}
    phone.engine.receive(phone.engine.next_exchange(), ours(results=[result], stopped=None))
    assert phone.engine.view()[("complaint", "c1")]["status"] == "assigned"
    assert phone.engine.numbers()["attention"] == 1
    phone.engine.dismiss(closing)
    assert phone.engine.numbers() == {"waiting": 0, "sent": 0, "attention": 0, "waiting_photos": 0}


def test_a_kind_that_the_server_does_not_know_yet_is_kept_and_news_go_on(phone):
    phone.engine.record("unheard.of", {"x": 1})
    phone.engine.receive(phone.engine.next_exchange(), ours(results=[], stopped="defer"))
    assert phone.engine.numbers()["waiting"] == 1
    assert phone.engine.next_exchange().path == PULL
    phone.now += 3_600_001
    paths = {phone.engine.next_exchange().path for _ in range(2)}
    assert PUSH in paths


def test_a_push_holds_as_much_as_it_may_and_in_order(phone):
    ids = [phone.note(str(number)) for number in range(MOST_MUTATIONS + 5)]
    exchange = phone.engine.next_exchange()
    assert exchange.ids == tuple(ids[:MOST_MUTATIONS])
    assert [mutation["seq"] for mutation in exchange.message["mutations"]] == list(range(1, MOST_MUTATIONS + 1))


def test_everything_that_was_sent_in_thirty_days_is_sent_again_to_a_restored_server(phone):
    ids = [phone.note(str(number)) for number in range(3)]
    results = [{"id": mutation_id, "state": "ok", "rows": [], "xid": "5"} for mutation_id in ids]
    phone.engine.receive(phone.engine.next_exchange(), ours(results=results, stopped=None))
    assert phone.engine.numbers() == {"waiting": 0, "sent": 3, "attention": 0, "waiting_photos": 0}
    phone.now += PULL_EVERY_MS
    phone.engine.receive(
        phone.engine.next_exchange(), Answer(200, codec.DEFLATED, codec.encode({"epoch": "e2", "now": 0}))
    )
    exchange = phone.engine.next_exchange()
    while exchange.path != PUSH:
        exchange = phone.engine.next_exchange()
    assert exchange.ids == tuple(ids)
    assert exchange.message["fork_of"] is not None
    assert exchange.message["epoch"] == "e2"


def test_a_draft_keeps_its_row_when_the_scope_is_taken_away_and_lets_it_go_when_it_is_finished(phone):
    phone.engine.receive(
        phone.engine.next_exchange(),
        news(scopes=SCOPE, pages=[page([["complaint", "c1", 3, {"status": "assigned", "lines": []}]])]),
    )
    phone.engine.save_draft("d1", "complaint.note", {"complaint_id": "c1", "text": "yarım"})
    phone.now += PULL_EVERY_MS
    phone.engine.receive(phone.engine.next_exchange(), news())
    assert phone.engine.view() == {}
    assert phone.store.version_of(("complaint", "c1")) == 3
    noted = phone.engine.record("complaint.note", {"complaint_id": "c1", "text": "bitti"}, finishes_draft="d1")
    assert phone.store.version_of(("complaint", "c1")) == 3
    result = {"id": noted, "state": "ok", "rows": [], "xid": "5"}
    phone.engine.receive(phone.engine.next_exchange(), ours(results=[result], stopped=None))
    assert phone.store.version_of(("complaint", "c1")) is None


def test_a_phone_told_to_leave_gives_its_work_first_and_then_forgets(phone):
    noted = phone.note()
    phone.now += PULL_EVERY_MS
    refusal = Answer(403, "application/problem+json", b'{"code": "device_revoked", "wipe": "drain"}')
    phone.engine.receive(phone.engine.next_exchange(), refusal)
    assert phone.engine.numbers()["waiting"] == 1
    phone.now += LONGEST_PAUSE_MS
    result = {"id": noted, "state": "quarantined", "rows": [], "xid": "5"}
    phone.engine.receive(phone.engine.next_exchange(), ours(results=[result], stopped=None))
    assert phone.store.get("wiped")
    assert phone.store.all("SELECT id FROM outbox") == []
    assert phone.engine.next_exchange() is None


def test_an_hours_patience_is_not_a_year_when_the_clock_was_wrong(phone):
    phone.now += 365 * 86_400_000
    phone.engine.record("unheard.of", {"x": 1})
    phone.engine.receive(phone.engine.next_exchange(), ours(results=[], stopped="defer"))
    phone.now -= 365 * 86_400_000
    assert PUSH in {phone.engine.next_exchange().path for _ in range(2)}


def test_a_clock_that_is_a_year_ahead_forgets_nothing_of_the_last_thirty_days(phone):
    day, today = 86_400_000, phone.now
    noted = phone.note()
    result = {"id": noted, "state": "ok", "rows": [], "xid": "0"}
    phone.engine.receive(phone.engine.next_exchange(), ours(results=[result], stopped=None, now=today))
    for later, kept in ((0, 1), (29 * day, 1), (31 * day, 0)):
        phone.now += 365 * day
        phone.engine.receive(phone.engine.next_exchange(), news(now=today + later))
        assert len(phone.store.all("SELECT id FROM outbox")) == kept


@pytest.mark.parametrize(
    "message",
    [
        {"results": [{"state": "ok"}]},
        {"results": None},
        {"results": [{"id": "ID", "state": "ok", "rows": [["complaint"]], "xid": "x"}]},
        {},
    ],
)
def test_an_answer_that_only_looks_like_ours_changes_nothing_and_is_asked_for_again(phone, message):
    noted = phone.note()
    told = json.loads(json.dumps(message).replace('"ID"', f'"{noted}"'))
    phone.engine.receive(phone.engine.next_exchange(), ours(**told))
    assert phone.engine.numbers() == {"waiting": 1, "sent": 0, "attention": 0, "waiting_photos": 0}
    assert phone.engine.next_exchange() is None
    phone.now += LONGEST_PAUSE_MS
    assert phone.engine.next_exchange() is not None


def test_a_phone_begins_anew_twice_with_dismissed_work_and_a_clock_that_was_set_back(phone):
    refused = [phone.note("geri çevrilen"), phone.note("o da")]
    results = [{"id": mutation_id, "state": "conflict", "rows": [], "xid": "5"} for mutation_id in refused]
    phone.engine.receive(phone.engine.next_exchange(), ours(results=results, stopped=None))
    for mutation_id in refused:
        phone.engine.dismiss(mutation_id)
    names = {phone.store.get("device")}
    for _ in range(3):
        phone.now -= 86_400_000
        phone.note()
        exchange = phone.engine.next_exchange()
        while exchange.path != PUSH:
            exchange = phone.engine.next_exchange()
        forked = Answer(409, "application/problem+json", b'{"code": "device_forked"}')
        phone.engine.receive(exchange, forked)
        names.add(phone.store.get("device"))
    assert len(names) == 4
    waiting = phone.store.all("SELECT seq FROM outbox WHERE state = 'waiting' ORDER BY seq")
    assert waiting == [(1,), (2,), (3,)]


def test_a_phone_that_forgot_its_oldest_lines_begins_anew_with_the_rest(phone):
    ids = [phone.note(str(number)) for number in range(6)]
    results = [{"id": mutation_id, "state": "ok", "rows": [], "xid": "0"} for mutation_id in ids[:3]]
    phone.engine.receive(phone.engine.next_exchange(), ours(results=results, stopped=None, now=phone.now))
    phone.now += PULL_EVERY_MS
    while (exchange := phone.engine.next_exchange()).path != PULL:
        phone.engine.receive(exchange, ours(results=[], stopped="time"))
    phone.engine.receive(exchange, news(now=phone.now + 31 * 86_400_000))
    assert [line.id for line in phone.engine.lines()] == ids[:2:-1]
    forked = Answer(409, "application/problem+json", b'{"code": "device_forked"}')
    phone.engine.receive(phone.engine.next_exchange(), forked)
    assert phone.store.all("SELECT seq, id FROM outbox ORDER BY seq") == list(enumerate(ids[3:], 1))


def test_a_phone_that_was_signed_out_and_is_in_again_says_so_no_more(phone):
    phone.note()
    out = Answer(401, "application/problem+json", b'{"code": "unauthenticated"}')
    phone.engine.receive(phone.engine.next_exchange(), out)
    assert phone.store.get("needs_sign_in") == 1
    phone.now += LONGEST_PAUSE_MS
    exchange = phone.engine.next_exchange()
    phone.engine.receive(exchange, news() if exchange.path == PULL else ours(results=[], stopped=None))
    assert phone.store.get("needs_sign_in") == 0
