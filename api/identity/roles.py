"""The roles of a municipality as one table, and how assignments of roles become an actor's grants."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from api.core.actor import Scope
from api.identity.permissions import PERMISSIONS


class Role(NamedTuple):
    """A role's name on screens and what it opens."""

    label_tr: str
    permissions: frozenset[str]


class Assignment(NamedTuple):
    """A role that holds today: everywhere (None) or in these departments, subtrees included."""

    role: str
    departments: Scope


_SEES = ("complaint.read", "complaint.note", "file.upload")
_ANSWERS = (*_SEES, "complaint.read_person", "complaint.answer", "complaint.ask_citizen")
_LOOKS = ("business.read", "inspection.read")
_FIELD = ("field.sync", "task.create", "task.finish", "team_message.post", *_LOOKS)
_WORKS = (
    *_SEES,
    *("complaint.take", "complaint.start", "complaint.close", "complaint.hand_over", "complaint.file_on_site"),
    *_FIELD,
)
_INSPECTS = ("business.edit", "inspection.submit", "inspection.amend")
_OFFICE = (*_ANSWERS, *_WORKS)
_LEADS = ("complaint.route", "complaint.assign", "complaint.export", "report.read", "staff.read", *_LOOKS)
_SORTS_OUT = ("sync_conflict.read", "sync_conflict.resolve")

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "service_desk": Role(
            "Beyaz Masa görevlisi",
            frozenset(
                (
                    *_ANSWERS,
                    "complaint.file_for_citizen",
                    "complaint.route",
                    "complaint.reject",
                    "complaint.forward",
                    "citizen.register",
                    "staff.read",
                    *_SORTS_OUT,
                )
            ),
        ),
        "department_officer": Role(
            "Birim memuru", frozenset((*_OFFICE, *_INSPECTS, "complaint.route", "inspection.plan", "staff.read"))
        ),
        "department_head": Role(
            "Müdür",
            frozenset(
                (
                    *_OFFICE,
                    *_LEADS,
                    *_INSPECTS,
                    *_SORTS_OUT,
                    "inspection.plan",
                    "field_area.edit",
                    "business.read_owner",
                    "complaint.reject",
                    "complaint.forward",
                    "substitution.edit",
                    "device.revoke",
                    "file.read_evidence",
                )
            ),
        ),
        "field_inspector": Role("Saha görevlisi", frozenset((*_WORKS, *_INSPECTS))),
        "enforcement_officer": Role(
            "Zabıta memuru",
            frozenset((*_WORKS, *_INSPECTS, "business.read_owner", "complaint.read_person", "file.read_evidence")),
        ),
        "licence_officer": Role(
            "Ruhsat memuru",
            frozenset((*_ANSWERS, *_FIELD, *_INSPECTS, *_SORTS_OUT, "inspection.plan", "business.read_owner")),
        ),
        "cashier": Role("Vezne görevlisi", frozenset()),
        "finance": Role("Mali hizmetler görevlisi", frozenset(("report.read",))),
        "manager": Role("Başkan yardımcısı", frozenset((*_SEES, *_LEADS))),
        "mayor": Role("Belediye başkanı", frozenset(("complaint.read", "complaint.note", "report.read", *_LOOKS))),
        "municipal_administrator": Role(
            "Sistem yöneticisi",
            frozenset(
                (
                    *("staff.read", "staff.edit", "substitution.edit", "device.revoke", "citizen.block"),
                    *("category.edit", "routing.edit", "department.edit", "parameter.edit", "appearance.edit"),
                    *("consent.edit", "audit.read", "report.read", "inspection_form.edit", "business.import"),
                    *("field_area.edit", "disaster.declare", "business.read", *_SORTS_OUT),
                )
            ),
        ),
        "auditor": Role(
            "Denetçi",
            frozenset(
                (
                    *("complaint.read", "complaint.read_person", "complaint.export"),
                    *("file.read_evidence", "report.read", "audit.read", "business.read_owner", *_LOOKS),
                )
            ),
        ),
    }
)

CITIZEN_GRANTS: Mapping[str, Scope] = MappingProxyType(
    dict.fromkeys(
        (
            *("account.use", "consent.give", "inbox.read", "file.upload", "complaint.file", "complaint.read"),
            *("complaint.reply", "complaint.rate", "complaint.reopen", "complaint.withdraw"),
        )
    )
)


def staff_grants(assignments: Iterable[Assignment]) -> Mapping[str, Scope]:
    """Give what the assignments of today open together.

    A role held everywhere outweighs the same role held in departments; several departments add up. A role held in
    departments never opens a permission that changes the whole town. Unknown roles (of a newer version) open nothing.
    """
    grants: dict[str, Scope] = {"account.use": None}
    for assignment in assignments:
        role = ROLES.get(assignment.role)
        for permission in role.permissions if role else ():
            if assignment.departments is None:
                grants[permission] = None
            elif not PERMISSIONS[permission].is_town_wide:
                held = grants.get(permission, frozenset[UUID]())
                grants[permission] = None if held is None else held | assignment.departments
    return MappingProxyType(grants)
