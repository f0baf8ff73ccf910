"""The user's own work as it is listed: lines of the outbox and drafts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobile.sdk.store import Store

STATES = ("waiting", "ok", "conflict", "quarantined")


@dataclass(frozen=True)
class Line:
    """One command: `state` waiting, ok, conflict or quarantined; `code` says why the server did not do it."""

    id: str
    kind: str
    body: Mapping[str, Any]
    at: Mapping[str, Any]
    state: str
    code: str | None
    is_dismissed: bool


@dataclass(frozen=True)
class Draft:
    """Unfinished work."""

    id: str
    kind: str
    body: Mapping[str, Any]
    updated_at: int


def lines(store: Store, states: Sequence[str] = STATES, limit: int = 200) -> list[Line]:
    """Give commands in some states, the newest first; what was dismissed is left out."""
    marks = ", ".join("?" * len(states))
    return _lines(store, f"state IN ({marks}) AND NOT is_dismissed ORDER BY seq DESC LIMIT ?", (*states, limit))


def line(store: Store, mutation_id: str) -> Line | None:
    """Give one command, or None where it is not kept any more."""
    return next(iter(_lines(store, "id = ?", (mutation_id,))), None)


def drafts(store: Store, kind: str | None = None) -> list[Draft]:
    """Give unfinished work, the last touched first."""
    rows = store.all(
        "SELECT id, kind, body, updated_at FROM draft WHERE ?1 IS NULL OR kind = ?1 ORDER BY updated_at DESC, id",
        (kind,),
    )
    return [Draft(draft_id, name, json.loads(body), at) for draft_id, name, body, at in rows]


def _lines(store: Store, condition: str, values: Sequence[Any]) -> list[Line]:
    rows = store.all(f"SELECT id, kind, body, at, state, code, is_dismissed FROM outbox WHERE {condition}", values)
    return [
        Line(mutation_id, kind, json.loads(body), json.loads(at), state, code, bool(is_dismissed))
        for mutation_id, kind, body, at, state, code, is_dismissed in rows
    ]
