"""What a command looks like on the phone before the server has answered: pure changes of the rows that are shown.

Each effect may be laid over a row that already contains it, so it sets and never adds twice. A kind that this version
does not know changes nothing that is shown; it is sent all the same.
"""

from collections.abc import Callable, Mapping
from typing import Any

Rows = dict[tuple[str, str], dict[str, Any]]
Body = Mapping[str, Any]
Effect = Callable[[Rows, str, Body], None]


def targets_of(kind: str, body: Body) -> list[tuple[str, str]]:
    """Name the rows that a command stands on: they are kept while it waits."""
    del kind
    named = (("complaint", "complaint_id"), ("business", "business_id"), ("task", "task_id"), ("visit", "visit_id"),
             ("inspection", "inspection_id"))  # fmt: skip
    return [(table, str(body[key])) for table, key in named if body.get(key)]


def lay_over(rows: Rows, kind: str, mutation_id: str, body: Body) -> None:
    """Change the rows as the command will."""
    effect = _EFFECTS.get(kind)
    if effect is not None:
        effect(rows, mutation_id, body)


def _status(status: str) -> Effect:
    def set_status(rows: Rows, mutation_id: str, body: Body) -> None:
        row = rows.get(("complaint", str(body.get("complaint_id"))))
        if row is not None:
            row["status"] = status
            _add_line(row, mutation_id, body)

    return set_status


def _add_line(row: dict[str, Any], mutation_id: str, body: Body) -> None:
    text = body.get("text")
    lines = row.get("lines", [])
    if text and all(line["id"] != mutation_id for line in lines):
        row["lines"] = [*lines, {"id": mutation_id, "text": text}]


def _add_line_only(rows: Rows, mutation_id: str, body: Body) -> None:
    row = rows.get(("complaint", str(body.get("complaint_id"))))
    if row is not None:
        _add_line(row, mutation_id, body)


def _patch_business(rows: Rows, mutation_id: str, body: Body) -> None:
    del mutation_id
    row = rows.get(("business", str(body.get("business_id"))))
    if row is not None:
        row.update({field: change["value"] for field, change in body.get("changes", {}).items()})


def _create(table: str) -> Effect:
    def create(rows: Rows, mutation_id: str, body: Body) -> None:
        del mutation_id
        rows.setdefault((table, str(body["id"])), dict(body))

    return create


def _finish_task(rows: Rows, mutation_id: str, body: Body) -> None:
    del mutation_id
    row = rows.get(("task", str(body.get("task_id"))))
    if row is not None:
        row["status"] = "done"


_EFFECTS: Mapping[str, Effect] = {
    "complaint.take": _status("assigned"),
    "complaint.start": _status("in_progress"),
    "complaint.close": _status("solved"),
    "complaint.note": _add_line_only,
    "complaint.answer": _add_line_only,
    "business.patch": _patch_business,
    "business.register": _create("business"),
    "inspection.submit": _create("inspection"),
    "complaint.file": _create("complaint"),
    "task.create": _create("task"),
    "task.finish": _finish_task,
}
