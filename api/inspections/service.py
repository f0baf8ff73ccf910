"""The inspections domain for the rest of the house: every verb and every reading, by name."""

from api.inspections.amending import amend_inspection
from api.inspections.classes import business_classes, edit_class, list_classes
from api.inspections.field_rows import FIELD_TABLES
from api.inspections.form_store import (
    current_forms,
    import_xlsform,
    list_forms,
    publish_form,
    read_form,
)
from api.inspections.number_schemas import NumberRangeOut, NumberUsageOut
from api.inspections.numbers import give_numbers, number_usage, return_numbers
from api.inspections.places import default_days
from api.inspections.planning import assign_inspection, cancel_inspection, plan_for_complaint, plan_inspection
from api.inspections.reading import (
    business_timeline,
    list_inspections,
    list_inspectors,
    photo_of_inspection,
    read_inspection,
)
from api.inspections.records import record_document, record_pdf
from api.inspections.routine import leave_field, plan_routine
from api.inspections.seeding import seed_forms
from api.inspections.submitting import submit_inspection

__all__ = [
    "FIELD_TABLES",
    "NumberRangeOut",
    "NumberUsageOut",
    "amend_inspection",
    "assign_inspection",
    "business_classes",
    "business_timeline",
    "cancel_inspection",
    "current_forms",
    "default_days",
    "edit_class",
    "give_numbers",
    "import_xlsform",
    "leave_field",
    "list_classes",
    "list_forms",
    "list_inspections",
    "list_inspectors",
    "number_usage",
    "photo_of_inspection",
    "plan_for_complaint",
    "plan_inspection",
    "plan_routine",
    "publish_form",
    "read_form",
    "read_inspection",
    "record_document",
    "record_pdf",
    "return_numbers",
    "seed_forms",
    "submit_inspection",
]
