"""What a person does in the field: each act is one command in the outbox, safe before anything else happens.

An act is never refused for want of a network, a lease or the server's word; what the office makes of it is told later.
Texts are trimmed; ids are made here, so that what was made offline can be pointed to at once.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from field_app.rows import Place
from mobile.sdk.engine import Engine
from mobile.sdk.ids import uuid7
from mobile.sdk.photos import PhotoQueue
from mobile.wire.kinds import KINDS

Body = Mapping[str, Any]
WITH_PHOTOS = frozenset(
    {"complaint.note", "complaint.answer", "complaint.close", "complaint.file", "task.finish", "inspection.submit",
     "inspection.amend"}
)  # fmt: skip


class Acts:
    """The acts of the person who holds the phone."""

    def __init__(self, engine: Engine, photos: PhotoQueue, at: Callable[[], Body]) -> None:
        """Take the engine, the photo queue, and what the phone's clocks say now."""
        self._engine, self._photos, self._at = engine, photos, at

    def new_id(self) -> str:
        """Make the id of a row that this phone begins."""
        return uuid7(self._engine.clock(), self._engine.chance)

    # --- cases ----------------------------------------------------------------------------------------------------

    def take(self, complaint_id: str) -> str:
        """Take a case."""
        return self.record("complaint.take", {"complaint_id": complaint_id})

    def start(self, complaint_id: str) -> str:
        """Begin the work on a case."""
        return self.record("complaint.start", {"complaint_id": complaint_id})

    def note(self, complaint_id: str, text: str, draft_id: str | None = None) -> str:
        """Write a line that only staff see."""
        return self.record("complaint.note", {"complaint_id": complaint_id, "text": text.strip()}, draft_id)

    def answer(self, complaint_id: str, text: str, *, is_interim: bool = True, draft_id: str | None = None) -> str:
        """Write to the citizen."""
        body = {"complaint_id": complaint_id, "text": text.strip(), "is_interim": is_interim}
        return self.record("complaint.answer", body, draft_id)

    def close(self, complaint_id: str, text: str, draft_id: str | None = None) -> str:
        """Close a case as solved."""
        return self.record("complaint.close", {"complaint_id": complaint_id, "text": text.strip()}, draft_id)

    def hand_over(self, complaint_id: str, staff_user_id: str, text: str) -> str:
        """Give a case to a colleague."""
        body = {"complaint_id": complaint_id, "staff_user_id": staff_user_id, "text": text.strip()}
        return self.record("complaint.hand_over", body)

    def visit(self, complaint_id: str, started_at: datetime, ended_at: datetime, place: Body | None) -> str:
        """Write down the time spent on the spot."""
        body = {
            "id": self.new_id(), "complaint_id": complaint_id, "started_at": iso(started_at), "ended_at": iso(ended_at),
        }  # fmt: skip
        return self.record("complaint.visit", {**body, **({"place": dict(place)} if place else {})})

    def file(
        self, category_id: str, description: str, place: Place, address: str, answers: Body,
        draft_id: str | None = None,
    ) -> str:  # fmt: skip
        """Write down something seen on the spot as a case of its own; gives the case's id."""
        row_id = self.new_id()
        body = {
            "id": row_id, "category_id": category_id, "description": description.strip(),
            "address_text": address.strip(), "place": {"lon": place[0], "lat": place[1]}, "answers": dict(answers),
        }  # fmt: skip
        self.record("complaint.file", body, draft_id)
        return row_id

    # --- tasks and messages ---------------------------------------------------------------------------------------

    def create_task(
        self, title: str, text: str, department_id: str, *, assignee_id: str | None = None,
        complaint_id: str | None = None, business_id: str | None = None, due_on: date | None = None,
    ) -> str:  # fmt: skip
        """Give a task, also to another department; gives its id."""
        row_id = self.new_id()
        links = {"assignee_id": assignee_id, "complaint_id": complaint_id, "business_id": business_id}
        body = {
            "id": row_id, "title": title.strip(), "text": text.strip(), "department_id": department_id,
            **{name: value for name, value in links.items() if value},
            **({"due_on": due_on.isoformat()} if due_on else {}),
        }  # fmt: skip
        self.record("task.create", body)
        return row_id

    def finish_task(self, task_id: str, text: str, draft_id: str | None = None) -> str:
        """Finish a task."""
        return self.record("task.finish", {"task_id": task_id, "text": text.strip()}, draft_id)

    def post_message(self, department_id: str, text: str) -> str:
        """Tell the team something."""
        return self.record("message.post", {"id": self.new_id(), "department_id": department_id, "text": text.strip()})

    # --- the one way into the outbox ------------------------------------------------------------------------------

    def record(self, kind: str, body: Body, draft_id: str | None = None, also: Callable[[], Body] = dict) -> str:
        """Write a command into the outbox; gives its id.

        A draft that it finishes is gone in the same moment, and the draft's photos are the command's: the body names
        them as `photos`, and a drawn signature as `signature` (a second one stands among the photos). `also` is told
        in `Engine.record`.
        """
        held = self._photos.photos_of(draft_id) if draft_id else []
        signatures = [photo for photo in held if photo.kind == "signature"]
        told: dict[str, Any] = {"photos": [photo.reference() for photo in held if photo not in signatures[:1]]}
        if signatures:
            told["signature"] = signatures[0].reference()
        if kind not in WITH_PHOTOS:
            told = {}
        return self._engine.record(
            kind, {**body, **told}, kv=KINDS[kind], at=self._at(), finishes_draft=draft_id, also=also
        )


def iso(moment: datetime) -> str:
    """Write a moment as the server reads it: UTC, whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
