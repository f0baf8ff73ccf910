"""The people of the municipality as their colleagues see them: name, title, and where they work today."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.sql import Row, fetch_all

# Who holds a role everywhere works in their own department.
COLLEAGUES_SQL = """
    SELECT s.id, s.full_name AS name, s.title,
           array_remove(array_agg(DISTINCT coalesce(r.department_id, s.department_id)
                                  ORDER BY coalesce(r.department_id, s.department_id)), NULL) AS department_ids
      FROM staff_user s
      JOIN role_assignment r ON r.municipality_id = s.municipality_id AND r.staff_user_id = s.id
     WHERE s.municipality_id = %(municipality_id)s AND s.is_active
       AND r.valid_from <= %(today)s AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)
     GROUP BY s.id, s.full_name, s.title ORDER BY s.id"""

WORKPLACES_SQL = """
    SELECT DISTINCT r.department_id FROM role_assignment r
      JOIN staff_user s ON s.municipality_id = r.municipality_id AND s.id = r.staff_user_id AND s.is_active
     WHERE r.municipality_id = %(municipality_id)s AND r.staff_user_id = %(id)s AND r.valid_from <= %(today)s
       AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)"""


async def workplaces(session: AsyncSession, municipality_id: int, staff_user_id: UUID) -> list[UUID | None]:
    """Give the departments (None = all) in which somebody holds a role today; none if they are not active."""
    values = {"municipality_id": municipality_id, "id": staff_user_id, "today": clock.today()}
    return [row["department_id"] for row in await fetch_all(session, WORKPLACES_SQL, values)]


async def colleagues(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Give everybody who holds a role today: id, name, title and departments; for phones of the municipality."""
    return await fetch_all(session, COLLEAGUES_SQL, {"municipality_id": municipality_id, "today": clock.today()})
