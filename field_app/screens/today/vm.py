"""What the list of today's work shows; no widgets."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from field_app.desk import Desk
from field_app.rows import Place
from field_app.today import ORDERS, Order, Work, counted
from mobile.kit.i18n import formats, language, t
from mobile.sdk.lease import ReadingLocked

ICONS = {"complaint": "clipboard-text", "inspection": "store", "task": "toolbox"}


@dataclass(frozen=True)
class State:
    """The list and its head.

    Attributes:
        rows: lines for a `VirtualList`, key `<kind>/<id>`.
        counts: all, late, today, mine.
        is_locked: the lease is over, nothing is shown.
        is_first_sync: nothing has come from the server yet.
        scopes: how many scopes the phone holds wholly, and how many it is granted.
    """

    order: Order = "way"
    only_mine: bool = False
    rows: tuple[dict[str, Any], ...] = ()
    counts: dict[str, int] | None = None
    is_locked: bool = False
    is_first_sync: bool = False
    scopes: tuple[int, int] = (0, 0)


class TodayModel:
    """Reads the desk in the order that the user likes."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk; the order that was liked last time is kept with the phone."""
        self._desk = desk
        liked = str(desk.engine.store.get("today_order", ORDERS[0]))
        self.state = State(
            order=next((order for order in ORDERS if order == liked), ORDERS[0]),
            only_mine=bool(desk.engine.store.get("today_mine", 0)),
        )

    def like(self, *, order: Order | None = None, only_mine: bool | None = None) -> None:
        """Choose another order, or one's own work only; kept for the next day."""
        self.state = replace(
            self.state, order=order or self.state.order,
            only_mine=self.state.only_mine if only_mine is None else only_mine,
        )  # fmt: skip
        store = self._desk.engine.store
        with store.transaction():
            store.put(today_order=self.state.order, today_mine=int(self.state.only_mine))

    def read(self, here: Place | None) -> State:
        """Read the rows anew."""
        state = self.state
        try:
            works = self._desk.work(state.order, here, language=language.current, only_mine=state.only_mine)
        except ReadingLocked:
            self.state = replace(state, rows=(), counts=None, is_locked=True)
            return self.state
        today = self._desk.today()
        store = self._desk.engine.store
        done, whole = store.one("SELECT coalesce(sum(is_complete), 0), count(*) FROM scope") or (0, 0)
        self.state = replace(
            state, rows=tuple(line_of(work, today) for work in works), counts=dict(counted(works, today)),
            is_locked=False, is_first_sync=not works and not done, scopes=(done, whole),
        )  # fmt: skip
        return self.state


def line_of(work: Work, today: date) -> dict[str, Any]:
    """Write a piece of work as a line: what, where, until when, how far."""
    kind = {"task": t("work.task"), "inspection": _visit(work.status)}.get(work.kind, "")
    place = formats.distance(work.metres) if work.metres is not None else ""
    due = _due(work, today)
    return {
        "key": f"{work.kind}/{work.id}",
        "title": work.title or kind,
        "detail": " · ".join(part for part in (due, kind, work.detail) if part),
        "icon": "alert" if work.is_emergency else ICONS[work.kind],
        "tone": "danger"
        if work.is_emergency or work.is_late(today)
        else "warning"
        if work.due_on == today
        else "accent",
        "note": place,
    }


def _tone(work: Work, today: date) -> str:
    if work.is_emergency or work.is_late(today):
        return "danger"
    return "warning" if work.due_on == today else "accent"


def _visit(kind: str) -> str:
    return t(f"work.inspection.{kind}") if kind in ("routine", "complaint", "recheck", "spot") else ""


def _due(work: Work, today: date) -> str:
    if work.is_emergency:
        return t("today.emergency")
    if work.due_on is None:
        return ""
    day = formats.date_short(work.due_on)[:5]
    return t("today.late_since" if work.is_late(today) else "today.due_on", day=day)
