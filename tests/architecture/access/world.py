"""Two towns full of marked things: every text that one of them owns carries a word that must not be seen elsewhere."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from api.core.crypto import Keyring
from api.core.ids import uuid7
from api.core.keys import keyring
from tests.architecture.access.people import AWAY, HOME, PHONES, STRANGERS, Person, outsiders, people_of
from tests.architecture.access.policy import ROLES
from tests.factories.serving import Served
from tests.factories.towns import password_hash

# Signs in with name and password; no user of the other town has this name.
SIGNER = "vezne"
PARTS = {"works": ("citizen", "department_officer"), "licensing": ("neighbour", "licence_officer")}


def open_mark(slug: str) -> str:
    """The word in what a town shows to everybody: names of units, topics and quarters, texts."""
    return f"aleni-{slug}"


def secret_mark(slug: str, part: str = "") -> str:
    """The word in what only the town's own people may see; with a part, in the case and message of that part."""
    return f"mahrem-{slug}-{part}"


@dataclass(frozen=True)
class Things:
    """What belongs to one department of a town, or to its citizen."""

    department_id: UUID
    citizen_id: UUID
    case_id: UUID
    photo_id: UUID
    spare_photo_id: UUID
    message_id: UUID
    staff_id: UUID
    role: str
    assignment_id: UUID
    substitution_id: UUID
    device_id: UUID


@dataclass(frozen=True)
class Place:
    """A town with its marked things, and what is in it once."""

    slug: str
    municipality_id: int
    place: tuple[float, float]
    category_id: UUID
    consent_text_id: UUID
    area_id: UUID
    neighbourhood_id: UUID
    holiday: str
    citizen_device_id: UUID
    officer_id: UUID
    ring: Keyring
    parts: dict[str, Things]


@dataclass
class World:
    """The two towns and their people, on a running server."""

    server: Served
    admin: psycopg.Connection[Any]
    password_hash: str
    towns: dict[str, Place] = field(default_factory=dict)
    home: dict[str, Person] = field(default_factory=dict)
    strangers: dict[str, Person] = field(default_factory=dict)
    # Marks sealed once: sealed anew they are other bytes, and a row put back would not be the one that was planted.
    sealed: dict[UUID, bytes] = field(default_factory=dict)

    def renew_configuration(self) -> None:
        """Make the next request read both towns' configuration anew."""
        self.admin.execute("UPDATE municipality SET config_version = config_version + 1")


async def make_world(server: Served, admin: psycopg.Connection[Any]) -> World:
    """Plant both towns and sign everybody in."""
    world = World(server, admin, password_hash())
    world.home = await people_of(server, HOME, (*ROLES, "citizen", "neighbour"))
    away = await people_of(server, AWAY, (*STRANGERS, "neighbour"))
    world.strangers = {name: away[name] for name in STRANGERS}
    admin.execute("UPDATE staff_user SET password_hash = %s", (world.password_hash,))
    for slug, people in ((HOME, world.home), (AWAY, away)):
        world.towns[slug] = await _plant(server, admin, slug, people)
    mine = world.towns[HOME].municipality_id
    admin.execute(
        "UPDATE staff_user SET username = %s WHERE municipality_id = %s AND username = 'cashier'", (SIGNER, mine)
    )
    world.home |= await outsiders(server)
    return world


async def _plant(server: Served, admin: psycopg.Connection[Any], slug: str, people: dict[str, Person]) -> Place:
    town = server.town(slug)
    mine, neighbourhood_id = town.municipality_id, town.neighbourhoods[0]
    _mark(admin, mine, slug)
    category = admin.execute(
        """SELECT id FROM complaint_category WHERE municipality_id = %s AND authority = 'own' AND NOT is_emergency
              AND parent_id IS NOT NULL AND department_id IS NOT NULL ORDER BY position LIMIT 1""",
        (mine,),
    ).fetchone()
    assert category is not None
    area_id, text_id, holiday = uuid7(), uuid7(), "2027-03-03" if slug == HOME else "2027-04-04"
    _add(admin, mine, slug, neighbourhood_id, area_id, text_id, holiday)
    parts = {}
    for part in PARTS:
        parts[part] = await _part(server, admin, slug, part, people)
    async with server.database.transaction(mine) as session:
        ring = await keyring(session, mine)
    device = people["citizen"].device_id
    assert device is not None
    return Place(
        slug, mine, town.place(), category[0], text_id, area_id, neighbourhood_id, holiday, device,
        town.staff["department_officer"].id, ring, parts,
    )  # fmt: skip


def _mark(admin: psycopg.Connection[Any], mine: int, slug: str) -> None:
    """Write the town's words into everything that has a name; no topic asks for a photo or a question."""
    shown, hidden = open_mark(slug), secret_mark(slug)
    for table in ("department", "neighbourhood", "base_map_feature"):
        admin.execute(f"UPDATE {table} SET name = %s || id WHERE municipality_id = %s", (shown, mine))
    admin.execute("UPDATE staff_user SET full_name = %s || username WHERE municipality_id = %s", (hidden, mine))
    admin.execute(
        """UPDATE complaint_category SET name = jsonb_build_object('tr', %(mark)s || code, 'en', %(mark)s || code),
                  photo_required = false, closing_photo_required = false, questions = NULL
            WHERE municipality_id = %(mine)s""",
        {"mark": shown, "mine": mine},
    )
    admin.execute(
        """UPDATE appearance SET texts = jsonb_build_object('welcome', jsonb_build_object('tr', %s::text))
            WHERE municipality_id = %s""",
        (shown, mine),
    )
    admin.execute("UPDATE municipality SET config_version = config_version + 1 WHERE id = %s", (mine,))


