"""What the office did not take is told in words that people read, never by a code alone."""

import inspect

import pytest

from api.businesses import errors as businesses
from api.complaints import errors as complaints
from api.core.errors import AppError
from api.fieldwork import errors as fieldwork
from api.inspections import errors as inspections
from field_app.i18n.refusal_texts import REFUSAL_TEXTS
from field_app.screens.attention.screen import told_code
from mobile.sdk.own_work import Line

# Said only to citizens, to people at a desk, or to a program that asks wrongly.
NEVER_OF_A_COMMAND = {
    "anonymous_not_allowed", "reopening_over", "bad_bbox", "form_not_valid", "form_version_taken", "device_needed",
    "neighbourhood_unknown", "already_decided", "import_refused", "import_not_waiting", "day_not_plannable",
}  # fmt: skip
CODES = {
    refusal.code
    for module in (businesses, complaints, fieldwork, inspections)
    for _, refusal in inspect.getmembers(module, inspect.isclass)
    if issubclass(refusal, AppError) and refusal.__module__ == module.__name__
}


@pytest.mark.parametrize("code", sorted(CODES - NEVER_OF_A_COMMAND))
def test_every_refusal_of_a_verb_has_words(code):
    assert told_code(Line("m", "task.finish", {}, {}, "quarantined", code, False)) == code


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ("conflict", "forbidden", "row_moved_on"), ("conflict", "not_found", "row_moved_on"),
        ("quarantined", "forbidden", "forbidden"), ("quarantined", "of_a_newer_server", "other"),
        ("quarantined", None, "other"),
    ],
)  # fmt: skip
def test_a_record_that_moved_on_is_told_apart_from_one_that_is_not_there(state, code, words):
    assert told_code(Line("m", "task.finish", {}, {}, state, code, False)) == words
    assert f"code.{words}" in REFUSAL_TEXTS
