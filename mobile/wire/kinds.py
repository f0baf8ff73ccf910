"""The kinds of mutations, the version (`kv`) in which their bodies are written today, and how older bodies are read.

A phone may bring bodies of an app that is years old. They are read for ever: an upcaster turns one version into the
next and never fails; what it cannot make sense of is left for the command itself to refuse.
"""

from collections.abc import Callable, Mapping
from typing import Any

KINDS: Mapping[str, int] = {
    "inspection.submit": 1,
    "inspection.amend": 1,
    "business.register": 1,
    "business.patch": 1,
    "complaint.file": 1,
    "complaint.take": 1,
    "complaint.start": 1,
    "complaint.note": 1,
    "complaint.answer": 1,
    "complaint.visit": 1,
    "complaint.hand_over": 1,
    "complaint.close": 1,
    "task.create": 1,
    "task.finish": 1,
    "message.post": 1,
}
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def upcast(kind: str, kv: int, body: Any) -> tuple[int, Any]:
    """Read a body of an older app as it is written today; gives the version that it now has.

    A kind or a version that is not known (of a newer app) comes back as it is: the server then defers it.
    """
    while kv < KINDS.get(kind, kv):
        upcaster = _UPCASTERS.get((kind, kv))
        if upcaster is None or not isinstance(body, dict):
            return kv, body
        kv, body = kv + 1, upcaster(body)
    return kv, body


def _patch_of_one_field(body: dict[str, Any]) -> dict[str, Any]:
    """Before, a patch named one field, and did not say what the phone had seen in it."""
    field = body.get("field")
    if not isinstance(field, str):
        return body
    rest = {key: value for key, value in body.items() if key not in ("field", "value")}
    return {**rest, "changes": {field: {"base": None, "value": body.get("value")}}}


_UPCASTERS: Mapping[tuple[str, int], Upcaster] = {("business.patch", 0): _patch_of_one_field}
