import json
import time
from typing import Any

import pytest
from hypothesis import given, settings

from mobile.forms import Evaluation, Form, evaluate, first_answers
from tests.forms.samples import ANSWERS, FORMS, KINDS, TODAY, choices, document, item, look

CHECK = item("check", "m", severity="major", law="3572 m.6", photo_on_fail=True, deadline_days=15, required=True)


def errors(seen: Evaluation) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in seen.errors]


@pytest.mark.parametrize(
    ("kind", "given_answer", "kept", "wrong"),
    [
        (item("text", "a"), "Ayşe", "Ayşe", None),
        (item("text", "a"), "  ", None, None),
        (item("text", "a"), 5, None, "type"),
        (item("text", "a"), "nul\0 and \ud800", "nul and ?", None),
        (item("text", "a", max_length=3), "uzun", "uzun", "too_long"),
        (item("number", "a"), 12.50, "12.5", None),
        (item("number", "a"), "12.0", 12, None),
        (item("number", "a"), True, None, "type"),
        (item("number", "a"), "12,5", None, "type"),
        (item("number", "a"), float("nan"), None, "type"),
        (item("number", "a"), 10**40, None, "type"),
        (item("number", "a", integer=True), 1.5, None, "type"),
        (item("number", "a", min=1, max=9), 0, 0, "too_small"),
        (item("number", "a", min=1, max="9.5"), "9.6", "9.6", "too_large"),
        (item("choice", "a", choices=choices("x")), "x", "x", None),
        (item("choice", "a", choices=choices("x")), "z", None, "type"),
        (item("multi_choice", "a", choices=choices("x", "y")), ["y", "x", "y"], ["x", "y"], None),
        (item("multi_choice", "a", choices=choices("x", "y")), ["y", "z"], ["y"], "type"),
        (item("multi_choice", "a", choices=choices("x", "y")), ["y", ["x"]], ["y"], "type"),
        (item("date", "a"), "2026-02-28", "2026-02-28", None),
        (item("date", "a"), "2026-02-29", None, "type"),
        (item("date", "a"), "20260228", None, "type"),
        (item("time", "a"), "23:59", "23:59", None),
        (item("time", "a"), "24:00", None, "type"),
        (item("bool", "a"), False, False, None),
        (item("bool", "a"), "true", None, "type"),
        (item("photo", "a"), ["p", "p", "q"], ["p", "q"], None),
        (item("photo", "a", max=1), ["p", "q"], ["p", "q"], "too_many"),
        (item("photo", "a"), ["p", 1], None, "type"),
        (item("photo", "a", min=2), ["p"], ["p"], "too_few"),
        (item("signature", "a"), "s-1", "s-1", None),
        (item("signature", "a"), {"refused": True}, None, "type"),
        (item("signature", "a", may_refuse=True), {"refused": True, "note": "imza"}, {"refused": True, "note": "imza"},
         None),
        (item("signature", "a", may_refuse=True), {"refused": "yes"}, None, "type"),
        (item("place", "a"), {"lon": 29.1, "lat": 41, "accuracy_m": -1, "x": 1}, {"lon": 29.1, "lat": 41}, None),
        (item("place", "a"), {"lon": 181, "lat": 41}, None, "type"),
        (item("place", "a"), {"lon": float("nan"), "lat": 41}, None, "type"),
        (item("barcode", "a"), "8690000000000", "8690000000000", None),
        (item("note", "a"), "x", None, None),
        (item("repeat", "a", items=[item("text", "b")]), [{"b": "x"}, {}], [{"b": "x"}, {}], None),
        (item("repeat", "a", items=[item("text", "b")]), {"b": "x"}, None, "type"),
        (item("repeat", "a", items=[item("text", "b")], max=1), [{"b": "x"}, {}], [{"b": "x"}], "too_many"),
        (item("repeat", "a", items=[item("text", "b")], min=1), None, None, "too_few"),
    ],
)  # fmt: skip
def test_an_answer_is_kept_clean_and_what_is_wrong_is_said(kind, given_answer, kept, wrong):
    seen = look({"a": given_answer, "unknown": 1}, kind)
    assert seen.answers == ({} if kept is None else {"a": kept})
    assert errors(seen) == ([] if wrong is None else [("a", wrong)])


