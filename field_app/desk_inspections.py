"""What the screens of inspections ask of the desk: forms, visits of a business, drafts, what was submitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from field_app.desk import Desk
from field_app.rows import Inspection
from mobile.forms import Form, FormInvalid
from mobile.sdk.own_work import Draft, Line

SUBMIT = "inspection.submit"
FINDING_FORM = "finding"
"""The form of an act that is found on the spot, with or without a business."""
_MOST_LINES = 1_000

_loaded: dict[tuple[str, str, int], Form | None] = {}


def form_of(desk: Desk, form_id: str, version: int = 0) -> Form | None:
    """Give a form in a version, or in the newest that the phone has where it does not have that one; None without any.

    Raises:
        ReadingLocked: the lease is over.
    """
    found = [(row_id, data) for row_id, data in desk.engine.view_rows("form") if data.get("form_id") == form_id]
    exact = [one for one in found if one[1].get("version") == version]
    for row_id, document in exact or sorted(found, key=lambda one: int(one[1].get("version", 0)), reverse=True):
        key = row_id, form_id, int(document.get("version", 0))
        if key not in _loaded:
            _loaded[key] = _load(document)
        if _loaded[key] is not None:
            return _loaded[key]
    return None


def form_for(desk: Desk, class_code: str) -> Form | None:
    """Give the form by which businesses of a class are visited; None where the phone has none."""
    code = desk.town().class_forms.get(class_code)
    return form_of(desk, code) if code else None


def cure_days(desk: Desk) -> int | None:
    """Give the town's term for findings for which neither inspector nor form says one; None where it has none."""
    for _, data in desk.engine.view_rows("town"):
        days = data.get("cure_days")
        return days if isinstance(days, int) and not isinstance(days, bool) else None
    return None


def visits_of(desk: Desk, business_id: str) -> list[Inspection]:
    """Give the visits of a business that are on this phone, planned ones first, then the newest."""
    rows = (Inspection.read(row_id, data) for row_id, data in desk.engine.view_rows("inspection"))
    found = [visit for visit in rows if visit.business_id == business_id]
    return sorted(found, key=lambda visit: (visit.status == "planned", visit.id), reverse=True)


def drafts(desk: Desk) -> list[Draft]:
    """Give the visits that were begun and not finished, the last touched first."""
    return desk.engine.drafts(SUBMIT)


@dataclass(frozen=True)
class Submitted:
    """A visit as it was submitted: the row's data, and this phone's own command where it made it."""

    id: str
    data: Mapping[str, Any]
    line: Line | None


def submitted(desk: Desk, inspection_id: str) -> Submitted | None:
    """Give a visit that was submitted, by this phone or another; None where nothing is known of it.

    Raises:
        ReadingLocked: the lease is over.
    """
    data = desk.engine.view_row("inspection", inspection_id)
    mine = (line for line in desk.engine.lines(limit=_MOST_LINES) if line.kind == SUBMIT)
    line = next((line for line in mine if line.body.get("id") == inspection_id), None)
    told = dict(line.body) if line is not None else {}
    if data is not None and data.get("status") != "planned":
        return Submitted(inspection_id, {**told, **data}, line)
    return Submitted(inspection_id, told, line) if line is not None else None


def amendments(desk: Desk, inspection_id: str) -> list[Line]:
    """Give this phone's own corrections of a visit, the oldest first."""
    mine = (line for line in desk.engine.lines(limit=_MOST_LINES) if line.kind == "inspection.amend")
    return [line for line in mine if line.body.get("inspection_id") == inspection_id][::-1]


def _load(document: Mapping[str, Any]) -> Form | None:
    try:
        return Form.load(dict(document))
    except FormInvalid:
        return None  # of a newer app's language: this one cannot ask it
