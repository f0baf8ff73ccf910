"""The tasks of a case, and the time that was spent on the spot, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.console.language import Catalogue
from api.console.views.case import PhotoView
from api.console.views.wording import Said, Tone, duration
from api.fieldwork.schemas import TaskOut
from api.fieldwork.service import Visit

_STATES = {"open": (Tone.CALM, "clock"), "done": (Tone.DONE, "check"), "cancelled": (Tone.QUIET, "close")}


@dataclass(frozen=True)
class TaskView:
    """A task with what was done."""

    title: str
    who: str
    state: Said
    due: str
    text: str
    photos: Sequence[PhotoView]


def task_view(t: Catalogue, task: TaskOut) -> TaskView:
    """Say a task in words; what was done takes the place of what was asked."""
    tone, icon = _STATES[task.status]
    state = Said(t(f"tasks.{task.status}"), tone, icon)
    if task.is_late:
        state = Said(t("tasks.late"), Tone.LATE, "alert")
    who = task.done_by_name or task.assignee_name or task.department_name or ""
    due = t("tasks.due", at=task.due_on.strftime("%d.%m.%Y")) if task.due_on and task.status == "open" else ""
    alt = t("tasks.photo")
    photos = [
        PhotoView(photo.url, photo.thumbnail_url, "during", "", alt)
        if photo.is_stored
        # A phone has named it and will send it: nothing to open yet.
        else PhotoView("", "", "during", t("photo.awaited"), alt, is_awaited=True)
        for photo in task.photos
    ]
    return TaskView(task.title, who, state, due, task.done_text or task.text, photos)


def visits_line(t: Catalogue, visits: Sequence[Visit]) -> str:
    """Say how long people were on the spot in all; nothing for nobody."""
    if not visits:
        return ""
    total = sum((visit.length for visit in visits), timedelta())
    return t("tasks.visits", duration=duration(t, total))