@pytest.mark.parametrize(
    ("answer", "kept", "wrong"),
    [
        ("yes", "yes", []),
        ({"v": "na"}, "na", []),
        ("maybe", None, [("m", "type")]),
        ("no", "no", [("m.photos", "photo")]),
        ({"v": "no", "photos": ["p"]}, {"v": "no", "photos": ["p"]}, []),
        ({"v": "no", "photos": "p"}, "no", [("m.photos", "type"), ("m.photos", "photo")]),
        (
            {"v": "no", "photos": ["p"], "deadline_days": "x"},
            {"v": "no", "photos": ["p"]},
            [("m.deadline_days", "type")],
        ),
        ({"v": "yes", "deadline_days": 5, "note": "iyi", "z": 1}, {"v": "yes", "note": "iyi"}, []),
        ({"note": "daha bakılmadı"}, {"note": "daha bakılmadı"}, [("m", "required")]),
        (None, None, [("m", "required")]),
        ([["no"]], None, [("m", "type")]),
    ],
)
def test_a_check_is_short_where_it_can_be(answer, kept, wrong):
    seen = look({"m": answer}, CHECK)
    assert (seen.answers.get("m"), errors(seen)) == (kept, wrong)
    assert (seen.done, seen.total) == (int(not wrong), 1)


def test_a_failed_check_is_a_finding_with_its_law_and_term():
    seen = look({"m": {"v": "no", "note": "Levha yok.", "photos": ["p1"]}}, CHECK)
    found = seen.findings[0]
    assert (found.code, found.severity, found.law, found.deadline_days) == ("m", "major", "3572 m.6", 15)
    assert (found.note, found.photos, found.label) == ("Levha yok.", ("p1",), {"tr": "M"})
    assert look({"m": {"v": "no", "deadline_days": 3}}, CHECK).findings[0].deadline_days == 3
    assert look({"m": "na"}, CHECK).findings == ()


def test_the_score_weighs_by_severity_and_leaves_out_what_does_not_apply():
    checks = [item("check", code, severity=code) for code in ("minor", "major", "critical")]
    assert look({}, *checks).score is None
    assert look({"minor": "na"}, *checks).score is None
    assert look({"minor": "yes", "major": "yes", "critical": "na"}, *checks).score == 100
    assert look({"minor": "yes", "major": "yes", "critical": "no"}, *checks).score == 31  # 4 of 13


def test_what_is_hidden_has_no_value_no_error_and_is_not_kept():
    parts = (
        item("bool", "a"),
        item("group", "g", relevant=["=", ["get", "a"], True], items=[item("number", "b", required=True)]),
        item("text", "c", relevant=["=", ["get", "b"], 1]),
    )
    seen = look({"a": False, "b": 1, "c": "x"}, *parts)
    assert (seen.answers, errors(seen), [one.path for one in seen.items]) == ({"a": False}, [], ["a"])
    shown = look({"a": True, "b": 1, "c": "x"}, *parts)
    assert (shown.answers, [one.path for one in shown.items]) == ({"a": True, "b": 1, "c": "x"}, ["a", "g", "b", "c"])


def test_items_may_read_what_comes_later():
    parts = (
        {"type": "calculation", "code": "total", "calculate": ["sum", "rows", ["get", "line"]]},
        item("text", "why", relevant=[">", ["get", "total"], 100]),
        item("number", "price"),
        item("repeat", "rows", items=[
            {"type": "calculation", "code": "line", "calculate": ["*", ["get", "q"], ["get", "price"]]},
            item("number", "q"),
        ]),
    )  # fmt: skip
    seen = look({"price": "30.5", "rows": [{"q": 2}, {"q": 2}], "total": 5}, *parts)
    assert seen.values == {"total": 122, "rows.0.line": 61, "rows.1.line": 61}
    assert [one.path for one in seen.items][:2] == ["total", "why"]
    assert seen.answers["rows"] == [{"line": 61, "q": 2}, {"line": 61, "q": 2}]


def test_a_constraint_is_broken_only_by_a_certain_no():
    told = {"tr": "Geç olmalı.", "en": "Must be later."}
    part = item("date", "b", constraint=[">", ["get", "."], ["get", "a"]], constraint_message=told)
    assert errors(look({"b": "2026-01-01"}, item("date", "a"), part)) == []
    broken = look({"a": "2026-01-01", "b": "2026-01-01"}, item("date", "a"), part, language="en")
    assert [(one.path, one.code, one.message) for one in broken.errors] == [("b", "constraint", "Must be later.")]
    assert broken.answers["b"] == "2026-01-01"
    plain = look({"b": 1}, item("number", "b", constraint=["<", ["get", "."], 1]), language="en")
    assert plain.errors[0].message == "This value is not accepted."


