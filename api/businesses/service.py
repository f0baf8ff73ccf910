"""The business register for the rest of the house: every verb and every reading, by name."""

from api.businesses.changing import patch_business, review_change, sealed_owner, set_owner
from api.businesses.field_tables import FIELD_TABLES
from api.businesses.import_faults import COLUMN_NAMES
from api.businesses.importing import ImportReport, import_businesses
from api.businesses.reading import (
    list_businesses,
    list_classes,
    map_tile,
    read_business,
    record_inspected,
    reveal_owner,
)
from api.businesses.registering import decide_match, register_business
from api.businesses.uploads import (
    ImportView,
    confirm_import,
    faults_file,
    forget_imports,
    list_imports,
    read_import,
    start_import,
    work_on_import,
)

# What a list may hold, in the order in which people are told.
COLUMNS = tuple(name for name in COLUMN_NAMES if name)

__all__ = [
    "COLUMNS",
    "FIELD_TABLES",
    "ImportReport",
    "ImportView",
    "confirm_import",
    "decide_match",
    "faults_file",
    "forget_imports",
    "import_businesses",
    "list_businesses",
    "list_classes",
    "list_imports",
    "map_tile",
    "patch_business",
    "read_business",
    "read_import",
    "record_inspected",
    "register_business",
    "reveal_owner",
    "review_change",
    "sealed_owner",
    "set_owner",
    "start_import",
    "work_on_import",
]
