"""The business register for the rest of the house: every verb and every reading, by name."""

from api.businesses.changing import patch_business, review_change, set_owner
from api.businesses.field_tables import FIELD_TABLES
from api.businesses.reading import (
    list_businesses,
    list_classes,
    map_tile,
    read_business,
    record_inspected,
    reveal_owner,
)
from api.businesses.registering import decide_match, register_business

__all__ = [
    "FIELD_TABLES",
    "decide_match",
    "list_businesses",
    "list_classes",
    "map_tile",
    "patch_business",
    "read_business",
    "record_inspected",
    "register_business",
    "reveal_owner",
    "review_change",
    "set_owner",
]
