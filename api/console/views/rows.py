"""Lines of the list as the screen shows them."""

from dataclasses import dataclass
from datetime import datetime

from api.complaints.schemas import ComplaintRow
from api.console.icons import icon_name
from api.console.language import Catalogue
from api.console.views.wording import Said, age, due, status


@dataclass(frozen=True)
class RowView:
    """One line."""

    id: str
    number: str
    url: str
    category: str
    icon: str
    is_emergency: bool
    text: str
    neighbourhood: str
    department: str
    assignee: str
    status: Said
    due: Said | None
    age: Said
    photos: str
    lon: float | None
    lat: float | None


def row_view(t: Catalogue, row: ComplaintRow, now: datetime) -> RowView:
    """Say one line of the list in words."""
    return RowView(
        id=str(row.id),
        number=row.number,
        url=f"/console/complaints/{row.id}",
        category=row.category_name,
        icon=icon_name(row.category_icon),
        is_emergency=row.is_emergency,
        text=row.description_start,
        neighbourhood=row.neighbourhood_name or t("row.no_neighbourhood"),
        department=row.department_name or t("row.no_department"),
        assignee=row.assignee_name or t("row.no_assignee"),
        status=status(t, row.status),
        due=due(t, row.solution_due_at, now, is_open=row.is_open),
        age=age(t, row.filed_at, now),
        photos=t.count("row.photos", row.photo_count) if row.photo_count else "",
        lon=row.lon,
        lat=row.lat,
    )
