"""The people of the municipality as their colleagues see them: name, title, and where they work today."""

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


async def colleagues(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Give everybody who holds a role today: id, name, title and departments; for phones of the municipality."""
    return await fetch_all(session, COLLEAGUES_SQL, {"municipality_id": municipality_id, "today": clock.today()})
