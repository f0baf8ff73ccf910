import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile.forms import Form, FormInvalid
from tests.forms.samples import JSON, SEED, choices, document, item


def faults(made: Any) -> dict[str, str]:
    with pytest.raises(FormInvalid) as told:
        Form.load(made)
    assert all(fault.text("tr") and fault.text("en") for fault in told.value.faults)
    return {fault.path: fault.code for fault in told.value.faults}


def test_a_form_keeps_its_document_and_the_order_of_its_items():
    made = document(item("group", "g", items=[item("text", "b"), item("text", "a")]), item("note", "z"))
    form = Form.load(made)
    assert (form.document, list(form.items), form.version) == (made, ["g", "b", "a", "z"], 1)
    assert [part.depth for part in form.items.values()] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("made", "path", "code"),
    [
        (None, "", "not_an_object"),
        ([], "", "not_an_object"),
        ({}, "", "missing"),
        (document(version=0), "version", "wrong"),
        (document(version=True), "version", "wrong"),
        (document(form_id="a b"), "form_id", "wrong"),
        (document(title={"en": "x"}), "title", "wrong"),
        (document(kind="other"), "kind", "wrong"),
        (document(applies_to=["A"]), "applies_to", "wrong"),
        (document(colour="red"), "", "unknown_key"),
        ({**document(), "items": {}}, "items", "wrong"),
        (document("x"), "items[0]", "not_an_object"),
        (document(item("video", "a")), "items[0]", "unknown_type"),
        (document(item(["text"], "a")), "items[0]", "unknown_type"),
        (document(item("text", "A")), "items[0]", "bad_code"),
        (document(item("text", "a" * 33)), "items[0]", "bad_code"),
        (document(item("text", "a"), item("note", "a")), "items[1](a)", "duplicate"),
        (document({"type": "text", "code": "a"}), "items[0](a)", "no_label"),
        (document(item("text", "a", label={"tr": " "})), "items[0](a).label", "wrong"),
        (document(item("text", "a", relevent=True)), "items[0](a)", "unknown_key"),
        (document(item("note", "a", required=True)), "items[0](a)", "unknown_key"),
        (document(item("text", "a", read_only="yes")), "items[0](a).read_only", "wrong"),
        (document(item("text", "a", max_length=0)), "items[0](a).max_length", "wrong"),
        (document(item("number", "a", min=0.5)), "items[0](a).min", "wrong"),
        (document(item("number", "a", min=2, max="1.5")), "items[0](a)", "min_above_max"),
        (document(item("photo", "a", max=1_000)), "items[0](a).max", "wrong"),
        (document(item("choice", "a")), "items[0](a).choices", "no_choices"),
        (document(item("choice", "a", choices=choices("x", "x"))), "items[0](a).choices[1]", "duplicate"),
        (document(item("choice", "a", choices=choices("ş"))), "items[0](a).choices[0]", "wrong"),
        (document(item("choice", "a", choices=["x"])), "items[0](a).choices[0]", "not_an_object"),
        (document(item("check", "a")), "items[0](a)", "missing"),
        (document(item("check", "a", severity="huge")), "items[0](a).severity", "wrong"),
        (document(item("check", "a", severity="minor", deadline_days=-1)), "items[0](a).deadline_days", "wrong"),
        (document({"type": "calculation", "code": "a"}), "items[0](a)", "missing"),
        (document(item("text", "a", calculate="x", required=True)), "items[0](a)", "calculated_required"),
        (document(item("repeat", "a", items=[item("repeat", "b", items=[])])), "items[0](a).items[0](b)",
         "nested_repeat"),
        (document(item("text", "a", relevant=["get", "b"])), "items[0](a).relevant", "unknown_item"),
        (document(item("text", "a", required=["not", ["get", "b"]])), "items[0](a).required[1]", "unknown_item"),
        (document(item("text", "a", relevant=["get", "a"])), "items", "cycle"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(made, path, code):
    assert faults(made).get(path) == code


def test_every_fault_is_told_at_once():
    told = faults(document(item("text", "A"), item("choice", "b"), item("text", "c", relevant=["get", "x"])))
    assert len(told) == 3


def test_items_that_depend_on_each_other_in_a_circle_are_named():
    circle = document(
        item("text", "a", relevant=["=", ["get", "c"], "x"]),
        {"type": "calculation", "code": "b", "calculate": ["get", "a"]},
        item("text", "c", relevant=["=", ["get", "b"], "x"]),
    )
    with pytest.raises(FormInvalid) as told:
        Form.load(circle)
    assert {"a", "b", "c"} <= set(told.value.faults[0].detail.replace("→", " ").split())


def test_a_group_may_not_be_hidden_by_what_stands_in_it():
    assert faults(document(item("group", "g", relevant=["get", "a"], items=[item("bool", "a")]))) == {"items": "cycle"}


def test_a_required_rule_and_a_constraint_may_read_in_circles():
    form = Form.load(
        document(
            item("text", "a", required=["empty", ["get", "b"]], constraint=["!=", ["get", "."], ["get", "b"]]),
            item("text", "b", required=["empty", ["get", "a"]]),
        )
    )
    assert list(form.items) == ["a", "b"]


def test_a_form_of_too_many_items_or_levels_is_refused():
    deep = item("text", "t")
    for level in range(8):
        deep = item("group", f"g{level}", items=[deep])
    assert "too_deep" in faults(document(deep)).values()
    assert "too_big" in faults(document(*(item("note", f"n{number}") for number in range(600)))).values()


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, part in inside for deeper in _places(part, (*path, key)))]


@settings(deadline=None)
@given(st.sampled_from(SEED), st.data())
def test_a_damaged_document_is_refused_with_faults_or_still_a_form(whole, data):
    made = deepcopy(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from([place for place in _places(made) if place]))
        holder = made
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = data.draw(JSON | st.sampled_from(["m01", "date", ["get", "m01"], ["get", "act"]]))
    told: Any = ()
    try:
        told = Form.load(made).items
    except FormInvalid as invalid:
        told = [fault.text("tr") for fault in invalid.faults]
    assert told or made["items"] == []


@settings(deadline=None)
@given(JSON)
def test_whatever_is_no_form_is_refused(made):
    assert faults(made)


@pytest.mark.parametrize("whole", SEED, ids=lambda whole: whole["form_id"])
def test_a_document_is_the_same_form_on_the_other_side(whole):
    elsewhere = Form.load(json.loads(json.dumps(whole)))
    assert list(elsewhere.items) == list(Form.load(whole).items)
    assert [one.code for one in elsewhere.order] == [one.code for one in Form.load(whole).order]
