"""What is written with photos: a note, an answer, the end of a case or of a task; no widgets.

Every change is kept as a draft under an id that its place makes, so that whoever comes back finds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from field_app.phone import Unlocked
from mobile.sdk.photo_rows import Photo
from mobile.sdk.pictures import Picture

MODES: Mapping[str, str] = {
    "note": "complaint.note", "answer": "complaint.answer", "close": "complaint.close", "finish": "task.finish",
}  # fmt: skip
MOST_PHOTOS = 10
LONGEST = 2_000


@dataclass(frozen=True)
class State:
    """What the screen shows. `missing` is the key of what is not there yet, empty when it can be sent."""

    text: str
    photos: tuple[Photo, ...]
    missing: str


class WritingModel:
    """One text with its photos."""

    def __init__(self, unlocked: Unlocked, mode: str, row_id: str) -> None:
        """Take the open phone, one of MODES, and the id of the case or task."""
        self._unlocked, self.mode, self.row_id = unlocked, mode, row_id
        self.draft_id = f"{mode}:{row_id}"
        held = next((draft for draft in unlocked.engine.drafts(MODES[mode]) if draft.id == self.draft_id), None)
        self._text = str(held.body.get("text", "")) if held else ""

    def read(self) -> State:
        """Give the present state."""
        photos = tuple(self._unlocked.photos.photos_of(self.draft_id))
        missing = ""
        if self.mode != "finish" and not self._text.strip():
            missing = "writing.no_text"
        elif self._needs_photo() and not photos:
            missing = "writing.no_photo"
        return State(self._text, photos, missing)

    def write(self, text: str) -> None:
        """Take what was typed; kept at once."""
        self._text = text[:LONGEST]
        self._keep()

    def add(self, picture: Picture) -> None:
        """Take a photo that was made ready (`mobile.sdk.pictures`, in a thread)."""
        self._keep()
        self._unlocked.photos.keep(self.draft_id, picture)

    def remove(self, photo_id: str) -> None:
        """Throw a photo away."""
        self._unlocked.photos.drop(photo_id)

    def discard(self) -> None:
        """Throw everything away."""
        self._unlocked.engine.drop_draft(self.draft_id)

    def send(self) -> None:
        """Make a command of it; from here on it is in the outbox."""
        acts, text = self._unlocked.acts, self._text
        if self.mode == "note":
            acts.note(self.row_id, text, self.draft_id)
        elif self.mode == "answer":
            acts.answer(self.row_id, text, draft_id=self.draft_id)
        elif self.mode == "close":
            acts.close(self.row_id, text, self.draft_id)
        else:
            acts.finish_task(self.row_id, text, self.draft_id)

    def _keep(self) -> None:
        key = "task_id" if self.mode == "finish" else "complaint_id"
        body: dict[str, Any] = {key: self.row_id, "text": self._text}
        self._unlocked.engine.save_draft(self.draft_id, MODES[self.mode], body)

    def _needs_photo(self) -> bool:
        if self.mode != "close":
            return False
        desk = self._unlocked.desk
        case = desk.complaint(self.row_id)
        category = desk.town().categories.get(case.category_id or "") if case else None
        return bool(category and category.closing_photo_required)
