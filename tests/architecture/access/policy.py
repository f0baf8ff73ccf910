"""Who may call what: the whole API as one table, read by `tests/architecture/test_access_matrix.py`.

A route is named with its targets, and each target with those who are let in; everybody else must be refused.

    "-"                 the route names no object, or the caller's own
    "works"             what belongs to the department of technical works: a case of `citizen`, a colleague, a device …
    "licensing"         the same of the licensing department; its case is of `neighbour`
    "citizen"           what is the citizen's alone
    "foreign"           an object of the other municipality
    "… in body"         an id in the body that is somebody else's: refused with any 4xx
    "… in filter"       an id in the query that is somebody else's: an empty answer for who may ask at all
"""

from collections.abc import Mapping

Allowed = frozenset[str]


def only(*names: str | Allowed) -> Allowed:
    """Give the union of people and groups."""
    return frozenset().union(*({name} if isinstance(name, str) else name for name in names))


ROLES = (
    "service_desk", "department_officer", "department_head", "field_inspector", "enforcement_officer",
    "licence_officer", "cashier", "finance", "manager", "mayor", "municipal_administrator", "auditor",
)  # fmt: skip
# Limited to technical works: department_officer, department_head, field_inspector; to licensing: licence_officer;
# to zabıta: enforcement_officer. The others hold everywhere.
STAFF = only(*ROLES)
CITIZENS = only("citizen", "neighbour")
SIGNED_IN = STAFF | CITIZENS
NOBODY = only()
EVERYBODY = SIGNED_IN | {"anonymous", "revoked"}

DESK, OFFICER, HEAD, INSPECTOR = "service_desk", "department_officer", "department_head", "field_inspector"
LICENCE, MANAGER, MAYOR, AUDITOR = "licence_officer", "manager", "mayor", "auditor"
ADMINISTRATOR = only("municipal_administrator")

OVERSEERS = only(DESK, MANAGER, MAYOR, AUDITOR)
READERS_OF_CASES = only(OVERSEERS, OFFICER, HEAD, INSPECTOR, LICENCE, "enforcement_officer")
READERS = {
    "works": only("citizen", OVERSEERS, OFFICER, HEAD, INSPECTOR),
    "licensing": only("neighbour", OVERSEERS, LICENCE),
}
FIELD = only(OFFICER, HEAD, INSPECTOR, LICENCE, "enforcement_officer")
FIELD_WORK = {"works": only(OFFICER, HEAD, INSPECTOR), "licensing": NOBODY, "foreign": NOBODY}
ANSWERERS = {"works": only(DESK, OFFICER, HEAD), "licensing": only(DESK, LICENCE), "foreign": NOBODY}
NOTERS = {
    "works": only(DESK, OFFICER, HEAD, INSPECTOR, MANAGER, MAYOR),
    "licensing": only(DESK, LICENCE, MANAGER, MAYOR),
}
ENDERS = {"works": only(DESK, HEAD), "licensing": only(DESK), "foreign": NOBODY}
REPORTERS = {"works": only("citizen"), "licensing": only("neighbour"), "foreign": NOBODY}
OWNERS = {"works": only("citizen"), "licensing": only("neighbour"), "foreign": NOBODY}
STAFF_READERS = only(DESK, MANAGER, ADMINISTRATOR, OFFICER, HEAD)
STAFF_EDITORS = {"works": ADMINISTRATOR, "licensing": ADMINISTRATOR, "foreign": NOBODY}
TOWN_EDITORS = {"works": ADMINISTRATOR, "foreign": NOBODY}
LENDERS = {"works": only(HEAD, ADMINISTRATOR), "licensing": ADMINISTRATOR, "foreign": NOBODY}
STOLEN_PHOTO = {"other's photo in body": NOBODY, "foreign photo in body": NOBODY}
READERS_OF_BUSINESSES = only(FIELD, MANAGER, MAYOR, AUDITOR, ADMINISTRATOR)
REGISTER_KEEPERS = {"works": only(HEAD, LICENCE), "foreign": NOBODY}
TEAM = {"works": only(OFFICER, HEAD, INSPECTOR), "licensing": only(LICENCE)}
INSPECTION_READERS = {
    "works": only(OFFICER, HEAD, INSPECTOR, MANAGER, MAYOR, AUDITOR),
    "licensing": only(LICENCE, MANAGER, MAYOR, AUDITOR),
    "foreign": NOBODY,
}
ALL_INSPECTION_READERS = only(FIELD, MANAGER, MAYOR, AUDITOR)
PLANNERS = {"works": only(OFFICER, HEAD), "licensing": only(LICENCE), "foreign": NOBODY}
AREA_EDITORS = {"works": only(HEAD, ADMINISTRATOR), "licensing": ADMINISTRATOR, "foreign": NOBODY}
PUBLIC_READING = {"-": EVERYBODY, "foreign": EVERYBODY}
# Files on their way are their sender's alone: also of a colleague nobody hears.
OWN_UPLOAD = {"-": FIELD, "works": NOBODY, "foreign": NOBODY}

