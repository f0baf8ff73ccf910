"""The answers of a form while they are given: kept as they were given, counted by section, faults by question."""

from tests.kit.forms_world import answering_of, town_form


def test_sections_count_together_what_the_evaluator_counts():
    answering = answering_of(town_form("routine"), {"business_class": "sanitary", "serves_food": True, "m01": "yes"})
    sections = answering.sections()
    assert [section.code for section in sections][:3] == ["", "documents", "safety"]
    assert sum(section.total for section in sections) == answering.seen.total
    assert sum(section.done for section in sections) == answering.seen.done == 3
    assert sections[1].done == 1


def test_a_failed_check_without_its_photo_is_not_done():
    answering = answering_of(town_form("routine"), {"m01": "no"})
    documents = next(section for section in answering.sections() if section.code == "documents")
    assert documents.done == 0
    answering.answer("m01", {"v": "no", "photos": ["p1"]})
    documents = next(section for section in answering.sections() if section.code == "documents")
    assert documents.done == 1


def test_half_a_number_is_a_fault_and_not_lost():
    answering = answering_of(town_form("finding"), {"act": "5326-36-1"})
    answering.answer("noise_dba", "72.")
    assert answering.answers["noise_dba"] == "72."
    assert [fault.code for fault in answering.faults(with_missing=False)["noise_dba"]] == ["type"]
    answering.answer("noise_dba", "72.5")
    assert "noise_dba" not in answering.faults(with_missing=True)


def test_what_is_only_missing_is_told_when_it_is_asked_for():
    answering = answering_of(town_form("routine"))
    assert answering.faults(with_missing=False) == {}
    assert "m01" in answering.faults(with_missing=True)


def test_a_fault_is_told_at_its_question_also_in_rows():
    answering = answering_of(town_form("finding"), {"goods": [{"goods_name": "Midye", "quantity": "0"}]})
    faults = answering.faults(with_missing=True)
    assert [fault.code for fault in faults["goods.0.quantity"]] == ["too_small"]
    assert answering.owner("m10.photos") == "m10"
    assert answering.owner("goods.0") == "goods"
    assert answering.section_of("goods.0.quantity") == "goods"


def test_every_change_is_told_once_and_none_is_told_without_one():
    answering = answering_of(town_form("routine"))
    told = []
    answering.on_change = told.append
    answering.answer("m01", "yes")
    answering.answer("m01", "yes")
    answering.answer("m01", None)
    assert told == ["m01", "m01"]
    assert answering.answers == {}


def test_rows_begin_with_their_defaults_and_go_without_the_others():
    answering = answering_of(town_form("finding"), {"persons": [{"person_name": "A"}, {"person_name": "B"}]})
    answering.add_row("persons")
    answering.answer("persons.2.person_name", "C")
    answering.remove_row("persons", 0)
    assert [row["person_name"] for row in answering.answers["persons"]] == ["B", "C"]
