"""Whatever a server may have written, rows are read without a failure."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app.rows import Area, Business, Colleague, Complaint, Inspection, Message, Task, Town
from tests.field_app.world import NOW, sample_rows, uid

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_lowercase, max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = sorted(
    {key for data in sample_rows().values() for key in data} | {"answers", "open_findings", "theme", "center", "rings"}
)


@pytest.mark.parametrize("kind", [Area, Business, Colleague, Complaint, Inspection, Message, Task])
@given(data=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8))
def test_a_row_of_wrong_types_is_read_as_if_they_were_absent(kind, data):
    assert kind.read("id", data).id == "id"


@given(data=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8))
def test_a_town_of_wrong_types_is_read(data):
    assert isinstance(Town.read(data).categories, dict)


def test_a_case_is_read_as_the_server_writes_it():
    case = Complaint.read(uid(104), sample_rows()["complaint", uid(104)])
    assert (case.number, case.is_emergency, case.status) == ("2026-000322", True, "routed")
    assert case.filed_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert case.place is not None
    assert case.lines[0].action == "file"


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (float("nan"), 1), (True, False), ("29", "41"), (29.0, None)])
def test_a_place_that_is_none_is_no_place(place):
    assert Complaint.read("id", {"lon": place[0], "lat": place[1]}).place is None


def test_times_without_a_zone_are_no_times():
    assert Complaint.read("id", {"filed_at": NOW.replace(tzinfo=None).isoformat()}).filed_at is None
