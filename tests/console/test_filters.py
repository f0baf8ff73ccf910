"""The filter in the address bar."""

from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.views.filters import wanted

ME = UUID("018f0000-0000-7000-8000-000000000001")
NAMES = ["status_group", "text", "department_id", "category_id", "neighbourhood_id", "filed_from", "filed_to", "mine",
         "bbox", "cursor", "x"]  # fmt: skip


def test_without_parameters_the_open_cases_are_shown():
    chosen = wanted({}, ME)
    assert chosen.filter.status_group == "open"
    assert chosen.url("/console") == "/console"


def test_empty_fields_of_the_form_leave_no_trace_in_the_address():
    chosen = wanted({"status_group": "open", "text": " ", "department_id": "", "bbox": ""}, ME)
    assert chosen.url("/console") == "/console"


def test_the_address_gives_the_same_filter_again():
    department = uuid4()
    given_values = {"status_group": "late", "text": "çukur", "department_id": str(department), "mine": "1",
                    "bbox": "29.0,40.9,29.1,41.0", "filed_from": "2026-01-02"}  # fmt: skip
    chosen = wanted(given_values, ME)
    assert chosen.filter.department_id == department
    assert chosen.filter.assignee_id == ME
    assert chosen.filter.bbox == (29.0, 40.9, 29.1, 41.0)
    again = wanted(dict(parse_qsl(chosen.query())), ME)
    assert again.filter == chosen.filter


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("department_id", "1 OR 1=1"),
        ("filed_from", "2026-02-30"),
        ("status_group", "everything"),
        ("bbox", "1,2,3"),
        ("bbox", "nan,0,1,1"),
        ("bbox", "-181,0,1,1"),
        ("text", "x" * 101),
    ],
)
def test_a_value_that_is_none_is_named_and_left_out_and_the_rest_still_holds(name, value):
    chosen = wanted({name: value, "mine": "1"}, ME)
    assert chosen.ignored == (name,)
    assert chosen.filter.assignee_id == ME
    assert name not in chosen.query()


def test_parameters_of_others_do_not_enter_the_filter():
    assert wanted({"assignee_id": str(uuid4()), "limit": "100000"}, ME).filter.assignee_id is None


def test_the_tiles_are_asked_with_the_same_filter_without_the_area():
    query = dict(parse_qsl(wanted({"mine": "1", "bbox": "29.0,40.9,29.1,41.0"}, ME).service_query))
    assert query == {"status_group": "open", "assignee_id": str(ME)}


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60)))
def test_any_address_gives_a_filter(params):
    chosen = wanted(params, ME)
    again = wanted(dict(parse_qsl(chosen.query())), ME)
    assert again.filter == chosen.filter
