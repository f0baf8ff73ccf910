"""What is read costs the same number of statements for five rows and for a hundred."""

import pytest

from tests.architecture.access.calls import MAKERS, Attempt
from tests.architecture.access.people import HOME
from tests.architecture.access.policy import POLICY

pytestmark = pytest.mark.anyio

READING = [route for route in POLICY if route.startswith("GET ")]
# Copies of one planted row, each with an id of its own; the other columns are taken as they are.
COPIED = {
    "complaint": {"number": "number || '-' || i", "filed_at": "filed_at - i * interval '1 minute'"},
    "complaint_event": {},
    "complaint_category": {"code": "code || i"},
    "inbox_message": {},
    "staff_user": {"username": "username || i"},
    "role_assignment": {},
    "substitution": {},
    "device": {},
    "department": {"code": "code || '_' || i"},
    "service_area": {},
    "neighbourhood": {"official_id": "official_id * 1000 + i"},
    "consent_text": {"code": "code || i"},
    "base_map_feature": {},
}
ORIGINALS = {
    "complaint": "id = %(case_id)s",
    "complaint_event": "complaint_id = %(case_id)s AND action = 'file'",
    "inbox_message": "id = %(message_id)s",
    "staff_user": "id = %(staff_id)s",
    "role_assignment": "id = %(assignment_id)s",
    "substitution": "id = %(substitution_id)s",
    "department": "id = %(department_id)s",
    "device": "id IN (%(device_id)s, %(own_device_id)s)",
}


def multiply(world, first: int, last: int) -> None:
    """Copy what every list shows."""
    things = world.towns[HOME].parts["works"]
    values = {
        **{name: getattr(things, name) for name in things.__dataclass_fields__},
        "own_device_id": world.home["citizen"].device_id,
        "mine": world.towns[HOME].municipality_id,
        "first": first,
        "last": last,
    }
    for table, changes in COPIED.items():
        columns = [
            name
            for (name,) in world.admin.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                (table,),
            ).fetchall()
        ]
        taken = [changes.get(name, "gen_random_uuid()" if name == "id" else name) for name in columns]
        chosen = ORIGINALS.get(
            table, f"id = (SELECT max(id::text)::uuid FROM {table} WHERE municipality_id = %(mine)s)"
        )
        world.admin.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(taken)} FROM {table},"
            f" generate_series(%(first)s::int, %(last)s::int) AS copy(i) WHERE municipality_id = %(mine)s AND {chosen}",
            values,
        )
    world.renew_configuration()


async def statements(matrix, route: str) -> tuple[int, int]:
    """The statements of one reading with the town's configuration in memory, and the size of the answer."""
    world = matrix.world
    target, names = next((target, allowed) for target, allowed in POLICY[route].items() if allowed)
    wanted = ["citizen", "municipal_administrator", "service_desk"]
    name = next(name for name in (*wanted, *sorted(names)) if name in names)
    counts = []
    # The first reading fills memory; a later one may happen to renew the signing keys, once in a minute.
    for _ in range(3):
        answer = await matrix._send(route, Attempt(world, world.home[name], target), None)
        assert answer.status_code == 200, answer.text
        counts.append(int(answer.headers["x-statements"]))
    return min(counts), len(answer.content)


async def test_no_reading_costs_more_statements_for_a_hundred_rows_than_for_five(matrix):
    multiply(matrix.world, 1, 4)
    few = {route: await statements(matrix, route) for route in READING}
    multiply(matrix.world, 5, 99)
    many = {route: await statements(matrix, route) for route in READING}
    # The inbox even spares one: a page that is full needs no look into older months.
    assert {route: many[route][0] for route in READING if many[route][0] > few[route][0]} == {}
    grown = {route for route in READING if many[route][1] > 2 * few[route][1]}
    assert grown >= {
        "GET /v1/complaints", "GET /v1/staff", "GET /v1/inbox", "GET /v1/me/devices", "GET /v1/substitutions",
        "GET /v1/staff/{user_id}/devices", "GET /v1/complaints/{complaint_id}", "GET /v1/municipality/service-areas",
        "GET /v1/municipality/departments", "GET /v1/public/{municipality_slug}/neighbourhoods",
    }  # fmt: skip


async def test_no_reading_takes_more_than_a_handful_of_statements(matrix):
    costs = {route: (await statements(matrix, route))[0] for route in READING}
    assert {route: count for route, count in costs.items() if count > 6} == {}


def test_every_route_that_reads_is_counted():
    assert set(READING) == {route for route in MAKERS if route.startswith("GET ")}
