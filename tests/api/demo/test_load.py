"""What lies in the database after 300 pretend reports were loaded: the same as if they had been filed and worked on."""

import asyncio
from collections import Counter, defaultdict

import psycopg
import pytest
from psycopg.rows import dict_row

from api.complaints.answers import checked
from api.complaints.workflow import OPEN, TRANSITIONS, Action, Status
from api.core import keys
from api.core.db import Database
from api.core.text import fold
from api.demo.indexes import TABLES
from api.demo.load import draw, load
from api.demo.writer import Writer
from geo.grid import cells_of
from geo.mercator import to_metres
from geo.morton import morton
from tests.api.demo.conftest import SEED, UNTIL, _read
from tests.factories.template import KADIKOY
from tests.factories.towns import MASTER_KEY, read_town

CASES_SQL = "SELECT *, ST_X(geom) AS lon, ST_Y(geom) AS lat, ST_X(geom_3857) AS x, ST_Y(geom_3857) AS y FROM complaint"


def rows(urls, sql):
    with psycopg.connect(urls.admin, row_factory=dict_row) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def cases(module_db, loaded):
    assert len(loaded.cases) == 300
    return rows(module_db, CASES_SQL)


@pytest.fixture(scope="module")
def timelines(module_db, loaded):
    found = defaultdict(list)
    for event in rows(module_db, "SELECT * FROM complaint_event ORDER BY happened_at, id"):
        found[event["complaint_id"]].append(event)
    return found


def test_every_case_was_written_with_its_beginning(cases, timelines):
    assert len(cases) == len(timelines) == 300
    for case in cases:
        filed = timelines[case["id"]][0]
        assert (filed["action"], filed["happened_at"], filed["from_status"]) == ("file", case["filed_at"], None)
        assert filed["actor_id"] == (case["filed_by"] or case["citizen_id"])


def test_numbers_are_gapless_in_every_year_and_the_counter_goes_on_from_there(module_db, cases):
    ordered = sorted(cases, key=lambda case: (case["filed_at"], case["id"]))
    by_year = Counter(case["number"][:4] for case in cases)
    for year, count in by_year.items():
        numbers = [case["number"] for case in ordered if case["number"].startswith(year)]
        assert numbers == [f"{year}-{number:06d}" for number in range(1, count + 1)]
    counters = rows(module_db, "SELECT year, last FROM number_counter WHERE series = 'complaint'")
    assert {str(row["year"]): row["last"] for row in counters} == by_year


def test_timelines_lead_to_the_state_of_their_case(cases, timelines):
    for case in cases:
        state, version = None, 0
        for event in timelines[case["id"]]:
            row = TRANSITIONS[Action(event["action"])]
            assert event["from_status"] == state
            assert event["is_public"] == row.is_public
            state, version = event["to_status"], version + 1
        assert (case["status"], case["version"]) == (state, version)
        assert case["is_open"] == (Status(case["status"]) in OPEN)


def test_moments_of_a_case_are_those_of_its_acts(cases, timelines):
    for case in cases:
        events = timelines[case["id"]]
        since = max((event["happened_at"] for event in events if event["action"] == "reopen"), default=case["filed_at"])
        later = [event for event in events if event["happened_at"] >= since]
        answers = [
            event["happened_at"]
            for event in later
            if event["action"] in {"answer", "ask_citizen", "close", "reject", "forward"}
        ]
        assert case["first_answered_at"] == (answers[0] if answers else None)
        closed = [event["happened_at"] for event in later if event["action"] == "close"]
        assert case["solved_at"] == (closed[0] if closed else None)
        rated = [event for event in events if event["action"] == "rate"]
        assert case["rating"] == (rated[0]["details"]["rating"] if rated else None)
        assert case["rating_comment"] == (rated[0]["text"] if rated else None)
        assert case["reopen_count"] == sum(event["action"] == "reopen" for event in events)


def test_search_finds_description_and_address(cases):
    assert all(case["search_text"] == fold(f"{case['description']} {case['address_text']}") for case in cases)
    assert len({case["description"] for case in cases}) > 250


def test_answers_are_those_the_category_asks_for(cases, loaded):
    categories = loaded.cases.setting.config.categories
    assert sum(bool(case["answers"]) for case in cases) > 50
    assert all(checked(categories[case["category_id"]].questions, case["answers"]) == case["answers"] for case in cases)


def test_both_geometries_are_one_place(cases):
    placed = [case for case in cases if case["lon"] is not None]
    assert len(placed) > 260
    for case in placed:
        assert (case["x"], case["y"]) == pytest.approx(to_metres(case["lon"], case["lat"]), abs=1e-6)


