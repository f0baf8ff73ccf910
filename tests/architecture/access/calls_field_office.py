"""How the routes around sync are called: files in pieces, the profile, phones and decisions of the office."""

import hashlib
import json
from uuid import NAMESPACE_URL, UUID, uuid5

from api.core.ids import uuid7
from tests.api.sync.uploading import TUS, metadata
from tests.architecture.access.making import Attempt, Call, maker, plain
from tests.architecture.access.world import Place, secret_mark

DATA = b"piece of a bundle" * 10

plain("OPTIONS /v1/sync/blobs")
plain("GET /v1/sync/profile")


@maker("POST /v1/sync/blobs")
async def _begin_upload(at: Attempt) -> Call:
    photos = at.photos()
    facts = {
        "photo_id": photos[0] if photos else str(uuid7()),
        "sha256": hashlib.sha256(DATA).hexdigest(),
        "variant": "original" if photos else "bundle",
    }
    return Call(headers={**TUS, "Upload-Length": str(len(DATA)), "Upload-Metadata": metadata(**facts)})


def _upload(at: Attempt) -> UUID:
    """An unfinished upload of the caller's own, or of somebody in the town that the target names."""
    town, upload_id = at.town, uuid7()
    owner = at.person.id if at.target == "-" and at.person.id else town.parts["works"].staff_id
    at.world.admin.execute(
        """INSERT INTO blob_upload (municipality_id, id, staff_user_id, photo_id, variant, sha256, size, received,
                                    created_at, expires_at)
           VALUES (%s, %s, %s, %s, 'bundle', %s, %s, 0, now(), now() + interval '9 days')""",
        (town.municipality_id, upload_id, owner, uuid7(), hashlib.sha256(DATA).digest(), len(DATA)),
    )
    return upload_id


@maker("HEAD /v1/sync/blobs/{upload_id}")
async def _read_upload(at: Attempt) -> Call:
    return Call({"upload_id": _upload(at)}, headers=TUS)


@maker("PATCH /v1/sync/blobs/{upload_id}")
async def _add_piece(at: Attempt) -> Call:
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return Call({"upload_id": _upload(at)}, content=DATA[:9], headers=headers)


@maker("DELETE /v1/sync/blobs/{upload_id}")
async def _end_upload(at: Attempt) -> Call:
    return Call({"upload_id": _upload(at)}, headers=TUS)


def _conflict(at: Attempt, town: Place, part: str) -> UUID:
    """A marked command of a department's colleague that waits for a decision."""
    conflict_id, things = uuid5(NAMESPACE_URL, f"{town.slug} {part} conflict"), town.parts[part]
    body = {"text": secret_mark(town.slug, part)}
    at.world.admin.execute(
        """INSERT INTO sync_mutation (municipality_id, id, stream_id, seq, kind, kv, sha, state, code, xid,
                                      staff_user_id, authored, received_at, department_id, base, body)
           VALUES (%s, %s, %s, 1, 'complaint.note', 1, sha256('x'), 'conflict', 'conflict', 1, %s, '{}', now(), %s,
                   '{}', %s)
           ON CONFLICT DO NOTHING""",
        (
            town.municipality_id, conflict_id, conflict_id, things.staff_id, things.department_id,
            town.ring.encrypt("sync_mutation", "body", conflict_id, json.dumps(body)),
        ),
    )  # fmt: skip
    return conflict_id


@maker("GET /v1/sync/conflicts")
async def _list_conflicts(at: Attempt) -> Call:
    for town in at.world.towns.values():
        for part in town.parts:
            _conflict(at, town, part)
    return Call()


@maker("POST /v1/sync/conflicts/{conflict_id}/resolve")
async def _resolve_conflict(at: Attempt) -> Call:
    part = "licensing" if at.target == "licensing" else "works"
    return Call({"conflict_id": _conflict(at, at.town, part)}, json={"decision": "office", "note": ""})


def _device(at: Attempt, town: Place, part: str) -> UUID:
    """A marked phone of a department's colleague."""
    device_id = uuid5(NAMESPACE_URL, f"{town.slug} {part} phone")
    things, mark = town.parts[part], secret_mark(town.slug, part)
    at.world.admin.execute(
        """INSERT INTO device (municipality_id, id, holder_kind, holder_id, kind, label, created_at, last_seen_at,
                               expires_at)
           VALUES (%s, %s, 'staff', %s, 'field_app', %s, now(), now(), now() + interval '9 days')
           ON CONFLICT DO NOTHING""",
        (town.municipality_id, device_id, things.staff_id, mark),
    )
    at.world.admin.execute(
        """INSERT INTO field_device (municipality_id, id, staff_user_id, state, app, first_contact_at, last_contact_at,
                                     waiting, waiting_photos)
           VALUES (%s, %s, %s, 'active', %s, now(), now(), 0, 0)
           ON CONFLICT DO NOTHING""",
        (town.municipality_id, device_id, things.staff_id, mark),
    )
    return device_id


@maker("GET /v1/field/devices")
async def _list_devices(at: Attempt) -> Call:
    for town in at.world.towns.values():
        for part in town.parts:
            _device(at, town, part)
    return Call()


@maker("POST /v1/field/devices/{device_id}/revoke")
async def _revoke_device(at: Attempt) -> Call:
    part = "licensing" if at.target == "licensing" else "works"
    return Call({"device_id": _device(at, at.town, part)}, json={"how": "drain"})
