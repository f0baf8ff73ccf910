"""What a command looks like on the phone before the server has answered: pure changes of the rows that are shown.

Each effect may be laid over a row that already contains it, so it sets and never adds twice. A kind that this version
does not know changes nothing that is shown; it is sent all the same. An effect touches only the rows that `touched_by`
names, so that one row can be shown without reading the others.
"""

from collections.abc import Callable, Mapping
from typing import Any

Key = tuple[str, str]
Rows = dict[Key, dict[str, Any]]
Body = Mapping[str, Any]
Effect = Callable[[Rows, str, Body, str], None]
"""(rows, id of the mutation, its body, who is signed in)."""

_NAMED = (("complaint", "complaint_id"), ("business", "business_id"), ("task", "task_id"), ("visit", "visit_id"),
          ("inspection", "inspection_id"))  # fmt: skip
_ROW_NAMES = {"address_text": "address"}
_MAKES = {
    "inspection.submit": "inspection", "business.register": "business", "complaint.file": "complaint",
    "task.create": "task", "message.post": "message",
}  # fmt: skip


def targets_of(kind: str, body: Body) -> list[Key]:
    """Name the rows that a command stands on: they are kept while it waits."""
    targets = [(table, str(body[key])) for table, key in _NAMED if body.get(key)]
    # A planned inspection is there before it is submitted.
    return [*targets, ("inspection", str(body["id"]))] if kind == "inspection.submit" and body.get("id") else targets


def touched_by(kind: str, mutation_id: str, body: Body) -> list[Key]:
    """Name the rows that a command may change or make."""
    targets = targets_of(kind, body)
    made = [(_MAKES[kind], str(body.get("id") or mutation_id))] if kind in _MAKES else []
    return [*targets, *(key for key in made if key not in targets)]


def lay_over(rows: Rows, kind: str, mutation_id: str, body: Body, who: str = "") -> None:
    """Change the rows as the command will."""
    effect = _EFFECTS.get(kind)
    if effect is not None:
        effect(rows, mutation_id, body, who)


def _on_complaint(change: Callable[[dict[str, Any], Body, str], None]) -> Effect:
    def changed(rows: Rows, mutation_id: str, body: Body, who: str) -> None:
        row = rows.get(("complaint", str(body.get("complaint_id"))))
        if row is not None:
            change(row, body, who)
            _add(row, "lines", {"id": mutation_id, "text": body.get("text")})

    return changed


def _add(row: dict[str, Any], name: str, entry: dict[str, Any]) -> None:
    entries = row.get(name) or []
    if entry["text"] and all(other.get("id") != entry["id"] for other in entries):
        row[name] = [*entries, entry]


def _say(row: dict[str, Any], body: Body, who: str) -> None:
    """Nothing but the line."""


def _take(row: dict[str, Any], body: Body, who: str) -> None:
    row.update({"status": "assigned", "assignee_id": who} if who else {"status": "assigned"})


def _start(row: dict[str, Any], body: Body, who: str) -> None:
    row["status"] = "in_progress"
    if not row.get("assignee_id") and who:
        row["assignee_id"] = who


def _close(row: dict[str, Any], body: Body, who: str) -> None:
    row["status"] = "solved"


def _hand_over(row: dict[str, Any], body: Body, who: str) -> None:
    if body.get("staff_user_id"):
        row.update({"status": "assigned", "assignee_id": body["staff_user_id"]})


def _visit(row: dict[str, Any], body: Body, who: str) -> None:
    moment = body.get("ended_at") or body.get("started_at")
    if moment:
        row["visited_at"] = moment


def _create(table: str, **meanwhile: Any) -> Effect:
    def create(rows: Rows, mutation_id: str, body: Body, who: str) -> None:
        made = {**meanwhile, **_as_row(body)}
        rows.setdefault((table, str(body.get("id") or mutation_id)), made)

    return create


def _as_row(fields: Body) -> dict[str, Any]:
    """Name fields of a command as the rows do."""
    row = {_ROW_NAMES.get(field, field): value for field, value in fields.items() if field != "place"}
    place = fields.get("place")
    return {**row, "lon": place.get("lon"), "lat": place.get("lat")} if isinstance(place, Mapping) else row


def _submit(rows: Rows, mutation_id: str, body: Body, who: str) -> None:
    key = ("inspection", str(body.get("id") or mutation_id))
    row = rows.setdefault(key, {})
    if row.get("status") in (None, "planned"):
        row.update({**body, "status": "submitted"})


def _amend(rows: Rows, mutation_id: str, body: Body, who: str) -> None:
    row = rows.get(("inspection", str(body.get("inspection_id"))))
    if row is not None:
        _add(row, "amendments", {"id": str(body.get("id") or mutation_id), "text": body.get("text")})


def _patch_business(rows: Rows, mutation_id: str, body: Body, who: str) -> None:
    row = rows.get(("business", str(body.get("business_id"))))
    changes = body.get("changes")
    if row is not None and isinstance(changes, Mapping):
        row.update(_as_row({field: change["value"] for field, change in changes.items() if "value" in change}))


def _finish_task(rows: Rows, mutation_id: str, body: Body, who: str) -> None:
    row = rows.get(("task", str(body.get("task_id"))))
    if row is not None:
        row.update({"status": "done", "done_text": body.get("text") or row.get("done_text", "")})


def _post(rows: Rows, mutation_id: str, body: Body, who: str) -> None:
    rows.setdefault(("message", str(body.get("id") or mutation_id)), {"author_id": who, **body})


_EFFECTS: Mapping[str, Effect] = {
    "complaint.take": _on_complaint(_take),
    "complaint.start": _on_complaint(_start),
    "complaint.note": _on_complaint(_say),
    "complaint.answer": _on_complaint(_say),
    "complaint.close": _on_complaint(_close),
    "complaint.hand_over": _on_complaint(_hand_over),
    "complaint.visit": _on_complaint(_visit),
    "complaint.file": _create("complaint", status="routed"),
    "inspection.submit": _submit,
    "inspection.amend": _amend,
    "business.register": _create("business"),
    "business.patch": _patch_business,
    "task.create": _create("task", status="open"),
    "task.finish": _finish_task,
    "message.post": _post,
}
