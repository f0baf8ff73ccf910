"""Assignments of roles become grants: more roles never open less."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from api.core.actor import Actor
from api.identity.deps import Permitted
from api.identity.permissions import PERMISSIONS
from api.identity.roles import CITIZEN_GRANTS, ROLES, Assignment, staff_grants

DEPARTMENTS = [UUID(int=number) for number in range(1, 6)]
assignments = st.lists(
    st.builds(
        Assignment,
        st.sampled_from([*ROLES, "role_of_a_newer_version"]),
        st.none() | st.frozensets(st.sampled_from(DEPARTMENTS)),
    ),
    max_size=6,
)


def actor(held) -> Actor:
    return Actor(kind="staff", municipality_id=1, grants=staff_grants(held))


@given(assignments, assignments)
def test_more_roles_never_open_less(some, more):
    before, after = actor(some), actor([*some, *more])
    for permission in PERMISSIONS:
        for department in (None, *DEPARTMENTS):
            assert not before.can(permission, department) or after.can(permission, department)


@given(assignments)
def test_a_department_is_reached_exactly_if_some_role_reaches_it(held):
    for permission in PERMISSIONS:
        for department in DEPARTMENTS:
            opened = any(
                permission in ROLES[role].permissions
                and (reach is None or (department in reach and not PERMISSIONS[permission].is_town_wide))
                for role, reach in held
                if role in ROLES
            )
            assert actor(held).can(permission, department) is (opened or permission == "account.use")


def test_the_tables_name_only_known_permissions():
    for role in ROLES.values():
        assert role.permissions <= set(PERMISSIONS)
    assert set(CITIZEN_GRANTS) <= set(PERMISSIONS)


def test_every_permission_is_opened_to_somebody():
    opened = set(CITIZEN_GRANTS).union(*(role.permissions for role in ROLES.values()))
    assert opened == set(PERMISSIONS)


def test_no_citizen_holds_what_only_staff_may():
    assert not set(CITIZEN_GRANTS) & {"staff.edit", "staff.read", "citizen.register", "audit.read", "complaint.close"}


def test_who_administers_does_not_work_on_cases_and_who_audits_changes_nothing():
    assert not {name for name in ROLES["municipal_administrator"].permissions if name.startswith("complaint.")}
    assert not {name for name in ROLES["auditor"].permissions if name.split(".")[1] in ("edit", "close", "assign")}


def test_a_misspelt_permission_fails_when_the_route_is_written():
    for name in ("complaint.clsoe", "", "Complaint.close"):
        try:
            Permitted(name)
        except LookupError:
            continue
        raise AssertionError(name)