def test_rules_inside_a_repeat_see_their_own_row():
    part = item("repeat", "rows", items=[
        item("bool", "a"),
        item("text", "b", required=["=", ["get", "a"], True], constraint=["!=", ["get", "."], ["get", "top"]]),
    ])  # fmt: skip
    seen = look({"top": "x", "rows": [{"a": True}, {"a": False}, {"b": "x"}]}, item("text", "top"), part)
    assert errors(seen) == [("rows.0.b", "required"), ("rows.2.b", "constraint")]
    assert (seen.done, seen.total) == (0, 1)


def test_an_empty_message_of_a_constraint_is_said_in_the_language_of_the_phone():
    seen = look({}, item("text", "a", required=True), language="en")
    assert seen.errors[0].message == "This must be answered."
    assert look({}, item("text", "a", required=True), language="de").errors[0].message == "Bu alan doldurulmalı."


def test_computed_items_are_not_read_from_answers():
    part = item("number", "b", calculate=["+", ["get", "a"], 1])
    assert look({"a": 1, "b": 99}, item("number", "a"), part).answers == {"a": 1, "b": 2}
    assert look({"a": "1.5"}, item("number", "a"), {**part, "integer": True}).answers == {"a": "1.5"}


def test_a_rule_that_is_simply_false_is_kept():
    hidden = item("text", "a", relevant=False)
    never = {"type": "calculation", "code": "b", "calculate": False}
    assert look({"a": "x", "b": 1}, hidden, never, item("text", "c", required=False)).answers == {"b": False}


def test_defaults_are_for_new_answers_only():
    parts = (
        item("date", "a", default=["today"]),
        item("choice", "b", choices=choices("x"), default="x"),
        item("number", "c", default="wrong"),
        item("repeat", "rows", items=[item("number", "q", default=1)]),
    )
    form = Form.load(document(*parts))
    assert first_answers(form, today=TODAY) == {"a": "2026-11-27", "b": "x"}
    assert first_answers(form, today=TODAY, repeat="rows") == {"q": 1}
    assert evaluate(form, {}, today=TODAY).answers == {}


@settings(deadline=None)
@given(ANSWERS)
def test_any_answers_are_looked_at_and_clean_ones_stay_as_they_are(answers):
    rules = item("text", "why", relevant=[">", ["count", "rows"], 1], required=["=", ["get", "b"], True])
    form = Form.load(document(*KINDS, rules))
    seen = evaluate(form, answers, today=TODAY)
    again = evaluate(form, seen.answers, today=TODAY)
    assert again.answers == seen.answers
    assert (again.findings, again.score, again.values) == (seen.findings, seen.score, seen.values)
    assert {error.code for error in again.errors} <= {error.code for error in seen.errors} | {"required"}
    assert json.loads(json.dumps(seen.answers, allow_nan=False).encode()) == seen.answers


@settings(deadline=None)
@given(ANSWERS)
def test_the_seed_forms_take_any_answers(answers):
    for form in FORMS.values():
        loose = dict.fromkeys(form.items, answers) | (answers if isinstance(answers, dict) else {})
        kept = evaluate(form, loose, today=TODAY).answers
        assert evaluate(form, kept, today=TODAY).answers == kept


def test_an_old_forms_answers_are_accepted_by_a_newer_one_and_what_is_missing_is_said():
    newer = [item("text", "a"), item("text", "b", required=True)]
    seen = look({"a": "eski", "gone": "x"}, *newer)
    assert (seen.answers, errors(seen)) == ({"a": "eski"}, [("b", "required")])


def test_forty_checks_are_looked_at_at_once():
    answers: Any = {"business_class": "public_leisure", "serves_food": True}
    answers |= {f"m{number:02d}": "no" if number % 9 == 5 else "yes" for number in range(1, 37)}
    best = 1.0
    for _ in range(20):
        start = time.process_time()
        evaluate(FORMS["routine"], answers, today=TODAY)
        best = min(best, time.process_time() - start)
    assert best < 0.002
