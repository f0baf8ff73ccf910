"""The complaints domain for the rest of the house: every verb and every reading, by name."""

from api.complaints.configuration import configuration
from api.complaints.field import FIELD_TABLES
from api.complaints.filing import file_complaint, file_for_citizen, file_on_site
from api.complaints.handling import (
    add_note,
    answer_complaint,
    ask_citizen,
    assign_complaint,
    close_complaint,
    forward_complaint,
    hand_over_complaint,
    rate_complaint,
    reject_complaint,
    reopen_complaint,
    reply_to_question,
    route_complaint,
    start_complaint,
    take_complaint,
    withdraw_complaint,
)
from api.complaints.notifying import tell_reporter
from api.complaints.reading import (
    list_categories,
    list_complaints,
    map_tile,
    photo_of_case,
    read_complaint,
    reveal_reporter,
)
from api.complaints.seeding import seed_categories

__all__ = [
    "FIELD_TABLES",
    "add_note",
    "answer_complaint",
    "ask_citizen",
    "assign_complaint",
    "close_complaint",
    "configuration",
    "file_complaint",
    "file_for_citizen",
    "file_on_site",
    "forward_complaint",
    "hand_over_complaint",
    "list_categories",
    "list_complaints",
    "map_tile",
    "photo_of_case",
    "rate_complaint",
    "read_complaint",
    "reject_complaint",
    "reopen_complaint",
    "reply_to_question",
    "reveal_reporter",
    "route_complaint",
    "seed_categories",
    "start_complaint",
    "take_complaint",
    "tell_reporter",
    "withdraw_complaint",
]