POLICY: Mapping[str, Mapping[str, Allowed]] = {
    # Signing in
    "GET /.well-known/jwks.json": {"-": EVERYBODY},
    "POST /v1/auth/code": {"-": EVERYBODY},
    "POST /v1/auth/code/verify": {"-": EVERYBODY, "foreign in body": NOBODY},
    "POST /v1/auth/staff": {"-": EVERYBODY, "foreign in body": NOBODY},
    "POST /v1/auth/refresh": {"-": EVERYBODY},
    "POST /v1/auth/logout": {"-": SIGNED_IN},
    # One's own account
    "GET /v1/me": {"-": SIGNED_IN},
    "PATCH /v1/me": {"-": CITIZENS},
    "POST /v1/me/password": {"-": STAFF},
    "GET /v1/me/devices": {"-": SIGNED_IN},
    "POST /v1/devices/{device_id}/revoke": {
        "-": SIGNED_IN,
        "works": only(HEAD, ADMINISTRATOR),
        "licensing": ADMINISTRATOR,
        "citizen": only("citizen"),
        "foreign": NOBODY,
    },
    "GET /v1/consents": {"-": CITIZENS},
    "POST /v1/consents": {"-": CITIZENS, "foreign in body": NOBODY},
    "GET /v1/inbox": {"-": CITIZENS},
    "POST /v1/inbox/{message_id}/read": OWNERS,
    # Staff
    "GET /v1/roles": {"-": STAFF},
    "GET /v1/staff": {"-": STAFF_READERS, "foreign in filter": STAFF_READERS},
    "POST /v1/staff": {"-": ADMINISTRATOR, "foreign in body": NOBODY},
    "GET /v1/staff/{user_id}": {
        "works": STAFF_READERS,
        "licensing": only(DESK, MANAGER, ADMINISTRATOR),
        "foreign": NOBODY,
    },
    "PATCH /v1/staff/{user_id}": {**STAFF_EDITORS, "foreign in body": NOBODY},
    "POST /v1/staff/{user_id}/reset-sign-in": STAFF_EDITORS,
    "POST /v1/staff/{user_id}/roles": {**STAFF_EDITORS, "foreign in body": NOBODY},
    "DELETE /v1/staff/{user_id}/roles/{assignment_id}": {**STAFF_EDITORS, "foreign assignment": NOBODY},
    "GET /v1/staff/{user_id}/devices": {
        "works": only(HEAD, ADMINISTRATOR),
        "licensing": ADMINISTRATOR,
        "foreign": NOBODY,
    },
    "GET /v1/substitutions": {"-": only(HEAD, ADMINISTRATOR)},
    "POST /v1/substitutions": {**LENDERS, "foreign in body": NOBODY},
    "POST /v1/substitutions/{substitution_id}/end": LENDERS,
    # Cases
    "POST /v1/files": {
        "-": only(CITIZENS, DESK, OFFICER, HEAD, INSPECTOR, LICENCE, MANAGER, "enforcement_officer"),
    },
    "POST /v1/complaints": {"-": CITIZENS, "foreign in body": NOBODY, **STOLEN_PHOTO},
    "POST /v1/complaints/counter": {"-": only(DESK), "foreign in body": NOBODY, **STOLEN_PHOTO},
    "GET /v1/complaints": {
        "-": only(CITIZENS, READERS_OF_CASES),
        "foreign in filter": only(CITIZENS, READERS_OF_CASES),
    },
    "GET /v1/complaints/tiles/{z}/{x}/{y}.mvt": {
        "-": READERS_OF_CASES,
        "foreign": READERS_OF_CASES,  # a place is nobody's; what lies there is
        "foreign in filter": READERS_OF_CASES,
    },
    "GET /v1/complaints/{complaint_id}": {**READERS, "foreign": NOBODY},
    "GET /v1/complaints/{complaint_id}/photos/{photo_id}/{variant}": {
        **READERS,
        "foreign": NOBODY,
        "other's photo": NOBODY,
        "foreign photo": NOBODY,
    },
    "POST /v1/complaints/{complaint_id}/reporter": {
        "works": only(DESK, OFFICER, HEAD, AUDITOR),
        "licensing": only(DESK, LICENCE, AUDITOR),
        "foreign": NOBODY,
    },
    "POST /v1/complaints/{complaint_id}/route": {
        "works": only(DESK, OFFICER, HEAD, MANAGER),
        "licensing": only(DESK, MANAGER),
        "foreign": NOBODY,
        "foreign in body": NOBODY,
    },
    "POST /v1/complaints/{complaint_id}/assign": {
        "works": only(HEAD, MANAGER),
        "licensing": only(MANAGER),
        "foreign": NOBODY,
        "foreign in body": NOBODY,
    },
    "POST /v1/complaints/{complaint_id}/take": FIELD_WORK,
    "POST /v1/complaints/{complaint_id}/start": FIELD_WORK,
    "POST /v1/complaints/{complaint_id}/hand-over": {**FIELD_WORK, "foreign in body": NOBODY},
    "POST /v1/complaints/{complaint_id}/close": {**FIELD_WORK, **STOLEN_PHOTO},
    "POST /v1/complaints/{complaint_id}/notes": {**NOTERS, "foreign": NOBODY, **STOLEN_PHOTO},
    "POST /v1/complaints/{complaint_id}/answers": {**ANSWERERS, **STOLEN_PHOTO},
    "POST /v1/complaints/{complaint_id}/questions": ANSWERERS,
    "POST /v1/complaints/{complaint_id}/reject": ENDERS,
    "POST /v1/complaints/{complaint_id}/forward": ENDERS,
    "POST /v1/complaints/{complaint_id}/replies": {**REPORTERS, **STOLEN_PHOTO},
    "POST /v1/complaints/{complaint_id}/withdraw": REPORTERS,
    "POST /v1/complaints/{complaint_id}/rating": REPORTERS,
    "POST /v1/complaints/{complaint_id}/reopen": REPORTERS,
    # The town's own set-up
    "POST /v1/consent-texts": {"-": ADMINISTRATOR},
    "GET /v1/municipality/departments": {"-": STAFF},
    "POST /v1/municipality/departments": {"-": ADMINISTRATOR, "foreign in body": NOBODY},
    "PATCH /v1/municipality/departments/{department_id}": {
        "works": ADMINISTRATOR,
        "licensing": ADMINISTRATOR,
        "foreign": NOBODY,
        "foreign in body": NOBODY,
    },
    "GET /v1/municipality/service-areas": {"-": STAFF},
    "POST /v1/municipality/service-areas": {"-": ADMINISTRATOR},
    "PATCH /v1/municipality/service-areas/{area_id}": TOWN_EDITORS,
    "PATCH /v1/municipality/neighbourhoods/{neighbourhood_id}": TOWN_EDITORS,
    "GET /v1/municipality/parameters": {"-": STAFF},
    "PUT /v1/municipality/parameters/{code}": {"-": ADMINISTRATOR},
    "GET /v1/municipality/modules": {"-": STAFF},
    "PUT /v1/municipality/modules/{code}": {"-": ADMINISTRATOR},
    "GET /v1/municipality/appearance": {"-": STAFF},
    "PUT /v1/municipality/appearance": {"-": ADMINISTRATOR},
    "GET /v1/municipality/holidays": {"-": STAFF},
    "PUT /v1/municipality/holidays/{day}": {"-": ADMINISTRATOR},
    "DELETE /v1/municipality/holidays/{day}": {"-": ADMINISTRATOR, "foreign": NOBODY},
    # Businesses: one register for the whole town
    "GET /v1/businesses": {"-": READERS_OF_BUSINESSES, "foreign in filter": READERS_OF_BUSINESSES},
    "GET /v1/businesses/classes": {"-": READERS_OF_BUSINESSES},
    "GET /v1/businesses/tiles/{z}/{x}/{y}.mvt": {
        "-": READERS_OF_BUSINESSES,
        "foreign": READERS_OF_BUSINESSES,  # a place is nobody's; what lies there is
        "foreign in filter": READERS_OF_BUSINESSES,
    },
    "POST /v1/businesses": {"-": FIELD, "foreign place in body": NOBODY},
    "GET /v1/businesses/{business_id}": {"works": READERS_OF_BUSINESSES, "foreign": NOBODY},
    "PATCH /v1/businesses/{business_id}": {"works": FIELD, "foreign": NOBODY},
    "PUT /v1/businesses/{business_id}/owner": REGISTER_KEEPERS,
    "POST /v1/businesses/{business_id}/owner": {
        "works": only(HEAD, LICENCE, AUDITOR, "enforcement_officer"),
        "foreign": NOBODY,
    },
    "POST /v1/businesses/changes/{change_id}/review": REGISTER_KEEPERS,
    "POST /v1/businesses/matches/{match_id}/decision": REGISTER_KEEPERS,
    # Inspections, each of a department; forms and classes are the town's
    "GET /v1/inspections": {"-": ALL_INSPECTION_READERS, "foreign in filter": ALL_INSPECTION_READERS},
    "POST /v1/inspections": {
        "works": only(OFFICER, HEAD),
        "licensing": only(LICENCE),
        "foreign in body": NOBODY,
    },
    "POST /v1/inspections/for-complaint": {
        "works": only(OFFICER, HEAD),
        "licensing": only(LICENCE),
        "foreign case in body": NOBODY,
    },
    "POST /v1/inspections/numbers": {"-": FIELD},
    "GET /v1/inspections/numbers": {"-": ALL_INSPECTION_READERS},
    "GET /v1/inspections/forms": {"-": READERS_OF_BUSINESSES},
    "POST /v1/inspections/forms": {"-": ADMINISTRATOR},
    "POST /v1/inspections/forms/xlsform": {"-": ADMINISTRATOR},
    "GET /v1/inspections/forms/{form_id}": {"works": READERS_OF_BUSINESSES, "foreign": NOBODY},
    "GET /v1/inspections/classes": {"-": READERS_OF_BUSINESSES},
    "PUT /v1/inspections/classes/{code}": {"-": ADMINISTRATOR, "foreign in body": NOBODY},
    "GET /v1/inspections/businesses/{business_id}/timeline": {"works": ALL_INSPECTION_READERS, "foreign": NOBODY},
    "GET /v1/inspections/{inspection_id}": INSPECTION_READERS,
    "GET /v1/inspections/{inspection_id}/record.pdf": INSPECTION_READERS,
    "GET /v1/inspections/{inspection_id}/photos/{photo_id}/{variant}": {**INSPECTION_READERS, "other's photo": NOBODY},
    "POST /v1/inspections/{inspection_id}/submit": {
        "works": only(OFFICER, HEAD, INSPECTOR),
        "licensing": only(LICENCE),
        "foreign": NOBODY,
        **STOLEN_PHOTO,
    },
    "POST /v1/inspections/{inspection_id}/amendments": {
        "works": only(OFFICER, HEAD, INSPECTOR),
        "licensing": only(LICENCE),
        "foreign": NOBODY,
        **STOLEN_PHOTO,
    },
    "POST /v1/inspections/{inspection_id}/assign": {**PLANNERS, "foreign in body": NOBODY},
    "POST /v1/inspections/{inspection_id}/cancel": PLANNERS,
    # Field work
    "GET /v1/field/tasks": {"-": FIELD, "foreign in filter": FIELD},
    "POST /v1/field/tasks": {**TEAM, "foreign in body": NOBODY, "foreign case in body": NOBODY},
    "POST /v1/field/tasks/{task_id}/finish": {**TEAM, "foreign": NOBODY, **STOLEN_PHOTO},
    "GET /v1/field/tasks/{task_id}/photos/{photo_id}/{variant}": {**TEAM, "foreign": NOBODY, "other's photo": NOBODY},
    "GET /v1/field/messages": {**TEAM, "foreign in filter": NOBODY},
    "POST /v1/field/messages": {**TEAM, "foreign in body": NOBODY},
    "GET /v1/field/areas/{staff_id}": AREA_EDITORS,
    "PUT /v1/field/areas/{staff_id}": {**AREA_EDITORS, "foreign in body": NOBODY},
    "POST /v1/sync/push": {"-": FIELD},
    "POST /v1/sync/pull": {"-": FIELD},
    "GET /v1/sync/profile": {"-": FIELD},
    "GET /v1/sync/conflicts": {"-": only(DESK, HEAD, LICENCE, ADMINISTRATOR)},
    "POST /v1/sync/conflicts/{conflict_id}/resolve": {
        "works": only(DESK, HEAD, ADMINISTRATOR),
        "licensing": only(DESK, LICENCE, ADMINISTRATOR),
        "foreign": NOBODY,
    },
    "GET /v1/field/devices": {"-": only(HEAD, ADMINISTRATOR)},
    "POST /v1/field/devices/{device_id}/revoke": {
        "works": only(HEAD, ADMINISTRATOR),
        "licensing": ADMINISTRATOR,
        "foreign": NOBODY,
    },
    "OPTIONS /v1/sync/blobs": {"-": EVERYBODY},
    "POST /v1/sync/blobs": {"-": FIELD, **STOLEN_PHOTO},
    "HEAD /v1/sync/blobs/{upload_id}": OWN_UPLOAD,
    "PATCH /v1/sync/blobs/{upload_id}": OWN_UPLOAD,
    "DELETE /v1/sync/blobs/{upload_id}": OWN_UPLOAD,
    "GET /v1/map-packages": {"-": FIELD},
    "GET /v1/map-packages/{package_id}/file": {"-": FIELD, "foreign": NOBODY},
    # What anybody may read of a town
    "GET /v1/public/municipalities": {"-": EVERYBODY},
    "GET /v1/public/{municipality_slug}/categories": PUBLIC_READING,
    "GET /v1/public/{municipality_slug}/config": PUBLIC_READING,
    "GET /v1/public/{municipality_slug}/consent-texts": PUBLIC_READING,
    "GET /v1/public/{municipality_slug}/neighbourhoods": PUBLIC_READING,
    "GET /v1/public/{municipality_slug}/tiles/base/{z}/{x}/{y}.mvt": PUBLIC_READING,
}

# Changes that leave no row in the audit trail, and why.
UNAUDITED: Mapping[str, str] = {
    "POST /v1/sync/pull": "phones ask every minute; what they are told names no reporter",
    "POST /v1/sync/blobs": "a file that is only begun; what it becomes is audited",
    "PATCH /v1/sync/blobs/{upload_id}": "pieces of a file; what the whole file becomes is audited",
    "DELETE /v1/sync/blobs/{upload_id}": "an unfinished file of one's own that never became anything",
    "POST /v1/auth/refresh": "the same device goes on; each use would drown the trail, a reuse is audited",
}


def is_public(route: str) -> bool:
    """Whether anybody may call the route."""
    return POLICY[route].get("-") == EVERYBODY
