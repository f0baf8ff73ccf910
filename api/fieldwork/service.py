"""Field work for the rest of the house: every verb and every reading, by name."""

from api.fieldwork.areas import areas_of, read_areas, set_areas
from api.fieldwork.field_tables import FIELD_TABLES
from api.fieldwork.messages import list_messages, post_message, retire_messages
from api.fieldwork.tasks import create_task, finish_task, list_tasks, photo_of_task, tasks_of_case
from api.fieldwork.visits import Visit, record_visit, visits_of_case

__all__ = [
    "FIELD_TABLES",
    "Visit",
    "areas_of",
    "create_task",
    "finish_task",
    "list_messages",
    "list_tasks",
    "photo_of_task",
    "post_message",
    "read_areas",
    "record_visit",
    "retire_messages",
    "set_areas",
    "tasks_of_case",
    "visits_of_case",
]