def _add(
    admin: psycopg.Connection[Any], mine: int, slug: str, neighbourhood_id: UUID, area_id: UUID, text_id: UUID,
    holiday: str,
) -> None:  # fmt: skip
    admin.execute(
        """INSERT INTO service_area (municipality_id, id, name, purpose, position, geom, is_active)
           SELECT %s, %s, %s, 'team', 1, geom, true FROM neighbourhood WHERE municipality_id = %s AND id = %s""",
        (mine, area_id, secret_mark(slug), mine, neighbourhood_id),
    )
    admin.execute(
        """INSERT INTO consent_text (municipality_id, id, code, version, kind, title, body, valid_from)
           VALUES (%s, %s, 'marketing_sms', 1, 'consent', %s, %s, now() - interval '1 day')""",
        (mine, text_id, f'{{"tr": "{open_mark(slug)}"}}', f'{{"tr": "{open_mark(slug)}"}}'),
    )
    admin.execute(
        "INSERT INTO local_holiday (municipality_id, day, name, half_day) VALUES (%s, %s, %s, false)",
        (mine, holiday, secret_mark(slug)),
    )
    admin.execute(
        """INSERT INTO parameter (municipality_id, code, valid_from, value, unit, legal_reference, is_verified)
           VALUES (%s, 'data_breach_notice_hours', '2024-01-01', 70, 'hour', %s, true)""",
        (mine, secret_mark(slug)),
    )


async def _part(
    server: Served, admin: psycopg.Connection[Any], slug: str, part: str, people: dict[str, Person]
) -> Things:
    """One department's things: a case with photo, note and reporter, a colleague with role, stand-in and phone."""
    town, (citizen, role) = server.town(slug), PARTS[part]
    mine, department_id, mark = town.municipality_id, town.staff[role].department_id, secret_mark(slug, part)
    assert department_id is not None
    reporter = people[citizen]
    named = await server.client.patch("/v1/me", json={"name": f"{mark} adı"}, headers=reporter.headers)
    assert named.status_code == 200, named.text
    photo_id, spare = [UUID(await server.photo(reporter.headers)) for _ in range(2)]
    category = admin.execute(
        """SELECT code FROM complaint_category
            WHERE municipality_id = %s AND authority = 'own' AND parent_id IS NOT NULL LIMIT 1""",
        (mine,),
    ).fetchone()
    assert category is not None
    filed = await server.filed(
        reporter.headers, slug, code=category[0], neighbourhood=list(PARTS).index(part), description=f"{mark} açıklama",
        photo_ids=[str(photo_id)],
    )  # fmt: skip
    case_id = UUID(filed["id"])
    admin.execute("UPDATE complaint SET department_id = %s WHERE id = %s", (department_id, case_id))
    admin.execute(
        """INSERT INTO complaint_event (municipality_id, id, happened_at, complaint_id, action, from_status, to_status,
                                        is_public, actor_kind, text)
           VALUES (%s, %s, now(), %s, 'note', 'routed', 'routed', false, 'staff', %s)""",
        (mine, uuid7(), case_id, f"{mark} iç not"),
    )
    message_id, staff_id, assignment_id, substitution_id, device_id = (uuid7() for _ in range(5))
    admin.execute(
        """INSERT INTO inbox_message (municipality_id, id, created_at, citizen_id, kind, title, body)
           VALUES (%s, %s, now(), %s, 'complaint', %s, %s)""",
        (mine, message_id, reporter.id, mark, mark),
    )
    admin.execute(
        """INSERT INTO staff_user (municipality_id, id, username, full_name, title, registry_no, department_id,
                                   password_hash, must_change_password, totp_secret, totp_last_step, is_active,
                                   created_at)
           SELECT municipality_id, %s, %s, %s, '', '', department_id, password_hash, false, NULL, 0, true, now()
             FROM staff_user WHERE municipality_id = %s AND id = %s""",
        (staff_id, f"yedek-{slug}-{part}", f"{mark} personel", mine, town.staff[role].id),
    )
    admin.execute(
        """INSERT INTO role_assignment (municipality_id, id, staff_user_id, role, department_id, valid_from)
           VALUES (%s, %s, %s, %s, %s, '2024-01-01')""",
        (mine, assignment_id, staff_id, role, department_id),
    )
    admin.execute(
        """INSERT INTO substitution (municipality_id, id, absent_id, substitute_id, valid_from, valid_to, reason)
           VALUES (%s, %s, %s, %s, '2099-01-01', '2099-01-02', %s)""",
        (mine, substitution_id, staff_id, town.staff["finance"].id, mark),
    )
    admin.execute(
        """INSERT INTO device (municipality_id, id, holder_kind, holder_id, kind, label, created_at, last_seen_at,
                               expires_at)
           VALUES (%s, %s, 'staff', %s, 'field_app', %s, now(), now(), now() + interval '9 days')""",
        (mine, device_id, staff_id, mark),
    )
    assert reporter.id is not None
    return Things(
        department_id, reporter.id, case_id, photo_id, spare, message_id, staff_id, role, assignment_id,
        substitution_id, device_id,
    )  # fmt: skip


def secrets_of(place: Place) -> tuple[str, ...]:
    """Everything of a town that nobody outside may ever be answered."""
    phones = tuple(number[3:] for (slug, _), number in PHONES.items() if slug == place.slug)
    cases = tuple(str(things.case_id) for things in place.parts.values())
    return (secret_mark(place.slug), *phones, *cases)
