import json
import re
import zlib
from pathlib import Path

import pytest

from mobile.forms import evaluate
from mobile.wire import codec
from tests.forms.samples import FORMS, SEED, TODAY
from tests.mobile.test_wire import inspection

CLASSES = json.loads(
    (Path(__file__).parents[2] / "api/inspections/seed/business_classes.json").read_text(encoding="utf-8")
)["classes"]
ALL_YES = {f"m{number:02d}": "yes" for number in range(1, 37)}
VISIT = {"serves_food": True, **ALL_YES, "signature": "019a3f5e-7c1d-7a3b-9e21-5b8f0c6d4a12"}


def look(code, answers):
    return evaluate(FORMS[code], answers, today=TODAY)


def test_the_checklist_has_the_36_items_with_severity_and_both_languages():
    checks = [item for item in FORMS["routine"].items.values() if item.type == "check"]
    assert [item.code for item in checks] == list(ALL_YES)
    assert {item.raw["severity"] for item in checks} == {"minor", "major", "critical"}
    assert all(set(item.label) == {"tr", "en"} for form in FORMS.values() for item in form.items.values() if item.label)


def test_every_law_that_is_named_says_whether_it_was_verified():
    named = [item.raw for item in FORMS["routine"].items.values() if "law" in item.raw]
    assert len(named) > 20
    assert all(isinstance(raw["law_verified"], bool) for raw in named)


def test_every_class_has_the_checklist_and_at_least_one_visit_a_year():
    assert [one["code"] for one in CLASSES] == list(FORMS["routine"].applies_to)
    assert all(one["visits_per_year"] >= 1 and one["form_code"] in FORMS for one in CLASSES)
    assert all(0 <= one["base_risk"] <= 100 and set(one["name"]) == {"tr", "en"} for one in CLASSES)


@pytest.mark.parametrize(
    ("business_class", "food", "hidden"),
    [
        ("sanitary", True, {"m30", "m34"}),
        ("sanitary", False, {"m15", "m18", "m19", "m20", "m21", "m30", "m34"}),
        ("non_sanitary_2", True, {"m30"}),
        ("non_sanitary_3", True, {"m30"}),
        ("public_leisure", True, {"m34"}),
    ],
)
def test_the_checklist_asks_what_the_class_needs(business_class, food, hidden):
    seen = look("routine", {**VISIT, "business_class": business_class, "serves_food": food})
    assert set(ALL_YES) - {one.path for one in seen.items} == hidden
    assert (seen.errors, seen.score, seen.done) == ((), 100, seen.total)


def test_a_finding_of_dirt_can_be_cured_at_once_and_a_refused_signature_is_recorded():
    answers = {
        "act": "5326-41-1", "description": "Kaldırıma çöp bırakıldı.", "cured_at_once": True,
        "place": {"lon": 29.02714, "lat": 40.98876}, "address": "Çınar Sokak No: 4", "found_on": "2026-11-27",
        "found_at": "09:30", "photos": ["p1"], "signature": {"refused": True}, "officer_signature": "s2",
        "persons": [{"person_role": "offender", "person_name": "Ali Veli", "person_id": "12345678901"}],
        "goods": [
            {"goods_name": "Simit", "quantity": 40, "unit": "piece", "is_food": True, "goods_photos": ["p2"]},
            {"goods_name": "Tabla", "quantity": 1, "unit": "piece", "is_food": False, "goods_photos": ["p3"]},
        ],
    }  # fmt: skip
    seen = look("finding", answers)
    assert (seen.errors, seen.answers["cured_at_once"]) == ((), True)
    assert [row["reclaim_by"] for row in seen.answers["goods"]] == ["2026-11-29", "2026-12-27"]
    assert "cured_at_once" not in look("finding", {**answers, "act": "5326-38-1"}).answers
    assert [error.path for error in look("finding", {**answers, "found_on": "2026-11-28"}).errors] == ["found_on"]


def test_zabita_is_not_offered_what_only_the_police_may_fine():
    codes = " ".join(FORMS["finding"].items["act"].choices)
    assert not re.search(r"5326-(34|35|43)", codes)


def test_a_recheck_says_whether_every_deadline_was_kept():
    row = {"item_code": "m10", "finding_text": "Tüp yok", "deadline_on": "2026-11-20"}
    kept = look("recheck", {"findings": [{**row, "result": "cured"}], "signature": "s"})
    assert (kept.values["is_kept"], kept.values["not_cured_count"], kept.errors) == (True, 0, ())
    broken = look("recheck", {"findings": [{**row, "result": "cured"}, {**row, "result": "not_cured"}]})
    assert (broken.values["is_kept"], broken.values["not_cured_count"]) == (False, 1)
    assert "findings.1.result_photos" in {error.path for error in broken.errors}
    early = look("recheck", {"findings": [{**row, "result": "more_time", "new_deadline_on": "2026-11-27"}]})
    assert {"findings.0.new_deadline_on", "findings.0.result_note"} <= {error.path for error in early.errors}


def test_a_signed_inspection_with_two_findings_is_small_on_the_wire():
    told = {
        "m05": {"v": "no", "note": "Yangın tüpünün son kullanma tarihi geçmiş."},
        "m17": {"v": "no", "note": "Fiyat etiketi bulunmuyor."},
    }
    mutation = inspection()
    del mutation["body"]["findings"]
    kept = look("routine", {**VISIT, **told, "business_class": "public_leisure"}).answers
    mutation["body"] |= {"form_id": "routine", "answers": kept}
    plain = json.dumps(mutation, ensure_ascii=False, separators=(",", ":")).encode()
    sizes = len(zlib.compress(plain, 9)), len(codec.encode(mutation))
    assert (sizes[0] <= 600, sizes[1] <= 450) == (True, True), sizes


def test_the_forms_are_small_enough_to_travel():
    assert all(len(zlib.compress(json.dumps(one, ensure_ascii=False).encode(), 9)) < 4_096 for one in SEED)
