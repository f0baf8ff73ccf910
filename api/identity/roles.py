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
_WORKS = (*_SEES, "complaint.take", "complaint.start", "complaint.close", "field.sync")
_OFFICE = (*_ANSWERS, *_WORKS)
_LEADS = ("complaint.route", "complaint.assign", "complaint.export", "report.read", "staff.read")

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
                )
            ),
        ),
        "department_officer": Role("Birim memuru", frozenset((*_OFFICE, "complaint.route", "staff.read"))),
        "department_head": Role(
            "Müdür",
            frozenset(
                (
                    *_OFFICE,
                    *_LEADS,
                    "complaint.reject",
                    "complaint.forward",
                    "substitution.edit",
                    "device.revoke",
                    "file.read_evidence",
                )
            ),
        ),
        "field_inspector": Role("Saha görevlisi", frozenset(_WORKS)),
        "enforcement_officer": Role(
            "Zabıta memuru", frozenset((*_WORKS, "complaint.read_person", "file.read_evidence"))
        ),
        "licence_officer": Role("Ruhsat memuru", frozenset((*_ANSWERS, "field.sync"))),
        "cashier": Role("Vezne görevlisi", frozenset()),
        "finance": Role("Mali hizmetler görevlisi", frozenset(("report.read",))),
        "manager": Role("Başkan yardımcısı", frozenset((*_SEES, *_LEADS))),
        "mayor": Role("Belediye başkanı", frozenset(("complaint.read", "complaint.note", "report.read"))),
        "municipal_administrator": Role(
            "Sistem yöneticisi",
            frozenset(
                (
                    *("staff.read", "staff.edit", "substitution.edit", "device.revoke", "citizen.block"),
                    *("category.edit", "routing.edit", "department.edit", "parameter.edit", "appearance.edit"),
                    *("consent.edit", "audit.read", "report.read"),
                )
            ),
        ),
        "auditor": Role(
            "Denetçi",
            frozenset(
                (
                    *("complaint.read", "complaint.read_person", "complaint.export"),
                    *("file.read_evidence", "report.read", "audit.read"),
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
