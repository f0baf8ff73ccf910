"""How the routes of field work are called."""

from uuid import NAMESPACE_URL, UUID, uuid5

from api.core.ids import uuid7
from tests.architecture.access.making import Attempt, Call, maker
from tests.architecture.access.people import AWAY
from tests.architecture.access.world import Place, secret_mark


def _department(at: Attempt) -> str:
    """The department that the query or body names: the other town's where the target says so."""
    if at.target.startswith("foreign "):
        return str(at.world.towns[AWAY].parts["works"].department_id)
    return str(at.things.department_id)


def _task(at: Attempt, town: Place, part: str) -> UUID:
    """A marked open task of a department."""
    task_id, things = uuid5(NAMESPACE_URL, f"{town.slug} {part} task"), town.parts[part]
    at.world.admin.execute(
        """INSERT INTO field_task (municipality_id, id, title, text, department_id, status, created_at, done_text,
                                   version)
           VALUES (%s, %s, %s, '', %s, 'open', now(), '', 1)
           ON CONFLICT DO NOTHING""",
        (town.municipality_id, task_id, secret_mark(town.slug, part), things.department_id),
    )
    return task_id


def _named_task(at: Attempt) -> UUID:
    return _task(at, at.town, "licensing" if at.target == "licensing" else "works")


@maker("GET /v1/field/tasks")
async def _list_tasks(at: Attempt) -> Call:
    for town in at.world.towns.values():
        _task(at, town, "works")
    query = {"department_id": _department(at)} if at.target == "foreign in filter" else {}
    return Call(query=query)


@maker("POST /v1/field/tasks")
async def _create_task(at: Attempt) -> Call:
    body = {"id": str(uuid7()), "title": "Erişim görevi", "department_id": _department(at)}
    if at.target == "foreign case in body":
        body |= {
            "department_id": str(at.own.parts["works"].department_id),
            "complaint_id": str(at.world.towns[AWAY].parts["works"].case_id),
        }
    return Call(json=body)


@maker("POST /v1/field/tasks/{task_id}/finish")
async def _finish_task(at: Attempt) -> Call:
    return Call({"task_id": _named_task(at)}, json={"text": "bitti", "photo_ids": at.photos()})


@maker("GET /v1/field/tasks/{task_id}/photos/{photo_id}/{variant}")
async def _photo(at: Attempt) -> Call:
    task_id, photo_id = _named_task(at), at.things.spare_photo_id
    if at.target == "other's photo":
        return Call({"task_id": task_id, "photo_id": at.town.parts["licensing"].photo_id, "variant": "public"})
    # A copy of its own, so that the spare photo stays spare for the other routes.
    copy_id = uuid5(NAMESPACE_URL, f"{photo_id} of a task")
    store, mine = at.world.server.app.state.store, at.town.municipality_id
    await store.put(f"m{mine}/{copy_id}/public", await store.get(f"m{mine}/{photo_id}/public"))
    at.world.admin.execute(
        """INSERT INTO stored_file SELECT (f2).* FROM (
               SELECT jsonb_populate_record(NULL::stored_file, to_jsonb(f)
                   || jsonb_build_object('id', %s::uuid, 'attached_kind', 'task', 'attached_id', %s::uuid)) AS f2
                 FROM stored_file f WHERE f.municipality_id = %s AND f.id = %s) AS copied ON CONFLICT DO NOTHING""",
        (copy_id, task_id, mine, photo_id),
    )
    return Call({"task_id": task_id, "photo_id": copy_id, "variant": "public"})


@maker("GET /v1/field/messages")
async def _list_messages(at: Attempt) -> Call:
    for town in at.world.towns.values():
        message_id, author = uuid5(NAMESPACE_URL, f"{town.slug} message"), town.officer_id
        at.world.admin.execute(
            """INSERT INTO team_message (municipality_id, id, department_id, author_id, text, sent_at, is_in_field)
               VALUES (%s, %s, %s, %s, %s, now(), true) ON CONFLICT DO NOTHING""",
            (town.municipality_id, message_id, town.parts["works"].department_id, author, secret_mark(town.slug)),
        )
    return Call(query={"department_id": _department(at)})


@maker("POST /v1/field/messages")
async def _post_message(at: Attempt) -> Call:
    return Call(json={"id": str(uuid7()), "department_id": _department(at), "text": "erişim"})


@maker("GET /v1/field/areas/{staff_id}")
async def _read_areas(at: Attempt) -> Call:
    return Call({"staff_id": at.things.staff_id})


@maker("PUT /v1/field/areas/{staff_id}")
async def _set_areas(at: Attempt) -> Call:
    chosen = at.world.towns[AWAY] if at.target == "foreign in body" else at.town
    return Call({"staff_id": at.things.staff_id}, json={"neighbourhood_ids": [str(chosen.neighbourhood_id)]})