def test_the_map_counts_every_case_once_on_every_level(module_db, cases):
    counted = defaultdict(lambda: [0, 0, 0.0, 0.0])
    for case in cases:
        for level, gx, gy in cells_of(case["lon"], case["lat"]) if case["lon"] is not None else ():
            cell = counted[level, morton(gx, gy)]
            for place, value in enumerate((1, int(case["is_open"]), case["x"], case["y"])):
                cell[place] += value
    found = rows(module_db, "SELECT level, cell, total, open, sum_x, sum_y FROM complaint_map_cell")
    assert len(found) == len(counted)
    for row in found:
        assert [row["total"], row["open"], row["sum_x"], row["sum_y"]] == pytest.approx(
            counted[row["level"], row["cell"]]
        )


def test_reporters_can_be_found_and_read_with_the_towns_own_keys(module_db, loaded, town):
    keys.install_master_key(MASTER_KEY)

    async def ring():
        database = Database(module_db.platform, pool_size=1)
        try:
            async with database.transaction(town.municipality_id) as session:
                return await keys.keyring(session, town.municipality_id)
        finally:
            await database.close()

    opener, citizens = asyncio.run(ring()), loaded.citizens
    found = {row["id"]: row for row in rows(module_db, "SELECT * FROM citizen")}
    assert len(found) == len(citizens.ids)
    named = 0
    for number, row in enumerate(sorted(found.values(), key=lambda row: citizens.ids.index(row["id"].hex))):
        phone = opener.decrypt("citizen", "phone", row["id"], row["phone"])
        assert phone == citizens.phone(number)
        assert row["phone_index"] == opener.blind_index("citizen.phone", phone)
        if row["name"]:
            named += 1
            assert opener.decrypt("citizen", "name", row["id"], row["name"]) == citizens.name(number)
    assert named > len(found) / 3


def test_no_number_and_no_name_lies_in_the_database_in_clear(module_db, loaded):
    with psycopg.connect(module_db.admin) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        dump = b""
        for (table,) in tables:
            with connection.cursor().copy(f'COPY (SELECT * FROM "{table}") TO STDOUT') as copy:
                dump += b"".join(bytes(piece) for piece in copy)
    citizens = loaded.citizens
    assert len(dump) > 200_000
    staff = {row["full_name"] for row in rows(module_db, "SELECT full_name FROM staff_user")}
    for row in range(len(citizens.ids)):
        phone, name = citizens.phone(row), citizens.name(row)
        for seen in (phone, phone[1:], phone[3:], phone.encode().hex(), phone[3:].encode().hex()):
            assert seen.encode() not in dump
        assert name is None or name in staff or name.encode() not in dump


def definitions(urls):
    indexes = rows(urls, f"SELECT indexdef FROM pg_indexes WHERE tablename = ANY(ARRAY{list(TABLES)})")
    constraints = rows(
        urls,
        f"""SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) AS definition, convalidated
              FROM pg_constraint WHERE conrelid::regclass::text = ANY(ARRAY{list(TABLES)})""",
    )
    return sorted(map(str, indexes)), sorted(map(str, constraints))


def test_loading_with_the_indexes_off_writes_the_same_and_leaves_them_all_in_place(real_db, module_db, cases):
    town = read_town(real_db, KADIKOY)
    before = definitions(real_db)
    setting, ring = asyncio.run(_read(real_db, town))
    load(real_db.owner, draw(setting, 300, UNTIL, SEED), ring, {}, lambda _: None, many=1)
    assert definitions(real_db) == before
    columns = ("number", "description", "channel", "status", "filed_at", "solution_due_at", "rating", "lon", "lat")
    written = rows(real_db, f"{CASES_SQL} ORDER BY number")
    assert [[case[name] for name in columns] for case in written] == [
        [case[name] for name in columns] for case in sorted(cases, key=lambda case: case["number"])
    ]


def test_a_load_that_fails_leaves_nothing_behind(real_db):
    setting, ring = asyncio.run(_read(real_db, read_town(real_db, KADIKOY)))
    before = definitions(real_db)

    def fail(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(real_db.owner, draw(setting, 50, UNTIL, SEED), ring, {}, fail, many=1)
    assert rows(real_db, "SELECT 1 FROM complaint") == rows(real_db, "SELECT 1 FROM citizen") == []
    assert definitions(real_db) == before


def test_a_line_that_the_database_refuses_ends_the_writing(real_db):
    with psycopg.connect(real_db.owner) as connection, pytest.raises(psycopg.errors.InvalidTextRepresentation):
        write_many(connection, "number_counter (municipality_id, series, year, last)", "no\tnumber\tat\tall\n")


def test_what_was_handed_over_is_written_when_the_writer_is_left(real_db):
    with psycopg.connect(real_db.owner) as connection:
        with Writer(connection) as writer:
            for year in range(1900, 1950):
                writer.copy("number_counter (municipality_id, series, year, last)", [f"1\tx\t{year}\t7\n"])
        assert connection.execute("SELECT count(*) FROM number_counter WHERE last = 7").fetchone() == (50,)


def write_many(connection, target, line):
    with Writer(connection) as writer:
        for _ in range(100):
            writer.copy(target, [line])
