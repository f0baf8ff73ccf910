"""Every table that phones hold, by the name that they know it by."""

from collections.abc import Mapping

from api.businesses import service as businesses
from api.complaints import service as complaints
from api.core.feed import FieldTable, Membership
from api.fieldwork import service as fieldwork
from api.files import service as files
from api.inspections import service as inspections

REFERENCE_TABLES = tuple(
    FieldTable(name, "reference_row AS t", "t.version", "t.data", {"ref": Membership("", f"t.tbl = '{name}'")})
    for name in ("area", "colleague", "form", "town")
)

TABLES: Mapping[str, FieldTable] = {
    table.name: table
    for table in sorted(
        (
            *complaints.FIELD_TABLES,
            *inspections.FIELD_TABLES,
            *businesses.FIELD_TABLES,
            *fieldwork.FIELD_TABLES,
            *files.FIELD_TABLES,
            *REFERENCE_TABLES,
        ),
        key=lambda table: table.name,
    )
}
"""In the order of their names, in which a snapshot goes through them."""
